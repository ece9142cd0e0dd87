/// \file
/// Failures of the server's calls, made from outside its code.
#pragma once

#include <cstddef>
#include <memory>

namespace iocp_test {

/// The faults: calls under Windows' own names, and two more.
enum class fault : unsigned {
    AcceptEx,
    CancelIoEx,
    CreateIoCompletionPort,
    GetQueuedCompletionStatusEx,
    PostQueuedCompletionStatus,
    ReadFile,
    SetFileCompletionNotificationModes,
    WSAIoctl,
    WSARecv,
    WSASend,
    WSASocketW,
    bind,
    getsockname,
    getsockopt,
    ioctlsocket,
    listen,
    setsockopt,
    shutdown,
    completion,   ///< A pending operation comes back as failed, in its packet.
    operator_new, ///< There is no memory.
};

inline constexpr std::size_t fault_count = static_cast<std::size_t>(fault::operator_new) + 1;

/// Returns the name of a fault, for messages.
[[nodiscard]] const char* name_of(fault what) noexcept;

/// Makes `what` fail `count` times while this object lives, from the `first`-th time on that the
/// server does it.
///
/// It replaces entries of the program's import table (trace/hooks/import_table.hpp), which the
/// tests' own clients use as well. Their calls neither count nor fail: the thread that has made
/// this object is spared, except in strike(). No other thread may run clients.
///
/// Threads: one such object at a time. Lifetime: it is made before the server, and destroyed after
/// it.
class faults {
public:
    explicit faults(fault what, unsigned first = 1, unsigned count = 1);
    ~faults();
    faults(const faults&) = delete;
    faults& operator=(const faults&) = delete;

    /// Calls `what` without sparing this thread, for the calls that a test makes to the server.
    template <class Function>
    void strike(Function what) {
        const exposure now;
        what();
    }

    /// Returns the number of failures so far.
    [[nodiscard]] unsigned happened() const noexcept;

private:
    class exposure {
    public:
        exposure() noexcept;
        ~exposure();
        exposure(const exposure&) = delete;
        exposure& operator=(const exposure&) = delete;
    };

    struct patched;
    std::unique_ptr<patched> patched_;
};

} // namespace iocp_test
