#include "record_all.hpp"

#include "processes/child_process.hpp"
#include "recorded_program.hpp"
#include "rows/models.hpp"

#include "win32/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace comparison {

namespace {

recorded_program program_of(const std::string& name, const std::filesystem::path& folder) {
    return {.program = program_folder() / win32::to_wide(name + ".exe"),
            .file = folder / win32::to_wide(name + ".json")};
}

// Makes a recording and prints a line. Returns the number of failures, 0 or 1.
unsigned record_one(const recorded_program& what,
                    std::uint64_t (*record)(const recorded_program&, const stop_token&),
                    const stop_token& stop) {
    const std::string name = win32::to_utf8(what.file.stem().native());
    unsigned failures = 0;
    try {
        const std::uint64_t bytes = record(what, stop);
        std::printf("%s: %llu bytes\n", name.c_str(), static_cast<unsigned long long>(bytes));
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        std::printf("%s: %s\n", name.c_str(), error.what());
        failures = 1;
    }
    std::fflush(stdout);
    return failures;
}

} // namespace

void record_all(const std::vector<std::string>& scenarios, const std::vector<std::string>& models,
                const std::filesystem::path& folder, const stop_token& stop) {
    const auto has = [&](const char* scenario) {
        return std::find(scenarios.begin(), scenarios.end(), scenario) != scenarios.end();
    };
    std::filesystem::create_directories(folder);
    unsigned failures = 0;
    try {
        for (const std::string& name : models) {
            const model& m = named(all_models(), name);
            if (!m.recorded)
                continue;
            if (has("echo") && !m.echo_program.empty()) {
                recorded_program server = program_of(m.echo_program, folder);
                server.arguments = m.record_arguments;
                failures += record_one(server, record_echo, stop);
                if (!m.busy_recording.empty()) {
                    server.file = folder / win32::to_wide(m.busy_recording + ".json");
                    server.with_busy_clients = true;
                    failures += record_one(server, record_echo, stop);
                }
            }
            if (has("copy") && !m.copy_program.empty())
                failures += record_one(program_of(m.copy_program, folder), record_copy, stop);
        }
    } catch (const interrupted&) {
        throw std::runtime_error("interrupted: what was recorded is kept");
    }
    if (failures != 0)
        throw std::runtime_error("recordings that failed: " + std::to_string(failures));
}

} // namespace comparison
