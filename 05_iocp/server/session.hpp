/// \file
/// One connection.
#pragma once

#include "buffer_pool.hpp"
#include "send_queue.hpp"
#include "server/pool/timer_wheel.hpp"
#include "session_operation.hpp"
#include "session_surroundings.hpp"
#include "win32/slim_lock.hpp"

#include "win32/unique_resource.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <system_error>

namespace iocp {

/// What send() has done.
enum class send_result {
    queued, ///< all of it, behind what was queued before
    full,   ///< nothing: it would have been more than server_options::queue_limit, or there is no
            ///< memory
    closed, ///< nothing: the session is being closed
};

/// What a handler wants to keep for one session: derive from it, and put it into session::data.
class session_data {
public:
    virtual ~session_data() = default;

protected:
    session_data() = default;
    session_data(const session_data&) = default;
    session_data& operator=(const session_data&) = default;
};

/// One connection: receives one piece after the other, sends what is queued, and calls the handler.
///
/// At most one receive and one send are in flight. A session ends in one order: what is in flight
/// is cancelled, and collected, then on_close() is called, then the socket is closed.
///
/// Threads: the public functions may be called from any thread at any time, also when the session
/// has ended (they do nothing then), and also from inside the handler. None of them calls the
/// handler.
///
/// Lifetime: the server keeps the session until it has ended. Another thread that wants to send
/// must hold share(); the session may then outlive its server.
class session : public std::enable_shared_from_this<session>, private timer {
    struct key {}; // only a server makes sessions

public:
    /// For the server: nobody else has a `key`.
    session(key, const session_surroundings& around, session_owner& owner,
            win32::unique_socket socket, bool skips_packets, const SOCKADDR_INET& peer) noexcept;
    ~session() = default;
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Queues a copy of `bytes`; in the order of the calls. What a handler sends for its own
    /// session goes out when it returns, all together; else it goes out now, if nothing is in
    /// flight.
    send_result send(std::span<const std::byte> bytes) noexcept;
    /// The same, for text.
    send_result send(std::string_view text) noexcept {
        return send(std::as_bytes(std::span{text}));
    }

    /// The same without the copy, for what is in a pool's buffer already: its first `count` bytes.
    /// The buffer goes back to its pool when they are sent, or not taken.
    send_result send(buffer_pool::handle whole, std::size_t count) noexcept;

    /// Bytes that wait to be sent.
    [[nodiscard]] std::size_t queued() const noexcept;

    /// Whether the queue has grown above the high-water mark, and has not yet shrunk to the low
    /// one. on_drained() comes after it was true, unless the session ends before.
    [[nodiscard]] bool is_congested() const noexcept;

    /// Receives no more until resume(). What is in flight comes still: at most one on_receive()
    /// after this has returned. The idle timeout is off meanwhile, unless something is queued.
    void pause() noexcept;
    /// Takes pause() back: handler::on_resumed() is called, and receiving goes on.
    void resume() noexcept;
    /// Whether pause() holds.
    [[nodiscard]] bool is_paused() const noexcept;

    /// Ends the session in good order: sends what is queued, tells the client that this was all,
    /// reads on (and drops what comes) until the client has closed as well, and closes. A client
    /// that does not play along is reset after server_options::close_timeout. Closing at once
    /// would be a reset for a client that is still sending, and that reset may overtake our last
    /// bytes.
    void close() noexcept;

    /// Ends it with a reset, of which on_close() is told as `why`. What is queued is dropped.
    void abort(DWORD why = ERROR_OPERATION_ABORTED) noexcept;

    /// Lets handler::on_deadline() be called if this has not been called again within `time`, nor
    /// by the handler's function that was running at that moment; 0 lifts the deadline, and what is
    /// longer than longest_time counts as that. For what has to be whole by then: a request, say.
    void set_deadline(std::chrono::milliseconds time) noexcept;

    /// As server::associate(). To be called inside the handler.
    void associate(HANDLE file) { around_.workers.port().associate(file); }

    /// Counts `what` as in flight: to be called before the call that starts it, from inside the
    /// handler, and not in on_close(). Lifetime: `what` belongs to the session until on_operation()
    /// gets it.
    void begin(session_operation& what) noexcept;

    /// Takes begin() back: the call has failed at once, and no packet will come.
    void cannot_begin(session_operation& what) noexcept;

    /// A share in the session, for use on other threads, or later.
    [[nodiscard]] std::shared_ptr<session> share() { return shared_from_this(); }

    /// The client's address. Where the server listens on `::`, a client that has come over IPv4 has
    /// an address such as ::ffff:127.0.0.1.
    [[nodiscard]] const SOCKADDR_INET& peer() const noexcept { return peer_; }

    /// The handler's own. To be used inside the handler; destroyed after on_close().
    std::unique_ptr<session_data> data;

private:
    friend class server;
    friend class session_operation;
    using lock_type = std::unique_lock<win32::slim_lock>;

