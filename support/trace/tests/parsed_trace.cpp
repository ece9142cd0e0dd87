#include "parsed_trace.hpp"

#include "trace/log/calls.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace trace_tests {

using nlohmann::json;

namespace {

// Times have three decimals, of which a double's sum may lose the last bits.
constexpr double least = 0.0001;

} // namespace

parsed_trace::parsed_trace(const trace::recording& what) {
    std::string text;
    trace::write_chrome_trace(what, "a \"test\"", [&](std::string_view part) { text += part; });
    whole_ = json::parse(text);
    EXPECT_EQ(whole_["displayTimeUnit"], "ms");
    EXPECT_EQ(whole_["otherData"]["program"], "a \"test\"");
    check_operations();
    check_nesting();
    check_references();
    check_kinds();
}

void parsed_trace::check_operations() const {
    std::map<std::string, json> open;
    std::set<std::string> seen;
    for (const json& each : whole_["traceEvents"]) {
        if (each["ph"] == "b") {
            EXPECT_TRUE(seen.insert(each["id"]).second) << "an id twice: " << each;
            open[each["id"]] = each;
        } else if (each["ph"] == "e") {
            const auto begin = open.find(each["id"]);
            ASSERT_NE(begin, open.end()) << "an end without a begin: " << each;
            EXPECT_EQ(begin->second["name"], each["name"]);
            EXPECT_EQ(begin->second["cat"], each["cat"]);
            EXPECT_LE(begin->second["ts"].get<double>(), each["ts"].get<double>());
            open.erase(begin);
        }
    }
    EXPECT_TRUE(open.empty()) << open.size() << " begins without an end";
}

void parsed_trace::check_nesting() const {
    struct span {
        double begin;
        double end;
        std::string name;
    };
    std::map<std::uint64_t, std::vector<span>> tracks;
    std::set<std::uint64_t> named;
    for (const json& each : whole_["traceEvents"]) {
        if (each["name"] == "thread_name") {
            EXPECT_TRUE(named.insert(each["tid"].get<std::uint64_t>()).second)
                << "two names for a track: " << each;
        }
        if (each["ph"] == "X") {
            const double begin = each["ts"];
            tracks[each["tid"]].push_back({begin, begin + each["dur"].get<double>(), each["name"]});
        }
    }
    for (auto& [track, spans] : tracks) {
        EXPECT_TRUE(named.contains(track)) << "a thread without a name: " << track;
        std::stable_sort(spans.begin(), spans.end(), [](const span& a, const span& b) {
            return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
        });
        std::vector<span> open;
        for (const span& each : spans) {
            while (!open.empty() && open.back().end <= each.begin + least)
                open.pop_back();
            if (!open.empty()) {
                EXPECT_LE(each.end, open.back().end + least)
                    << each.name << " begins in " << open.back().name << " and ends after it";
            }
            open.push_back(each);
        }
    }
}

void parsed_trace::check_references() const {
    std::map<std::string, json> begins;
    std::map<std::string, json> ends;
    for (const json& each : whole_["traceEvents"]) {
        if (each["ph"] == "b")
            begins[each["id"]] = each;
        if (each["ph"] == "e")
            ends[each["id"]] = each;
    }
    std::set<std::string> collected;
    for (const json& each : whole_["traceEvents"]) {
        if (each["ph"] != "X")
            continue;
        const json& args = each["args"];
        EXPECT_EQ(args.contains("error"), args.value("result", "") == "failed") << each;
        if (args.contains("operation")) {
            EXPECT_TRUE(begins.contains(args["operation"])) << each;
        }
        for (const json& id : args.value("collected", json::array())) {
            ASSERT_TRUE(ends.contains(id)) << each;
            EXPECT_EQ(ends[id]["args"]["by"], each["name"]);
            EXPECT_EQ(ends[id]["tid"], each["tid"]);
            EXPECT_TRUE(collected.insert(id).second) << "collected twice: " << each;
        }
    }
}

void parsed_trace::check_kinds() const {
    for (const json& each : whole_["traceEvents"]) {
        const std::string category = each.value("cat", "");
        if (category == "call" || category == "operation") {
            const trace::call_kind kind = trace::kind_of(each["name"].get<std::string>());
            EXPECT_EQ(each["args"].value("kind", "none"), trace::name_of(kind)) << each;
        }
    }
}

std::vector<json> parsed_trace::events(const std::string& phase, const std::string& name) const {
    std::vector<json> result;
    for (const json& each : whole_["traceEvents"])
        if (each["ph"] == phase && each["name"] == name)
            result.push_back(each);
    return result;
}

std::vector<json> parsed_trace::calls(const std::string& name) const {
    std::vector<json> result;
    for (const json& each : events("X", name))
        result.push_back(each["args"]);
    return result;
}

std::vector<json> parsed_trace::routines() const {
    return calls("completion routine");
}

std::vector<parsed_operation> parsed_trace::operations(const std::string& name) const {
    std::vector<parsed_operation> result;
    const std::vector<json> ends = events("e", name);
    for (const json& begin : events("b", name))
        for (const json& end : ends)
            if (end["id"] == begin["id"])
                result.push_back({begin, end});
    return result;
}

std::uint64_t parsed_trace::bytes(const std::string& name) const {
    std::uint64_t result = 0;
    for (const json& each : whole_["traceEvents"])
        if (each["name"] == name && each["args"].contains("bytes"))
            result += each["args"]["bytes"].get<std::uint64_t>();
    return result;
}

std::vector<std::string> parsed_trace::thread_names() const {
    std::vector<std::string> result;
    for (const json& each : events("M", "thread_name"))
        result.push_back(each["args"]["name"]);
    return result;
}

} // namespace trace_tests
