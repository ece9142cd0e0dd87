#include "calls_scenario.hpp"

#include "files/temporary_folder.hpp"
#include "load/load_process.hpp"
#include "loaded_server.hpp"
#include "processes/child_process.hpp"
#include "processes/started_program.hpp"
#include "trace/log/calls.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace comparison {

namespace {

// Throws if bytes are missing: the recording would have too few calls.
void require_bytes(const trace_file& trace, std::uint64_t bytes) {
    std::uint64_t received = 0;
    for (const auto& [call, moved] : trace.bytes)
        if (trace::kind_of(call) == trace::call_kind::receive)
            received += moved;
    if (received != bytes)
        throw std::runtime_error("its recording has " + std::to_string(received) + " of " +
                                 std::to_string(bytes) + " bytes");
}

// Starts the server with `--trace FILE` in a console of its own, loads it, stops it with Ctrl+C and
// counts the calls in its recording.
sample measure_calls(const context& with) {
    const files::temporary_folder folder;
    const std::filesystem::path file = folder.path() / L"trace";
    std::vector<std::wstring> arguments = with.start.arguments;
    arguments.insert(arguments.end(), {L"--trace", file.native()});
    child_process server{with.start.program, arguments, console::own};
    load_options load = load_of(with);
    load.requests = with.how.echoes;
    const std::uint64_t echoes = with_fate_of(server, [&] {
        load.port = wait_until_listening(server, with.patience, with.stop);
        const load_report report = run_load_process(load, server, with.stop);
        stop_with_ctrl_c(server, with.patience);
        return report.echoes;
    });
    const trace_file trace = read_trace(file);
    require_bytes(trace, echoes * load.message_size);
    return calls_of(trace, echoes);
}

} // namespace

sample calls_of(const trace_file& trace, std::uint64_t echoes) {
    const double share = 1 / static_cast<double>(echoes);
    sample result;
    double& io = result.figures["io_calls_per_echo"];
    double& waits = result.figures["waits_per_echo"];
    for (const traced_call& call : trace.calls) {
        result.figures["call/" + call.name] += share;
        const trace::call_kind kind = trace::kind_of(call.name);
        if (trace::moves_bytes(kind))
            io += share;
        if (kind == trace::call_kind::wait)
            waits += share;
    }
    return result;
}

scenario calls_scenario() {
    return {
        .name = "calls",
        .question = "How many calls does an echo take?",
        .method = "The server records its own calls (--trace) while it serves some thousands of "
                  "echoes. The calls of its start and end are in, spread over all echoes.",
        .see = "An I/O call moves bytes or starts to, and their number carries over to Windows. A "
               "wait asks what is ready or done. With one client waits carry over, too; with many, "
               "one wait may bring several completions, and how many depends on the machine. A "
               "blocking recv waits as well, and is counted as an I/O call.",
        .by = "connections",
        .figures = {{.name = "io_calls_per_echo",
                     .title = "I/O calls an echo",
                     .is = better::lower,
                     .carries_over = true,
                     .ranked = true,
                     .counted = true,
                     .chart = chart_size::large},
                    {.name = "waits_per_echo",
                     .title = "waits an echo",
                     .is = better::lower,
                     .chart = chart_size::large}},
        .columns = {{"io_calls_per_echo", "I/O calls"}, {"waits_per_echo", "waits"}},
        .steps =
            [](const effort&) {
                return std::vector<parameter_list>{{{"connections", 1}}, {{"connections", 16}}};
            },
        .takes_long = [](const run&) { return true; },
        .seconds = [](const run&, const effort& how) { return 0.9 + how.echoes / 5000.0; },
        .measure = measure_calls,
    };
}

} // namespace comparison
