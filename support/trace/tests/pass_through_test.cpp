// A recorded call does what it did before: the same result, the same last error, the same output.

#include "trace/log/calls.hpp"
#include "trace/recorder.hpp"

#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using harness::make_pipe_pair;
using harness::make_socket_pair;
using trace::call;

constexpr DWORD earlier_error = 4711; // must stay after a call that sets no error

// The results of one call.
struct answer {
    long long result;
    DWORD error;
    std::string output; // everything else that the call has written

    bool operator==(const answer&) const = default;
};

std::ostream& operator<<(std::ostream& out, const answer& what) {
    return out << what.result << ", last error " << what.error << ", \"" << what.output << '"';
}

// Calls `function` with a last error that shows whether it was touched.
template <class Function>
answer ask(const Function& function, const std::function<std::string()>& output = {}) {
    ::SetLastError(earlier_error);
    const auto result = static_cast<long long>(function());
    const DWORD error = ::GetLastError();
    return {result, error, output ? output() : std::string{}};
}

struct attempt {
    call which;
    const char* name;
    std::function<answer()> make;
};

HANDLE handle_of(const win32::unique_socket& socket) {
    return reinterpret_cast<HANDLE>(socket.get());
}

win32::unique_handle make_event(bool signaled) {
    return win32::unique_handle{::CreateEventW(nullptr, TRUE, signaled, nullptr)};
}

win32::unique_handle make_port(HANDLE file = INVALID_HANDLE_VALUE) {
    return win32::unique_handle{::CreateIoCompletionPort(file, nullptr, 0, 0)};
}

void CALLBACK ignore(DWORD, DWORD, OVERLAPPED*) {}
void CALLBACK ignore_socket(DWORD, DWORD, OVERLAPPED*, DWORD) {}

// The bytes that the test's own buffers and counts hold afterwards.
std::string text(const char* buffer, DWORD bytes) {
    return std::to_string(bytes) + ":" + std::string(buffer, std::strlen(buffer));
}

