/// \file
/// Makes calls of the server fail, from outside its code.
#pragma once

#include <cstddef>
#include <memory>

namespace iocp_test {

/// What can fail: calls, under Windows' own names, and two things more.
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
    completion,   ///< an operation that was pending comes back as failed, in its packet
    operator_new, ///< there is no memory
};

inline constexpr std::size_t fault_count = static_cast<std::size_t>(fault::operator_new) + 1;

/// For messages.
[[nodiscard]] const char* name_of(fault what) noexcept;

/// While one lives, `what` fails the `first`-th time that the server does it, and after that until
/// it has failed `count` times.
///
/// The program's import table is replaced for that (trace/import_table.hpp), so the tests' own
/// clients, in the same program, come by here as well. They do not count: the thread that makes
/// this object is spared, but for what it does in strike(). It is the only one that may run
/// clients.
///
/// Threads: one such object at a time. Lifetime: made before the server, and gone after it.
class faults {
public:
    explicit faults(fault what, unsigned first = 1, unsigned count = 1);
    ~faults();
    faults(const faults&) = delete;
    faults& operator=(const faults&) = delete;

    /// Calls `what` with this thread counted, too: for the calls that a test makes to the server.
    template <class Function>
    void strike(Function what) {
        const exposure now;
        what();
    }

    /// How often it has failed.
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
