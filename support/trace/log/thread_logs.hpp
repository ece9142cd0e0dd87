/// \file
/// The logs of all threads.
#pragma once

#include "event_store.hpp"
#include "thread_log.hpp"
#include "win32/slim_lock.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace trace {

/// What is known of one thread, or of several that ended long ago.
struct thread_info {
    std::uint32_t number = 0;  ///< counted from 1; 0: several threads
    DWORD id = 0;              ///< Windows' number
    std::string name;          ///< UTF-8: "main", its description, or "thread 2"
    std::uint64_t begin = 0;   ///< ticks: its first recorded call
    std::uint64_t end = 0;     ///< ticks: its end, or that of the recording
    std::uint64_t waiting = 0; ///< ticks of its life in which it waited
    call_totals totals{};
};

/// Finds the calling thread's log, and keeps those of threads that have ended, in a bounded table.
///
/// There is one of it, which is never destroyed: threads may outlive main()'s static objects, and
/// the system calls us when each of them ends.
class thread_logs {
public:
    [[nodiscard]] static thread_logs& instance();

    /// The calling thread's log for the recording that runs; null when none runs, when the thread
    /// is ending, and when there are too many threads. Without a lock, but for a thread's first
    /// call. Changes the last error.
    [[nodiscard]] thread_log* mine() noexcept;

    /// The calling thread's log, whatever is recorded; null when it has none.
    [[nodiscard]] thread_log* mine_if_any() const noexcept;

    /// Begins a recording, with the calling thread as its first. Throws std::system_error.
    void start(std::uint32_t chunks);

    /// Ends it: when this returns nobody writes any more.
    void stop() noexcept;

    /// Of the recording that has ended: its threads, in the order of appearance.
    [[nodiscard]] std::vector<thread_info> threads(std::uint64_t end);

    /// Of the recording that has ended: the calls that had not returned, ended at `end`.
    [[nodiscard]] std::vector<event> unfinished_calls(std::uint64_t end);

    [[nodiscard]] const event_store& store() const noexcept { return store_; }

private:
    static constexpr std::size_t capacity = 1024;

    thread_logs();
    static void WINAPI on_thread_end(void* log) noexcept;
    thread_log* join(std::uint32_t session, thread_log* log) noexcept;
    thread_log* find_room(std::uint32_t session) noexcept;
    void get_description(HANDLE thread, thread_log& log) const noexcept;

    // std::mutex might call what we record.
    win32::slim_lock lock_;              // a thread's first call, its end, stop()
    DWORD own_log_ = TLS_OUT_OF_INDEXES; // of each thread: its log, or that it has ended
    DWORD at_end_ = FLS_OUT_OF_INDEXES;  // has the system call us when a thread ends
    HRESULT(WINAPI* const get_description_)(HANDLE, PWSTR*); // may be missing
    event_store store_;
    std::uint32_t sessions_ = 0;
    std::uint32_t numbers_ = 0;
    std::unique_ptr<thread_log[]> logs_;
    thread_info departed_; // the sums of threads whose logs have gone to others
};

} // namespace trace
