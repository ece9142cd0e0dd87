// Measures the cost of --trace: the same load on the same echo server, with a recording and
// without.

#include "outcome/environment.hpp"
#include "outcome/text_table.hpp"
#include "processes/child_process.hpp"
#include "processes/stop.hpp"
#include "scenarios/loaded_server.hpp"

#include "program/program.hpp"
#include "trace/recorder.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace comparison;

std::vector<std::string> chapters() {
    std::vector<std::string> names;
    for (const model& each : all_models())
        if (each.recorded)
            names.push_back(each.name);
    return names;
}

struct settings {
    std::vector<std::string> models = chapters();
    unsigned connections = 16;
    unsigned rounds = 7;
    double seconds_a_round = 0.5;
};

// One model, and the figures of its rounds.
struct row {
    std::string model;
    std::vector<double> plain;    // requests a second
    std::vector<double> recorded; // requests a second with a recording
    std::vector<double> ratios;   // recorded to plain, round by round

    void measure(const settings& s, bool recorded_first, const stop_token& stop);
};

double requests_per_second(const std::string& name, const settings& s, bool trace,
                           const stop_token& stop) {
    load_options load;
    load.connections = s.connections;
    load.duration = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>{s.seconds_a_round});
    command server{program_folder() /
                   win32::to_wide(named(all_models(), name).echo_program + ".exe")};
    if (trace)
        server.arguments = {L"--trace", L"-"};
    return sample_of(load_server(server, load, stop)).figures.at("requests_per_second");
}

// Measures both in turn, so that other work of the machine slows both alike. Each goes first in
// every other round.
void row::measure(const settings& s, bool recorded_first, const stop_token& stop) {
    for (const bool trace : {recorded_first, !recorded_first})
        (trace ? recorded : plain).push_back(requests_per_second(model, s, trace, stop));
    ratios.push_back(recorded.back() / plain.back());
}

void print(const std::vector<row>& rows, const settings& s) {
    text_table table{{"model", "plain req/s", "recorded req/s", "ratio", "min-max"}};
    for (const row& each : rows) {
        const spread ratio = spread_of(each.ratios);
        table.add({each.model, with_digits(spread_of(each.plain).median, 0),
                   with_digits(spread_of(each.recorded).median, 0), with_digits(ratio.median, 3),
                   with_digits(ratio.lowest, 3) + "-" + with_digits(ratio.highest, 3)});
    }
    std::printf("%s, %u processors, %u connections, medians of %u rounds\n\n%s\n"
                "ratio: the recorded rate through the plain one of the same round.\n",
                system_name().c_str(), std::thread::hardware_concurrency(), s.connections, s.rounds,
                table.text().c_str());
    std::fflush(stdout);
}

// Returns the nanoseconds that one call takes, of a function that makes no system call.
double nanoseconds_a_call() {
    constexpr int batch = 1000;
    OVERLAPPED completed{};
    DWORD bytes = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < batch; ++i)
        ::GetOverlappedResult(nullptr, &completed, &bytes, FALSE);
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    return time.count() / batch;
}

// Returns the nanoseconds that recording adds to a call. Unlike the rates, this holds on a busy
// machine, too: most batches are over before another process gets the processor.
double nanoseconds_for_recording_a_call() {
    constexpr int batches = 201;
    std::vector<double> plain;
    std::vector<double> recorded;
    for (int i = 0; i < batches; ++i)
        plain.push_back(nanoseconds_a_call());
    const trace::recorder recorder;
    for (int i = 0; i < batches; ++i)
        recorded.push_back(nanoseconds_a_call());
    return spread_of(recorded).median - spread_of(plain).median;
}

void measure_all(const settings& s) {
    const stop_token stop = stop_on_ctrl_c();
    const win32::winsock winsock;
    std::vector<row> rows;
    for (const std::string& model : s.models)
        rows.push_back({model, {}, {}, {}});
    for (unsigned round = 0; round < s.rounds; ++round)
        for (row& each : rows)
            each.measure(s, round % 2 == 1, stop);
    print(rows, s);
    std::printf("A call that brings a completion takes %.0f ns more when it is recorded.\n",
                nanoseconds_for_recording_a_call());
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    settings s;
    CLI::App app{"Measures what --trace costs each chapter's echo server."};
    app.add_option("--model", s.models, "again for another; all if not given")
        ->check(CLI::IsMember(chapters()))
        ->type_name("NAME");
    program::add_number(app, "--connections", s.connections, 1, 5000, "to each server")
        ->capture_default_str();
    program::add_number(app, "--rounds", s.rounds, 1, 99,
                        "measure each server so often, in both ways")
        ->capture_default_str();
    app.add_option("--seconds", s.seconds_a_round, "measured time of each")
        ->transform(program::number(0.01, 60))
        ->type_name("S")
        ->capture_default_str();
    return program::run(app, argc, argv, [&] { measure_all(s); });
}