std::vector<attempt> file_attempts() {
    return {
        {call::ReadFile, "pipe",
         [] {
             const auto pipe = make_pipe_pair();
             DWORD bytes = 0;
             ::WriteFile(pipe.writer.get(), "hello", 5, &bytes, nullptr);
             char buffer[16] = "";
             return ask([&] { return ::ReadFile(pipe.reader.get(), buffer, 8, &bytes, nullptr); },
                        [&] { return text(buffer, bytes); });
         }},
        {call::ReadFile, "overlapped, no count",
         [] {
             const auto pipe = make_pipe_pair(FILE_FLAG_OVERLAPPED);
             char buffer[16] = "";
             OVERLAPPED overlapped{};
             answer result = ask(
                 [&] { return ::ReadFile(pipe.reader.get(), buffer, 8, nullptr, &overlapped); });
             DWORD bytes = 0;
             ::CancelIoEx(pipe.reader.get(), &overlapped);
             ::GetOverlappedResult(pipe.reader.get(), &overlapped, &bytes, TRUE);
             return result;
         }},
        {call::ReadFile, "no file",
         [] {
             DWORD bytes = 7;
             char buffer[16] = "";
             return ask([&] { return ::ReadFile(nullptr, buffer, 8, &bytes, nullptr); },
                        [&] { return text(buffer, bytes); });
         }},
        {call::ReadFile, "neither count nor overlapped is the caller's fault",
         [] {
             char buffer[16] = "";
             return ask([&] { return ::ReadFile(nullptr, buffer, 8, nullptr, nullptr); });
         }},
        {call::WriteFile, "pipe",
         [] {
             const auto pipe = make_pipe_pair();
             DWORD bytes = 0;
             return ask([&] { return ::WriteFile(pipe.writer.get(), "hello", 5, &bytes, nullptr); },
                        [&] { return text("", bytes); });
         }},
        {call::WriteFile, "the other end is closed",
         [] {
             auto pipe = make_pipe_pair();
             pipe.reader.reset();
             DWORD bytes = 0;
             return ask(
                 [&] { return ::WriteFile(pipe.writer.get(), "hello", 5, &bytes, nullptr); });
         }},
        {call::ReadFileEx, "pipe",
         [] {
             const auto pipe = make_pipe_pair(FILE_FLAG_OVERLAPPED);
             char buffer[16];
             OVERLAPPED overlapped{};
             answer result = ask(
                 [&] { return ::ReadFileEx(pipe.reader.get(), buffer, 8, &overlapped, ignore); });
             ::CancelIoEx(pipe.reader.get(), &overlapped);
             ::SleepEx(harness::deadline, TRUE);
             return result;
         }},
        {call::ReadFileEx, "no file",
         [] {
             char buffer[16];
             OVERLAPPED overlapped{};
             return ask([&] { return ::ReadFileEx(nullptr, buffer, 8, &overlapped, ignore); });
         }},
        {call::WriteFileEx, "pipe",
         [] {
             const auto pipe = make_pipe_pair(0, FILE_FLAG_OVERLAPPED);
             OVERLAPPED overlapped{};
             answer result = ask(
                 [&] { return ::WriteFileEx(pipe.writer.get(), "hello", 5, &overlapped, ignore); });
             ::SleepEx(harness::deadline, TRUE);
             return result;
         }},
        {call::WriteFileEx, "no file",
         [] {
             OVERLAPPED overlapped{};
             return ask([&] { return ::WriteFileEx(nullptr, "hello", 5, &overlapped, ignore); });
         }},
        {call::CancelIo, "nothing pending",
         [] {
             const auto pipe = make_pipe_pair(FILE_FLAG_OVERLAPPED);
             return ask([&] { return ::CancelIo(pipe.reader.get()); });
         }},
        {call::CancelIo, "no file",
         [] {
             return ask([&] { return ::CancelIo(nullptr); });
         }},
        {call::CancelIoEx, "a pending read",
         [] {
             const auto pipe = make_pipe_pair(FILE_FLAG_OVERLAPPED);
             char buffer[16];
             OVERLAPPED overlapped{};
             ::ReadFile(pipe.reader.get(), buffer, 8, nullptr, &overlapped);
             answer result = ask([&] { return ::CancelIoEx(pipe.reader.get(), nullptr); });
             DWORD bytes = 0;
             ::GetOverlappedResult(pipe.reader.get(), &overlapped, &bytes, TRUE);
             return result;
         }},
        {call::CancelIoEx, "nothing pending",
         [] {
             const auto pipe = make_pipe_pair(FILE_FLAG_OVERLAPPED);
             return ask([&] { return ::CancelIoEx(pipe.reader.get(), nullptr); });
         }},
    };
}

// A read from a pipe that has been carried out, and a call that asks for its result.
answer ask_for_result(bool wait, bool extended, bool write) {
    const auto pipe = make_pipe_pair(FILE_FLAG_OVERLAPPED);
    char buffer[16] = "";
    OVERLAPPED overlapped{};
    ::ReadFile(pipe.reader.get(), buffer, 8, nullptr, &overlapped);
    DWORD bytes = 0;
    if (write)
        ::WriteFile(pipe.writer.get(), "hello", 5, &bytes, nullptr);
    bytes = 99;
    answer result = ask(
        [&] {
            return extended ? ::GetOverlappedResultEx(pipe.reader.get(), &overlapped, &bytes,
                                                      wait ? INFINITE : 1, FALSE)
                            : ::GetOverlappedResult(pipe.reader.get(), &overlapped, &bytes, wait);
        },
        [&] { return write ? text(buffer, bytes) : std::string{}; });
    if (!write) {
        ::CancelIoEx(pipe.reader.get(), &overlapped);
        ::GetOverlappedResult(pipe.reader.get(), &overlapped, &bytes, TRUE);
    }
    return result;
}

answer take_packet(bool extended, bool post) {
    const win32::unique_handle port = make_port();
    auto* const overlapped = reinterpret_cast<OVERLAPPED*>(std::uintptr_t{64});
    if (post)
        ::PostQueuedCompletionStatus(port.get(), 5, 6, overlapped);
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* done = nullptr;
    OVERLAPPED_ENTRY entry{};
    ULONG count = 0;
    return ask(
        [&] {
            return extended ? ::GetQueuedCompletionStatusEx(port.get(), &entry, 1, &count, 1, FALSE)
                            : ::GetQueuedCompletionStatus(port.get(), &bytes, &key, &done, 1);
        },
        [&] {
            return std::to_string(bytes + entry.dwNumberOfBytesTransferred) + " " +
                   std::to_string(key + entry.lpCompletionKey) + " " +
                   std::to_string(done == overlapped || entry.lpOverlapped == overlapped);
        });
}

