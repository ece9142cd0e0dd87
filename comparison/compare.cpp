#include "compare.hpp"

#include "catalogue.hpp"
#include "interrupt.hpp"
#include "measure.hpp"
#include "progress.hpp"
#include "rankings.hpp"
#include "results.hpp"
#include "system_figures.hpp"
#include "table.hpp"

#include "win32/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace comparison {

namespace {

using seconds = std::chrono::duration<double>;
using iterator = std::vector<run>::iterator;

// One round of a row. A failure stays in the row, and the row is left alone from then on: a server
// that is stuck would else cost its deadline in every round.
void measure_row(run& row, measurer& with) {
    if (!row.failure.empty())
        return;
    try {
        row.samples.push_back(with.measure(row));
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        row.failure = error.what();
        if (!row.samples.empty())
            row.failure = "round " + std::to_string(row.samples.size() + 1) + ": " + row.failure;
    }
}

// The rows from `begin` on that differ from the first in their model only.
iterator end_of_step(iterator begin, iterator end) {
    return std::find_if(begin, end, [&](const run& row) {
        return row.scenario != begin->scenario || row.parameters != begin->parameters;
    });
}

iterator end_of_scenario(iterator begin, iterator end) {
    return std::find_if(begin, end,
                        [&](const run& row) { return row.scenario != begin->scenario; });
}

// Every round goes over all models, and starts with another one: whatever follows a busy neighbour,
// or comes first, is not always the same.
void measure_round(iterator begin, iterator end, unsigned round, measurer& with, progress& line) {
    while (begin != end) {
        const iterator step_end = end_of_step(begin, end);
        const auto count = step_end - begin;
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            run& row = begin[(i + static_cast<std::ptrdiff_t>(round)) % count];
            if (round >= row.rounds)
                continue;
            line.begins(row.scenario + ", round " + std::to_string(round + 1) + " of " +
                        std::to_string(row.rounds) + ": " + row.label + ", " +
                        text_of(row.parameters));
            measure_row(row, with);
            line.is_over(with.expected(row));
        }
        begin = step_end;
    }
}

void print_head(const environment& where, const effort& how) {
    std::printf("%s, %u processors, commit %s. Figures are the median of %u round%s over all "
                "models in turn.\n",
                where.system.c_str(), where.processors, where.commit.c_str(), how.rounds,
                how.rounds == 1 ? "" : "s");
    if (where.wine)
        std::printf(
            "Under Wine every call on a socket is a message to one server process, and files are\n"
            "read and written inside the call: speed does not rank the models as on Windows.\n"
            "Threads, memory, calls per echo, where a model stops and who waits for whom carry\n"
            "over.\n");
    std::fflush(stdout);
}

void print_scenario(const std::vector<run>& rows) {
    const scenario& s = scenario_of(rows.front().scenario);
    std::printf("\n%s\n%s\n\n%s\n%s", s.question.c_str(), s.method.c_str(), table_of(rows).c_str(),
                order_of(rankings_of(rows)).c_str());
    std::fflush(stdout);
}

// Prints and keeps each scenario when it is finished, so that nothing of it can be lost.
void measure_all(results& all, const settings& s, const std::filesystem::path& folder,
                 const std::stop_token& stop) {
    const std::filesystem::path programs{program_folder()};
    const std::filesystem::path page = programs / L"comparison_report.html";
    measurer with{programs, s.how, stop};
    seconds expected{};
    for (const run& row : all.rows)
        expected += row.rounds * with.expected(row);
    progress line{expected};
    for (iterator begin = all.rows.begin(); begin != all.rows.end();) {
        const iterator end = end_of_scenario(begin, all.rows.end());
        const auto show = [&] {
            line.clear();
            print_scenario({begin, end});
            write_results(all, page, folder);
        };
        try {
            for (unsigned round = 0; round < s.how.rounds; ++round)
                measure_round(begin, end, round, with, line);
        } catch (const interrupted&) {
            show();
            throw;
        }
        all.complete = end == all.rows.end();
        show();
        begin = end;
    }
}

} // namespace

void compare(const settings& s, const std::stop_token& stop) {
    results all;
    all.where = this_environment();
    all.mode = s.mode;
    all.command = s.command;
    all.rows = rows_of(s.scenarios, s.models, s.how, all.where.processors);
    const std::filesystem::path folder = win32::to_wide(s.out);
    print_head(all.where, s.how);

    bool was_interrupted = false;
    try {
        measure_all(all, s, folder, stop);
    } catch (const interrupted&) {
        was_interrupted = true;
    }
    std::printf("\nReport:  %s\nFigures: %s\n", (s.out + "/report.html").c_str(),
                (s.out + "/results.json").c_str());
    std::fflush(stdout);
    if (was_interrupted)
        throw std::runtime_error("interrupted: what was finished is kept");
    const auto missing = std::count_if(all.rows.begin(), all.rows.end(),
                                       [](const run& row) { return !row.is_whole(); });
    if (missing > 0)
        throw std::runtime_error("rows without all their figures: " + std::to_string(missing));
}

} // namespace comparison
