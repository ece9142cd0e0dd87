#include "load_process.hpp"

#include "processes/started_program.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace comparison {

namespace {

using std::chrono::milliseconds;

std::wstring seconds(std::chrono::nanoseconds time) {
    return std::to_wstring(std::chrono::duration<double>(time).count());
}

std::vector<std::wstring> arguments_for(const load_options& options, const child_process& server) {
    std::vector<std::wstring> arguments{
        L"--port",         std::to_wstring(options.port),
        L"--connections",  std::to_wstring(options.connections),
        L"--message-size", std::to_wstring(options.message_size),
        L"--patience",     seconds(options.patience),
        L"--watch",        std::to_wstring(::GetProcessId(server.handle())),
        L"--watch-name",   server.name()};
    const auto add = [&](const wchar_t* option, const std::wstring& value) {
        arguments.emplace_back(option);
        arguments.push_back(value);
    };
    if (options.requests != 0)
        add(L"--requests", std::to_wstring(options.requests));
    else
        add(L"--seconds", seconds(options.duration));
    if (options.requests == 0 && options.fewest_replies != 0 &&
        options.longest > options.duration) {
        add(L"--fewest-replies", std::to_wstring(options.fewest_replies));
        add(L"--longest", seconds(options.longest));
    }
    if (options.silent != 0) {
        add(L"--silent", std::to_wstring(options.silent));
        add(L"--silent-patience", seconds(options.silent_patience));
    }
    if (options.slow_clients)
        arguments.emplace_back(L"--slow-clients");
    return arguments;
}

// Returns the reason why there is no report: a line of the process that begins with its name.
std::string reason_of(child_process& load) {
    const std::string fate = fate_of(load);
    const std::optional<std::string> reason =
        load.wait_for_line("comparison_load: ", milliseconds{0});
    return reason ? *reason : "the load failed" + fate;
}

} // namespace

load_report run_load_process(const load_options& options, const child_process& server,
                             const stop_token& stop) {
    child_process load{program_folder() / L"comparison_load.exe", arguments_for(options, server)};
    // A deadline for a load that is itself stuck. It keeps its own deadlines with the server.
    const auto limit =
        std::chrono::ceil<milliseconds>(2 * std::max(options.duration, options.longest)) +
        20 * (options.patience + options.silent_patience);
    const std::optional<std::string> report = load.wait_for_line("{", limit, stop);
    if (!report)
        throw std::runtime_error(reason_of(load));
    // Wait for its end: until its connections are closed the server is not free.
    if (!load.wait(options.patience, stop))
        throw std::runtime_error("the load did not end");
    return report_from_json("{" + *report);
}

} // namespace comparison
