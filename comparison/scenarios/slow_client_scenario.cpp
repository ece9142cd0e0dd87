#include "slow_client_scenario.hpp"

namespace comparison {

sample measure_slow_client(const server_program& server, const slow_client_options& options,
                           const stop_token& stop) {
    load_options load;
    load.connections = options.ordinary;
    load.slow_clients = true;
    load.duration = options.duration;
    load.fewest_replies = enough_replies;
    load.longest = options.longest;
    load.patience = options.patience;
    const load_report report = load_server(server, load, stop);

    sample alone;
    add_replies(alone, report.alone.value());
    sample result;
    result.limit = report.limit;
    add_replies(result, report.measured);
    add_load(result, report.measured);
    add_size(result, report.loaded);
    result.figures["unread_mib"] = to_mebibytes(report.unread_bytes);
    result.figures["requests_per_second_alone"] = alone.figures.at("requests_per_second");
    if (const auto p99 = alone.figures.find("p99_ms"); p99 != alone.figures.end())
        result.figures["p99_alone_ms"] = p99->second;
    return result;
}

} // namespace comparison
