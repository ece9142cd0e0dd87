#include "calls_scenario.hpp"

#include "files/temporary_folder.hpp"
#include "load/load_process.hpp"
#include "processes/child_process.hpp"
#include "processes/started_program.hpp"
#include "trace/log/calls.hpp"

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace comparison {

namespace {

constexpr std::size_t message_size = 64;

// A recording that has not all of them would give too few calls.
void require_bytes(const trace_file& trace, std::uint64_t bytes) {
    std::uint64_t received = 0;
    for (const auto& [call, moved] : trace.bytes)
        if (trace::kind_of(call) == trace::call_kind::receive)
            received += moved;
    if (received != bytes)
        throw std::runtime_error("its recording has " + std::to_string(received) + " of " +
                                 std::to_string(bytes) + " bytes");
}

} // namespace

sample measure_calls(const server_program& server, const calls_options& options,
                     const stop_token& stop) {
    const files::temporary_folder folder;
    const std::filesystem::path file = folder.path() / L"trace";
    std::vector<std::wstring> arguments = server.arguments;
    arguments.insert(arguments.end(), {L"--trace", file.native()});
    child_process process{server.program, arguments, console::own};
    std::uint64_t echoes = 0;
    try {
        load_options load;
        load.port = wait_until_listening(process, options.patience, stop);
        load.connections = options.connections;
        load.message_size = message_size;
        load.requests = options.echoes;
        load.patience = options.patience;
        echoes = run_load_process(load, process, stop).echoes;
        stop_with_ctrl_c(process, options.patience);
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        throw std::runtime_error(error.what() + fate_of(process));
    }
    const trace_file trace = read_trace(file);
    require_bytes(trace, echoes * message_size);
    return calls_of(trace, echoes);
}

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

} // namespace comparison
