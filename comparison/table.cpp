#include "table.hpp"

#include "rounds.hpp"
#include "text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <utility>

namespace comparison {

namespace {

std::string with_digits(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string range(const spread& s) {
    return to_text(s.lowest) + "-" + to_text(s.highest);
}

// What is said instead of figures; empty when there are some.
template <class Row>
std::string reason_of(const Row& row) {
    if (!row.failure.empty())
        return "no figures: " + row.failure;
    return row.samples.empty() ? "not measured" : "";
}

std::string missing_rounds(std::size_t have, unsigned rounds) {
    return have < rounds ? std::to_string(have) + " of " + std::to_string(rounds) + " rounds" : "";
}

void add_remark(std::string& remarks, const std::string& remark) {
    if (!remark.empty())
        remarks += (remarks.empty() ? "" : "; ") + remark;
}

spread spread_of_figure(const echo_row& row, const char* name) {
    std::vector<double> values;
    for (const sample& each : row.samples)
        values.push_back(each.figures.at(name));
    return spread_of(std::move(values));
}

std::string remarks_on(const echo_row& row, unsigned rounds) {
    std::string result = missing_rounds(row.samples.size(), rounds);
    for (const sample& each : row.samples)
        if (!each.limit.empty()) {
            add_remark(result, each.limit);
            break;
        }
    return result;
}

} // namespace

std::string to_text(double value) {
    // Compared with what would be rounded up: 9.996 has two digits before the point when printed.
    if (value < 0.9995)
        return with_digits(value, 3);
    if (value < 9.995)
        return with_digits(value, 2);
    if (value < 99.95)
        return with_digits(value, 1);
    std::string text = with_digits(value, 0);
    for (std::size_t end = text.size(); end > 3; end -= 3)
        text.insert(end - 3, ",");
    return text;
}

double megabytes_per_second(std::uint64_t size, double ms) {
    return static_cast<double>(size) / 1e6 / (ms / 1e3);
}

bool is_whole(const echo_row& row, unsigned rounds) {
    return row.failure.empty() && row.samples.size() == rounds;
}

bool is_whole(const copy_row& row, unsigned rounds) {
    return row.failure.empty() && row.samples.size() == rounds;
}

std::string echo_table(const std::vector<echo_row>& rows, unsigned rounds) {
    text_table table{{"echo", "requests/s", "min-max", "median ms", "min-max", "p99 ms", "min-max",
                      "threads", "idle MiB", "MiB"}};
    unsigned connections = 0;
    for (const echo_row& row : rows) {
        if (row.connections != connections) {
            connections = row.connections;
            table.add_heading(std::to_string(connections) +
                              (connections == 1 ? " connection" : " connections"));
        }
        if (const std::string reason = reason_of(row); !reason.empty()) {
            table.add(row.model, reason);
            continue;
        }
        const spread rate = spread_of_figure(row, "requests_per_second");
        const spread median = spread_of_figure(row, "p50_ms");
        const spread p99 = spread_of_figure(row, "p99_ms");
        table.add({row.model, to_text(rate.median), range(rate), to_text(median.median),
                   range(median), to_text(p99.median), range(p99),
                   with_digits(spread_of_figure(row, "threads").median, 0),
                   with_digits(spread_of_figure(row, "idle_memory_mib").median, 1),
                   with_digits(spread_of_figure(row, "memory_mib").median, 1),
                   remarks_on(row, rounds)});
    }
    return table.text();
}

std::string copy_table(const std::vector<copy_row>& rows, unsigned rounds, std::uint64_t size) {
    text_table table{
        {"copy", "MB/s", "min-max", "copy ms", "empty copy ms", "MB/s less empty copy"}};
    for (const copy_row& row : rows) {
        if (const std::string reason = reason_of(row); !reason.empty()) {
            table.add(row.model, reason);
            continue;
        }
        const spread large_ms = spread_of(row.samples, &copy_sample::large_ms);
        const spread empty_ms = spread_of(row.samples, &copy_sample::empty_ms);
        const auto rate = [&](double ms) {
            return megabytes_per_second(size, ms);
        };
        // What is left of two times that are almost equal is their noise, and no figure.
        const double left_ms = large_ms.median - empty_ms.median;
        const bool certain = left_ms > large_ms.median / 10;
        table.add({row.model, to_text(rate(large_ms.median)),
                   range({0, rate(large_ms.highest), rate(large_ms.lowest)}),
                   to_text(large_ms.median), to_text(empty_ms.median),
                   certain ? to_text(rate(left_ms)) : "-",
                   missing_rounds(row.samples.size(), rounds)});
    }
    return table.text();
}

} // namespace comparison
