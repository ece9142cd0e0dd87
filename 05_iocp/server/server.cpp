#include "server.hpp"

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>
#include <utility>

namespace iocp {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t receive_buffer_size = 16 * 1024;
constexpr std::size_t send_buffer_size = 4 * 1024;
constexpr std::size_t kept_buffers = 64; // of each kind, while nobody needs them

std::array<milliseconds, 5> times_of(const server_options& options) {
    return {options.idle_timeout, options.first_bytes_timeout, options.stall_timeout,
            options.close_timeout, options.drain_timeout};
}

void check(const server_options& options) {
    if (options.max_connections == 0 || options.pending_accepts == 0)
        throw std::invalid_argument("a server that may accept nobody");
    if (options.low_water_mark > options.high_water_mark ||
        options.high_water_mark > options.queue_limit)
        throw std::invalid_argument("low_water_mark, high_water_mark and queue_limit must rise");
    for (const milliseconds each : times_of(options))
        if (each.count() < 0 || each > longest_time)
            throw std::invalid_argument("a timeout must be between 0 and a year");
}

// How often the threads look at the clock: a small part of the shortest time that they must keep,
// and half a second at the longest. The drain timeout is not among these times: who waits in stop()
// keeps it. After a stop() inside a handler nobody waits, and it may be two ticks late; not worth
// the wake-ups of an idle server.
milliseconds tick_of(const server_options& options) {
    milliseconds shortest{4'000};
    for (const milliseconds each : {options.idle_timeout, options.first_bytes_timeout,
                                    options.stall_timeout, options.close_timeout})
        if (each.count() != 0)
            shortest = std::min(shortest, each);
    return std::max(milliseconds{10}, shortest / 8);
}

} // namespace

server::server(handler& user, const server_options& options)
    : options_{options},
      receive_buffers_{receive_buffer_size, kept_buffers},
      send_buffers_{send_buffer_size, kept_buffers},
      timers_{tick_of(options), clock::now()},
      workers_{options.threads, options.concurrency, tick_of(options),
               [this](clock::time_point now) { on_tick(now); }, figures_},
      context_{options_,
               user,
               workers_,
               receive_buffers_,
               send_buffers_,
               timers_,
               figures_,
               [this](session& ended) {
                   forget(ended);
               }} {
    check(options_);
    win32::unique_socket listener = win32::listen_on(options_.address, options_.port);
    address_ = win32::local_address(listener.get());
    can_skip_packets_ = completion_port::can_skip_packets(listener.get());
    acceptor_ = std::make_unique<acceptor>(
        std::move(listener), workers_, options_.max_connections,
        std::min(options_.pending_accepts, options_.max_connections),
        [this](win32::unique_socket socket, const SOCKADDR_INET& client) {
            on_accepted(std::move(socket), client);
        },
        [this] { on_accepts_gone(); }, figures_);
    try {
        workers_.start();
    } catch (...) {
        stop(); // some threads run, and may have begun to accept
        throw;
    }
    acceptor_->start();
}

server::~server() {
    stop();
}

statistics server::figures() const noexcept {
    statistics now = figures_.read();
    now.ready = workers_.ready();
    return now;
}

// ---- Sessions come and go ----

void server::on_accepted(win32::unique_socket socket, const SOCKADDR_INET& client) noexcept {
    const SOCKET native = socket.get();
    std::shared_ptr<session> opened = make_session(std::move(socket), client);
    if (opened && workers_.port().associate(native) && keep(opened)) {
        opened->open(session::server_key{});
        return;
    }
    counters::add(figures_.refused);
    if (opened)
        opened->abort(); // with a reset: else the connection would hold a stopped server's port
    opened.reset();
    acceptor_->leave();
}

std::shared_ptr<session> server::make_session(win32::unique_socket socket,
                                              const SOCKADDR_INET& client) noexcept {
    const bool skips_packets =
        can_skip_packets_ && completion_port::skip_packet_on_success(socket.get());
    try {
        return std::make_shared<session>(session::server_key{}, context_, std::move(socket),
                                         skips_packets, client);
    } catch (const std::bad_alloc&) {
        win32::reset_on_close(socket.get());
        return nullptr;
    }
}

bool server::keep(const std::shared_ptr<session>& opened) noexcept {
    const std::lock_guard lock{mutex_};
    if (stopping_)
        return false;
    try {
        sessions_.emplace(opened.get(), opened);
    } catch (const std::bad_alloc&) {
        return false;
    }
    counters::add(figures_.accepted);
    counters::add(figures_.open);
    return true;
}

void server::forget(session& ended) noexcept {
    std::shared_ptr<session> kept; // freed when the lock is open again
    {
        const std::lock_guard lock{mutex_};
        const auto place = sessions_.find(&ended);
        kept = std::move(place->second);
        sessions_.erase(place);
    }
    counters::subtract(figures_.open);
    kept.reset();
    acceptor_->leave();
    quit_if_all_gone();
}

void server::on_tick(clock::time_point now) noexcept {
    acceptor_->retry();
    // The share keeps a session that ends at this very moment.
    const auto share = [](timer& due) {
        return static_cast<session&>(due).weak_from_this().lock();
    };
    while (const std::shared_ptr<session> due = timers_.take_due(now, share))
        due->on_timer(session::server_key{}, now);
    if (drain_time_is_over(now))
        cut_all();
}

bool server::drain_time_is_over(clock::time_point now) noexcept {
    const std::lock_guard lock{mutex_};
    return stopping_ && now >= drain_deadline_;
}

// ---- Stopping ----

//! [stop]
void server::stop() noexcept {
    begin_stop();
    if (workers_.is_current())
        return;
    {
        std::unique_lock lock{mutex_};
        // The threads keep the deadline, too, but only from tick to tick.
        if (!all_gone_changed_.wait_until(lock, drain_deadline_, [&] { return all_gone_; })) {
            lock.unlock();
            cut_all();
            lock.lock();
            all_gone_changed_.wait(lock, [&] { return all_gone_; });
        }
    }
    const std::lock_guard one_joins{join_mutex_};
    workers_.join();
}
//! [stop]

void server::begin_stop() noexcept {
    {
        const std::lock_guard lock{mutex_};
        if (std::exchange(stopping_, true))
            return;
        drain_deadline_ = clock::now() + options_.drain_timeout;
        for (const auto& each : sessions_)
            each.second->drain(session::server_key{});
    }
    acceptor_->stop();
}

void server::cut_all() noexcept {
    const std::lock_guard lock{mutex_};
    if (std::exchange(cut_, true))
        return;
    for (const auto& each : sessions_)
        each.second->abort();
}

void server::on_accepts_gone() noexcept {
    {
        const std::lock_guard lock{mutex_};
        accepts_gone_ = true;
    }
    quit_if_all_gone();
}

//! [quit]
// No session, no accept: nothing is in flight, so no thread is needed any more.
void server::quit_if_all_gone() noexcept {
    {
        const std::lock_guard lock{mutex_};
        if (!stopping_ || !accepts_gone_ || !sessions_.empty() || all_gone_)
            return;
        all_gone_ = true;
        all_gone_changed_.notify_all();
    }
    workers_.quit();
}
//! [quit]

} // namespace iocp
