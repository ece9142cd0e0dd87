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
#include <type_traits>

namespace iocp {

/// The result of session::send().
enum class send_result {
    queued, ///< All bytes are queued, behind those of earlier calls.
    full, ///< Nothing is queued: server_options::queue_limit leaves no room, or there is no memory.
    closed, ///< Nothing is queued: the session is being closed.
};

/// One connection. Receives piece by piece, sends the queued bytes, and calls the handler.
///
/// At most one receive and one send are in flight. A session ends in one order: the operations in
/// flight are cancelled and collected, on_close() is called, the socket is closed.
///
/// Threads: the public functions may be called from any thread at any time, inside the handler too,
/// unless their own comment says otherwise. After the session's end they do nothing. None of them
/// calls the handler.
///
/// Lifetime: the server keeps the session until its end. Another thread that wants to send must
/// hold share(); the session may then outlive its server.
class session : public std::enable_shared_from_this<session>, public timer, session_states {
public:
    /// Marks a function as the server's: only a server can make a key.
    class server_key {
        friend class server;
        server_key() noexcept {}
    };

    /// Makes a session that calls no handler before open(). The same thread must call open().
    /// Lifetime: `context` outlives the connection.
    session(server_key, const session_context& context, win32::unique_socket socket,
            bool skips_packets, const SOCKADDR_INET& peer) noexcept;
    ~session() = default;
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Queues a copy of `bytes`, in the order of the calls. Bytes that a handler sends to its own
    /// session go out together when the handler returns; other bytes go out now, or when the send
    /// in flight has ended.
    send_result send(std::span<const std::byte> bytes) noexcept;
    /// Does the same for text.
    send_result send(std::string_view text) noexcept {
        return send(std::as_bytes(std::span{text}));
    }

    /// Does the same without a copy, for the first `count` bytes of a pool's buffer. The buffer
    /// goes back to its pool when they are sent, or at once when they are not queued.
    send_result send(buffer_pool::handle whole, std::size_t count) noexcept;

    /// Returns the number of bytes that wait to be sent.
    [[nodiscard]] std::size_t queued() const noexcept;

    /// Whether the queue has grown above the high-water mark and has not yet shrunk to the low one.
    /// Once this was true, on_drained() will be called, unless the session ends before.
    [[nodiscard]] bool is_congested() const noexcept;

    /// Stops receiving until resume(). The receive in flight goes on: at most one on_receive()
    /// begins after pause() has returned. While nothing is being sent, the idle timeout is off.
    void pause() noexcept;
    /// Takes pause() back: handler::on_resumed() is called, and receiving goes on, unless pause()
    /// is called again before.
    void resume() noexcept;
    /// Whether the session is paused.
    [[nodiscard]] bool is_paused() const noexcept;

    /// Ends the session in good order: sends the queued bytes, then the end of the stream; receives
    /// and drops bytes until the client has closed too; closes the socket. A client that does not
    /// close is reset after server_options::close_timeout. Closing the socket at once would reset a
    /// client that is still sending, and the reset may overtake our last bytes.
    void close() noexcept;

    /// Ends the session with a reset, and drops the queued bytes. on_close() gets `why`.
    void abort(DWORD why = ERROR_OPERATION_ABORTED) noexcept;

    /// Restarts the session's own deadline: when `time` has passed, handler::on_deadline() is
    /// called, which resets the session unless overridden. 0 removes the deadline, and longer times
    /// than longest_time are clamped to it. A call of the handler that is running when the deadline
    /// passes may still restart or remove it. Meant for a request that must be whole by then, say.
    void set_deadline(std::chrono::milliseconds time) noexcept;

    /// Does the same as server::associate(). Call it inside the handler only.
    void associate(HANDLE file) { context_.workers.port().associate(file); }

    /// Starts an operation of the handler's own. `call` makes the one call that starts it, of
    /// ::ReadFile say, and returns the result: FALSE, with the error in ::GetLastError(), or any
    /// other value. Call start() inside the handler only, and not in on_close().
    ///
    /// Returns ERROR_SUCCESS if on_operation() will be called; otherwise the error with which the
    /// operation has failed at once. Lifetime: `what` and its memory belong to Windows and the
    /// session until on_operation() gets `what`.
    template <class Call>
    [[nodiscard]] DWORD start(session_operation& what, Call call) {
        static_assert(std::is_nothrow_invocable_v<Call>, "or `what` would never end");
        begin(what); // first: the packet may be collected before `call` has returned
        if (call())
            return ERROR_SUCCESS; // a packet comes in this case too
        const DWORD error = ::GetLastError();
        if (error == ERROR_IO_PENDING)
            return ERROR_SUCCESS;
        cannot_begin(what);
        return error;
    }

    /// Returns a share in the session, for other threads and for later.
    [[nodiscard]] std::shared_ptr<session> share() { return shared_from_this(); }