    // An operation of the session itself.
    struct own_operation : operation {
        own_operation(session& whose, function completed) noexcept
            : operation{completed}, of{whose} {}
        session& of;
    };

    enum class state {
        open,
        closing, // close(): the queue is sent, then the end; what comes is dropped
        cut,     // nothing new is started; what is in flight is collected
        ended,   // the socket is closed: nothing of `around_` is there any more
    };

    // What the handler is still to be told.
    enum event : unsigned {
        opened = 1,
        received = 2,
        ended = 4,
        congested = 8,
        drained = 16,
        overdue = 32,          // on_deadline()
        resumed = 64,          // on_resumed()
        operation_ended = 128, // not among events_: see ended_operations_
    };

    // When turn() starts the next receive.
    enum class next_receive {
        now,
        after_others, // when the thread comes to it, if others wait for a thread
    };

    // For the server.
    void start() noexcept;
    void drain() noexcept;
    void on_timer(clock::time_point now) noexcept;

    // Completions.
    static void on_received(operation& what, DWORD bytes) noexcept;
    static void on_sent(operation& what, DWORD bytes) noexcept;
    static void on_scheduled(operation& what, DWORD bytes) noexcept;
    static void on_operation(operation& what, DWORD bytes) noexcept;

    // All these under the lock, which those that take it may open for a while.
    void turn(lock_type& lock, next_receive when = next_receive::now) noexcept;
    void tell_handler(lock_type& lock) noexcept;
    void tell(event what, lock_type& lock);
    [[nodiscard]] static event first_of(unsigned events) noexcept;
    void tell_operation(lock_type& lock);
    void start_receive() noexcept;
    [[nodiscard]] bool receive_after_others() noexcept;
    std::span<std::byte> choose_receive_buffer() noexcept;
    void queued_more(std::size_t count) noexcept;
    void start_send() noexcept;
    void begin_close() noexcept;
    void set_no_delay_if_needed() noexcept;
    void sent(std::size_t bytes) noexcept;
    void raise_congested() noexcept;
    void watch_for_stall() noexcept;
    void end_sending() noexcept;
    void schedule_if_needed() noexcept;
    void cut(DWORD why) noexcept;
    void cancel() noexcept;
    void take_out(session_operation& what) noexcept;
    void finish(lock_type& lock) noexcept;
    [[nodiscard]] bool wants_to_receive() const noexcept;
    [[nodiscard]] bool is_over() const noexcept;
    [[nodiscard]] clock::time_point deadline(clock::time_point now) const noexcept;
    [[nodiscard]] clock::duration time_to_take(std::size_t bytes) const noexcept;
    [[nodiscard]] clock::duration time_to_take_pending() const noexcept;
    void note_taken(std::size_t bytes) noexcept;
    [[nodiscard]] DWORD error_of(operation& what) const noexcept;

    session_surroundings around_;
    session_owner& owner_;
    std::list<std::shared_ptr<session>>::iterator place_; // the server's
    const SOCKADDR_INET peer_;

    mutable win32::slim_lock lock_; // guards all below
    // Every call on the socket is made under the lock. So none runs beside the one that closes it.
    win32::unique_socket socket_;
    own_operation receive_{*this, on_received};
    own_operation send_{*this, on_sent};
    own_operation scheduled_{*this, on_scheduled};
    operation_list ended_operations_; // for on_operation()
    send_queue queue_;
    buffer_pool::handle large_; // holds what is being received, if small_ is too small
    std::size_t received_ = 0;  // bytes for on_receive()
    std::size_t sending_ = 0;   // bytes of the send in flight; 0: there is none
    unsigned events_ = opened;
    session_operation* operations_ = nullptr; // begin() to on_operation()
    DWORD why_ = ERROR_SUCCESS;
    DWORD handler_thread_ = 0; // the thread that is in the handler, or about to be; 0: none
    state state_ = state::open;
    const bool skips_packets_;
    bool receiving_ = false; // from the start to the completion; likewise the next
    bool is_scheduled_ = false;
    bool paused_ = false;
    bool congested_ = false;
    bool has_received_ = false;
    bool has_sent_ = false;
    bool no_delay_is_set_ = false;
    bool filled_ = false;     // the last receive filled its buffer: there may be more
    bool peer_ended_ = false; // the client sends no more
    bool end_sent_ = false;   // and we do not
    bool draining_ = false;   // the server stops, and keeps the time
    clock::time_point opened_at_;
    clock::time_point last_activity_;
    clock::time_point last_taken_; // while congested_: when a send has ended, or it began
    clock::time_point taken_by_;   // by then a client that is quick enough has all that was sent
    clock::time_point close_deadline_;
    clock::time_point own_deadline_ = clock::time_point::max(); // set_deadline()
    // What an idle client's receive is lent. Many messages fit; for the others there is large_.
    std::array<std::byte, 512> small_;
};

} // namespace iocp
