/// \file
/// What the user of the server writes.
#pragma once

#include <cstddef>
#include <span>
#include <system_error>

namespace iocp {

class session;
class session_operation;

/// What a handler wants to keep for one session: derive from it, and put it into session::data.
class session_data {
public:
    virtual ~session_data() = default;

protected:
    session_data() = default;
    session_data(const session_data&) = default;
    session_data& operator=(const session_data&) = default;
};

/// What is to be done with the connections. One handler serves all of them; what belongs to one
/// goes into session::data.
///
/// Threads: each function is called on any thread of the pool, never two at once for one session,
/// but for as many sessions at once as there are threads. No lock of the server is held. A handler
/// may block; it then takes one thread away from the pool.
///
/// Errors: an exception that comes out of one of these ends that session with a reset, of which
/// on_close() is told as ERROR_INTERNAL_ERROR, and is counted (statistics::handler_faults).
///
/// Lifetime: the handler outlives the server. The session is there until on_close() has returned;
/// session::share() keeps it longer.
class handler {
public:
    virtual ~handler() = default;

    /// A client has connected. The first call for each session.
    virtual void on_open(session&) {}

    /// The client has sent something. `bytes` are gone when this returns, and no more are received
    /// before that. Where one message ends and the next one begins is not known to TCP.
    virtual void on_receive(session&, std::span<const std::byte> bytes) = 0;

    /// The client sends no more; it may still read. Does as its name says unless overridden:
    /// sends what is queued, and closes.
    virtual void on_end(session& self);

    /// More than the high-water mark waits to be sent, and reading has paused. In turns with
    /// on_drained(), and before it.
    virtual void on_congested(session&) {}

    /// Less than the low-water mark waits to be sent, and reading has gone on.
    virtual void on_drained(session&) {}

    /// The time of session::set_deadline() is over. Resets the session unless overridden: to say
    /// why, say, and then to close().
    virtual void on_deadline(session& self);

    /// session::resume() has taken a pause() back. For a handler that has left something undone
    /// meanwhile, and whom another thread lets go on.
    virtual void on_resumed(session&) {}

    /// An operation of the handler's own has ended: see session_operation. `why` is empty when it
    /// has succeeded. Also called when the session is being closed.
    virtual void on_operation(session&, session_operation&, std::error_code /*why*/,
                              std::size_t /*bytes*/) {}

    /// The connection is gone. The last call for each session. `why` is empty after an orderly end;
    /// else the error of the connection, ERROR_OPERATION_ABORTED after an abort() or a stop(),
    /// WSAETIMEDOUT after a timeout.
    virtual void on_close(session&, std::error_code /*why*/) {}

protected:
    handler() = default;
    handler(const handler&) = default;
    handler& operator=(const handler&) = default;
};

} // namespace iocp
