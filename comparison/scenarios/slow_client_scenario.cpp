#include "figures.hpp"
#include "loaded_server.hpp"

namespace comparison {

namespace {

constexpr unsigned ordinary_clients = 20;
constexpr unsigned slow_clients = 2;

// Measures the ordinary clients alone and then, in the same run, beside two slow clients: one sends
// and never reads, and one sends a byte a second. The second time begins when the server takes no
// more of the first. A server may close a slow client, and sample::limit then says so.
sample measure_slow_client(const context& with) {
    load_options load = load_of(with);
    load.connections -= slow_clients;
    load.slow_clients = true;
    const load_report report = load_server(with.start, load, with.stop);

    sample alone;
    add_replies(alone, report.alone.value());
    sample result = sample_of(report);
    result.figures["unread_mib"] = to_mebibytes(report.unread_bytes);
    result.figures["requests_per_second_alone"] = alone.figures.at("requests_per_second");
    if (const auto p99 = alone.figures.find("p99_ms"); p99 != alone.figures.end())
        result.figures["p99_alone_ms"] = p99->second;
    return result;
}

} // namespace

scenario slow_client_scenario() {
    using namespace figures;
    return {
        .name = "slow_client",
        .question = "Who else waits for a client that does not read?",
        .method = "Twenty ordinary clients work as in echo, first alone; then also with one that "
                  "sends and never reads, and one that sends a byte a second.",
        .see = "Compare the two latencies of each model. In a server that waits for one client in "
               "the thread that serves all, the others would get nothing.",
        .figures =
            {p99.drawn(chart_size::large, "p99_alone_ms"),
             {.name = "p99_alone_ms", .title = "p99 alone", .unit = "ms", .is = better::lower},
             p50,
             requests.unranked().drawn(chart_size::large, "requests_per_second_alone"),
             {.name = "requests_per_second_alone",
              .title = "requests/s alone",
              .unit = "1/s",
              .is = better::higher},
             threads.unranked(),
             memory.drawn(chart_size::large),
             {.name = "unread_mib",
              .title = "taken of what is never read",
              .unit = "MiB",
              .is = better::lower},
             replies,
             load_busy},
        .columns = {{"p99_ms", "p99 ms"},
                    {"p99_alone_ms", "p99 alone"},
                    {"requests_per_second", "requests/s"},
                    {"threads", "threads"},
                    {"memory_mib", "MiB"}},
        .steps =
            [](const effort&) {
                return std::vector<parameter_list>{
                    {{"connections", ordinary_clients + slow_clients}}};
            },
        .takes_long = [](const run&) { return true; },
        .seconds = [](const run&, const effort& how) { return 0.8 + 2 * how.seconds; },
        .measure = measure_slow_client,
    };
}

} // namespace comparison
