#include "figures.hpp"
#include "loaded_server.hpp"

namespace comparison {

namespace {

// Counts the bytes that come back within the measured time, not those that are sent: a message on
// its way counts in part. All messages come back whole in the end.
sample measure_stream(const context& with) {
    load_options load = load_of(with);
    load.message_size = std::size_t{with.row.parameter("message_mib")} << 20;
    load.duration = load.longest;
    const load_report report = load_server(with.start, load, with.stop);

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

} // namespace

scenario stream_scenario() {
    using namespace figures;
    return {
        .name = "stream",
        .question = "How fast does a large message come back?",
        .method = "Eight connections, each with one message of 1 MiB under way. The figure counts "
                  "each byte once, on its way back.",
        .see = "A large message takes many calls, since a server reads a part and writes it back. "
               "What differs is how much a call moves, and whether reading goes on while a write "
               "is under way.",
        .figures = {megabytes,
                    {.name = "cpu_us_per_mib",
                     .title = "processor time a MiB",
                     .unit = "us",
                     .is = better::lower,
                     .chart = chart_size::large},
                    memory.drawn(chart_size::large),
                    threads.unranked(),
                    replies,
                    load_busy},
        .columns = {{"megabytes_per_second", "MB/s"},
                    {"cpu_us_per_mib", "CPU us/MiB"},
                    {"threads", "threads"},
                    {"memory_mib", "MiB"}},
        .steps =
            [](const effort&) {
                return std::vector<parameter_list>{{{"connections", 8}, {"message_mib", 1}}};
            },
        .seconds = [](const run&, const effort& how) { return 0.4 + how.longest; },
        .measure = measure_stream,
    };
}

} // namespace comparison
