/// \file
/// The accepting of connections.
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

/// Accepts connections, with several AcceptEx operations in flight while there are free places.
///
/// An operation takes a place before it starts, and passes it on to its connection. So there are
/// never more connections than places, and no client has to be sent away. When no place is free, no
/// operation is in flight, and clients wait in the listener's backlog.
///
/// An operation that cannot be started, for want of a socket say, lies idle until a connection has
/// come or gone, or until retry(). One that has been started and fails for another reason than its
/// client rests until retry(). No error ends the accepting.
///
/// Threads: all functions from any thread.
class acceptor {
public:
    /// The function that gets a new connection and its client's address, on a thread of the pool.
    /// It must not throw. The connection has its place until leave() is called for it.
    using accepted = std::function<void(win32::unique_socket, const SOCKADDR_INET&)>;

    /// Takes over `listener`, which listens already. At most `places` connections are open at once,
    /// and at most `pending` operations in flight. `on_stopped` is called once, after stop(), when
    /// the last operation has been collected and the listener is closed. `refused` counts the
    /// accepts that fail. Throws std::system_error, std::bad_alloc.
    /// Lifetime: `workers` and `refused` outlive the acceptor.
    acceptor(win32::unique_socket listener, worker_pool& workers, std::size_t places,
             std::size_t pending, accepted on_accepted, std::function<void()> on_stopped,
             counter& refused);

    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;

    /// Starts as many operations as there are places and idle operations. Call it for the first
    /// time when the pool's threads run.
    void start() noexcept;

    /// Frees the place of a connection that has ended.
    void leave() noexcept;

    /// Tries again to start the operations that could not be started or have failed; after stop(),
    /// to cancel those that could not be cancelled. Call it at each tick.
    void retry() noexcept;

    /// Cancels the operations in flight, and starts no more. An operation that is being started is
    /// cancelled by its thread.
    void stop() noexcept;

private:
    // Lifetime: it belongs to Windows from its start to on_completed().
    struct accept_operation : operation {
        accept_operation() noexcept : operation{acceptor::on_completed} {}
        acceptor* of = nullptr;
        win32::unique_socket socket; // the next client's, made beforehand
        // AcceptEx needs 16 bytes more for each address than its size, which is IPv6's at most.
        std::array<char, 2 * (sizeof(SOCKADDR_INET) + 16)> addresses{};
    };

    // The two lists of the operations that are not in flight.
    enum class list { idle, resting };

    static void on_completed(operation& what, DWORD bytes) noexcept;
    void finish_accept(accept_operation& what) noexcept;
    [[nodiscard]] bool start_accept(accept_operation& what) noexcept;
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

    const int family_; // the address family of the listener and of the sockets for AcceptEx
    // The listener is closed when busy_ has become 0. A thread that counts in busy_ may therefore
    // use it without the lock.
    win32::unique_socket listener_;

    win32::slim_lock lock_;
    operation_list idle_ GUARDED_BY(lock_);
    operation_list resting_ GUARDED_BY(lock_);
    std::size_t places_ GUARDED_BY(lock_);   // the free ones
    std::size_t busy_ GUARDED_BY(lock_) = 0; // the operations in neither list, and stop()
    bool stopping_ GUARDED_BY(lock_) = false;
};

} // namespace iocp
