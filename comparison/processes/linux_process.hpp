/// \file
/// A process as Linux sees it, for a program under Wine: by way of /proc, which Wine shows as
/// Z:\\proc.
#pragma once

#include "process_figures.hpp"

#include "win32/unique_resource.hpp"

#include <optional>
#include <string>
#include <utility>

namespace comparison {

/// A process by the number that Linux has given it. Threads: one at a time.
class linux_process {
public:
    /// The process whose command line begins with `name`; nothing when there is none, or no /proc.
    [[nodiscard]] static std::optional<linux_process> find(const std::wstring& name);

    /// Threads and resident memory, from /proc/ID/status. Nothing when the process has ended.
    [[nodiscard]] std::optional<process_size> size() const;

    /// Processor time and context switches of every thread, from /proc/ID/task/THREAD/schedstat:
    /// its first figure is the time on a processor in nanoseconds, its third how often the thread
    /// was given one. Nothing when the process has ended, or Linux was built without. Costs about
    /// 0.15 ms a thread. Source:
    /// https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
    [[nodiscard]] std::optional<process_work> work() const;

private:
    linux_process(unsigned id, win32::unique_file status) noexcept
        : id_{id}, status_{std::move(status)} {}

    unsigned id_;
    win32::unique_file status_; // kept open: Wine may have no file left when it is to be read
};

} // namespace comparison
