#include "echo_scenario.hpp"

#include "interrupt.hpp"
#include "load.hpp"
#include "started_program.hpp"
#include "system_figures.hpp"

#include <cstdint>
#include <stdexcept>

namespace comparison {

namespace {

using std::chrono::milliseconds;

double mebibytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

} // namespace

echo_sample measure_echo(const std::filesystem::path& program, const echo_options& options,
                         const std::stop_token& stop) {
    child_process server{program, options.arguments};
    try {
        load_options load;
        load.port = wait_until_listening(server, options.patience, stop);
        const process_figures idle = look_at(server.handle());
        process_figures loaded;
        load.connections = options.connections;
        load.duration = options.duration;
        load.patience = options.patience;
        load.while_loaded = [&] {
            loaded = look_at(server.handle());
        };
        const load_result result = run_load(load, stop);

        const auto milliseconds_at = [&](double fraction) {
            return static_cast<double>(result.latencies.percentile(fraction)) / 1e6;
        };
        echo_sample sample;
        sample.requests_per_second = static_cast<double>(result.requests) /
                                     std::chrono::duration<double>(result.time).count();
        sample.median_ms = milliseconds_at(0.5);
        sample.p99_ms = milliseconds_at(0.99);
        sample.threads = loaded.threads;
        sample.idle_mib = mebibytes(idle.working_set);
        sample.memory_mib = mebibytes(loaded.working_set);
        sample.unserved = result.unserved;
        sample.end = server.stop(milliseconds{5000});
        return sample;
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        throw std::runtime_error(error.what() + fate_of(server));
    }
}

} // namespace comparison
