/// \file
/// One connection.
#pragma once

#include "buffer_pool.hpp"
#include "send_queue.hpp"
#include "server/pool/timer_wheel.hpp"
#include "session_context.hpp"
#include "session_operation.hpp"
#include "win32/slim_lock.hpp"

#include "win32/unique_resource.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
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
class session : public std::enable_shared_from_this<session>, public timer {
public:
    /// The functions that take one are for the server: nobody else can make it.
    class server_key {
        friend class server;
        server_key() noexcept {}
    };

    /// The handler is not called before open(), which the same thread must call. Lifetime:
    /// `context` outlives the connection.
    session(server_key, const session_context& context, win32::unique_socket socket,
            bool skips_packets, const SOCKADDR_INET& peer) noexcept;
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
    void associate(HANDLE file) { context_.workers.port().associate(file); }

    /// Starts an operation of the handler's own. `call` makes the one call that starts it
    /// (::ReadFile, say), and returns that call's result: what is not FALSE, or FALSE with the
    /// error in ::GetLastError(). It must not throw. To be called inside the handler, and not in
    /// on_close().
    ///
    /// Returns ERROR_SUCCESS when on_operation() will tell of the end; else the error with which
    /// the operation has failed at once. Lifetime: `what` belongs to the session until
    /// on_operation() gets it.
    template <class Call>
    [[nodiscard]] DWORD start(session_operation& what, Call call) {
        begin(what); // its packet may be collected before `call` has returned
        if (call())
            return ERROR_SUCCESS; // a packet comes all the same
        const DWORD error = ::GetLastError();
        if (error == ERROR_IO_PENDING)
            return ERROR_SUCCESS;
        cannot_begin(what);
        return error;
    }

    /// A share in the session, for use on other threads, or later.
    [[nodiscard]] std::shared_ptr<session> share() { return shared_from_this(); }

    /// The client's address. Where the server listens on `::`, a client that has come over IPv4 has
    /// an address such as ::ffff:127.0.0.1.
    [[nodiscard]] const SOCKADDR_INET& peer() const noexcept { return peer_; }

    /// The handler's own. To be used inside the handler; destroyed after on_close().
    std::unique_ptr<session_data> data;

    /// Calls on_open(), and begins to receive.
    void open(server_key) noexcept;
    /// As close(); but for how long, the server decides.
    void drain(server_key) noexcept;
    /// The timer has come up.
    void on_timer(server_key, clock::time_point now) noexcept;

private:
    friend class session_operation;

    // An operation of the session itself.
    struct own_operation : operation {
        own_operation(session& whose, function completed) noexcept
            : operation{completed}, of{whose} {}
        session& of;
        bool in_flight = false; // from its start until `completed` is called
    };

    enum class state {
        open,
        closing,     // close(): what is queued is sent, then the end; what comes is dropped
        half_closed, // the end is sent, and that of the client awaited; what comes is dropped
        cut,         // nothing new is started; what is in flight is collected
        ended,       // on_close() is called, then the socket is closed, and `context_` may be gone
    };

    // What has come from the client, and has not been told to the handler yet.
    enum class incoming {
        nothing,
        bytes,    // on_receive() is due; they are in large_ or small_
        end,      // on_end() is due
        told_end, // nothing more will come
    };

    // Whether the handler lets the session receive.
    enum class reading {
        on,
        paused,
        resumed, // it is on again, and on_resumed() is due
    };

    // Whether the queue is too long, and what the handler knows of it: it hears of the beginning
    // and of the end in turns, so of both if it was too long between two calls only.
    enum class congestion {
        none,
        rising, // too long; on_congested() is due
        known,  // too long, and the handler knows
        missed, // short again; on_congested() is due, and then on_drained()
        falling // short again; on_drained() is due
    };

    // Whether TCP_NODELAY is needed: see set_no_delay_if_needed().
    enum class no_delay {
        nothing_sent,
        one_sent, // one segment
        settled,  // it is set, or not wanted
    };

    // What the handler can be told, in this order.
    enum event : unsigned {
        none = 0,
        opened = 1, // by open() alone
        resumed = 2,
        received = 4,
        ended = 8,
        congested = 16,
        drained = 32,
        overdue = 64, // on_deadline(). Not earlier: what comes before may have been in time
        operation_ended = 128,
    };

