/// \file
/// New connections.
#pragma once

#include "server/pool/counters.hpp"
#include "server/pool/operation.hpp"
#include "server/pool/worker_pool.hpp"
#include "win32/slim_lock.hpp"

#include "win32/unique_resource.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>

namespace iocp {

/// Accepts, with several AcceptEx operations in flight, as long as there is room for connections.
///
/// Each operation in flight has one of the places already that its connection will take: so there
/// are never more connections than places, and none has to be sent away. When there is no place
/// left, none is in flight, and clients wait in the listener's backlog.
///
/// An operation that cannot be started (there are no more sockets, say) lies idle until a
/// connection has come or gone, or until retry(). One that is started and then fails, and not
/// because of its client, rests until retry(). No error ends the accepting.
///
/// Threads: all functions from any thread.
class acceptor {
public:
    /// Called on a thread of the pool with a new connection and the client's address. Must not
    /// throw. The place is the connection's now, until somebody calls leave().
    using accepted = std::function<void(win32::unique_socket, const SOCKADDR_INET&)>;

    /// `listener` listens already. `places` connections may be open at once; at most `pending`
    /// operations are in flight. `on_stopped` is called once, when after stop() the last operation
    /// has been collected and the listener is closed. `refused` counts the accepts that fail.
    /// Throws std::system_error, std::bad_alloc.
    acceptor(win32::unique_socket listener, worker_pool& workers, std::size_t places,
             std::size_t pending, accepted on_accepted, std::function<void()> on_stopped,
             counter& refused);

    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;

    /// Starts as many operations as it can. To be called first when the threads run.
    void start() noexcept;

    /// A connection has ended: its place is free.
    void leave() noexcept;

    /// Tries again what could not be started, or after stop() not cancelled. To be called now and
    /// then.
    void retry() noexcept;

    /// Cancels what is in flight, and decides on no more. One that is just being started is
    /// cancelled by the thread that starts it.
    void stop() noexcept;

private:
    // Lifetime: Windows has it from the start to on_completed().
    struct accept_operation : operation {
        accept_operation() noexcept : operation{acceptor::on_completed} {}
        acceptor* of = nullptr;
        win32::unique_socket socket; // of the next client, made beforehand
        // Each address needs 16 bytes more than itself. SOCKADDR_INET has room for either family's.
        std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses{};
    };

    // Where an operation is that is not in flight.
    enum class list { idle, resting };

    static void on_completed(operation& what, DWORD bytes) noexcept;
    void on_accept(accept_operation& what) noexcept;
    [[nodiscard]] bool launch(accept_operation& what) noexcept;
    [[nodiscard]] bool concerns_one_client(accept_operation& what) const noexcept;
    [[nodiscard]] SOCKADDR_INET client_of(accept_operation& what) const noexcept;
    bool put_back(accept_operation& what, list where, bool with_place) noexcept;
    void cancel() noexcept REQUIRES(lock_);
    void end_one() noexcept;

    worker_pool& workers_;
    const accepted on_accepted_;
    const std::function<void()> on_stopped_;
    counter& refused_;
    const std::unique_ptr<accept_operation[]> operations_;
    LPFN_ACCEPTEX accept_ex_;
    LPFN_GETACCEPTEXSOCKADDRS get_addresses_;

    const int family_; // the listener's, and that of every socket that AcceptEx is given
    // Closed when nothing is busy any more. So who is busy may use it without the lock.
    win32::unique_socket listener_;

    win32::slim_lock lock_;
    operation_list idle_ GUARDED_BY(lock_);
    operation_list resting_ GUARDED_BY(lock_);
    std::size_t places_ GUARDED_BY(lock_);   // that nobody has
    std::size_t busy_ GUARDED_BY(lock_) = 0; // operations that are in neither list
    bool stopping_ GUARDED_BY(lock_) = false;
};

} // namespace iocp
