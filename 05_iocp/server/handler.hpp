/// \file
/// The interface between the server library and a program.
#pragma once

#include <cstddef>
#include <span>
#include <system_error>

namespace iocp {

class session;
class session_operation;

/// The base of the data that a handler keeps for one session, in session::data.
class session_data {
public:
    virtual ~session_data() = default;

protected:
    session_data() = default;
    session_data(const session_data&) = default;
    session_data& operator=(const session_data&) = default;
};

/// Decides what happens on the connections. One handler serves all of them, and keeps the data of
/// each in session::data.
///
/// Threads: each function is called on any thread of the pool, with no lock of the server held.
/// There are never two calls at once for one session, but up to as many as threads for different
/// sessions. A handler that blocks takes its thread away from the pool.
///
/// Errors: an exception out of a handler's function is counted (statistics::handler_faults) and
/// ends that session with a reset; on_close() gets ERROR_INTERNAL_ERROR.
///
/// Lifetime: the handler outlives the server. A session lives until on_close() has returned, or
/// longer if there is a session::share().
class handler {
public:
    virtual ~handler() = default;

    /// Called first for each session: a client has connected.
    virtual void on_open(session&) {}

    /// Called with the next bytes from the client. They are gone when this returns; only then is
    /// more received. TCP has no messages: a message may begin or end anywhere in `bytes`.
    virtual void on_receive(session&, std::span<const std::byte> bytes) = 0;

    /// Called when the client sends no more; it may still read. Calls session::close() unless
    /// overridden.
    virtual void on_end(session& self);

    /// Called when the queue has grown above the high-water mark, and receiving has stopped.
    /// Alternates with on_drained(), and comes first.
    virtual void on_congested(session&) {}

    /// Called when the queue has shrunk to the low-water mark, and receiving goes on.
    virtual void on_drained(session&) {}

    /// Called when the time of session::set_deadline() is over. Resets the session unless
    /// overridden. An override may first say why, and then close the session.
    virtual void on_deadline(session& self);

    /// Called after session::resume() has taken a pause() back, unless pause() came again before. A
    /// handler that is resumed by another thread does here what it has left undone while it was
    /// paused.
    virtual void on_resumed(session&) {}

    /// Called when an operation that session::start() has started has ended, even while the
    /// session is being closed. `why` is empty if the operation has succeeded.
    virtual void on_operation(session&, session_operation&, std::error_code /*why*/,
                              std::size_t /*bytes*/) {}

    /// Called last for each session: the connection is gone. `why` is empty after an orderly end;
    /// ERROR_OPERATION_ABORTED after an abort() or a stop(); WSAETIMEDOUT after a timeout;
    /// otherwise the error of the connection.
    virtual void on_close(session&, std::error_code /*why*/) {}

protected:
    handler() = default;
    handler(const handler&) = default;
    handler& operator=(const handler&) = default;
};

} // namespace iocp
