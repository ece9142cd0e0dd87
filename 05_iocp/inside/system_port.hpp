/// \file
/// The completion port of Windows, by the names of port.hpp: so the same tests and the same
/// measurements run on both.
#pragma once

#include "port.hpp"

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <algorithm>
#include <array>

namespace inside {

/// A completion port of the kernel. Threads: all functions from any thread.
class system_port {
public:
    /// Makes a port. Throws std::system_error.
    explicit system_port(unsigned limit)
        : port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, limit)} {
        if (!port_)
            win32::throw_last_error("CreateIoCompletionPort");
    }

    /// Queues a packet. False if that fails.
    bool post(const packet& what) noexcept {
        return ::PostQueuedCompletionStatus(handle_, what.bytes, what.key,
                                            static_cast<OVERLAPPED*>(what.operation)) != FALSE;
    }

    /// Waits for packets, and takes up to 64 of them. `taken` is not empty.
    outcome get_many(std::span<packet> taken, std::size_t& count,
                     DWORD milliseconds = INFINITE) noexcept {
        std::array<OVERLAPPED_ENTRY, 64> entries{};
        ULONG number = 0;
        const BOOL good = ::GetQueuedCompletionStatusEx(
            handle_, entries.data(), static_cast<ULONG>(std::min(entries.size(), taken.size())),
            &number, milliseconds, FALSE);
        const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
        count = good ? number : 0;
        std::transform(entries.begin(), entries.begin() + count, taken.begin(),
                       [](const OVERLAPPED_ENTRY& each) {
                           return packet{each.lpCompletionKey, each.lpOverlapped,
                                         each.dwNumberOfBytesTransferred};
                       });
        return good ? outcome::taken : ended_by(error);
    }

    /// Waits for a packet, and takes it.
    outcome get(packet& taken, DWORD milliseconds = INFINITE) noexcept {
        OVERLAPPED* operation = nullptr;
        DWORD bytes = 0;
        const BOOL good =
            ::GetQueuedCompletionStatus(handle_, &bytes, &taken.key, &operation, milliseconds);
        const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
        taken.operation = operation;
        taken.bytes = bytes;
        return good || operation != nullptr ? outcome::taken : ended_by(error);
    }

    /// Closes the port's handle, which ends the waits that have begun. Nobody may be about to use
    /// it, as our port allows: see the facts of chapter 5.
    void close() noexcept { port_.reset(); }

    /// Does nothing: Windows sees that a thread has ended.
    void leave() noexcept {}

private:
    static outcome ended_by(DWORD error) noexcept {
        return error == WAIT_TIMEOUT ? outcome::nothing : outcome::closed;
    }

    win32::unique_handle port_;
    const HANDLE handle_ = port_.get(); // for threads that run beside close()
};

} // namespace inside
