#include "calls_scenario.hpp"

#include "child_process.hpp"
#include "interrupt.hpp"
#include "load.hpp"
#include "started_program.hpp"
#include "temporary_folder.hpp"

#include <stdexcept>

namespace comparison {

namespace {

constexpr std::size_t message_size = 64;

// As many as the server has received; the load can say only how many came back in its time.
std::uint64_t echoes_in(const trace_file& trace) {
    std::uint64_t bytes = 0;
    for (const char* const call : {"recv", "WSARecv"})
        if (const auto found = trace.bytes.find(call); found != trace.bytes.end())
            bytes += found->second;
    return bytes / message_size;
}

} // namespace

sample measure_calls(const server_program& server, const calls_options& options,
                     const std::stop_token& stop) {
    const temporary_folder folder;
    const std::filesystem::path file = folder.path() / L"trace";
    std::vector<std::wstring> arguments = server.arguments;
    arguments.insert(arguments.end(), {L"--trace", file.native()});
    child_process process{server.program, arguments, console::own};
    try {
        load_options load;
        load.port = wait_until_listening(process, options.patience, stop);
        load.connections = options.connections;
        load.message_size = message_size;
        load.duration = std::chrono::milliseconds{500};
        load.patience = options.patience;
        static_cast<void>(run_load(load, stop));
        stop_with_ctrl_c(process, options.patience);
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        throw std::runtime_error(error.what() + fate_of(process));
    }
    const trace_file trace = read_trace(file);
    const std::uint64_t echoes = echoes_in(trace);
    if (echoes == 0)
        throw std::runtime_error("its recording has no echo");
    return calls_of(trace, echoes);
}

sample calls_of(const trace_file& trace, std::uint64_t echoes) {
    const double share = 1 / static_cast<double>(echoes);
    sample result;
    double& io = result.figures["io_calls_per_echo"];
    double& waits = result.figures["waits_per_echo"];
    for (const traced_call& call : trace.calls) {
        result.figures["call/" + call.name] += share;
        if (moves_bytes(call.name))
            io += share;
        if (only_waits(call.name))
            waits += share;
    }
    return result;
}

} // namespace comparison
