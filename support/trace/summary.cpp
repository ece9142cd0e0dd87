#include "summary.hpp"

#include "operations.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

namespace trace {

namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
    char line[256];
    std::snprintf(line, sizeof line, format, values...);
    return line;
}

std::string calls_part(const recording& what, const call_totals& totals) {
    std::vector<std::pair<call, call_total>> rows;
    for (std::size_t i = 0; i < call_count; ++i)
        if (totals[i].count != 0)
            rows.emplace_back(static_cast<call>(i), totals[i]);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.second.time > b.second.time; });

    const double ticks_in_ms = static_cast<double>(what.frequency) / 1000;
    std::string result =
        formatted("%-28s %10s %14s %14s\n", "call", "count", "total ms", "longest ms");
    for (const auto& [which, total] : rows)
        result += formatted("%-28s %10llu %14.3f %14.3f\n", info(which).name,
                            static_cast<unsigned long long>(total.count),
                            static_cast<double>(total.time) / ticks_in_ms,
                            static_cast<double>(total.longest) / ticks_in_ms);
    return result;
}

std::string threads_part(const recording& what) {
    std::string result = formatted("%-28s %10s %14s\n", "thread", "life ms", "waiting");
    for (const thread_info& each : what.threads) {
        const double life = static_cast<double>(each.end - each.begin);
        result += formatted("%-28s %10.1f %12.1f %%\n", each.name.c_str(),
                            life * 1000 / static_cast<double>(what.frequency),
                            life == 0 ? 0 : 100 * static_cast<double>(each.waiting) / life);
    }
    return result;
}

std::string requests_part(const recording& what) {
    unsigned long long made = 0;
    unsigned long long requests = 0;
    for (const event* each : what.events) {
        if (each->kind != event_kind::call)
            continue;
        ++made;
        // An overlapped call brings nothing yet; its operation is counted below.
        if (each->sequence == 0 && each->bytes != 0 && info(each->which).kind == call_kind::receive)
            ++requests;
    }
    for (const operation& each : match_operations(what))
        if (each.bytes != 0 && info(each.issued->which).kind == call_kind::receive)
            ++requests;
    if (requests == 0)
        return "no requests: nothing was received or read\n";
    return formatted("%llu requests, %.2f calls each\n", requests,
                     static_cast<double>(made) / static_cast<double>(requests));
}

} // namespace

std::string summary_of(const recording& what) {
    call_totals totals{};
    for (const thread_info& each : what.threads)
        for (std::size_t i = 0; i < call_count; ++i)
            totals[i].add(each.totals[i]);

    std::string result =
        calls_part(what, totals) + "\n" + threads_part(what) + "\n" + requests_part(what);
    if (what.dropped != 0)
        result += formatted("%llu events dropped, the oldest first\n",
                            static_cast<unsigned long long>(what.dropped));
    return result;
}

} // namespace trace
