#include "trace_file.hpp"

#include "win32/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace comparison {

namespace {

using nlohmann::json;

// The file has microseconds, with three decimals.
std::chrono::nanoseconds time_of(const json& microseconds) {
    return std::chrono::round<std::chrono::nanoseconds>(
        std::chrono::duration<double, std::micro>{microseconds.get<double>()});
}

trace_file trace_of(const json& whole) {
    if (whole.at("otherData").at("dropped").get<std::uint64_t>() != 0)
        throw std::runtime_error("not all calls are in it");
    trace_file result;
    for (const json& event : whole.at("traceEvents")) {
        const std::string& name = event.at("name").get_ref<const std::string&>();
        const std::string category = event.value("cat", "");
        if (category == "call") {
            const std::chrono::nanoseconds begin = time_of(event.at("ts"));
            result.calls.push_back({name, begin, begin + time_of(event.at("dur"))});
        }
        // Of an overlapped call the bytes stand at the end of its operation.
        if (category == "call" || category == "operation") {
            const json& arguments = event.at("args");
            if (const auto bytes = arguments.find("bytes"); bytes != arguments.end())
                result.bytes[name] += bytes->get<std::uint64_t>();
        }
    }
    std::stable_sort(result.calls.begin(), result.calls.end(),
                     [](const traced_call& a, const traced_call& b) { return a.begin < b.begin; });
    return result;
}

} // namespace

trace_file read_trace(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    try {
        if (!stream)
            throw std::runtime_error("cannot be read");
        return trace_of(json::parse(stream));
    } catch (const std::exception& error) {
        throw std::runtime_error("the recording " + win32::to_utf8(file.native()) + ": " +
                                 error.what());
    }
}

} // namespace comparison
