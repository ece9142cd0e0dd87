/// \file
/// Follows the operations with a completion routine, from the call to the routine.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <limits>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace exercise {

/// While one lives, it follows the operations that the program starts, until their routine has been
/// called. A CancelIoEx has its effect a while after it has returned: Windows promises no more, an
/// operation may need its time to end.
///
/// There may be one at a time. Threads: the program's calls may come on any thread.
class routines_in_flight {
public:
    /// Begins. Throws std::system_error.
    routines_in_flight() { reads_left_ = no_limit; }

    ~routines_in_flight() {
        for (std::thread& each : cancels_)
            each.join();
        cancels_.clear();
    }

    routines_in_flight(const routines_in_flight&) = delete;
    routines_in_flight& operator=(const routines_in_flight&) = delete;

    /// The operations whose routine has not been called yet.
    [[nodiscard]] static std::size_t count() {
        const std::lock_guard lock{mutex_};
        return lent_.size();
    }

    /// Lets each ReadFileEx fail at once, after `count` of them.
    static void let_reads_fail_after(int count) noexcept { reads_left_ = count; }

private:
    using routine = LPOVERLAPPED_COMPLETION_ROUTINE;
    using socket_routine = LPWSAOVERLAPPED_COMPLETION_ROUTINE;

    struct routines {
        routine of_file;
        socket_routine of_socket;
    };

    static void lend(OVERLAPPED* operation, routines called) {
        const std::lock_guard lock{mutex_};
        lent_[operation] = called;
    }

    static routines give_back(OVERLAPPED* operation) {
        const std::lock_guard lock{mutex_};
        const routines called = lent_[operation];
        lent_.erase(operation);
        return called;
    }

    static void CALLBACK on_file(DWORD error, DWORD bytes, OVERLAPPED* operation) {
        give_back(operation).of_file(error, bytes, operation);
    }

    static void CALLBACK on_socket(DWORD error, DWORD bytes, OVERLAPPED* operation, DWORD flags) {
        give_back(operation).of_socket(error, bytes, operation, flags);
    }

    static BOOL file_started(BOOL result, OVERLAPPED* operation) {
        const DWORD error = ::GetLastError();
        if (!result)
            give_back(operation); // no routine will be called
        ::SetLastError(error);
        return result;
    }

    static int socket_started(int result, OVERLAPPED* operation) {
        const int error = ::WSAGetLastError();
        if (result != 0 && error != WSA_IO_PENDING)
            give_back(operation);
        ::WSASetLastError(error);
        return result;
    }

    static BOOL WINAPI read(HANDLE file, void* buffer, DWORD room, OVERLAPPED* operation,
                            routine called) {
        if (reads_left_ != no_limit && --reads_left_ < 0) {
            ::SetLastError(ERROR_READ_FAULT);
            return FALSE;
        }
        lend(operation, {called, nullptr});
        return file_started(
            original<decltype(::ReadFileEx)>(0)(file, buffer, room, operation, on_file), operation);
    }

    static BOOL WINAPI write(HANDLE file, const void* bytes, DWORD count, OVERLAPPED* operation,
                             routine called) {
        lend(operation, {called, nullptr});
        return file_started(
            original<decltype(::WriteFileEx)>(1)(file, bytes, count, operation, on_file),
            operation);
    }

    static int WSAAPI receive(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes,
                              DWORD* flags, OVERLAPPED* operation, socket_routine called) {
        const auto real = original<decltype(::WSARecv)>(2);
        if (called == nullptr)
            return real(socket, buffers, count, bytes, flags, operation, nullptr);
        lend(operation, {nullptr, called});
        return socket_started(real(socket, buffers, count, bytes, flags, operation, on_socket),
                              operation);
    }

    static int WSAAPI send(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes, DWORD flags,
                           OVERLAPPED* operation, socket_routine called) {
        const auto real = original<decltype(::WSASend)>(3);
        if (called == nullptr)
            return real(socket, buffers, count, bytes, flags, operation, nullptr);
        lend(operation, {nullptr, called});
        return socket_started(real(socket, buffers, count, bytes, flags, operation, on_socket),
                              operation);
    }

    static BOOL WINAPI cancel(HANDLE handle, OVERLAPPED* operation) {
        const auto real = original<decltype(::CancelIoEx)>(4);
        const std::lock_guard lock{mutex_};
        if (operation != nullptr && !lent_.contains(operation))
            return real(handle, operation);
        cancels_.emplace_back([real, handle, operation] {
            ::SleepEx(100, FALSE);
            real(handle, operation);
        });
        return TRUE;
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

    static inline std::array<std::atomic<void*>, 5> originals_{};
    static constexpr int no_limit = std::numeric_limits<int>::max();
    static inline std::atomic<int> reads_left_ = no_limit;
    static inline std::mutex mutex_; // guards the members below
    static inline std::map<OVERLAPPED*, routines> lent_;
    static inline std::vector<std::thread> cancels_;

    const std::array<trace::hook, 5> hooks_{{
        hook_for(0, "ReadFileEx", L"kernel32.dll", read),
        hook_for(1, "WriteFileEx", L"kernel32.dll", write),
        hook_for(2, "WSARecv", L"ws2_32.dll", receive),
        hook_for(3, "WSASend", L"ws2_32.dll", send),
        hook_for(4, "CancelIoEx", L"kernel32.dll", cancel),
    }};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