    // When turn() starts the next receive.
    enum class next_receive {
        now,
        after_others, // when the thread comes to it, if others wait for a thread
    };

    // session.cpp: its life. All but the static ones are called under the lock, here and below.
    void begin_close() noexcept;
    void cut(DWORD why) noexcept;
    void cancel() noexcept;
    void finish() noexcept; // opens the lock; the session may be gone then
    [[nodiscard]] bool is_closing() const noexcept;
    [[nodiscard]] bool is_over() const noexcept;
    [[nodiscard]] DWORD error_of(operation& what) const noexcept;
    [[nodiscard]] clock::time_point deadline(clock::time_point now) const noexcept;
    void wake_at(clock::time_point deadline) noexcept;

    // session_turn.cpp: what its handler is told.
    void turn(next_receive when = next_receive::now) noexcept; // as finish()
    void tell_handler() noexcept;
    void tell(event what) noexcept;
    void tell_operation() noexcept;
    template <class Call>
    void call_handler(Call call) noexcept; // opens the lock for a while; so do those above
    [[nodiscard]] event next_event(unsigned told) const noexcept;
    void schedule_if_needed() noexcept;
    static void on_scheduled(operation& what, DWORD bytes) noexcept;
    static void on_operation(operation& what, DWORD bytes) noexcept;
    void begin(session_operation& what) noexcept;
    void cannot_begin(session_operation& what) noexcept;
    void take_out(session_operation& what) noexcept;

    // session_receive.cpp: the receiving half.
    [[nodiscard]] bool wants_to_receive() const noexcept;
    [[nodiscard]] bool has_client_ended() const noexcept;
    std::span<std::byte> choose_receive_buffer() noexcept;
    void start_receive() noexcept;
    static void on_received(operation& what, DWORD bytes) noexcept;
    [[nodiscard]] bool receive_after_others() noexcept;

    // session_send.cpp: the sending half.
    void queued_more(std::size_t count) noexcept;
    [[nodiscard]] bool is_too_long() const noexcept;
    void start_send() noexcept;
    void set_no_delay_if_needed() noexcept;
    static void on_sent(operation& what, DWORD bytes) noexcept;
    void sent(std::size_t bytes) noexcept;
    void end_sending() noexcept;
    void watch_for_stall() noexcept;
    void note_taken(std::size_t bytes) noexcept;
    [[nodiscard]] clock::duration time_to_take_pending() const noexcept;
    [[nodiscard]] clock::duration time_to_take(std::size_t bytes) const noexcept;

    const session_context& context_;
    const SOCKADDR_INET peer_;
    const bool skips_packets_;

    mutable win32::slim_lock lock_; // guards all below
    // Every call on the socket is made under the lock. So none runs beside the one that closes it.
    win32::unique_socket socket_;
    own_operation receive_{*this, on_received};
    own_operation send_{*this, on_sent};
    own_operation scheduled_{*this, on_scheduled}; // in flight: it is in the ready list
    session_operation* operations_ = nullptr;      // start() to on_operation()
    operation_list ended_operations_;              // for on_operation()
    send_queue queue_;
    buffer_pool::handle large_; // holds what is being received, if small_ is too small
    std::size_t received_ = 0;  // bytes of the last receive
    std::size_t sending_ = 0;   // bytes of the send, if it is in flight
    DWORD why_ = ERROR_SUCCESS; // of the cut
    DWORD handler_thread_;      // the one whose turn it is, which is in the handler; 0: none
    state state_ = state::open;
    incoming incoming_ = incoming::nothing;
    reading reading_ = reading::on;
    congestion congestion_ = congestion::none;
    no_delay no_delay_;
    bool is_overdue_ = false; // own_deadline_ has passed, and on_deadline() is due
    clock::time_point last_activity_;
    clock::time_point
        last_taken_;             // while the queue is too long: when a send has ended, or it began
    clock::time_point taken_by_; // by then a client that is quick enough has all that was sent
    clock::time_point first_bytes_deadline_;                    // it is lifted when they come
    clock::time_point own_deadline_ = clock::time_point::max(); // set_deadline()
    std::chrono::milliseconds close_timeout_;
    // What an idle client's receive is lent. Many messages fit; for the others there is large_.
    std::array<std::byte, 512> small_;
};

} // namespace iocp
