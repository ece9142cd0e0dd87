#include "copy_scenario.hpp"

#include "clock.hpp"
#include "processes/child_process.hpp"
#include "processes/started_program.hpp"
#include "trace/log/calls.hpp"
#include "win32/text.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace comparison {

namespace {

using milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t block = 1024 * 1024;

// Copies `source` to the files' destination, and returns what that took.
double copy_once(const std::filesystem::path& program, const std::filesystem::path& source,
                 const copy_files& files, const copy_options& options, const stop_token& stop,
                 bool record = false) {
    std::filesystem::remove(files.destination());
    std::vector<std::wstring> arguments{source.native(), files.destination().native()};
    if (record)
        arguments.insert(arguments.end(), {L"--trace", files.recording().native()});
    const std::chrono::nanoseconds begin = now();
    child_process process{program, arguments};
    const std::optional<DWORD> code = process.wait(options.patience, stop);
    const milliseconds time = now() - begin;
    if (!code)
        throw std::runtime_error("did not end in time" + fate_of(process));
    if (*code != 0)
        throw std::runtime_error("failed" + fate_of(process));
    return time.count();
}

bool same_content(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::ifstream first{a, std::ios::binary};
    std::ifstream second{b, std::ios::binary};
    std::vector<char> x(block);
    std::vector<char> y(block);
    while (first && second) {
        first.read(x.data(), static_cast<std::streamsize>(block));
        second.read(y.data(), static_cast<std::streamsize>(block));
        if (first.gcount() != second.gcount() ||
            !std::equal(x.begin(), x.begin() + first.gcount(), y.begin()))
            return false;
    }
    // Both are at their end, or one could not be read.
    return first.eof() && second.eof();
}

} // namespace

copy_files::copy_files(std::uint64_t size) : size_{size} {
    // Random, so that no block equals another and no file system can store one for all.
    std::mt19937_64 random{1};
    std::vector<std::uint64_t> numbers(block / sizeof(std::uint64_t));
    std::ofstream large_file{large(), std::ios::binary};
    for (std::uint64_t done = 0; done < size; done += block) {
        for (std::uint64_t& number : numbers)
            number = random();
        const std::uint64_t bytes = std::min<std::uint64_t>(block, size - done);
        large_file.write(reinterpret_cast<const char*>(numbers.data()),
                         static_cast<std::streamsize>(bytes));
    }
    large_file.close();
    std::ofstream empty_file{empty(), std::ios::binary};
    empty_file.close();
    if (!large_file || !empty_file)
        throw std::runtime_error("cannot write the file to copy in " +
                                 win32::to_utf8(folder_.path().native()));
}

sample measure_copy(const std::filesystem::path& program, const copy_files& files,
                    const copy_options& options, const stop_token& stop) {
    double empty_ms = std::numeric_limits<double>::max();
    double large_ms = empty_ms;
    for (unsigned i = 0; i < options.copies; ++i) {
        empty_ms = std::min(empty_ms, copy_once(program, files.empty(), files, options, stop));
        large_ms = std::min(large_ms, copy_once(program, files.large(), files, options, stop));
    }
    if (!same_content(files.large(), files.destination()))
        throw std::runtime_error("the copy differs from its source");
    std::filesystem::remove(files.recording());
    copy_once(program, files.large(), files, options, stop, true);
    std::filesystem::remove(files.destination());

    sample result;
    const double bytes = static_cast<double>(files.size());
    result.figures["start_ms"] = empty_ms;
    result.figures["megabytes_per_second"] = bytes / 1000 / large_ms;
    // What is left of nearly nothing is noise.
    if (large_ms - empty_ms > 0.1 * large_ms)
        result.figures["net_megabytes_per_second"] = bytes / 1000 / (large_ms - empty_ms);
    if (const std::optional<double> share = free_share(read_trace(files.recording())))
        result.figures["free_share"] = *share;
    return result;
}

std::optional<double> free_share(const trace_file& trace) {
    std::chrono::nanoseconds first = std::chrono::nanoseconds::max();
    std::chrono::nanoseconds last{};
    std::chrono::nanoseconds moving{};
    for (const traced_call& call : trace.calls)
        if (trace::moves_bytes(trace::kind_of(call.name))) {
            first = std::min(first, call.begin);
            last = std::max(last, call.end);
            moving += call.end - call.begin;
        }
    if (first >= last)
        return std::nullopt;
    return 1 - std::chrono::duration<double>(moving) / (last - first);
}

} // namespace comparison
