/// \file
/// The part of a server that its sessions know.
#pragma once

#include "buffer_pool.hpp"
#include "handler.hpp"
#include "options.hpp"
#include "server/pool/timer_wheel.hpp"
#include "server/pool/worker_pool.hpp"
#include "statistics.hpp"

#include <functional>

namespace iocp {

class session;

/// The things that the sessions of one server share.
struct session_context {
    const server_options& options;
    handler& user;
    worker_pool& workers;
    buffer_pool& receive_buffers;
    buffer_pool& send_buffers;
    timer_wheel& timers;
    counters& figures;
    /// Called after on_close(), when the session has ended. Must not throw.
    std::function<void(session&)> forget;
};

} // namespace iocp
