#include "stream_scenario.hpp"

namespace comparison {

namespace {

constexpr std::uint64_t enough_messages = 50;

} // namespace

sample measure_stream(const server_program& server, const stream_options& options,
                      const stop_token& stop) {
    load_options load;
    load.connections = options.connections;
    load.message_size = options.message_size;
    load.duration = options.duration;
    load.fewest_replies = enough_messages;
    load.longest = options.longest;
    load.patience = options.patience;
    const load_report report = load_server(server, load, stop);

    sample result;
    result.limit = report.limit;
    result.figures["megabytes_per_second"] =
        static_cast<double>(report.measured.bytes) / 1e6 /
        std::chrono::duration<double>(report.measured.time).count();
    result.figures["replies"] = static_cast<double>(report.measured.replies);
    add_load(result, report.measured);
    add_size(result, report.loaded);
    if (report.work)
        result.figures["cpu_us_per_mib"] =
            to_ms(report.work->processor_time) * 1e3 / to_mebibytes(report.work->bytes);
    return result;
}

} // namespace comparison
