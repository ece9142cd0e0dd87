#include "copy_scenario.hpp"

#include "context.hpp"
#include "figures.hpp"
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

using clock = std::chrono::steady_clock;

// Runs `program SOURCE DESTINATION …` and returns the milliseconds that it took.
double copy_once(const std::filesystem::path& program, const std::vector<std::wstring>& arguments,
                 const stop_token& stop, std::chrono::milliseconds patience) {
    std::filesystem::remove(arguments[1]);
    const clock::time_point begin = clock::now();
    child_process process{program, arguments};
    with_fate_of(process, [&] { require_success(process, patience, stop); });
    return milliseconds{clock::now() - begin}.count();
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
    // Unless both are at their end, one of them could not be read.
    return first.eof() && second.eof();
}

} // namespace

copy_files::copy_files(std::uint64_t size) : size_{size} {
    // Random content: no block equals another, so no file system can store one for all of them.
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

sample measure_copy(const std::filesystem::path& program, const copy_files& files, unsigned copies,
                    const stop_token& stop, std::chrono::milliseconds patience) {
    const std::wstring copy = files.destination().native();
    const std::wstring large = files.large().native();
    double empty_ms = std::numeric_limits<double>::max();
    double large_ms = empty_ms;
    for (unsigned i = 0; i < copies; ++i) {
        empty_ms =
            std::min(empty_ms, copy_once(program, {files.empty().native(), copy}, stop, patience));
        large_ms = std::min(large_ms, copy_once(program, {large, copy}, stop, patience));
    }
    if (!same_content(files.large(), files.destination()))
        throw std::runtime_error("the copy differs from its source");
    std::filesystem::remove(files.recording());
    copy_once(program, {large, copy, L"--trace", files.recording().native()}, stop, patience);
    std::filesystem::remove(files.destination());

    sample result;
    const double bytes = static_cast<double>(files.size());
    result.figures["start_ms"] = empty_ms;
    result.figures["megabytes_per_second"] = bytes / 1000 / large_ms;
    // A difference that is small beside the two times is noise.
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

scenario copy_scenario() {
    return {
        .name = "copy",
        .question = "How fast is a file copied, and is the thread free meanwhile?",
        .method = "Each program copies the same file, which is in the cache; no copy is flushed to "
                  "the disk. In a round the quickest counts, if there is more than one. The start "
                  "of the program is in; the copy of an empty file shows what it takes. The free "
                  "share comes from a recording: the time that the copying thread spends outside "
                  "the calls that move bytes.",
        .see = "The free share is what overlapped I/O is for: a thread in ReadFile can do nothing "
               "else, and one that waits for a completion could. Under Wine the file is read and "
               "written inside the call, so what is left there is the program's own work and its "
               "asking for completions.",
        .figures = {figures::megabytes,
                    {.name = "free_share",
                     .title = "free share",
                     .is = better::higher,
                     .reason = true,
                     .chart = chart_size::large},
                    {.name = "net_megabytes_per_second",
                     .title = "MB/s less the start",
                     .unit = "MB/s",
                     .is = better::higher,
                     .chart = chart_size::large},
                    {.name = "start_ms",
                     .title = "start",
                     .unit = "ms",
                     .is = better::lower,
                     .chart = chart_size::large}},
        .columns = {{"megabytes_per_second", "MB/s"},
                    {"net_megabytes_per_second", "less start"},
                    {"start_ms", "start ms"},
                    {"free_share", "free share"}},
        .program = &model::copy_program,
        .steps =
            [](const effort& how) {
                return std::vector<parameter_list>{{{"size_mib", how.copy_mib}}};
            },
        .seconds = [](const run&,
                      const effort& how) { return 0.1 + how.copies * how.copy_mib / 500.0; },
        .measure =
            [](const context& with) {
                // Kept for all copies of the process: writing the files takes longer than a copy.
                static std::optional<copy_files> files;
                const std::uint64_t size = std::uint64_t{with.row.parameter("size_mib")} << 20;
                if (!files || files->size() != size)
                    files.emplace(size);
                return measure_copy(with.start.program, *files, with.how.copies, with.stop);
            },
    };
}

} // namespace comparison
