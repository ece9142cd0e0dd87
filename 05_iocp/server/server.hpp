/// \file
/// A server on a completion port, for any handler.
#pragma once

#include "acceptor.hpp"
#include "buffer_pool.hpp"
#include "handler.hpp"
#include "options.hpp"
#include "server/pool/statistics.hpp"
#include "server/pool/timer_wheel.hpp"
#include "server/pool/worker_pool.hpp"
#include "session.hpp"

#include "win32/winsock.hpp"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace iocp {

/// Serves on a pool of threads of its own, from the constructor on until stop().
///
/// Threads: all functions may be called from any thread, the destructor from any that is not of the
/// pool.
class server final {
public:
    /// Listens and serves. Throws std::system_error: a bad address, a taken port, no threads;
    /// std::invalid_argument: options that contradict each other; std::bad_alloc. Winsock must be
    /// started.
    /// Lifetime: `user` outlives the server.
    explicit server(handler& user, const server_options& options = {});

    /// Calls stop(), and returns when all that is done.
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// The port that clients connect to, in host order.
    [[nodiscard]] std::uint16_t port() const noexcept { return win32::port_of(address_); }

    /// The address that it listens on, with that port.
    [[nodiscard]] const SOCKADDR_INET& address() const noexcept { return address_; }

    /// Stops accepting; closes every session in good order (session::close); resets those that are
    /// still there after server_options::drain_timeout; collects every operation; calls on_close()
    /// for every session; ends the threads.
    ///
    /// Returns when all that is done. Called on a thread of the pool, from inside a handler, it
    /// returns at once, since what it would wait for is the caller itself. All the same it is done
    /// then, and another call, or the destructor, waits for it. May be called more than once.
    void stop() noexcept;

    /// Puts `file` on the server's port: for session_operation. Throws std::system_error.
    void associate(HANDLE file) { workers_.port().associate(file); }

    /// The figures of this moment.
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

    std::mutex mutex_; // guards all below
    std::map<const session*, std::shared_ptr<session>> sessions_;
    bool stopping_ = false;
    bool cut_ = false; // the drain timeout is over
    bool accepts_gone_ = false;
    bool all_gone_ = false;
    clock::time_point drain_deadline_;
    std::condition_variable all_gone_changed_;

    std::mutex join_mutex_; // one thread joins the pool
};

} // namespace iocp
