#include "copy_scenario.hpp"
#include "echo_scenario.hpp"
#include "interrupt.hpp"
#include "progress.hpp"
#include "record.hpp"
#include "system_figures.hpp"
#include "table.hpp"

#include "program/program.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace {

using namespace comparison;
using seconds = std::chrono::duration<double>;

struct settings {
    std::vector<std::string> scenarios{"echo", "copy"};
    std::vector<std::string> models{
        "01_blocking", "02_nonblocking", "03_overlapped_event", "04_overlapped_callback",
        "05_iocp",     "copyfileex"};
    std::vector<unsigned> connections{1, 16, 64};
    unsigned rounds = 3;
    double seconds_a_round = 0.6;
    unsigned copy_mib = 64;
    std::string record; // the folder, UTF-8; empty: measure

    [[nodiscard]] std::uint64_t copy_size() const { return std::uint64_t{copy_mib} << 20; }
};

// What one measurement costs beside the measured time, for the time that is left: first guesses,
// which the progress line corrects.
constexpr seconds echo_overhead{0.3};
constexpr seconds copy_cost{1.0};

struct results {
    std::vector<echo_row> echo;
    std::vector<copy_row> copy;
};

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_chapter(const std::string& model) {
    return model != "copyfileex"; // which is a call
}

bool has_echo(const std::string& model) {
    return is_chapter(model);
}

bool has_copy(const std::string& model) {
    return model != "02_nonblocking"; // a file has no non-blocking mode
}

// Every row that is asked for, still without figures.
results rows_of(const settings& s) {
    results rows;
    if (contains(s.scenarios, "echo"))
        for (const unsigned connections : s.connections)
            for (const std::string& model : s.models)
                if (has_echo(model))
                    rows.echo.push_back({model, connections});
    if (contains(s.scenarios, "copy"))
        for (const std::string& model : s.models)
            if (has_copy(model))
                rows.copy.push_back({model});
    return rows;
}

std::filesystem::path program_of(const std::string& model, const wchar_t* job) {
    return std::filesystem::path{program_folder()} / (win32::to_wide(model) + job);
}

copy_sample copy_sample_of(const std::string& model, const copy_files& files,
                           const std::stop_token& stop) {
    const sample measured = measure_copy(
        program_of(is_chapter(model) ? model : "peer_" + model, L"_copy.exe"), files, {}, stop);
    return {measured.figures.at("start_ms"),
            static_cast<double>(files.size()) / 1000 / measured.figures.at("megabytes_per_second")};
}

// One measurement of a row. A failure stays in the row, and the row is left alone from then on: a
// server that is stuck would else cost its deadline in every round.
template <class Row, class Measure>
void measure_row(Row& row, unsigned round, const Measure& measure) {
    if (!row.failure.empty())
        return;
    try {
        row.samples.push_back(measure());
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        row.failure = error.what();
        if (round > 0)
            row.failure = "round " + std::to_string(round + 1) + ": " + row.failure;
    }
}

// Calls `visit` with each row of [begin, end), starting with another one in every round: whatever
// follows a busy neighbour, or comes first, is not always the same model.
template <class Iterator, class Visit>
void visit_in_turn(Iterator begin, Iterator end, unsigned round, const Visit& visit) {
    const auto count = end - begin;
    for (std::ptrdiff_t i = 0; i < count; ++i)
        visit(begin[(i + static_cast<std::ptrdiff_t>(round)) % count]);
}

void run_echo(const settings& s, std::vector<echo_row>& rows, progress& line,
              const std::stop_token& stop) {
    const seconds duration{s.seconds_a_round};
    for (unsigned round = 0; round < s.rounds; ++round) {
        for (auto begin = rows.begin(); begin != rows.end();) {
            const auto end = std::find_if(begin, rows.end(), [&](const echo_row& row) {
                return row.connections != begin->connections;
            });
            visit_in_turn(begin, end, round, [&](echo_row& row) {
                line.begins("echo, round " + std::to_string(round + 1) + " of " +
                            std::to_string(s.rounds) + ", " + row.model + ", " +
                            std::to_string(row.connections) +
                            (row.connections == 1 ? " connection" : " connections"));
                echo_options options;
                options.connections = row.connections;
                options.duration = std::chrono::duration_cast<std::chrono::nanoseconds>(duration);
                measure_row(row, round, [&] {
                    return measure_echo({program_of(row.model, L"_echo.exe")}, options, stop);
                });
                line.is_over(duration + echo_overhead);
            });
            begin = end;
        }
    }
}

