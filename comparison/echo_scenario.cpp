#include "echo_scenario.hpp"

#include "interrupt.hpp"
#include "load.hpp"
#include "system_figures.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace comparison {

namespace {

using std::chrono::milliseconds;

// What is known about a server that has failed: its exit code if it has one, and what it said last.
std::string fate_of(child_process& server) {
    std::string result;
    // A connection breaks a little before its server is gone. This waits for the reason only.
    if (const std::optional<DWORD> code = server.wait(milliseconds{500})) {
        result = "; the server ended with exit code " + std::to_string(*code);
        // No line begins so: this returns when all that it wrote has been read.
        static_cast<void>(server.wait_for_line("\n", milliseconds{500}));
    }
    std::string text = server.output();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    const std::string last_line = text.substr(text.find_last_of('\n') + 1);
    if (!last_line.empty())
        result += "; its last words: " + last_line;
    return result;
}

std::uint16_t wait_until_listening(child_process& server, milliseconds patience,
                                   const std::stop_token& stop) {
    const std::optional<std::string> line =
        server.wait_for_line("listening on 127.0.0.1:", patience, stop);
    if (!line)
        throw std::runtime_error("did not say where it listens");
    std::uint16_t port = 0;
    const char* const end = line->data() + line->size();
    const auto [rest, error] = std::from_chars(line->data(), end, port);
    if (error != std::errc{} || rest != end || port == 0)
        throw std::runtime_error("listens on no port: " + *line);
    return port;
}

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
