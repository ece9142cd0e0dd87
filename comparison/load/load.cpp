#include "load.hpp"

#include "load_loop.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace comparison {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// The most clients that may wait to be served when another one connects: fewer than the backlog of
// a listener whose server has not accepted them yet.
constexpr unsigned most_unserved = 64;

// The bytes that the client that never reads sends at a time, and the time after which a part that
// the server has not taken counts as stuck.
constexpr std::size_t unread_part = 64 * 1024;
constexpr milliseconds is_stuck{100};

class generator {
public:
    generator(const load_options& options, const std::optional<server_watch>& watch)
        : options_{options}, watch_{watch}, loop_{options.port} {}

    load_report run();

private:
    bool serve_once(client_kind kind, unsigned count, milliseconds patience);
    void warm_up();
    void add_silent();
    void run_in();
    load_window measure(reply_count& count);
    void collect(const reply_count& count);
    void add_slow();
    void drain();
    [[noreturn]] void fail_for_want_of_replies() const;
    std::optional<process_size> look();
    std::optional<process_work> look_at_work();

    const load_options& options_;
    const std::optional<server_watch>& watch_;
    reply_count alone_;
    reply_count measured_;
    load_loop loop_; // uses alone_ and measured_
    load_report report_;
};

// Connects clients and lets each be served once. Returns false if nothing has come for `patience`.
// Ends early when a client has failed.
bool generator::serve_once(client_kind kind, unsigned count, milliseconds patience) {
    loop_.begin_phase();
    for (unsigned i = 0; i < count && loop_.failure().empty(); ++i) {
        loop_.add(kind, options_.message_size);
        if (!loop_.go_on_until([&] { return loop_.under_way() < most_unserved; }, patience))
            return false;
    }
    return loop_.go_on_until([&] { return loop_.under_way() == 0; }, patience);
}

void generator::warm_up() {
    if (!serve_once(client_kind::ordinary, options_.connections, options_.patience))
        throw std::runtime_error("only " + std::to_string(loop_.served_in_phase()) + " of " +
                                 std::to_string(options_.connections) +
                                 " connections were served in the warm-up");
}

void generator::add_silent() {
    const moment begin = clock::now();
    if (!serve_once(client_kind::silent, options_.silent, options_.silent_patience))
        loop_.give_up_unserved("the server left the next one waiting");
    report_.silent = loop_.served_in_phase();
    if (report_.silent > 0)
        report_.silent_time = loop_.last_reply() - begin;
    if (report_.silent < options_.silent)
        report_.limit = "stopped at " + std::to_string(report_.silent) + " of " +
                        std::to_string(options_.silent) + " silent clients: " + loop_.failure();
}

// Lets all clients send until each has been served once more, or the patience is over: a server
// that lets some of them starve is measured, too.
void generator::run_in() {
    loop_.begin_phase();
    loop_.begin_loop();
    const moment until = clock::now() + options_.patience;
    if (!loop_.go_on_until(
            [&] {
                return loop_.served_in_phase() == options_.connections || clock::now() >= until;
            },
            options_.patience))
        fail_for_want_of_replies();
}

// Measures once. The latencies are still missing: see add_latencies().
load_window generator::measure(reply_count& count) {
    loop_.begin_phase();
    loop_.open(count);
    const nanoseconds waited = loop_.waited();
    const moment earliest_end = count.begin + options_.duration;
    const moment latest_end = std::max(earliest_end, count.begin + options_.longest);
    const auto lasted = [&] {
        return options_.requests != 0 || clock::now() >= earliest_end;
    };
    // Wait for one reply at least: on a busy machine, a short time may pass without any.
    const auto has_enough = [&] {
        if (options_.requests != 0)
            return count.replies >= options_.requests;
        return count.replies > 0 &&
               (count.replies >= options_.fewest_replies || clock::now() >= latest_end);
    };
    const bool over = loop_.go_on_until(lasted, options_.patience, earliest_end) &&
                      loop_.go_on_until(has_enough, options_.patience, latest_end);
    loop_.close(count);
    if (!over)
        fail_for_want_of_replies();

    load_window window;
    window.replies = count.replies;
    window.bytes = count.bytes;
    window.time = count.end - count.begin;
    window.waited = loop_.waited() - waited;
    window.fewest = loop_.fewest_in_phase();
    return window;
}

