#include "echo_scenario.hpp"

#include <algorithm>

namespace comparison {

namespace {

// With fewer replies a connection one more or less decides.
constexpr double least_mean = 20;

} // namespace

sample measure_echo(const server_program& server, const echo_options& options,
                    const stop_token& stop) {
    load_options load;
    load.connections = options.connections;
    load.message_size = options.message_size;
    load.duration = options.duration;
    load.fewest_replies =
        std::max(enough_replies, options.replies_each * std::uint64_t{options.connections});
    load.longest = options.longest;
    load.patience = options.patience;
    const load_report report = load_server(server, load, stop);

    sample result;
    result.limit = report.limit;
    add_replies(result, report.measured);
    add_load(result, report.measured);
    add_size(result, report.loaded);
    if (report.idle)
        result.figures["idle_memory_mib"] = to_mebibytes(report.idle->resident);
    const double mean =
        static_cast<double>(report.measured.replies) / static_cast<double>(options.connections);
    if (mean >= least_mean)
        result.figures["fairness"] = static_cast<double>(report.measured.fewest) / mean;
    if (report.work) {
        const double replies = static_cast<double>(report.work->replies);
        result.figures["cpu_us_per_request"] = to_ms(report.work->processor_time) * 1e3 / replies;
        result.figures["context_switches_per_request"] =
            static_cast<double>(report.work->context_switches) / replies;
    }
    return result;
}

} // namespace comparison
