#include "recordings.hpp"

#include "processes/this_system.hpp"
#include "record.hpp"
#include "rows/catalogue.hpp"

#include "win32/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace comparison {

namespace {

// Prints a line, and returns how many failures there were.
template <class Record>
unsigned record_one(const std::string& program, const std::filesystem::path& folder,
                    const Record& record) {
    const std::filesystem::path name = win32::to_wide(program);
    recording what;
    what.program = std::filesystem::path{program_folder()} / name;
    what.program += L".exe";
    // The default is twice the processors. Fewer threads than clients, on every machine.
    if (name == L"05_iocp_echo")
        what.arguments = {L"--threads", L"2"};
    what.file = folder / name;
    what.file += L".json";
    unsigned failures = 0;
    try {
        const std::uint64_t bytes = record(what);
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

void record_programs(const std::vector<std::string>& scenarios,
                     const std::vector<std::string>& models, const std::filesystem::path& folder,
                     const stop_token& stop) {
    const auto has = [&](const char* scenario) {
        return std::find(scenarios.begin(), scenarios.end(), scenario) != scenarios.end();
    };
    std::filesystem::create_directories(folder);
    unsigned failures = 0;
    try {
        for (const std::string& name : models) {
            const model& m = model_of(name);
            if (!m.recorded)
                continue;
            if (has("echo") && !m.echo_program.empty())
                failures += record_one(m.echo_program, folder, [&](const recording& what) {
                    return record_echo(what, stop);
                });
            if (has("copy") && !m.copy_program.empty())
                failures += record_one(m.copy_program, folder, [&](const recording& what) {
                    return record_copy(what, stop);
                });
        }
    } catch (const interrupted&) {
        throw std::runtime_error("interrupted: what was recorded is kept");
    }
    if (failures != 0)
        throw std::runtime_error("recordings that failed: " + std::to_string(failures));
}

} // namespace comparison
