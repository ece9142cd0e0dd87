#include "loaded_server.hpp"

#include "load/load_process.hpp"
#include "processes/child_process.hpp"
#include "processes/started_program.hpp"

#include <algorithm>
#include <string>

namespace comparison {

namespace {

constexpr std::chrono::milliseconds time_to_stop = std::chrono::seconds{5};

constexpr std::uint64_t enough_for_p50 = 20;
constexpr std::uint64_t enough_for_p99 = 300; // three replies are slower

void add_remark(std::string& to, const std::string& remark) {
    to += (to.empty() ? "" : "; ") + remark;
}

std::chrono::nanoseconds to_nanoseconds(double seconds) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>{seconds});
}

} // namespace

load_options load_of(const context& with) {
    load_options load;
    load.connections = with.row.parameter("connections");
    load.silent = with.row.parameter("silent");
    load.duration = to_nanoseconds(with.how.seconds);
    load.fewest_replies = enough_replies;
    load.longest = to_nanoseconds(with.how.longest);
    load.patience = with.patience;
    return load;
}

load_report load_server(const command& start, load_options options, const stop_token& stop) {
    child_process server{start.program, start.arguments};
    return with_fate_of(server, [&] {
        options.port = wait_until_listening(server, options.patience, stop);
        load_report report = run_load_process(options, server, stop);
        if (!report.limit.empty())
            if (const std::string words = last_words_of(server); !words.empty())
                add_remark(report.limit, "its last words: " + words);
        if (const std::string fault = stop_server(server, time_to_stop); !fault.empty())
            add_remark(report.limit, fault);
        return report;
    });
}

double seconds_under_load(const run& row, const effort& how) {
    const double connections = row.parameter("connections");
    const double at_10000_replies_a_second = connections * how.replies_each / 10'000;
    return 0.15 + connections / 700 + row.parameter("silent") / 1200.0 +
           std::clamp(at_10000_replies_a_second, how.seconds, how.longest);
}

sample sample_of(const load_report& report) {
    sample result;
    result.limit = report.limit;
    add_replies(result, report.measured);
    add_load(result, report.measured);
    add_size(result, report.loaded);
    return result;
}

void add_replies(sample& to, const load_window& window) {
    to.figures["requests_per_second"] =
        static_cast<double>(window.replies) / std::chrono::duration<double>(window.time).count();
    to.figures["replies"] = static_cast<double>(window.timed);
    if (window.timed >= enough_for_p50)
        to.figures["p50_ms"] = to_ms(window.p50);
    if (window.timed >= enough_for_p99)
        to.figures["p99_ms"] = to_ms(window.p99);
}

void add_load(sample& to, const load_window& window) {
    to.figures["load_busy"] = 1 - std::chrono::duration<double>(window.waited) / window.time;
}

void add_size(sample& to, const std::optional<process_size>& size) {
    if (!size)
        return;
    to.figures["threads"] = size->threads;
    to.figures["memory_mib"] = to_mebibytes(size->resident);
}

double to_mebibytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

double to_ms(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

} // namespace comparison