// The results that a callback of Windows' thread pool is given.
struct pool_result {
    win32::unique_handle called = make_event(false);
    void* overlapped = nullptr;
    ULONG error = 0;
    ULONG_PTR bytes = 0;
};

void CALLBACK set_event(PTP_CALLBACK_INSTANCE, void* context, void* overlapped, ULONG error,
                        ULONG_PTR bytes, PTP_IO) {
    auto& result = *static_cast<pool_result*>(context);
    result.overlapped = overlapped;
    result.error = error;
    result.bytes = bytes;
    ::SetEvent(result.called.get());
}

// Puts a socket on the pool, and lets a receive complete there.
answer ask_the_pool() {
    const auto pair = make_socket_pair();
    pool_result result;
    PTP_IO io = nullptr;
    answer whole = ask([&] {
        io = ::CreateThreadpoolIo(handle_of(pair.server), set_event, &result, nullptr);
        return io != nullptr;
    });
    ::send(pair.client.get(), "x", 1, 0);
    char byte = 0;
    WSABUF buffer{1, &byte};
    DWORD flags = 0;
    OVERLAPPED overlapped{};
    ::StartThreadpoolIo(io);
    ::WSARecv(pair.server.get(), &buffer, 1, nullptr, &flags, &overlapped, nullptr);
    ::WaitForSingleObject(result.called.get(), harness::deadline);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    ::CloseThreadpoolIo(io);
    whole.output = std::string{byte} + " " + std::to_string(result.error) + " " +
                   std::to_string(result.bytes) +
                   (result.overlapped == &overlapped ? ", the operation" : ", another operation");
    return whole;
}

std::vector<attempt> completion_attempts() {
    return {
        {call::GetOverlappedResult, "done",
         [] {
             return ask_for_result(true, false, true);
         }},
        {call::GetOverlappedResult, "pending",
         [] {
             return ask_for_result(false, false, false);
         }},
        {call::GetOverlappedResultEx, "done",
         [] {
             return ask_for_result(true, true, true);
         }},
        {call::GetOverlappedResultEx, "pending",
         [] {
             return ask_for_result(false, true, false);
         }},
        {call::CreateIoCompletionPort, "a new port",
         [] {
             return ask([] { return static_cast<bool>(make_port()); });
         }},
        {call::CreateIoCompletionPort, "no port",
         [] {
             const auto pair = make_socket_pair();
             const win32::unique_handle no_port = make_event(false);
             return ask([&] {
                 return ::CreateIoCompletionPort(handle_of(pair.client), no_port.get(), 0, 0) ==
                        nullptr;
             });
         }},
        {call::CreateThreadpoolIo, "a socket",
         [] {
             return ask_the_pool();
         }},
        {call::CreateThreadpoolIo, "no handle",
         [] {
             return ask([] {
                 return ::CreateThreadpoolIo(nullptr, set_event, nullptr, nullptr) == nullptr;
             });
         }},
        {call::GetQueuedCompletionStatus, "a packet",
         [] {
             return take_packet(false, true);
         }},
        {call::GetQueuedCompletionStatus, "the time is up",
         [] {
             return take_packet(false, false);
         }},
        {call::GetQueuedCompletionStatusEx, "a packet",
         [] {
             return take_packet(true, true);
         }},
        {call::GetQueuedCompletionStatusEx, "the time is up",
         [] {
             return take_packet(true, false);
         }},
        {call::PostQueuedCompletionStatus, "a port",
         [] {
             const win32::unique_handle port = make_port();
             return ask([&] { return ::PostQueuedCompletionStatus(port.get(), 1, 2, nullptr); });
         }},
        {call::PostQueuedCompletionStatus, "no port",
         [] {
             return ask([] { return ::PostQueuedCompletionStatus(nullptr, 1, 2, nullptr); });
         }},
    };
}

// Wakes a thread that sleeps on an address, or is about to.
answer wake_on_address(bool with_sleeper) {
    std::atomic<long> value{0};
    std::thread sleeper;
    if (with_sleeper)
        sleeper = std::thread{[&] {
            for (long expected = 0; value == expected;)
                ::WaitOnAddress(&value, &expected, sizeof value, INFINITE);
        }};
    answer result = ask([&] {
        value = 1;
        ::WakeByAddressSingle(&value);
        return value.load();
    });
    if (with_sleeper)
        sleeper.join();
    return result;
}

