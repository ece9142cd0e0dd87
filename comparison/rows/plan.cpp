#include "plan.hpp"

#include "catalogue.hpp"

#include <algorithm>

namespace comparison {

namespace {

using parameters = std::vector<std::pair<std::string, unsigned>>;

// One list of parameters for each step of the scenario.
std::vector<parameters> steps_of(const std::string& scenario, const effort& how) {
    std::vector<parameters> steps;
    if (scenario == "echo")
        for (const unsigned connections : how.connections)
            steps.push_back({{"connections", connections}});
    else if (scenario == "idle")
        for (const unsigned silent : how.silent)
            steps.push_back({{"silent", silent}, {"connections", working_clients}});
    else if (scenario == "slow_client")
        steps.push_back({{"connections", ordinary_clients + 2}});
    else if (scenario == "stream")
        steps.push_back({{"connections", stream_clients}, {"message_mib", stream_mib}});
    else if (scenario == "copy")
        steps.push_back({{"size_mib", how.copy_mib}});
    else if (scenario == "calls")
        for (const unsigned connections : {1u, 16u})
            steps.push_back({{"connections", connections}});
    return steps;
}

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

unsigned effort::rounds_of(const run& row) const {
    constexpr unsigned crowd = 1000;
    const unsigned clients = row.parameter("connections") + row.parameter("silent");
    const bool takes_long = row.scenario == "calls" || row.scenario == "slow_client" ||
                            clients >= crowd ||
                            (row.scenario == "idle" && row.parameter("silent") == 0);
    return takes_long ? long_rounds : rounds;
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

std::vector<run> rows_of(const std::vector<std::string>& scenarios,
                         const std::vector<std::string>& models, const effort& how,
                         unsigned processors) {
    std::vector<run> rows;
    for (const scenario& each : all_scenarios()) {
        if (std::find(scenarios.begin(), scenarios.end(), each.name) == scenarios.end())
            continue;
        for (const parameters& step : steps_of(each.name, how)) {
            run common;
            common.scenario = each.name;
            common.parameters = step;
            common.rounds = how.rounds_of(common);
            for (const model& m : all_models()) {
                if (std::find(models.begin(), models.end(), m.name) == models.end() ||
                    (each.name == "copy" ? m.copy_program : m.echo_program).empty())
                    continue;
                if (m.takes_threads) {
                    add_row(rows, common, m, 1);
                    add_row(rows, common, m, 2 * processors);
                } else {
                    add_row(rows, common, m, 0);
                }
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
