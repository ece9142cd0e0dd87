/// \file
/// A server on a completion port, for any handler.
#pragma once

#include "acceptor.hpp"
#include "buffer_pool.hpp"
#include "handler.hpp"
#include "options.hpp"
#include "server/pool/timer_wheel.hpp"
#include "server/pool/worker_pool.hpp"
#include "session.hpp"
#include "statistics.hpp"

#include "win32/slim_lock.hpp"
#include "win32/winsock.hpp"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>

namespace iocp {

/// Serves on a pool of threads of its own, from the constructor until stop().
///
/// Threads: all functions may be called from any thread; the destructor from any but the pool's.
class server final {
public:
    /// Listens and serves. Winsock must be started. Throws std::system_error if the address is bad,
    /// the port is taken or a thread cannot be started; std::invalid_argument if options contradict
    /// each other; std::bad_alloc. Lifetime: `user` outlives the server.
    explicit server(handler& user, const server_options& options = {});

    /// Calls stop(), and waits for its end.
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Returns the port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return win32::port_of(address_); }

    /// Returns the address on which the server listens, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return address_; }

    /// Stops accepting, closes every session in good order (session::close), resets those that are
    /// still open after server_options::drain_timeout, collects every operation, calls on_close()
    /// for every session, and ends the threads.
    ///
    /// Returns when all of that is done. Inside a handler, on a thread of the pool, it only begins
    /// it and returns at once, since it would wait for its caller; another call, or the destructor,
    /// waits for the end. May be called more than once.
    void stop() noexcept;

    /// Puts `file` on the server's port, for session_operation. Throws std::system_error.
    void associate(HANDLE file) { workers_.port().associate(file); }

    /// Returns the figures of this moment.
    [[nodiscard]] statistics figures() const noexcept;

private:
    void on_accepted(win32::unique_socket socket, const SOCKADDR_INET& client) noexcept;
    std::shared_ptr<session> make_session(win32::unique_socket socket,
                                          const SOCKADDR_INET& client) noexcept;
    bool keep(const std::shared_ptr<session>& opened) noexcept;
    void forget(session& ended) noexcept;
    void begin_stop() noexcept;
    void cut_all() noexcept;
    [[nodiscard]] bool drain_time_is_over(clock::time_point now) noexcept;
    void on_tick(clock::time_point now) noexcept;
    void on_accepts_gone() noexcept;
    void quit_if_all_gone() noexcept;

    const server_options options_;
    counters figures_;
    buffer_pool receive_buffers_;
    buffer_pool send_buffers_;
    timer_wheel timers_;
    worker_pool workers_;
    const session_context context_;
    SOCKADDR_INET address_{};
    bool can_skip_packets_ = false;
    std::unique_ptr<acceptor> acceptor_;

    win32::slim_lock lock_;
    std::map<const session*, std::shared_ptr<session>> sessions_ GUARDED_BY(lock_);
    bool stopping_ GUARDED_BY(lock_) = false;
    bool cut_ GUARDED_BY(lock_) = false; // the drain timeout is over
    bool accepts_gone_ GUARDED_BY(lock_) = false;
    bool all_gone_ GUARDED_BY(lock_) = false;
    clock::time_point drain_deadline_ GUARDED_BY(lock_);
    std::condition_variable_any all_gone_changed_;

    win32::slim_lock join_lock_; // held by the thread that joins the pool
};

} // namespace iocp
