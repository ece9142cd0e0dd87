#include "measure.hpp"

#include "rows/catalogue.hpp"
#include "scenarios/calls_scenario.hpp"
#include "scenarios/echo_scenario.hpp"
#include "scenarios/idle_scenario.hpp"
#include "scenarios/slow_client_scenario.hpp"
#include "scenarios/stream_scenario.hpp"

#include "win32/text.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace comparison {

namespace {

using seconds = std::chrono::duration<double>;

std::chrono::nanoseconds to_nanoseconds(double count) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(seconds{count});
}

} // namespace

measurer::measurer(std::filesystem::path programs, effort how, stop_token stop)
    : programs_{std::move(programs)}, how_{std::move(how)}, stop_{std::move(stop)} {}

const copy_files& measurer::files() {
    if (!files_)
        files_.emplace(std::uint64_t{how_.copy_mib} << 20);
    return *files_;
}

sample measurer::measure(const run& row) {
    const model& m = model_of(row.model);
    const std::string& program = row.scenario == "copy" ? m.copy_program : m.echo_program;
    server_program server{programs_ / (win32::to_wide(program) + L".exe")};
    if (row.threads_given > 0)
        server.arguments = {L"--threads", std::to_wstring(row.threads_given)};
    const unsigned connections = row.parameter("connections");
    const std::chrono::nanoseconds duration = to_nanoseconds(how_.seconds);
    const std::chrono::nanoseconds longest = to_nanoseconds(how_.longest);

    if (row.scenario == "echo") {
        // All that are sent to it. How many it takes by itself is idle's question.
        if (row.model == "01_blocking")
            server.arguments = {L"--max-threads", std::to_wstring(connections)};
        return measure_echo(server,
                            {.connections = connections,
                             .duration = duration,
                             .replies_each = how_.replies_each,
                             .longest = longest},
                            stop_);
    }
    if (row.scenario == "idle")
        return measure_idle(server,
                            {.silent = row.parameter("silent"),
                             .active = connections,
                             .duration = duration,
                             .longest = longest},
                            stop_);
    if (row.scenario == "slow_client")
        return measure_slow_client(
            server, {.ordinary = ordinary_clients, .duration = duration, .longest = longest},
            stop_);
    if (row.scenario == "stream")
        return measure_stream(server,
                              {.connections = connections,
                               .message_size = std::size_t{row.parameter("message_mib")} << 20,
                               .duration = longest},
                              stop_);
    if (row.scenario == "calls")
        return measure_calls(server, {.connections = connections, .echoes = how_.echoes}, stop_);
    if (row.scenario == "copy")
        return measure_copy(server.program, files(), {.copies = how_.copies}, stop_);
    throw std::logic_error("no way to measure " + row.scenario);
}

seconds measurer::expected(const run& row) const {
    // Beside the measured time: to start the programs, to connect, to serve each client once, to
    // look. Measured under Wine; the progress line corrects it.
    const double connections = row.parameter("connections");
    const double silent = row.parameter("silent");
    if (row.scenario == "copy")
        return seconds{0.1 + how_.copies * how_.copy_mib / 500.0};
    if (row.scenario == "calls")
        return seconds{0.9 + how_.echoes / 5000.0};
    if (row.scenario == "slow_client")
        return seconds{0.8 + 2 * how_.seconds};
    if (row.scenario == "stream")
        return seconds{0.4 + how_.longest};
    const double at_10000_replies_a_second = connections * how_.replies_each / 10'000;
    return seconds{0.15 + connections / 700 + silent / 1200 +
                   std::clamp(at_10000_replies_a_second, how_.seconds, how_.longest)};
}

} // namespace comparison