std::vector<attempt> wait_attempts() {
    std::vector<attempt> result;
    for (const bool signaled : {true, false}) {
        const char* const name = signaled ? "signaled" : "the time is up";
        const auto add = [&](call which, auto wait) {
            result.push_back({which, name, [wait, signaled] {
                                  const win32::unique_handle event = make_event(signaled);
                                  const HANDLE handle = event.get();
                                  return ask([&] { return wait(&handle); });
                              }});
            result.push_back({which, "no handle", [wait] {
                                  const HANDLE handle = nullptr;
                                  return ask([&] { return wait(&handle); });
                              }});
        };
        add(call::WaitForSingleObject,
            [](const HANDLE* handle) { return ::WaitForSingleObject(*handle, 1); });
        add(call::WaitForSingleObjectEx,
            [](const HANDLE* handle) { return ::WaitForSingleObjectEx(*handle, 1, TRUE); });
        add(call::WaitForMultipleObjects,
            [](const HANDLE* handle) { return ::WaitForMultipleObjects(1, handle, FALSE, 1); });
        add(call::WaitForMultipleObjectsEx, [](const HANDLE* handle) {
            return ::WaitForMultipleObjectsEx(1, handle, FALSE, 1, TRUE);
        });
        add(call::WSAWaitForMultipleEvents, [](const HANDLE* handle) {
            return ::WSAWaitForMultipleEvents(1, handle, FALSE, 1, TRUE);
        });
    }
    result.push_back({call::SleepEx, "the time is up", [] {
                          return ask([] { return ::SleepEx(0, TRUE); });
                      }});
    result.push_back({call::SleepEx, "a routine", [] {
                          const auto note = [](ULONG_PTR) {
                          };
                          ::QueueUserAPC(static_cast<PAPCFUNC>(note), ::GetCurrentThread(), 0);
                          return ask([] { return ::SleepEx(harness::deadline, TRUE); });
                      }});
    for (const long expected : {1L, 0L})
        result.push_back({call::WaitOnAddress, expected == 0 ? "the time is up" : "another value",
                          [compared = expected + 0]() mutable {
                              return ask([&] {
                                  volatile long value = 0;
                                  return ::WaitOnAddress(&value, &compared, sizeof value, 1);
                              });
                          }});
    result.push_back({call::WakeByAddressSingle, "nobody sleeps", [] {
                          return wake_on_address(false);
                      }});
    result.push_back({call::WakeByAddressSingle, "a thread sleeps", [] {
                          return wake_on_address(true);
                      }});
    return result;
}

// The same with no socket at all.
attempt without_socket(call which, std::function<long long(SOCKET)> function) {
    return {which, "no socket", [function] {
                return ask([&] { return function(INVALID_SOCKET); });
            }};
}

