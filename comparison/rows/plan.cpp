#include "plan.hpp"

#include <algorithm>

namespace comparison {

namespace {

void add_row(std::vector<run>& rows, const run& common, const model& m, unsigned threads) {
    run row = common;
    row.model = m.name;
    row.label = m.name;
    row.threads_given = threads;
    if (threads > 0)
        row.label += ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
    rows.push_back(std::move(row));
}

} // namespace

bool has_a_crowd(const run& row) {
    return row.parameter("connections") + row.parameter("silent") >= 1000;
}

effort quick_effort() {
    return {.rounds = 3,
            .long_rounds = 1,
            .seconds = 0.2,
            .replies_each = 20,
            .longest = 0.5,
            .connections = {1, 16, 64, 256, 1024},
            .silent = {0, 100, 1000, 5000},
            .copy_mib = 256,
            .copies = 1,
            .echoes = 1000,
            .budget = 160};
}

effort full_effort() {
    return {.rounds = 5,
            .long_rounds = 3,
            .seconds = 1.5,
            .replies_each = 20,
            .longest = 6,
            .connections = {1, 16, 64, 256, 1024},
            .silent = {0, 100, 1000, 5000},
            .copy_mib = 256,
            .copies = 3,
            .echoes = 10'000};
}

std::vector<run> rows_of(const scenario& each, const std::vector<std::string>& models,
                         const effort& how, unsigned processors) {
    std::vector<run> rows;
    for (const parameter_list& step : each.steps(how)) {
        run common;
        common.scenario = &each;
        common.parameters = step;
        common.rounds = each.takes_long(common) ? how.long_rounds : how.rounds;
        for (const model& m : all_models()) {
            if (std::ranges::find(models, m.name) == models.end() || (m.*each.program).empty())
                continue;
            if (m.takes_threads) {
                add_row(rows, common, m, 1);
                add_row(rows, common, m, 2 * processors);
            } else {
                add_row(rows, common, m, 0);
            }
        }
    }
    return rows;
}

std::chrono::duration<double>
leave_out_rounds(std::span<run> rows, std::chrono::duration<double> spare,
                 const std::function<std::chrono::duration<double>(const run&)>& expected) {
    std::chrono::duration<double> left_out{};
    for (auto begin = rows.begin(); begin != rows.end();) {
        const auto end = std::find_if(
            begin, rows.end(), [&](const run& row) { return row.parameters != begin->parameters; });
        std::chrono::duration<double> further{};
        for (auto row = begin; row != end; ++row)
            further += (row->rounds - 1) * expected(*row);
        if (further <= spare) {
            spare -= further;
        } else {
            left_out += further;
            for (auto row = begin; row != end; ++row)
                row->rounds = 1;
        }
        begin = end;
    }
    return left_out;
}

} // namespace comparison
