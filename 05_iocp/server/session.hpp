/// \file
/// One connection.
#pragma once

#include "buffer_pool.hpp"
#include "send_queue.hpp"
#include "server/pool/timer_wheel.hpp"
#include "session_context.hpp"
#include "session_operation.hpp"
#include "session_states.hpp"
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
class session : public std::enable_shared_from_this<session>, public timer, session_states {
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

    // When turn() starts the next receive.
    enum class next_receive {
        now,
        after_others, // when the thread comes to it, if others wait for a thread
    };

    // session.cpp: its life.
    void begin_close() noexcept REQUIRES(lock_);
    void cut(DWORD why) noexcept REQUIRES(lock_);
    void cancel() noexcept REQUIRES(lock_);
    void finish() noexcept RELEASE(lock_); // the session may be gone then
    [[nodiscard]] bool is_closing() const noexcept REQUIRES(lock_);
    [[nodiscard]] bool is_over() const noexcept REQUIRES(lock_);
    [[nodiscard]] DWORD error_of(operation& what) const noexcept REQUIRES(lock_);
    [[nodiscard]] clock::time_point deadline(clock::time_point now) const noexcept REQUIRES(lock_);
    void wake_at(clock::time_point deadline) noexcept REQUIRES(lock_);

    // session_turn.cpp: what its handler is told.
    void turn(next_receive when = next_receive::now) noexcept RELEASE(lock_); // as finish()
    void tell_handler() noexcept REQUIRES(lock_);
    void tell(event what) noexcept REQUIRES(lock_);
    void tell_operation() noexcept REQUIRES(lock_);
    template <class Call>
    void call_handler(Call call) noexcept REQUIRES(lock_); // opens the lock for a while
    [[nodiscard]] event next_event(unsigned told) const noexcept REQUIRES(lock_);
    void schedule_if_needed() noexcept REQUIRES(lock_);
    static void on_scheduled(operation& what, DWORD bytes) noexcept;
    static void on_operation(operation& what, DWORD bytes) noexcept;
    void begin(session_operation& what) noexcept;
    void cannot_begin(session_operation& what) noexcept;
    void take_out(session_operation& what) noexcept REQUIRES(lock_);

    // session_receive.cpp: the receiving half.
    [[nodiscard]] bool wants_to_receive() const noexcept REQUIRES(lock_);
    [[nodiscard]] bool has_client_ended() const noexcept REQUIRES(lock_);
    std::span<std::byte> choose_receive_buffer() noexcept REQUIRES(lock_);
    void start_receive() noexcept REQUIRES(lock_);
    static void on_received(operation& what, DWORD bytes) noexcept;
    [[nodiscard]] bool receive_after_others() noexcept REQUIRES(lock_);

    // session_send.cpp: the sending half.
    void queued_more(std::size_t count) noexcept REQUIRES(lock_);
    [[nodiscard]] bool is_too_long() const noexcept REQUIRES(lock_);
    void start_send() noexcept REQUIRES(lock_);
    void set_no_delay_if_needed() noexcept REQUIRES(lock_);
    static void on_sent(operation& what, DWORD bytes) noexcept;
    void sent(std::size_t bytes) noexcept REQUIRES(lock_);
    void end_sending() noexcept REQUIRES(lock_);
    void watch_for_stall() noexcept REQUIRES(lock_);
    void note_taken(std::size_t bytes) noexcept REQUIRES(lock_);
    [[nodiscard]] clock::duration time_to_take_pending() const noexcept REQUIRES(lock_);
    [[nodiscard]] clock::duration time_to_take(std::size_t bytes) const noexcept;

    const session_context& context_;
    const SOCKADDR_INET peer_;
    const bool skips_packets_;

    // Every call on the socket is made under the lock, so none runs beside the one that closes it.
    mutable win32::slim_lock lock_;
    win32::unique_socket socket_ GUARDED_BY(lock_);
    state state_ GUARDED_BY(lock_) = state::open;
    DWORD why_ GUARDED_BY(lock_) = ERROR_SUCCESS;       // of the cut
    DWORD handler_thread_ GUARDED_BY(lock_);            // the one that is in the handler; 0: none
    own_operation scheduled_ GUARDED_BY(lock_);         // in flight: it is in the ready list
    operation_list ended_operations_ GUARDED_BY(lock_); // for on_operation()
    session_operation* operations_ GUARDED_BY(lock_) = nullptr; // start() to on_operation()

    // The sending half.
    own_operation send_ GUARDED_BY(lock_);
    std::size_t sending_ GUARDED_BY(lock_) = 0; // bytes of the send, if it is in flight
    send_queue queue_ GUARDED_BY(lock_);
    congestion congestion_ GUARDED_BY(lock_) = congestion::none;
    no_delay no_delay_ GUARDED_BY(lock_);

    // Deadlines, and what they are counted from.
    clock::time_point last_activity_ GUARDED_BY(lock_); // in either direction
    // While the queue is too long: when the last send has ended, or the next one has begun.
    clock::time_point last_taken_ GUARDED_BY(lock_);
    // By then a client that is quick enough has all that was sent.
    clock::time_point taken_by_ GUARDED_BY(lock_);
    clock::time_point first_bytes_deadline_ GUARDED_BY(lock_); // lifted when they come
    std::chrono::milliseconds close_timeout_ GUARDED_BY(lock_);
    clock::time_point own_deadline_ GUARDED_BY(lock_) = clock::time_point::max(); // set_deadline()
    bool is_overdue_ GUARDED_BY(lock_) = false; // own_deadline_ has passed: on_deadline() is due

    // The receiving half.
    own_operation receive_ GUARDED_BY(lock_);
    incoming incoming_ GUARDED_BY(lock_) = incoming::nothing;
    reading reading_ GUARDED_BY(lock_) = reading::on;
    std::size_t received_ GUARDED_BY(lock_) = 0; // bytes of the last receive
    buffer_pool::handle large_ GUARDED_BY(lock_);
    // What an idle client's receive is lent. Many messages fit; for the others there is large_.
    std::array<std::byte, 512> small_ GUARDED_BY(lock_);
};

} // namespace iocp
