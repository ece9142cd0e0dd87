/// \file
/// Follows the operations of a port that the program starts, from the call to the packet.
#pragma once

#include "testing/exercise/check.hpp"
#include "trace/hooks/import_table.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <set>
#include <span>

namespace exercise {

/// While one lives, it follows the sends and receives that the program starts, and the packets that
/// it takes. The step fails at once if an OVERLAPPED is used again before its packet has been
/// taken, or if its memory was given back before that. (The second shows only in a check with
/// GUARDED, or one that calls unmap_freed_blocks().)
///
/// There may be one at a time. Threads: the program's calls may come on any thread.
class operations_in_flight {
public:
    /// Begins. Throws std::system_error.
    operations_in_flight() {
        const std::lock_guard lock{mutex_};
        lent_.clear();
        skipping_.clear();
    }

    operations_in_flight(const operations_in_flight&) = delete;
    operations_in_flight& operator=(const operations_in_flight&) = delete;

    /// The operations whose packets have not been taken yet.
    [[nodiscard]] static std::size_t count() {
        const std::lock_guard lock{mutex_};
        return lent_.size();
    }

    /// Returns when a packet waits in the queue of the port that was used last: a port is signaled
    /// then. The step's limit ends it if none comes.
    static void wait_until_packet_is_queued() { ::WaitForSingleObject(port_, INFINITE); }

private:
    static void lend(OVERLAPPED* operation) {
        if (operation == nullptr)
            return;
        const std::lock_guard lock{mutex_};
        require(
            lent_.insert(operation).second,
            "a call was given an OVERLAPPED that is in flight: the packet of its last operation "
            "has not been taken");
    }

    // The call has returned: no packet comes if it has failed, or if it is done and the handle
    // skips.
    static int returned(int result, SOCKET socket, OVERLAPPED* operation) {
        const int error = ::WSAGetLastError();
        {
            const std::lock_guard lock{mutex_};
            if (result == 0 ? skipping_.contains(reinterpret_cast<HANDLE>(socket))
                            : error != WSA_IO_PENDING)
                lent_.erase(operation);
        }
        ::WSASetLastError(error);
        return result;
    }

    static void collect(OVERLAPPED* operation) {
        if (operation == nullptr)
            return;
        const std::lock_guard lock{mutex_};
        if (lent_.erase(operation) == 0)
            return; // a posted packet
        MEMORY_BASIC_INFORMATION about{};
        ::VirtualQuery(operation, &about, sizeof about);
        require(about.State == MEM_COMMIT,
                "the packet of an operation was taken whose OVERLAPPED had been freed before: the "
                "memory was still Windows' own");
    }

    static int WSAAPI receive(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes,
                              DWORD* flags, OVERLAPPED* operation,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        lend(operation);
        const int result = original<decltype(::WSARecv)>(0)(socket, buffers, count, bytes, flags,
                                                            operation, routine);
        return returned(result, socket, operation);
    }

    static int WSAAPI send(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes, DWORD flags,
                           OVERLAPPED* operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        lend(operation);
        const int result = original<decltype(::WSASend)>(1)(socket, buffers, count, bytes, flags,
                                                            operation, routine);
        return returned(result, socket, operation);
    }

    static BOOL WINAPI take(HANDLE port, DWORD* bytes, ULONG_PTR* key, OVERLAPPED** operation,
                            DWORD limit) {
        port_ = port;
        const BOOL result =
            original<decltype(::GetQueuedCompletionStatus)>(2)(port, bytes, key, operation, limit);
        const DWORD error = ::GetLastError();
        collect(*operation);
        ::SetLastError(error);
        return result;
    }

    static BOOL WINAPI take_many(HANDLE port, OVERLAPPED_ENTRY* entries, ULONG room, ULONG* count,
                                 DWORD limit, BOOL alertable) {
        port_ = port;
        const BOOL result = original<decltype(::GetQueuedCompletionStatusEx)>(3)(
            port, entries, room, count, limit, alertable);
        if (result)
            for (const OVERLAPPED_ENTRY& each : std::span{entries, *count})
                collect(each.lpOverlapped);
        return result;
    }

    static BOOL WINAPI set_modes(HANDLE handle, UCHAR modes) {
        const BOOL result =
            original<decltype(::SetFileCompletionNotificationModes)>(4)(handle, modes);
        const std::lock_guard lock{mutex_};
        if (result && (modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0)
            skipping_.insert(handle);
        return result;
    }

    static HANDLE WINAPI make_port(HANDLE handle, HANDLE port, ULONG_PTR key, DWORD concurrency) {
        const HANDLE result =
            original<decltype(::CreateIoCompletionPort)>(5)(handle, port, key, concurrency);
        const DWORD error = ::GetLastError();
        if (result != nullptr)
            port_ = result;
        ::SetLastError(error);
        return result;
    }

    static int WSAAPI close(SOCKET socket) {
        {
            const std::lock_guard lock{mutex_};
            skipping_.erase(reinterpret_cast<HANDLE>(socket)); // the next one with this number
        }
        return original<decltype(::closesocket)>(6)(socket);
    }

    template <class Function>
    static Function* original(std::size_t which) {
        return reinterpret_cast<Function*>(originals_[which].load());
    }

    template <class Function>
    static trace::hook hook_for(std::size_t which, const char* name, const wchar_t* library,
                                Function* wrapper) {
        return {name, library, reinterpret_cast<void*>(wrapper), &originals_[which]};
    }

    static inline std::array<std::atomic<void*>, 7> originals_{};
    static inline std::mutex mutex_; // guards the sets
    static inline std::set<OVERLAPPED*> lent_;
    static inline std::set<HANDLE> skipping_; // handles that queue no packet for a success at once
    static inline std::atomic<HANDLE> port_{nullptr};

    const std::array<trace::hook, 7> hooks_{{
        hook_for(0, "WSARecv", L"ws2_32.dll", receive),
        hook_for(1, "WSASend", L"ws2_32.dll", send),
        hook_for(2, "GetQueuedCompletionStatus", L"kernel32.dll", take),
        hook_for(3, "GetQueuedCompletionStatusEx", L"kernel32.dll", take_many),
        hook_for(4, "SetFileCompletionNotificationModes", L"kernel32.dll", set_modes),
        hook_for(5, "CreateIoCompletionPort", L"kernel32.dll", make_port),
        hook_for(6, "closesocket", L"ws2_32.dll", close),
    }};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
