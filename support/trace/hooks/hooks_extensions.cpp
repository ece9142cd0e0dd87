// Wraps the functions that a program asks its socket for, with WSAIoctl: they are in no import
// table.

#include "hooks.hpp"

#include <cstring>

namespace trace {

namespace {

std::atomic<void*> original_WSAIoctl{nullptr};

BOOL PASCAL hook_AcceptEx(SOCKET listener, SOCKET client, PVOID buffer, DWORD room,
                          DWORD local_room, DWORD remote_room, LPDWORD received,
                          LPOVERLAPPED overlapped) {
    recorded_call recorded{call::AcceptEx, listener};
    recorded.issues(overlapped);
    const BOOL good = recorded.returned(
        FALSE, original<call::AcceptEx>(LPFN_ACCEPTEX{})(listener, client, buffer, room, local_room,
                                                         remote_room, received, overlapped));
    if (good && received != nullptr)
        recorded.moved(*received);
    return good;
}

BOOL PASCAL hook_ConnectEx(SOCKET socket, const sockaddr* address, int size, PVOID buffer,
                           DWORD room, LPDWORD sent, LPOVERLAPPED overlapped) {
    recorded_call recorded{call::ConnectEx, socket};
    recorded.issues(overlapped);
    const BOOL good =
        recorded.returned(FALSE, original<call::ConnectEx>(LPFN_CONNECTEX{})(
                                     socket, address, size, buffer, room, sent, overlapped));
    if (good && sent != nullptr)
        recorded.moved(*sent);
    return good;
}

BOOL PASCAL hook_DisconnectEx(SOCKET socket, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved) {
    recorded_call recorded{call::DisconnectEx, socket};
    recorded.issues(overlapped);
    return recorded.returned(FALSE, original<call::DisconnectEx>(LPFN_DISCONNECTEX{})(
                                        socket, overlapped, flags, reserved));
}

BOOL PASCAL hook_TransmitFile(SOCKET socket, HANDLE file, DWORD size, DWORD size_of_each,
                              LPOVERLAPPED overlapped, LPTRANSMIT_FILE_BUFFERS around,
                              DWORD flags) {
    recorded_call recorded{call::TransmitFile, socket};
    recorded.issues(overlapped);
    const BOOL good =
        recorded.returned(FALSE, original<call::TransmitFile>(LPFN_TRANSMITFILE{})(
                                     socket, file, size, size_of_each, overlapped, around, flags));
    // A size of 0 means the whole file; only a completion tells how large that is.
    if (good && size != 0)
        recorded.moved(size);
    return good;
}

struct extension {
    GUID id;
    call which;
    void* wrapper;
};

std::span<const extension> extensions() {
    static const extension list[] = {
        {WSAID_ACCEPTEX, call::AcceptEx, reinterpret_cast<void*>(LPFN_ACCEPTEX{hook_AcceptEx})},
        {WSAID_CONNECTEX, call::ConnectEx, reinterpret_cast<void*>(LPFN_CONNECTEX{hook_ConnectEx})},
        {WSAID_DISCONNECTEX, call::DisconnectEx,
         reinterpret_cast<void*>(LPFN_DISCONNECTEX{hook_DisconnectEx})},
        {WSAID_TRANSMITFILE, call::TransmitFile,
         reinterpret_cast<void*>(LPFN_TRANSMITFILE{hook_TransmitFile})},
    };
    return list;
}

// The function to hand out for `function`. A wrapper can pass on to one function only; sockets of
// another provider may have another one, which is handed out as it is.
void* wrapped(const GUID& id, void* function) {
    for (const extension& each : extensions()) {
        if (std::memcmp(&each.id, &id, sizeof id) != 0)
            continue;
        void* known = nullptr;
        originals[static_cast<std::size_t>(each.which)].compare_exchange_strong(known, function);
        return known == nullptr || known == function ? each.wrapper : function;
    }
    return function;
}

int WSAAPI hook_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD bytes, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    const auto pass_on = reinterpret_cast<decltype(&::WSAIoctl)>(original_WSAIoctl.load());
    const int result =
        pass_on(socket, code, in, in_size, out, out_size, bytes, overlapped, routine);
    if (result == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER && overlapped == nullptr) {
        GUID id;
        void* function = nullptr;
        std::memcpy(&id, in, sizeof id);
        std::memcpy(&function, out, sizeof function);
        function = wrapped(id, function);
        std::memcpy(out, &function, sizeof function);
    }
    return result;
}

} // namespace

std::span<const hook> extension_hooks() noexcept {
    static const hook hooks[] = {
        {"WSAIoctl", L"ws2_32.dll", reinterpret_cast<void*>(hook_WSAIoctl), &original_WSAIoctl},
    };
    return hooks;
}

} // namespace trace