std::vector<attempt> socket_attempts() {
    const auto select_on = [](SOCKET socket) {
        fd_set set;
        FD_ZERO(&set);
        set.fd_count = 1;
        set.fd_array[0] = socket;
        timeval limit{0, 0};
        return static_cast<long long>(::select(0, nullptr, &set, nullptr, &limit));
    };
    const auto receive = [](SOCKET socket) {
        char buffer[8];
        return static_cast<long long>(::recv(socket, buffer, 8, 0));
    };
    const auto send = [](SOCKET socket) {
        return static_cast<long long>(::send(socket, "hello", 5, 0));
    };
    const auto connect = [](SOCKET socket) {
        const sockaddr_in where = win32::make_address("127.0.0.1", 1).Ipv4;
        return static_cast<long long>(
            ::connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where));
    };
    const auto poll = [](SOCKET socket) {
        WSAPOLLFD what{socket, POLLWRNORM, 0};
        return ::WSAPoll(&what, 1, 0) * 1000LL + what.revents;
    };
    const auto make_nonblocking = [](SOCKET socket) {
        u_long yes = 1;
        return static_cast<long long>(::ioctlsocket(socket, static_cast<long>(FIONBIO), &yes));
    };
    const auto on_client = [](std::function<long long(SOCKET)> function) {
        return [function] {
            const auto pair = make_socket_pair();
            return ask([&] { return function(pair.client.get()); });
        };
    };
    return {
        {call::accept, "a client",
         [] {
             const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
             const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
             const win32::unique_socket client = win32::make_tcp_socket();
             ::connect(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where);
             win32::unique_socket accepted;
             sockaddr_in peer{};
             int size = sizeof peer;
             return ask(
                 [&] {
                     accepted.reset(
                         ::accept(listener.get(), reinterpret_cast<sockaddr*>(&peer), &size));
                     return static_cast<bool>(accepted);
                 },
                 [&] { return std::to_string(size) + " " + std::to_string(peer.sin_family); });
         }},
        {call::accept, "no socket",
         [] {
             return ask(
                 [] { return ::accept(INVALID_SOCKET, nullptr, nullptr) == INVALID_SOCKET; });
         }},
        {call::connect, "a listener",
         [] {
             const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
             const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
             const win32::unique_socket client = win32::make_tcp_socket();
             return ask([&] {
                 return ::connect(client.get(), reinterpret_cast<const sockaddr*>(&where),
                                  sizeof where);
             });
         }},
        without_socket(call::connect, connect),
        {call::recv, "some bytes",
         [] {
             const auto pair = make_socket_pair();
             ::send(pair.client.get(), "hello", 5, 0);
             char buffer[16] = "";
             return ask([&] { return ::recv(pair.server.get(), buffer, 5, MSG_WAITALL); },
                        [&] { return std::string{buffer}; });
         }},
        {call::recv, "the end",
         [receive] {
             auto pair = make_socket_pair();
             pair.client.reset();
             return ask([&] { return receive(pair.server.get()); });
         }},
        {call::recv, "would block",
         [receive, make_nonblocking] {
             const auto pair = make_socket_pair();
             make_nonblocking(pair.server.get());
             return ask([&] { return receive(pair.server.get()); });
         }},
        without_socket(call::recv, receive),
        {call::send, "some bytes", on_client(send)},
        without_socket(call::send, send),
        {call::select, "one is writable", on_client(select_on)},
        without_socket(call::select, select_on),
        {call::WSAPoll, "one is writable", on_client(poll)},
        {call::WSAPoll, "nothing to poll",
         [] {
             return ask([] { return ::WSAPoll(nullptr, 0, 0); });
         }},
        {call::ioctlsocket, "a socket", on_client(make_nonblocking)},
        without_socket(call::ioctlsocket, make_nonblocking),
        {call::closesocket, "a socket",
         [] {
             auto pair = make_socket_pair();
             return ask([&] { return ::closesocket(pair.client.release()); });
         }},
        without_socket(call::closesocket, [](SOCKET socket) { return ::closesocket(socket); }),
        {call::shutdown, "a socket",
         on_client([](SOCKET socket) { return ::shutdown(socket, SD_SEND); })},
        without_socket(call::shutdown, [](SOCKET socket) { return ::shutdown(socket, SD_SEND); }),
    };
}

// A receive or a send, overlapped in the way that is asked for.
struct transfer {
    bool counted = false;
    bool overlapped = false;
    bool routine = false;
    bool bytes_are_there = true;
};

answer receive(const transfer& how) {
    const auto pair = make_socket_pair();
    if (how.bytes_are_there) {
        ::send(pair.client.get(), "hello", 5, 0);
        WSAPOLLFD poll{pair.server.get(), POLLRDNORM, 0};
        ::WSAPoll(&poll, 1, static_cast<INT>(harness::deadline));
    }
    char buffer[16] = "";
    WSABUF part{8, buffer};
    DWORD flags = 0;
    DWORD bytes = 0;
    OVERLAPPED overlapped{};
    answer result = ask(
        [&] {
            return ::WSARecv(pair.server.get(), &part, 1, how.counted ? &bytes : nullptr, &flags,
                             how.overlapped ? &overlapped : nullptr,
                             how.routine ? ignore_socket : nullptr);
        },
        [&] { return how.counted ? std::to_string(bytes) : std::string{}; });
    ::CancelIoEx(handle_of(pair.server), nullptr);
    if (how.routine)
        ::SleepEx(harness::deadline, TRUE);
    else if (how.overlapped)
        ::WSAGetOverlappedResult(pair.server.get(), &overlapped, &bytes, TRUE, &flags);
    return result;
}

