#include "figures.hpp"
#include "loaded_server.hpp"

namespace comparison {

namespace {

constexpr unsigned working_clients = 10;

// Connects the working clients, then the silent ones, and measures the working ones. If the server
// does not take all silent clients, it is measured with those that it took.
sample measure_idle(const context& with) {
    const load_report report = load_server(with.start, load_of(with), with.stop);
    sample result = sample_of(report);
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

std::vector<parameter_list> steps_of_idle(const effort& how) {
    std::vector<parameter_list> steps;
    for (const unsigned silent : how.silent)
        steps.push_back({{"silent", silent}, {"connections", working_clients}});
    return steps;
}

} // namespace

scenario idle_scenario() {
    using namespace figures;
    return {
        .name = "idle",
        .question = "What do clients cost that say nothing?",
        .method = "Ten clients work as in echo, among others that have been served once and are "
                  "silent from then on. The memory of a silent client is what the server's "
                  "resident memory has grown by, divided by their number.",
        .see =
            "Look at where a model stops, and at what a silent client costs in threads and in "
            "memory. The working clients should not feel the silent ones. (Under Wine about 1 MiB "
            "of a thread's stack is resident from its start; Windows brings in what the thread "
            "uses.)",
        .by = "silent",
        .figures = {p99.drawn(chart_size::small),
                    p50,
                    requests.unranked(),
                    threads,
                    {.name = "memory_per_silent_kib",
                     .title = "memory a silent client",
                     .unit = "KiB",
                     .is = better::lower,
                     .carries_over = true,
                     .ranked = true,
                     .log = true,
                     .reason = true,
                     .chart = chart_size::large},
                    memory.drawn(chart_size::small),
                    {.name = "silent_per_second",
                     .title = "silent clients connected and served",
                     .unit = "1/s",
                     .is = better::higher,
                     .chart = chart_size::small},
                    {.name = "silent",
                     .title = "silent clients",
                     .is = better::higher,
                     .carries_over = true,
                     .counted = true},
                    replies,
                    load_busy},
        .columns = {{"p99_ms", "p99 ms"},
                    {"requests_per_second", "requests/s"},
                    {"threads", "threads"},
                    {"memory_per_silent_kib", "KiB/silent"},
                    {"memory_mib", "MiB"}},
        .steps = steps_of_idle,
        // Echo measures working clients without silent ones, too.
        .takes_long =
            [](const run& row) { return has_a_crowd(row) || row.parameter("silent") == 0; },
        .seconds = seconds_under_load,
        .measure = measure_idle,
    };
}

} // namespace comparison
