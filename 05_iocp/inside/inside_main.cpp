#include "report.hpp"

#include "program/program.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

// Shows on stderr how far the run is, on a terminal only.
class progress {
public:
    explicit progress(std::size_t all) : all_{all} {}
    ~progress() {
        if (terminal_)
            std::fprintf(stderr, "\r%30s\r", "");
    }
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    void one_more() {
        if (!terminal_)
            return;
        std::fprintf(stderr, "\r%zu of %zu measured", ++done_, all_);
        std::fflush(stderr);
    }

private:
    std::size_t all_;
    std::size_t done_ = 0;
    bool terminal_ = ::GetFileType(::GetStdHandle(STD_ERROR_HANDLE)) == FILE_TYPE_CHAR;
};

// Measures everything in each round, so that a busy moment of the machine touches all alike.
void measure_all(const inside::conditions& all, std::vector<inside::results>& loads) {
    progress shown{all.rounds * loads.size() * inside::all_designs.size()};
    for (unsigned round = 0; round < all.rounds; ++round)
        for (inside::results& each : loads)
            for (std::size_t i = 0; i < inside::all_designs.size(); ++i) {
                each.rounds[i].push_back(
                    inside::measure(inside::all_designs[i], each.what, all.threads, all.limit));
                shown.one_more();
            }
}

std::vector<std::string> ids_of(const auto& all) {
    std::vector<std::string> result;
    for (const auto& each : all)
        result.emplace_back(each.id);
    return result;
}

// Sends slow packets through one design, for a recording that shows each thread.
void watch(const inside::conditions& all, const std::string& id) {
    constexpr inside::load slow{"slow", 12, 3, 4000};
    const inside::design& how = *std::ranges::find(inside::all_designs, id, &inside::design::id);
    const inside::figures seen = inside::measure(how, slow, all.threads, all.limit, false);
    std::printf("%s: packets went to %.0f threads\n", how.name.data(), seen.threads);
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Measures what a completion port saves: context switches, and threads at work."};
    inside::conditions all;
    all.processors = std::max(1u, std::thread::hardware_concurrency());
    all.limit = all.processors;
    bool json = false;
    std::string only;
    const std::vector<std::string> names = ids_of(inside::all_loads);
    program::add_number(app, "--threads", all.threads, 1, program::most_threads, "size of the pool")
        ->capture_default_str();
    program::add_number(
        app, "--limit", all.limit, 1, program::most_threads,
        "threads that may run at once; by default, as many as there are processors");
    program::add_number(app, "--rounds", all.rounds, 1, 1000, "how often everything is measured")
        ->capture_default_str();
    app.add_option("--load", only,
                   "run one load only: " + names[0] + ", " + names[1] + ", " + names[2])
        ->type_name("NAME")
        ->check(CLI::IsMember(names).description(""));
    std::string watched;
    app.add_option("--watch", watched,
                   "measure nothing: send three bursts of 12 slow packets through one design, to\n"
                   "see its threads in a recording (--trace): limit-lifo, no-limit-lifo,\n"
                   "limit-fifo, no-limit-fifo, thread-each or system")
        ->type_name("DESIGN")
        ->check(CLI::IsMember(ids_of(inside::all_designs)).description(""));
    app.add_flag("--json", json, "print one JSON object in place of the table");
    app.footer(
        "It takes about two seconds for each round, and longer with more threads. On a busy\n"
        "machine times say little, and switches still much.");

    return program::run(app, argc, argv, [&] {
        if (!watched.empty())
            return watch(all, watched);
        std::vector<inside::results> loads;
        for (const inside::load& each : inside::all_loads)
            if (only.empty() || only == each.id)
                loads.push_back({each, {}});
        measure_all(all, loads);
        std::fputs((json ? to_json(all, loads) : to_table(all, loads)).c_str(), stdout);
    });
}
