#include "linux_process.hpp"

#include "win32/linux_proc.hpp"
#include "win32/text.hpp"

#include <sstream>

namespace comparison {

std::optional<linux_process> linux_process::find(const std::wstring& name) {
    const std::optional<unsigned> id = win32::proc::find(L"cmdline", win32::to_utf8(name));
    if (!id)
        return std::nullopt;
    return linux_process{*id, win32::proc::open(std::to_wstring(*id) + L"\\status")};
}

std::optional<process_size> linux_process::size() const {
    const std::optional<std::string> status = win32::proc::content_of(status_);
    if (!status)
        return std::nullopt;
    const auto threads = win32::proc::number_after("\nThreads:", *status);
    const auto kibibytes = win32::proc::number_after("\nVmRSS:", *status);
    if (!threads || !kibibytes)
        return std::nullopt;
    return process_size{static_cast<unsigned>(*threads), *kibibytes * 1024};
}

std::optional<process_work> linux_process::work() const {
    const std::wstring folder = std::to_wstring(id_) + L"\\task\\";
    process_work result;
    for (const unsigned thread : win32::proc::numbers_in(folder)) {
        const auto line = win32::proc::content_of(
            win32::proc::open(folder + std::to_wstring(thread) + L"\\schedstat"));
        if (!line)
            continue; // the thread has just ended
        std::uint64_t on_processor = 0;
        std::uint64_t waiting = 0;
        std::uint64_t times = 0;
        std::istringstream text{*line};
        // A thread has got a processor at least once: a 0 means that Linux does not count.
        if (!(text >> on_processor >> waiting >> times) || times == 0)
            return std::nullopt;
        result.threads.insert(thread);
        result.processor_time += std::chrono::nanoseconds{on_processor};
        result.context_switches += times;
    }
    if (result.threads.empty())
        return std::nullopt;
    return result;
}

} // namespace comparison
