#include "compare.hpp"

#include "outcome/progress.hpp"
#include "outcome/rankings.hpp"
#include "outcome/results.hpp"
#include "outcome/table.hpp"
#include "processes/child_process.hpp"
#include "scenarios/all_scenarios.hpp"
#include "scenarios/context.hpp"

#include "win32/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <stdexcept>
#include <string>

namespace comparison {

namespace {

using seconds = std::chrono::duration<double>;
using iterator = std::vector<run>::iterator;

seconds expected(const run& row, const effort& how) {
    return seconds{row.scenario->seconds(row, how)};
}

sample measure(const run& row, const effort& how, const stop_token& stop) {
    const model& m = named(all_models(), row.model);
    command start{program_folder() / win32::to_wide(m.*row.scenario->program + ".exe")};
    if (row.threads_given > 0)
        start.arguments = {L"--threads", std::to_wstring(row.threads_given)};
    return row.scenario->measure({row, m, how, start, stop});
}

// Measures one round of a row. A row that has failed is not measured again: a server that is stuck
// would cost its deadline in every round.
void measure_row(run& row, const effort& how, const stop_token& stop) {
    if (!row.failure.empty())
        return;
    try {
        row.samples.push_back(measure(row, how, stop));
    } catch (const interrupted&) {
        throw;
    } catch (const std::exception& error) {
        row.failure = error.what();
        if (!row.samples.empty())
            row.failure = "round " + std::to_string(row.samples.size() + 1) + ": " + row.failure;
    }
}

// Returns the end of the rows that differ from the first in their model only.
iterator end_of_step(iterator begin, iterator end) {
    return std::find_if(begin, end, [&](const run& row) {
        return row.scenario != begin->scenario || row.parameters != begin->parameters;
    });
}

iterator end_of_scenario(iterator begin, iterator end) {
    return std::find_if(begin, end,
                        [&](const run& row) { return row.scenario != begin->scenario; });
}

// Measures one round of all models, load by load. Each round starts with another model, so that
// none is always the first or always follows the same neighbour.
void measure_round(iterator begin, iterator end, unsigned round, const effort& how,
                   const stop_token& stop, progress& line) {
    while (begin != end) {
        const iterator step_end = end_of_step(begin, end);
        const auto count = step_end - begin;
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            run& row = begin[(i + static_cast<std::ptrdiff_t>(round)) % count];
            if (round >= row.rounds)
                continue;
            line.begins(row.scenario->name + ", round " + std::to_string(round + 1) + " of " +
                        std::to_string(row.rounds) + ": " + row.label + ", " +
                        text_of(row.parameters));
            measure_row(row, how, stop);
            line.is_over(expected(row, how));
        }
        begin = step_end;
    }
}

// Estimates the time of one round of each of these rows.
seconds first_rounds(iterator begin, iterator end, const effort& how) {
    seconds sum{};
    for (; begin != end; ++begin)
        sum += expected(*begin, how);
    return sum;
}

// Leaves out further rounds of a scenario, after its first one, if they do not fit into the budget.
// The time for the first rounds of all later scenarios is set aside.
void stay_within(std::vector<run>& rows, iterator begin, iterator end, const effort& how,
                 progress& line) {
    if (how.budget <= 0)
        return;
    const seconds spare =
        (seconds{how.budget} - line.elapsed()) / line.pace() - first_rounds(end, rows.end(), how);
    line.leaves_out(
        leave_out_rounds({begin, end}, spare, [&](const run& row) { return expected(row, how); }));
}

void print_head(const environment& where, const effort& how) {
    std::printf("%s, %u processors, commit %s. Rounds over all models in turn: %u, and %u of what "
                "takes\nlong; figures are their medians.\n",
                where.system.c_str(), where.processors, where.commit.c_str(), how.rounds,
                how.long_rounds);
    if (how.budget > 0)
        std::printf("On a slow machine, one round of more, to end within three minutes.\n");
    if (where.wine)
        std::printf(
            "Under Wine every call on a socket is a message to one server process, and files are\n"
            "read and written inside the call: speed does not rank the models as on Windows.\n"
            "Threads (those of Windows' own pool excepted), calls per echo, what a silent client "
            "costs beside its thread, where a model\n"
            "stops and who waits for whom carry over.\n");
    std::fflush(stdout);
}

void print_scenario(const std::vector<run>& rows) {
    const scenario& s = *rows.front().scenario;
    std::printf("\n%s\n%s\n\n%s\n%s", s.question.c_str(), s.method.c_str(), table_of(rows).c_str(),
                order_of(s, rankings_of(rows)).c_str());
    std::fflush(stdout);
}

// Tries to write the results so far. A failure does not matter, since another attempt follows: the
// report may be open in a program that lets nobody replace it.
void keep(const results& all, const result_place& place) {
    try {
        place.write(all);
    } catch (const std::exception&) {
        // compare() writes them at the end, and says what is wrong.
    }
}

// Keeps the results after each round and prints each scenario when it is finished, so that an
// interrupted run loses little.
void measure_all(results& all, const effort& how, const result_place& place,
                 const stop_token& stop) {
    seconds total{};
    for (const run& row : all.rows)
        total += row.rounds * expected(row, how);
    progress line{total};
    for (iterator begin = all.rows.begin(); begin != all.rows.end();) {
        const iterator end = end_of_scenario(begin, all.rows.end());
        try {
            for (unsigned round = 0; round < std::max(how.rounds, how.long_rounds); ++round) {
                measure_round(begin, end, round, how, stop, line);
                if (round == 0)
                    stay_within(all.rows, begin, end, how, line);
                keep(all, place);
            }
        } catch (const interrupted&) {
            line.clear();
            print_scenario({begin, end});
            throw;
        }
        line.clear();
        print_scenario({begin, end});
        begin = end;
    }
    all.complete = true;
}

} // namespace

std::vector<run> rows_of(const settings& s, unsigned processors) {
    std::vector<run> rows;
    for (const scenario& each : all_scenarios())
        if (std::ranges::find(s.scenarios, each.name) != s.scenarios.end())
            std::ranges::move(rows_of(each, s.models, s.how, processors), std::back_inserter(rows));
    return rows;
}

void compare(const settings& s, const stop_token& stop) {
    results all;
    all.scenarios = all_scenarios();
    all.where = this_environment();
    all.mode = s.mode;
    all.command = s.command;
    all.rows = rows_of(s, all.where.processors);
    // Throws before anything is measured if the results could not be kept.
    const result_place place{program_folder() / L"comparison_report.html", win32::to_wide(s.out)};
    print_head(all.where, s.how);

    bool was_interrupted = false;
    try {
        measure_all(all, s.how, place, stop);
    } catch (const interrupted&) {
        was_interrupted = true;
    }
    place.write(all);
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
