/// \file
/// A process as Linux sees it. A program under Wine reads Linux' /proc as Z:\\proc.
#pragma once

#include "process_figures.hpp"

#include "win32/unique_resource.hpp"

#include <optional>
#include <string>
#include <utility>

namespace comparison {

/// A process, by its number in Linux. Threads: one at a time.
class linux_process {
public:
    /// The process whose command line begins with `name`; nothing without such a process or /proc.
    [[nodiscard]] static std::optional<linux_process> find(const std::wstring& name);

    /// Its threads and resident memory, from /proc/ID/status; nothing when it has ended.
    [[nodiscard]] std::optional<process_size> size() const;

    /// Processor time and context switches of all threads, from /proc/ID/task/THREAD/schedstat. The
    /// first number there is the time on a processor in nanoseconds, the third the number of times
    /// that the thread got one. Nothing when the process has ended or Linux does not count. Takes
    /// about 0.15 ms a thread. Source:
    /// https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
    [[nodiscard]] std::optional<process_work> work() const;

private:
    linux_process(unsigned id, win32::unique_file status) noexcept
        : id_{id}, status_{std::move(status)} {}

    unsigned id_;
    win32::unique_file status_; // stays open: under load Wine may have no descriptor left
};

} // namespace comparison
