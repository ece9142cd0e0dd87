/// \file
/// A recording that was written as a file, read back, and checked.
#pragma once

#include "trace/chrome_trace.hpp"
#include "trace/recorder.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace trace_tests {

/// Both ends of an overlapped operation.
struct parsed_operation {
    nlohmann::json begin;
    nlohmann::json end;
};

/// The contents of the file. The constructor checks the rules for every recording: each operation
/// has one begin and one end, under an id of its own; the spans of a thread nest; every thread has
/// a name; the operations that a call has issued or collected are there; each call and operation
/// says its kind.
class parsed_trace {
public:
    explicit parsed_trace(const trace::recording& what);

    [[nodiscard]] const nlohmann::json& whole() const noexcept { return whole_; }

    /// The `args` of every call of that name, in the order of time.
    [[nodiscard]] std::vector<nlohmann::json> calls(const std::string& name) const;

    [[nodiscard]] std::vector<parsed_operation> operations(const std::string& name) const;
    [[nodiscard]] std::vector<nlohmann::json> routines() const;

    /// The sum of `args.bytes` of that name.
    [[nodiscard]] std::uint64_t bytes(const std::string& name) const;

    [[nodiscard]] std::vector<std::string> thread_names() const;

private:
    [[nodiscard]] std::vector<nlohmann::json> events(const std::string& phase,
                                                     const std::string& name) const;
    void check_operations() const;
    void check_nesting() const;
    void check_references() const;
    void check_kinds() const;

    nlohmann::json whole_;
};

/// The recording of the calls that `work` makes.
template <class Work>
[[nodiscard]] parsed_trace record(const Work& work) {
    trace::recorder recorder;
    work();
    return parsed_trace{recorder.stop()};
}

} // namespace trace_tests
