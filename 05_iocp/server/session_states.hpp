/// \file
/// What a session can be doing.
#pragma once

namespace iocp {

/// Each of these enumerations answers one question about a session, which has a member for it.
struct session_states {
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
};

} // namespace iocp
