#include "report.hpp"

#include "win32/under_wine.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <functional>
#include <optional>

namespace inside {

namespace {

// Appends as printf prints.
void add(std::string& text, const char* format, ...) {
    char buffer[256];
    std::va_list values;
    va_start(values, format);
    const int size = std::vsnprintf(buffer, sizeof buffer, format, values);
    va_end(values);
    text.append(buffer, std::min(static_cast<std::size_t>(size), sizeof buffer - 1));
}

std::string system_name() {
    return win32::under_wine() ? std::string{"Wine "} + win32::wine_version()
                               : win32::windows_version();
}

// One of the figures; nothing if the system did not count it.
using figure = std::function<std::optional<double>(const figures&)>;

const figure switches_of = [](const figures& each) {
    return each.switches;
};
const figure preempted_of = [](const figures& each) {
    return each.preempted;
};
const figure threads_of = [](const figures& each) {
    return each.threads;
};
const figure time_of = [](const figures& each) {
    return each.microseconds;
};

std::vector<double> values(const std::vector<figures>& rounds, const figure& of) {
    std::vector<double> result;
    for (const figures& each : rounds)
        if (const std::optional<double> value = of(each))
            result.push_back(*value);
    return result;
}

struct spread {
    double median;
    double lowest;
    double highest;
};

spread spread_of(std::vector<double> all) {
    std::ranges::sort(all);
    const std::size_t middle = all.size() / 2;
    return {all.size() % 2 == 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2, all.front(),
            all.back()};
}

std::string cell(const std::vector<figures>& rounds, const figure& of, int digits) {
    const std::vector<double> all = values(rounds, of);
    std::string text;
    if (all.empty())
        return "not counted";
    const spread its = spread_of(all);
    add(text, "%.*f", digits, its.median);
    if (its.lowest != its.highest)
        add(text, " (%.*f to %.*f)", digits, its.lowest, digits, its.highest);
    return text;
}

// Returns, for each round, how many times as many switches the best design without a limit has as
// the first one. A round without any switch counts as one with one.
std::vector<double> factors(const results& all) {
    const auto& by_design = all.rounds;
    const double packets = all.what.burst * all.what.bursts;
    std::vector<double> result;
    for (std::size_t round = 0; round < by_design.front().size(); ++round) {
        const std::optional<double> first = by_design.front()[round].switches;
        std::optional<double> least;
        for (std::size_t i = 1; i < all_designs.size(); ++i)
            if (const auto& other = by_design[i][round].switches;
                other && !all_designs[i].has_limit)
                least = std::min(least.value_or(*other), *other);
        if (first && least)
            result.push_back(*least / std::max(*first, 1 / packets));
    }
    return result;
}

void add_json(std::string& text, const char* name, const std::vector<double>& all, int digits) {
    add(text, ", \"%s\": ", name);
    if (all.empty()) {
        text += "null";
        return;
    }
    const spread its = spread_of(all);
    add(text, "{\"median\": %.*f, \"lowest\": %.*f, \"highest\": %.*f, \"rounds\": [", digits,
        its.median, digits, its.lowest, digits, its.highest);
    for (std::size_t i = 0; i < all.size(); ++i)
        add(text, "%s%.*f", i == 0 ? "" : ", ", digits, all[i]);
    text += "]}";
}

} // namespace

std::string to_table(const conditions& all, const std::vector<results>& loads) {
    std::string text;
    add(text, "%s, %u processor%s: %u threads, limit %u. ", system_name().c_str(), all.processors,
        all.processors == 1 ? "" : "s", all.threads, all.limit);
    if (all.rounds == 1)
        text += "One round.\n";
    else
        add(text, "Median of %u rounds (lowest to highest).\n", all.rounds);
    for (const results& each : loads) {
        if (each.what.burst == 1)
            text += "\nOne packet at a time";
        else
            add(text, "\nBursts of %u packets", each.what.burst);
        add(text, ", each %u us of work\n", each.what.microseconds);
        add(text, "%-29s %-20s %-14s %s\n", "", "switches a packet", "threads", "us a packet");
        for (std::size_t i = 0; i < all_designs.size(); ++i) {
            const std::vector<figures>& rounds = each.rounds[i];
            add(text, "%-29s %-20s %-14s %s\n", all_designs[i].name.data(),
                cell(rounds, switches_of, 2).c_str(), cell(rounds, threads_of, 0).c_str(),
                cell(rounds, time_of, 1).c_str());
        }
        if (const std::vector<double> by = factors(each); !by.empty())
            add(text, "Without a limit: at least %.1f times the switches, in each round\n",
                spread_of(by).lowest);
    }
    return text;
}

std::string to_json(const conditions& all, const std::vector<results>& loads) {
    std::string text;
    add(text,
        "{\"system\": \"%s\", \"processors\": %u, \"threads\": %u, \"limit\": %u, "
        "\"rounds\": %u, \"switches\": \"%s\", \"loads\": [",
        system_name().c_str(), all.processors, all.threads, all.limit, all.rounds,
        win32::under_wine() ? "waiting" : "all");
    for (const results& each : loads) {
        add(text,
            "%s\n {\"load\": \"%s\", \"burst\": %u, \"packets\": %u, \"work_us\": %u, "
            "\"designs\": [",
            &each == loads.data() ? "" : ",", each.what.id.data(), each.what.burst,
            each.what.burst * each.what.bursts, each.what.microseconds);
        for (std::size_t i = 0; i < all_designs.size(); ++i) {
            add(text, "%s\n  {\"design\": \"%s\"", i == 0 ? "" : ",", all_designs[i].id.data());
            add_json(text, "switches", values(each.rounds[i], switches_of), 4);
            add_json(text, "preempted", values(each.rounds[i], preempted_of), 4);
            add_json(text, "threads", values(each.rounds[i], threads_of), 0);
            add_json(text, "us", values(each.rounds[i], time_of), 3);
            text += "}";
        }
        text += "]";
        add_json(text, "factor", factors(each), 2);
        text += "}";
    }
    text += "]}\n";
    return text;
}

} // namespace inside