// Adds the latencies, with those of messages that were sent in the measured time and came back
// after it. Without these, the longer a server stalled the better it would look.
void add_latencies(load_window& window, const reply_count& count) {
    window.timed = count.latencies.count();
    window.p50 = nanoseconds{count.latencies.percentile(0.5)};
    window.p99 = nanoseconds{count.latencies.percentile(0.99)};
}

// Lets all clients go on, uncounted, until the messages of the measured time are back: so their
// latencies are those under load. Gives up when the patience is over, since a server may let one of
// them starve.
void generator::collect(const reply_count& count) {
    const moment until = clock::now() + options_.patience;
    if (!loop_.go_on_until([&] { return count.missing == 0 || clock::now() >= until; },
                           options_.patience, until))
        fail_for_want_of_replies();
}

// Adds the slow clients and waits until the server takes no more of the one that never reads: from
// then on they are as much in the way as they will ever be. Gives up on a server that takes without
// end. The ordinary clients go on meanwhile, uncounted.
void generator::add_slow() {
    loop_.add(client_kind::unreading, unread_part);
    loop_.add(client_kind::trickling, 1);
    const moment begin = clock::now();
    const moment end = begin + options_.patience;
    const auto settled = [&] {
        return clock::now() >= std::max(begin, loop_.last_unread()) + is_stuck ||
               clock::now() >= end;
    };
    if (!loop_.go_on_until(settled, options_.patience, begin + is_stuck))
        fail_for_want_of_replies();
}

// Waits for the replies that are under way, except those of slow clients: the loop's destructor
// cancels them.
void generator::drain() {
    loop_.end_loop();
    if (!loop_.go_on_until([&] { return loop_.under_way() == 0; }, options_.patience))
        fail_for_want_of_replies();
}

void generator::fail_for_want_of_replies() const {
    throw std::runtime_error(std::string{"replies ceased to come"} +
                             (report_.alone ? " when there were slow clients" : ""));
}

std::optional<process_size> generator::look() {
    return watch_ ? std::optional{watch_->size()} : std::nullopt;
}

// Looks at the server's work in those loads that report the cost of a request. In the others the
// server may have thousands of threads, and looking would take long.
std::optional<process_work> generator::look_at_work() {
    return watch_ && options_.silent == 0 && !options_.slow_clients ? watch_->work() : std::nullopt;
}

load_report generator::run() {
    report_.idle = look();
    warm_up();
    report_.connected = look();
    if (options_.silent > 0) {
        add_silent();
        report_.with_silent = look();
    }

    // Look while the server is at rest: no reply can come during the look, however long it takes.
    const std::optional<process_work> before = look_at_work();
    const std::uint64_t replies = loop_.echoes();
    const std::uint64_t bytes = loop_.bytes();
    run_in();
    if (options_.slow_clients) {
        const load_window alone = measure(alone_);
        collect(alone_);
        report_.alone = alone;
        add_slow();
    }
    report_.measured = measure(measured_);
    collect(measured_);
    report_.loaded = look();
    drain();
    add_latencies(report_.measured, measured_);
    if (report_.alone)
        add_latencies(*report_.alone, alone_);
    const std::optional<process_work> after = look_at_work();
    if (before && after)
        if (const std::optional<process_work> work = difference(*before, *after))
            report_.work = load_work{loop_.echoes() - replies, loop_.bytes() - bytes,
                                     work->processor_time, work->context_switches};

    report_.echoes = loop_.echoes();
    report_.unread_bytes = loop_.unread_bytes();
    if (report_.limit.empty())
        report_.limit = loop_.failure(); // of a slow client
    return report_;
}

} // namespace

load_report run_load(const load_options& options, const std::optional<server_watch>& watch) {
    return generator{options, watch}.run();
}

} // namespace comparison