answer send(bool overlapped, bool to_nobody) {
    const auto pair = make_socket_pair();
    char buffer[] = "hello";
    WSABUF part{5, buffer};
    DWORD bytes = 0;
    OVERLAPPED operation{};
    answer result = ask(
        [&] {
            return ::WSASend(to_nobody ? INVALID_SOCKET : pair.client.get(), &part, 1, &bytes, 0,
                             overlapped ? &operation : nullptr, nullptr);
        },
        [&] { return std::to_string(bytes); });
    DWORD flags = 0;
    if (overlapped && !to_nobody)
        ::WSAGetOverlappedResult(pair.client.get(), &operation, &bytes, TRUE, &flags);
    return result;
}

answer socket_result(bool done) {
    const auto pair = make_socket_pair();
    if (done)
        ::send(pair.client.get(), "hello", 5, 0);
    char buffer[16];
    WSABUF part{8, buffer};
    DWORD flags = 0;
    DWORD bytes = 0;
    OVERLAPPED overlapped{};
    ::WSARecv(pair.server.get(), &part, 1, nullptr, &flags, &overlapped, nullptr);
    answer result = ask(
        [&] {
            return ::WSAGetOverlappedResult(pair.server.get(), &overlapped, &bytes, done, &flags);
        },
        [&] { return std::to_string(bytes); });
    if (!done) {
        ::CancelIoEx(handle_of(pair.server), nullptr);
        ::WSAGetOverlappedResult(pair.server.get(), &overlapped, &bytes, TRUE, &flags);
    }
    return result;
}

std::vector<attempt> overlapped_socket_attempts() {
    return {
        {call::WSARecv, "blocking",
         [] {
             return receive({.counted = true});
         }},
        {call::WSARecv, "overlapped, counted",
         [] {
             return receive({.counted = true, .overlapped = true});
         }},
        {call::WSARecv, "overlapped",
         [] {
             return receive({.overlapped = true});
         }},
        {call::WSARecv, "overlapped, pending",
         [] {
             return receive({.overlapped = true, .bytes_are_there = false});
         }},
        {call::WSARecv, "routine",
         [] {
             return receive({.overlapped = true, .routine = true});
         }},
        {call::WSARecv, "routine, pending",
         [] {
             return receive({.overlapped = true, .routine = true, .bytes_are_there = false});
         }},
        {call::WSARecv, "no socket",
         [] {
             WSABUF part{};
             DWORD flags = 0;
             OVERLAPPED overlapped{};
             return ask([&] {
                 return ::WSARecv(INVALID_SOCKET, &part, 1, nullptr, &flags, &overlapped,
                                  ignore_socket);
             });
         }},
        {call::WSASend, "blocking",
         [] {
             return send(false, false);
         }},
        {call::WSASend, "overlapped",
         [] {
             return send(true, false);
         }},
        {call::WSASend, "no socket",
         [] {
             return send(true, true);
         }},
        {call::WSAGetOverlappedResult, "done",
         [] {
             return socket_result(true);
         }},
        {call::WSAGetOverlappedResult, "pending",
         [] {
             return socket_result(false);
         }},
    };
}

template <class Function>
Function extension(SOCKET socket, GUID id) {
    Function function = nullptr;
    DWORD bytes = 0;
    ::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
               sizeof function, &bytes, nullptr, nullptr);
    return function;
}

answer accept_with_extension(bool to_nobody) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const win32::unique_socket client = win32::make_tcp_socket();
    const auto accept_ex = extension<LPFN_ACCEPTEX>(listener.get(), WSAID_ACCEPTEX);
    std::array<char, 256> buffer;
    constexpr DWORD address = sizeof(sockaddr_in) + 16;
    DWORD bytes = 0;
    OVERLAPPED overlapped{};
    answer result = ask([&] {
        return accept_ex(to_nobody ? INVALID_SOCKET : listener.get(), client.get(), buffer.data(),
                         0, address, address, &bytes, &overlapped);
    });
    DWORD flags = 0;
    ::CancelIoEx(handle_of(listener), nullptr);
    if (!to_nobody)
        ::WSAGetOverlappedResult(listener.get(), &overlapped, &bytes, TRUE, &flags);
    return result;
}

