#include "figures.hpp"
#include "loaded_server.hpp"

#include <algorithm>

namespace comparison {

namespace {

// The fewest replies for each connection: with fewer, one reply more or less decides.
constexpr double least_mean = 20;

sample measure_echo(const context& with) {
    const unsigned connections = with.row.parameter("connections");
    command server = with.start;
    // It is told to take all of them: how many it takes by default is the question of idle.
    if (!with.model.limit_option.empty())
        server.arguments = {with.model.limit_option, std::to_wstring(connections)};
    load_options load = load_of(with);
    load.fewest_replies =
        std::max(enough_replies, std::uint64_t{with.how.replies_each} * connections);
    const load_report report = load_server(server, load, with.stop);

    sample result = sample_of(report);
    if (report.idle)
        result.figures["idle_memory_mib"] = to_mebibytes(report.idle->resident);
    const double mean = static_cast<double>(report.measured.replies) / connections;
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

std::vector<parameter_list> steps_of_echo(const effort& how) {
    std::vector<parameter_list> steps;
    for (const unsigned connections : how.connections)
        steps.push_back({{"connections", connections}});
    return steps;
}

} // namespace

scenario echo_scenario() {
    using namespace figures;
    return {
        .name = "echo",
        .question = "What does an echo cost, and how does the cost grow with the connections?",
        .method = "Each connection has one 64-byte message under way and sends the next when the "
                  "whole reply has come (a closed loop: when the server stalls, the load stalls "
                  "with it). Measuring begins when every connection has been served twice; every "
                  "reply is compared with its message.",
        .see = "Look at threads and memory from the fewest connections to the most: there the "
               "models part. Fairness is the slowest connection's share of the mean: 1 means that "
               "all are served alike.",
        .by = "connections",
        .figures = {requests.drawn(chart_size::large),
                    p50,
                    p99.drawn(chart_size::wide),
                    memory.drawn(chart_size::small),
                    {.name = "fairness",
                     .title = "fairness",
                     .is = better::higher,
                     .chart = chart_size::small},
                    {.name = "cpu_us_per_request",
                     .title = "processor time a request",
                     .unit = "us",
                     .is = better::lower,
                     .chart = chart_size::small},
                    {.name = "context_switches_per_request",
                     .title = "context switches a request",
                     .is = better::lower,
                     .chart = chart_size::small},
                    threads,
                    {.name = "idle_memory_mib",
                     .title = "memory before the first connection",
                     .unit = "MiB",
                     .is = better::lower},
                    replies,
                    load_busy},
        .columns = {{"requests_per_second", "requests/s"},
                    {"p99_ms", "p99 ms"},
                    {"fairness", "fairness"},
                    {"cpu_us_per_request", "CPU us"},
                    {"context_switches_per_request", "switches"},
                    {"threads", "threads"},
                    {"memory_mib", "MiB"}},
        .steps = steps_of_echo,
        .seconds = seconds_under_load,
        .measure = measure_echo,
    };
}

} // namespace comparison
