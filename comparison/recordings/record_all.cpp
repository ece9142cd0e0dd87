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

// Records a program and prints a line. Returns the number of failures, 0 or 1.
unsigned record_one(const std::string& program, const std::vector<std::wstring>& arguments,
                    const std::filesystem::path& folder,
                    std::uint64_t (*record)(const recorded_program&, const stop_token&),
                    const stop_token& stop) {
    const recorded_program what{.program = program_folder() / win32::to_wide(program + ".exe"),
                                .arguments = arguments,
                                .file = folder / win32::to_wide(program + ".json")};
    unsigned failures = 0;
    try {
        const std::uint64_t bytes = record(what, stop);
        std::printf("%s: %llu bytes\n", program.c_str(), static_cast<unsigned long long>(bytes));
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        std::printf("%s: %s\n", program.c_str(), error.what());
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
            if (has("echo") && !m.echo_program.empty())
                failures +=
                    record_one(m.echo_program, m.record_arguments, folder, record_echo, stop);
            if (has("copy") && !m.copy_program.empty())
                failures += record_one(m.copy_program, {}, folder, record_copy, stop);
        }
    } catch (const interrupted&) {
        throw std::runtime_error("interrupted: what was recorded is kept");
    }
    if (failures != 0)
        throw std::runtime_error("recordings that failed: " + std::to_string(failures));
}

} // namespace comparison