answer connect_with_extension(bool bound) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const sockaddr_in where = win32::local_address(listener.get()).Ipv4;
    const win32::unique_socket client = win32::make_tcp_socket();
    const auto connect_ex = extension<LPFN_CONNECTEX>(client.get(), WSAID_CONNECTEX);
    const sockaddr_in any = win32::make_address("127.0.0.1", 0).Ipv4;
    if (bound)
        ::bind(client.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any);
    OVERLAPPED overlapped{};
    answer result = ask([&] {
        return connect_ex(client.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where,
                          nullptr, 0, nullptr, &overlapped);
    });
    DWORD bytes = 0;
    DWORD flags = 0;
    if (bound)
        ::WSAGetOverlappedResult(client.get(), &overlapped, &bytes, TRUE, &flags);
    return result;
}

answer disconnect_with_extension(bool connected) {
    const auto pair = make_socket_pair();
    const win32::unique_socket alone = win32::make_tcp_socket();
    const auto disconnect_ex = extension<LPFN_DISCONNECTEX>(pair.client.get(), WSAID_DISCONNECTEX);
    return ask(
        [&] { return disconnect_ex((connected ? pair.client : alone).get(), nullptr, 0, 0); });
}

answer transmit_with_extension(bool connected) {
    const auto pair = make_socket_pair();
    const win32::unique_socket alone = win32::make_tcp_socket();
    const harness::temporary_folder folder;
    const win32::unique_file file{::CreateFileW(folder.make_file(L"file", "hello").c_str(),
                                                GENERIC_READ, FILE_SHARE_READ, nullptr,
                                                OPEN_EXISTING, 0, nullptr)};
    const auto transmit_file = extension<LPFN_TRANSMITFILE>(pair.client.get(), WSAID_TRANSMITFILE);
    return ask([&] {
        return transmit_file((connected ? pair.client : alone).get(), file.get(), 5, 0, nullptr,
                             nullptr, 0);
    });
}

std::vector<attempt> extension_attempts() {
    return {
        {call::AcceptEx, "pending",
         [] {
             return accept_with_extension(false);
         }},
        {call::AcceptEx, "no socket",
         [] {
             return accept_with_extension(true);
         }},
        {call::ConnectEx, "a listener",
         [] {
             return connect_with_extension(true);
         }},
        {call::ConnectEx, "not bound",
         [] {
             return connect_with_extension(false);
         }},
        {call::DisconnectEx, "connected",
         [] {
             return disconnect_with_extension(true);
         }},
        {call::DisconnectEx, "not connected",
         [] {
             return disconnect_with_extension(false);
         }},
        {call::TransmitFile, "connected",
         [] {
             return transmit_with_extension(true);
         }},
        {call::TransmitFile, "not connected",
         [] {
             return transmit_with_extension(false);
         }},
    };
}

std::vector<attempt> all_attempts() {
    std::vector<attempt> result;
    for (const auto& group :
         {file_attempts(), completion_attempts(), wait_attempts(), socket_attempts(),
          overlapped_socket_attempts(), extension_attempts()})
        result.insert(result.end(), group.begin(), group.end());
    return result;
}

TEST(pass_through, EveryCallAnswersAsWithoutARecorder) {
    for (const attempt& each : all_attempts()) {
        SCOPED_TRACE(std::string{trace::info(each.which).name} + ", " + each.name);
        const answer before = each.make();
        const answer recorded = [&] {
            const trace::recorder recorder{16};
            return each.make();
        }();
        EXPECT_EQ(recorded, before);
    }
}

// The list above leaves no call out: it has one that succeeds and one that fails of each.
TEST(pass_through, EveryCallIsTriedInTwoWays) {
    std::multiset<call> tried;
    for (const attempt& each : all_attempts())
        tried.insert(each.which);
    for (std::size_t i = 0; i < trace::call_count; ++i)
        EXPECT_GE(tried.count(static_cast<call>(i)), 2u) << trace::info(static_cast<call>(i)).name;
}

// Each call has gone through its wrapper; otherwise the comparison would say nothing.
TEST(pass_through, EveryCallIsRecorded) {
    trace::recorder recorder{64};
    for (const attempt& each : all_attempts())
        each.make();
    const trace::recording what = recorder.stop();
    for (std::size_t i = 0; i < trace::call_count; ++i)
        EXPECT_GT(what.threads[0].totals[i].count, 0u) << trace::info(static_cast<call>(i)).name;
}

} // namespace