    /// Returns the client's address. If the server listens on `::`, a client that has connected
    /// over IPv4 has an address such as ::ffff:127.0.0.1.
    [[nodiscard]] const SOCKADDR_INET& peer() const noexcept { return peer_; }

    /// The handler's own data. Use it inside the handler only. It is destroyed after on_close().
    std::unique_ptr<session_data> data;

    /// Calls on_open(), and begins to receive.
    void open(server_key) noexcept;
    /// Does the same as close() without a timeout: the server limits the time.
    void drain(server_key) noexcept;
    /// Does what is due at `now`: the session's timer has come up.
    void on_timer(server_key, clock::time_point now) noexcept;

private:
    friend class session_operation;

    //! [own-operation]
    // One of the session's three operations.
    struct own_operation : operation {
        own_operation(session& whose, function completed) noexcept
            : operation{completed}, of{whose} {}
        session& of;
        bool in_flight = false; // from the start until `completed` is called
    };
    //! [own-operation]

    // The moment at which turn() starts the next receive.
    enum class next_receive {
        now,
        after_others, // after the operations that wait for a thread, if there are any
    };

    // session.cpp: the session's life.
    void begin_close() noexcept REQUIRES(lock_);
    void cut(DWORD why) noexcept REQUIRES(lock_);
    void cancel() noexcept REQUIRES(lock_);
    void finish() noexcept RELEASE(lock_); // may destroy the session
    [[nodiscard]] bool is_closing() const noexcept REQUIRES(lock_);
    [[nodiscard]] bool is_over() const noexcept REQUIRES(lock_);
    [[nodiscard]] DWORD error_of(operation& what) const noexcept REQUIRES(lock_);
    [[nodiscard]] clock::time_point deadline(clock::time_point now) const noexcept REQUIRES(lock_);
    void wake_at(clock::time_point deadline) noexcept REQUIRES(lock_);

    // session_turn.cpp: the turns, in which the handler is called.
    void turn(next_receive when = next_receive::now) noexcept
        RELEASE(lock_); // may destroy the session
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
    [[nodiscard]] bool queue_is_too_long() const noexcept REQUIRES(lock_);
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

    //! [members]
    // Every call on the socket is made under the lock, so none can run beside closesocket().
    mutable win32::slim_lock lock_;
    win32::unique_socket socket_ GUARDED_BY(lock_);
    state state_ GUARDED_BY(lock_) = state::open;
    DWORD why_ GUARDED_BY(lock_) = ERROR_SUCCESS;       // the reason for a cut
    DWORD handler_thread_ GUARDED_BY(lock_);            // the thread in the handler; 0: none
    own_operation scheduled_ GUARDED_BY(lock_);         // in flight: in the ready list
    operation_list ended_operations_ GUARDED_BY(lock_); // on_operation() is due
    // The first of the handler's operations that are in flight, or that on_operation() is due for.
    session_operation* operations_ GUARDED_BY(lock_) = nullptr;

    // The sending half.
    own_operation send_ GUARDED_BY(lock_);
    std::size_t sending_ GUARDED_BY(lock_) = 0; // bytes of the send in flight
    send_queue queue_ GUARDED_BY(lock_);
    congestion congestion_ GUARDED_BY(lock_) = congestion::none;
    no_delay no_delay_ GUARDED_BY(lock_);
    //! [members]

    // Deadlines, and the times from which they are counted.
    clock::time_point last_activity_ GUARDED_BY(lock_); // the last bytes in either direction
    // The last end of a send. Also the moment when the queue became too long, and the start of each
    // send while it is.
    clock::time_point last_taken_ GUARDED_BY(lock_);
    // The time by which a client that takes min_send_rate has all bytes that were sent.
    clock::time_point taken_by_ GUARDED_BY(lock_);
    clock::time_point first_bytes_deadline_ GUARDED_BY(lock_); // removed by the first bytes
    std::chrono::milliseconds close_timeout_ GUARDED_BY(lock_);
    clock::time_point own_deadline_ GUARDED_BY(lock_) = clock::time_point::max(); // set_deadline()
    bool is_overdue_ GUARDED_BY(lock_) = false; // on_deadline() is due

    // The receiving half.
    own_operation receive_ GUARDED_BY(lock_);
    incoming incoming_ GUARDED_BY(lock_) = incoming::nothing;
    reading reading_ GUARDED_BY(lock_) = reading::on;
    std::size_t received_ GUARDED_BY(lock_) = 0; // bytes of the last receive
    buffer_pool::handle large_ GUARDED_BY(lock_);
    // The buffer of an idle client's receive. Most messages fit; large_ is for the others.
    std::array<std::byte, 512> small_ GUARDED_BY(lock_);
};

} // namespace iocp
