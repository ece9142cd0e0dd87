#include "rankings.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace comparison {

namespace {

// A row in a ranking, with costs: lower is better, also for a figure that is better when higher.
struct place {
    std::string label;
    double median_cost;
    double best_cost;
    double worst_cost;
};

bool can_be_ranked(const run& row, const figure& f) {
    return row.is_whole() && row.limit().empty() &&
           row.values_of(f.name).size() == row.samples.size() &&
           (f.counted || row.rounds >= fewest_rounds);
}

// Turns the figure into a cost: a rate of 95 costs 1/95, so a ratio of costs is a ratio of figures.
// No figure is negative, and a rate of 0 costs infinitely much.
place place_of(const run& row, const figure& f) {
    const spread s = *row.spread_of_figure(f.name);
    if (f.is == better::lower)
        return {row.label, s.median, s.lowest, s.highest};
    const auto cost = [](double value) {
        return value > 0 ? 1 / value : std::numeric_limits<double>::infinity();
    };
    return {row.label, cost(s.median), cost(s.highest), cost(s.lowest)};
}

std::vector<std::vector<std::string>> order_of(std::vector<place> places) {
    std::stable_sort(places.begin(), places.end(),
                     [](const place& a, const place& b) { return a.median_cost < b.median_cost; });
    // best[i] is the best cost from place i on.
    std::vector<double> best(places.size());
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = places.size(); i-- > 0;)
        best[i] = least = std::min(least, places[i].best_cost);

    std::vector<std::vector<std::string>> groups;
    double worst_before = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (i == 0 || best[i] > worst_before * (1 + margin))
            groups.emplace_back();
        groups.back().push_back(places[i].label);
        worst_before = std::max(worst_before, places[i].worst_cost);
    }
    return groups;
}

} // namespace

std::vector<ranking> rankings_of(const std::vector<run>& rows) {
    std::vector<ranking> result;
    for (auto begin = rows.begin(); begin != rows.end();) {
        const auto end = std::find_if(begin, rows.end(), [&](const run& row) {
            return row.scenario != begin->scenario || row.parameters != begin->parameters;
        });
        for (const figure& f : begin->scenario->figures) {
            if (!f.ranked)
                continue;
            std::vector<place> places;
            for (auto row = begin; row != end; ++row)
                if (can_be_ranked(*row, f))
                    places.push_back(place_of(*row, f));
            if (places.size() < 2)
                continue;
            result.push_back({begin->scenario->name, begin->parameters, f.name,
                              f.is == better::higher ? "higher" : "lower",
                              order_of(std::move(places))});
        }
        begin = end;
    }
    return result;
}

} // namespace comparison
