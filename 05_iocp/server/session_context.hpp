/// \file
/// What a session knows of its server.
#pragma once

#include "buffer_pool.hpp"
#include "handler.hpp"
#include "options.hpp"
#include "server/pool/statistics.hpp"
#include "server/pool/timer_wheel.hpp"
#include "server/pool/worker_pool.hpp"

#include <functional>

namespace iocp {

class session;

/// What the sessions of one server have in common.
struct session_context {
    const server_options& options;
    handler& user;
    worker_pool& workers;
    buffer_pool& receive_buffers;
    buffer_pool& send_buffers;
    timer_wheel& timers;
    counters& figures;
    /// Called when a session has ended, after on_close(). Must not throw.
    std::function<void(session&)> forget;
};

} // namespace iocp