void run_copy(const settings& s, std::vector<copy_row>& rows, progress& line,
              const std::stop_token& stop) {
    std::optional<copy_files> files;
    try {
        files.emplace(s.copy_size());
    } catch (const std::exception& error) {
        for (copy_row& row : rows)
            row.failure = error.what();
        return;
    }
    for (unsigned round = 0; round < s.rounds; ++round)
        visit_in_turn(rows.begin(), rows.end(), round, [&](copy_row& row) {
            if (stop.stop_requested())
                throw interrupted{};
            line.begins("copy, round " + std::to_string(round + 1) + " of " +
                        std::to_string(s.rounds) + ", " + row.model);
            measure_row(row, round, [&] { return copy_sample_of(row.model, *files, stop); });
            line.is_over(copy_cost);
        });
}

void print_head(const settings& s) {
    std::printf("%s. Figures are the median of %u round%s over all models in turn, and their "
                "spread.\n",
                system_name().c_str(), s.rounds, s.rounds == 1 ? "" : "s");
    if (under_wine())
        std::printf(
            "Under Wine every call on a socket is a message to one server process, and files are "
            "read and written inside the call: speed does not rank the models as on Windows; "
            "threads, memory and who waits for whom do carry over.\n");
    std::fflush(stdout);
}

void print(const settings& s, const results& rows) {
    if (!rows.echo.empty()) {
        std::printf("\n%s\n", echo_table(rows.echo, s.rounds).c_str());
        std::printf("Each connection has one 64-byte message under way, for %g s a round; every\n"
                    "reply was compared with its message. Threads (Toolhelp) and memory (working "
                    "set,\n"
                    "by GetProcessMemoryInfo%s) are those under load.\n",
                    s.seconds_a_round, under_wine() ? ", which is VmRSS under Wine" : "");
    }
    if (!rows.copy.empty()) {
        std::printf("\n%s\n", copy_table(rows.copy, s.rounds, s.copy_size()).c_str());
        std::printf(
            "The file has %u MiB (MB: 10^6 bytes). MB/s includes the start of the copy program;\n"
            "the copy of an empty file shows what that takes, and the last column leaves it\n"
            "out, if more than a tenth of the time remains (else: -). In a round each is copied\n"
            "%u times; the quickest counts. The file is in the cache; no copy is flushed to the\n"
            "disk.\n",
            s.copy_mib, copy_options{}.copies);
    }
    std::fflush(stdout);
}

std::size_t rows_without_figures(const settings& s, const results& rows) {
    const auto echo = std::count_if(rows.echo.begin(), rows.echo.end(),
                                    [&](const echo_row& row) { return !is_whole(row, s.rounds); });
    const auto copy = std::count_if(rows.copy.begin(), rows.copy.end(),
                                    [&](const copy_row& row) { return !is_whole(row, s.rounds); });
    return static_cast<std::size_t>(echo + copy);
}

// Prints a line, for a failure, too, and returns how many failures there were: the other recordings
// are made all the same.
template <class Record>
unsigned record_one(const settings& s, const std::string& model, const wchar_t* job,
                    const std::vector<std::wstring>& arguments, const Record& record) {
    const std::filesystem::path name = win32::to_wide(model) + job;
    recording what;
    what.program = std::filesystem::path{program_folder()} / name;
    what.program += L".exe";
    what.arguments = arguments;
    what.file = std::filesystem::path{win32::to_wide(s.record)} / name;
    what.file += L".json";
    try {
        const std::uint64_t bytes = record(what);
        std::printf("%s: %llu bytes\n", win32::to_utf8(name.native()).c_str(),
                    static_cast<unsigned long long>(bytes));
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        std::printf("%s: %s\n", win32::to_utf8(name.native()).c_str(), error.what());
        return 1;
    }
    std::fflush(stdout);
    return 0;
}

