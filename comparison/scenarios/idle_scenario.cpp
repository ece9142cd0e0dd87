#include "idle_scenario.hpp"

namespace comparison {

sample measure_idle(const server_program& server, const idle_options& options,
                    const stop_token& stop) {
    load_options load;
    load.connections = options.active;
    load.silent = options.silent;
    load.duration = options.duration;
    load.fewest_replies = enough_replies;
    load.longest = options.longest;
    load.patience = options.patience;
    load.silent_patience = options.silent_patience;
    const load_report report = load_server(server, load, stop);

    sample result;
    result.limit = report.limit;
    add_replies(result, report.measured);
    add_load(result, report.measured);
    add_size(result, report.loaded);
    const double silent = report.silent;
    result.figures["silent"] = silent;
    if (report.silent == 0)
        return result;
    result.figures["silent_per_second"] =
        silent / std::chrono::duration<double>(report.silent_time).count();
    if (report.connected && report.with_silent) {
        const double growth = static_cast<double>(report.with_silent->resident) -
                              static_cast<double>(report.connected->resident);
        result.figures["memory_per_silent_kib"] = growth / 1024.0 / silent;
    }
    return result;
}

} // namespace comparison
