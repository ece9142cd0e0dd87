/// \file
/// What a session knows of its server.
#pragma once

#include "buffer_pool.hpp"
#include "handler.hpp"
#include "options.hpp"
#include "server/pool/statistics.hpp"
#include "server/pool/timer_wheel.hpp"
#include "server/pool/worker_pool.hpp"

namespace iocp {

class session;

/// What the sessions of one server have in common.
struct session_surroundings {
    const server_options& options;
    handler& user;
    worker_pool& workers;
    buffer_pool& receive_buffers;
    buffer_pool& send_buffers;
    timer_wheel& timers;
    counters& figures;
};

/// Whoever keeps the sessions.
class session_owner {
public:
    /// The session has ended, and on_close() has been called: it can be forgotten.
    virtual void forget(session& which) noexcept = 0;

protected:
    ~session_owner() = default;
};

} // namespace iocp
