/// \file
/// The states of a session.
#pragma once

namespace iocp {

/// Each enumeration answers one question about a session, which has one member of each type but
/// `event`.
struct session_states {
    // How far the session has come.
    enum class state {
        open,
        closing,     // the queued bytes are sent, then the end; received bytes are dropped
        half_closed, // the end is sent; until the client's end, received bytes are dropped
        cut,         // nothing is started any more; the operations in flight are collected
        ended,       // on_close() is called, then the socket is closed; the server may be gone
    };

    // The last thing that came from the client, and whether the handler knows.
    enum class incoming {
        nothing,
        bytes,    // on_receive() is due
        end,      // on_end() is due
        told_end, // nothing more will come
    };

    // Whether the handler lets the session receive.
    enum class reading {
        on,
        paused,
        resumed, // on again; on_resumed() is due
    };

    // Whether the queue is too long, and whether the handler knows. The handler is told of each
    // beginning and each end, even of a congestion that was over before it could be told.
    enum class congestion {
        none,
        rising,  // too long; on_congested() is due
        known,   // too long, and the handler knows
        missed,  // short again; on_congested() is due, and on_drained() after it
        falling, // short again; on_drained() is due
    };

    // Whether TCP_NODELAY has to be set.
    enum class no_delay {
        nothing_sent, // not yet
        one_sent,     // before the next send
        settled,      // no: it is set already, or not wanted
    };

    // The handler's functions, in the order in which they are called when several are due.
    enum event : unsigned {
        none = 0,
        opened = 1,
        resumed = 2,
        received = 4,
        client_ended = 8,
        congested = 16,
        drained = 32,
        overdue = 64, // after those above, since their bytes may have come in time
        operation_ended = 128,
    };
};

} // namespace iocp
