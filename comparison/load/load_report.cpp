#include "load_report.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace comparison {

namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

json written(const load_window& window) {
    return {{"replies", window.replies},      {"bytes", window.bytes},
            {"time_ns", window.time.count()}, {"waited_ns", window.waited.count()},
            {"timed", window.timed},          {"p50_ns", window.p50.count()},
            {"p99_ns", window.p99.count()},   {"fewest", window.fewest}};
}

json written(const process_size& size) {
    return {{"threads", size.threads}, {"resident", size.resident}};
}

json written(const load_work& work) {
    return {{"replies", work.replies},
            {"bytes", work.bytes},
            {"processor_ns", work.processor_time.count()},
            {"context_switches", work.context_switches}};
}

template <class T>
void add(json& to, const char* name, const std::optional<T>& value) {
    if (value)
        to[name] = written(*value);
}

nanoseconds time_in(const json& from, const char* name) {
    return nanoseconds{from.at(name).get<nanoseconds::rep>()};
}

void read(const json& from, load_window& window) {
    from.at("replies").get_to(window.replies);
    from.at("bytes").get_to(window.bytes);
    window.time = time_in(from, "time_ns");
    window.waited = time_in(from, "waited_ns");
    from.at("timed").get_to(window.timed);
    window.p50 = time_in(from, "p50_ns");
    window.p99 = time_in(from, "p99_ns");
    from.at("fewest").get_to(window.fewest);
}

void read(const json& from, process_size& size) {
    from.at("threads").get_to(size.threads);
    from.at("resident").get_to(size.resident);
}

void read(const json& from, load_work& work) {
    from.at("replies").get_to(work.replies);
    from.at("bytes").get_to(work.bytes);
    work.processor_time = time_in(from, "processor_ns");
    from.at("context_switches").get_to(work.context_switches);
}

template <class T>
void read(const json& from, const char* name, std::optional<T>& value) {
    if (from.contains(name))
        read(from.at(name), value.emplace());
}

} // namespace

std::string to_json(const load_report& report) {
    json result{{"measured", written(report.measured)},    {"echoes", report.echoes},
                {"unread_bytes", report.unread_bytes},     {"silent", report.silent},
                {"silent_ns", report.silent_time.count()}, {"limit", report.limit}};
    add(result, "alone", report.alone);
    add(result, "idle", report.idle);
    add(result, "connected", report.connected);
    add(result, "with_silent", report.with_silent);
    add(result, "loaded", report.loaded);
    add(result, "work", report.work);
    // Replace what is not UTF-8: the limit quotes the server.
    return result.dump(-1, ' ', false, json::error_handler_t::replace);
}

load_report report_from_json(const std::string& text) {
    try {
        const json from = json::parse(text);
        load_report report;
        read(from.at("measured"), report.measured);
        from.at("echoes").get_to(report.echoes);
        from.at("unread_bytes").get_to(report.unread_bytes);
        from.at("silent").get_to(report.silent);
        report.silent_time = time_in(from, "silent_ns");
        from.at("limit").get_to(report.limit);
        read(from, "alone", report.alone);
        read(from, "idle", report.idle);
        read(from, "connected", report.connected);
        read(from, "with_silent", report.with_silent);
        read(from, "loaded", report.loaded);
        read(from, "work", report.work);
        return report;
    } catch (const json::exception& error) {
        throw std::runtime_error(std::string{"no report of a load: "} + error.what());
    }
}

} // namespace comparison
