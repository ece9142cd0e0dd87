#include "compare.hpp"
#include "processes/stop.hpp"
#include "recordings/record_all.hpp"
#include "scenarios/all_scenarios.hpp"

#include "program/program.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace comparison;

template <class Thing>
std::vector<std::string> names_of(const std::vector<Thing>& things) {
    std::vector<std::string> names;
    for (const Thing& each : things)
        names.push_back(each.name);
    return names;
}

// Returns the names as a phrase: "echo, idle or calls".
std::string one_of(const std::vector<std::string>& names) {
    std::string text = names.front();
    for (std::size_t i = 1; i < names.size(); ++i)
        text += (i + 1 < names.size() ? ", " : " or ") + names[i];
    return text;
}

// Returns the command line for the results.
std::string command_line(int argc, wchar_t** argv) {
    std::string line = "comparison";
    for (int i = 1; i < argc; ++i) {
        const std::string argument = win32::to_utf8(argv[i]);
        if (argument == "--out")
            ++i; // the folder is private
        else if (argument.rfind("--out=", 0) != 0)
            line += " " + argument;
    }
    return line;
}

// The options of a comparison that measures; the last six replace parts of its effort.
constexpr std::array measuring_options{"--quick",       "--full",     "--out",
                                       "--connections", "--silent",   "--rounds",
                                       "--seconds",     "--copy-mib", "--echoes"};

} // namespace

int wmain(int argc, wchar_t** argv) {
    settings s;
    s.scenarios = names_of(all_scenarios());
    s.models = names_of(all_models());
    s.out = "build/comparison";
    s.command = command_line(argc, argv);
    s.how = quick_effort();
    std::string record; // the folder for recordings, in UTF-8; empty to measure
    CLI::App app{
        "Sets every model to the same work, side by side, each in a process of its own, and says\n"
        "what it cost: on the console, in FOLDER/results.json and in FOLDER/report.html, a page\n"
        "with charts. The programs are taken from the folder of this one.\n"
        "Exit code: 0 when every row has its figures or every recording was made, 1 when one was\n"
        "not or after Ctrl+C (which keeps what is finished), 2 for bad arguments."};
    app.add_option("--scenario", s.scenarios,
                   one_of(s.scenarios) + "; again for another; all if\nnot given")
        ->check(CLI::IsMember(s.scenarios))
        ->type_name("NAME");
    app.add_option("--model", s.models,
                   "01_blocking, 02_nonblocking (no copy), 03_overlapped_event,\n"
                   "04_overlapped_callback, 05_iocp, 05_iocp_threadpool (no copy),\n"
                   "05_iocp_coroutine, 05_iocp_server (no copy), asio (no copy),\n"
                   "copyfileex (copy only); again for another; all if not given")
        ->check(CLI::IsMember(s.models))
        ->type_name("NAME");
    CLI::Option* const quick =
        app.add_flag("--quick")->description("under three minutes on two processors; the default");
    // CLI11 takes the options in the order of these lines: --full comes before those that replace
    // parts of the effort.
    app.add_flag_callback("--full",
                          [&] {
                              s.how = full_effort();
                              s.mode = "full";
                          })
        ->description("more and longer rounds: twenty to thirty minutes")
        ->excludes(quick);
    app.add_option("--out", s.out, "where results.json and report.html go; made if not there")
        ->type_name("FOLDER")
        ->capture_default_str();
    program::add_number(app, "--connections", s.how.connections, 1, 5000,
                        "instead of echo's 1, 16, 64, 256 and 1024; again for another");
    program::add_number(app, "--silent", s.how.silent, 0, 9000,
                        "instead of idle's 0, 100, 1000 and 5000; again for another");
    program::add_number(
        app, "--rounds", s.how.rounds, 1, 99,
        "of every row; instead of the 3 of --quick (1 where time is short) and the 5\n"
        "of --full, and of their 1 and 3 of what takes long");
    app.add_option("--seconds", s.how.seconds,
                   "measured time of a round; instead of the 0.2 to 0.5 of --quick and the 1.5\n"
                   "to 6 of --full, whose longer times are for many connections")
        ->transform(program::number(0.01, 60))
        ->type_name("S");
    program::add_number(app, "--copy-mib", s.how.copy_mib, 1, 4096,
                        "size of the file to copy, instead of 256 MiB");
    program::add_number(
        app, "--echoes", s.how.echoes, 100, 1'000'000,
        "that calls are counted over; instead of the 1000 of --quick and the 10000\n"
        "of --full");
    app.add_option("--record", record,
                   "do not measure: set each program to one small scenario, with\n"
                   "--trace FOLDER/NAME.json. Three clients send three messages each, and\n"
                   "one of them reads slowly; a copy reads from a slow pipe. Prints the\n"
                   "bytes that each moved")
        ->type_name("FOLDER");
    app.final_callback([&] {
        const auto given = [&](const char* option) {
            return app.count(option) > 0;
        };
        if (std::ranges::any_of(std::span{measuring_options}.last<6>(), given))
            s.mode = "custom";
        if (given("--rounds"))
            s.how.long_rounds = s.how.rounds;
        if (given("--seconds"))
            s.how.longest = s.how.seconds;
        if (given("--rounds") || given("--seconds"))
            s.how.budget = 0; // no round is left out of what was asked for by number
        for (std::vector<unsigned>* const steps : {&s.how.connections, &s.how.silent}) {
            std::sort(steps->begin(), steps->end());
            steps->erase(std::unique(steps->begin(), steps->end()), steps->end());
        }
        if (rows_of(s, 1).empty())
            throw CLI::ValidationError("--model", "has no such scenario");
        for (const auto& [option, scenario] : {std::pair{"--connections", "echo"},
                                               {"--silent", "idle"},
                                               {"--copy-mib", "copy"},
                                               {"--echoes", "calls"}})
            if (given(option) &&
                std::find(s.scenarios.begin(), s.scenarios.end(), scenario) == s.scenarios.end())
                throw CLI::ValidationError(option, std::string{"is for --scenario "} + scenario);
        if (record.empty())
            return;
        for (const char* const other : measuring_options)
            if (given(other))
                throw CLI::ValidationError("--record",
                                           std::string{"measures nothing: no "} + other);
        if (std::ranges::none_of(s.models, [](const std::string& name) {
                return named(all_models(), name).recorded;
            }))
            throw CLI::ValidationError("--record", "is for the programs of chapters 1 to 5");
    });
    return program::run(app, argc, argv, [&] {
        const stop_token stop = stop_on_ctrl_c();
        const win32::winsock winsock;
        if (record.empty())
            compare(s, stop);
        else
            record_all(s.scenarios, s.models, win32::to_wide(record), stop);
    });
}