void record_all(const settings& s, const std::stop_token& stop) {
    std::filesystem::create_directories(win32::to_wide(s.record));
    unsigned failures = 0;
    for (const std::string& model : s.models) {
        std::vector<std::wstring> arguments;
        // The default is twice the processors. Fewer threads than clients, on every machine.
        if (model == "05_iocp")
            arguments = {L"--threads", L"2"};
        if (contains(s.scenarios, "echo") && has_echo(model))
            failures += record_one(s, model, L"_echo", arguments,
                                   [&](const recording& what) { return record_echo(what, stop); });
        if (contains(s.scenarios, "copy") && has_copy(model) && is_chapter(model))
            failures += record_one(s, model, L"_copy", {},
                                   [&](const recording& what) { return record_copy(what, stop); });
    }
    if (failures != 0)
        throw std::runtime_error("recordings that failed: " + std::to_string(failures));
}

void run(const settings& s) {
    const std::stop_token stop = stop_on_ctrl_c();
    const win32::winsock winsock;
    if (!s.record.empty()) {
        try {
            record_all(s, stop);
        } catch (const interrupted&) {
            throw std::runtime_error("interrupted: what was recorded is kept");
        }
        return;
    }
    results rows = rows_of(s);
    print_head(s);

    bool was_interrupted = false;
    try {
        const double echo_steps = static_cast<double>(s.rounds * rows.echo.size());
        const double copy_steps = static_cast<double>(s.rounds * rows.copy.size());
        progress line{echo_steps * (seconds{s.seconds_a_round} + echo_overhead) +
                      copy_steps * copy_cost};
        if (!rows.echo.empty())
            run_echo(s, rows.echo, line, stop);
        if (!rows.copy.empty())
            run_copy(s, rows.copy, line, stop);
    } catch (const interrupted&) {
        was_interrupted = true;
    }
    print(s, rows);
    if (was_interrupted)
        throw std::runtime_error("interrupted: the tables hold what was finished");
    if (const std::size_t count = rows_without_figures(s, rows); count > 0)
        throw std::runtime_error("rows without figures: " + std::to_string(count));
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    settings s;
    CLI::App app{
        "Sets every model to the same work, side by side: echoes over TCP, and the copy of "
        "a file.\nThe chapters' programs are taken from the folder of this one.\n"
        "Exit code: 0 when every row has figures or every recording was made, 1 when one was not\n"
        "or after Ctrl+C (which keeps what is finished), 2 for bad arguments."};
    app.add_option("--scenario", s.scenarios,
                   "echo or copy; again for the other; both if not given")
        ->check(CLI::IsMember(s.scenarios))
        ->type_name("NAME");
    app.add_option("--model", s.models,
                   "01_blocking, 02_nonblocking (echo only), 03_overlapped_event,\n"
                   "04_overlapped_callback, 05_iocp, copyfileex (copy only); again for\n"
                   "another; all if not given")
        ->check(CLI::IsMember(s.models))
        ->type_name("NAME");
    CLI::Option* const connections =
        app.add_option("--connections", s.connections,
                       "to each echo server; again for another number of them; 1, 16 and 64\n"
                       "if not given")
            ->check(CLI::Range(1, 5000))
            ->type_name("N");
    CLI::Option* const rounds = app.add_option("--rounds", s.rounds, "measure each row so often")
                                    ->check(CLI::Range(1, 99))
                                    ->type_name("N")
                                    ->capture_default_str();
    CLI::Option* const seconds_a_round =
        app.add_option("--seconds", s.seconds_a_round, "measured time of an echo row in each round")
            ->check(CLI::Range(0.01, 60.0))
            ->type_name("S")
            ->capture_default_str();
    CLI::Option* const copy_mib =
        app.add_option("--copy-mib", s.copy_mib, "size of the file to copy, in MiB")
            ->check(CLI::Range(1, 4096))
            ->type_name("N")
            ->capture_default_str();
    app.add_option("--record", s.record,
                   "do not measure: set each program to one small scenario, with\n"
                   "--trace FOLDER/NAME.json. Three clients send three messages each, and\n"
                   "one of them reads slowly; a copy reads from a slow pipe. Prints the\n"
                   "bytes that each moved")
        ->type_name("FOLDER")
        ->excludes(connections)
        ->excludes(rounds)
        ->excludes(seconds_a_round)
        ->excludes(copy_mib);
    app.final_callback([&] {
        const results rows = rows_of(s);
        if (rows.echo.empty() && rows.copy.empty())
            throw CLI::ValidationError("--model", "has no such scenario");
        if (!s.record.empty() && std::none_of(s.models.begin(), s.models.end(), is_chapter))
            throw CLI::ValidationError("--record", "copyfileex is no program");
    });
    return program::run(app, argc, argv, [&] { run(s); });
}
