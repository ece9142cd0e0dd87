#include "report.hpp"

#include "program/program.hpp"

#include <algorithm>
#include <cstdio>
#include <thread>

namespace {

// Shows on stderr how far the run is, on a terminal only.
class progress {
public:
    explicit progress(std::size_t all) : all_{all} {}
    ~progress() {
        if (terminal_)
            std::fprintf(stderr, "\r%20s\r", "");
    }
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    void one_more() {
        if (!terminal_)
            return;
        std::fprintf(stderr, "\r%zu of %zu", ++done_, all_);
        std::fflush(stderr);
    }

private:
    std::size_t all_;
    std::size_t done_ = 0;
    bool terminal_ = ::GetFileType(::GetStdHandle(STD_ERROR_HANDLE)) == FILE_TYPE_CHAR;
};

// A round has all of them, so that a busy moment of the machine touches all alike.
inside::results measure_all(const inside::conditions& all) {
    using namespace inside;
    results what(loads.size(), std::vector(designs.size(), std::vector<figures>{}));
    progress shown{all.rounds * loads.size() * designs.size()};
    for (unsigned round = 0; round < all.rounds; ++round)
        for (std::size_t i = 0; i < loads.size(); ++i)
            for (std::size_t j = 0; j < designs.size(); ++j) {
                what[i][j].push_back(measure(designs[j], loads[i], all.threads, all.limit));
                shown.one_more();
            }
    return what;
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Measures what a completion port saves: context switches, and threads at work."};
    inside::conditions all;
    all.processors = std::max(1u, std::thread::hardware_concurrency());
    all.limit = all.processors;
    bool json = false;
    program::add_number(app, "--threads", all.threads, 1, program::most_threads, "size of the pool")
        ->capture_default_str();
    program::add_number(
        app, "--limit", all.limit, 1, program::most_threads,
        "threads that may run at once; by default, as many as there are processors");
    program::add_number(app, "--rounds", all.rounds, 1, 1000, "how often everything is measured")
        ->capture_default_str();
    app.add_flag("--json", json, "print one JSON object in place of the table");
    app.footer(
        "It takes about two seconds for each round. On a busy machine times say little, and\n"
        "switches still much.");

    return program::run(app, argc, argv, [&] {
        const inside::results what = measure_all(all);
        std::fputs((json ? to_json(all, what) : to_table(all, what)).c_str(), stdout);
    });
}
