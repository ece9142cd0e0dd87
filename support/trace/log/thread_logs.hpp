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

/// Finds the calling thread's log, and keeps the logs of threads that have ended, in a bounded
/// table.
///
/// The one instance is never destroyed: threads may outlive main()'s static objects, and the system
/// calls the recorder when each of them ends.
class thread_logs {
public:
    [[nodiscard]] static thread_logs& instance();

    /// The calling thread's log for the recording that runs; null when none runs, when the thread
    /// is ending, and when there are too many threads. Only a thread's first call takes a lock.
    /// Changes the last error.
    [[nodiscard]] thread_log* mine() noexcept;

    /// The calling thread's log, with or without a recording; null when it has none.
    [[nodiscard]] thread_log* mine_if_any() const noexcept;

    /// Begins a recording, with the calling thread as its first. Throws std::system_error.
    void start(std::uint32_t chunks);

    /// Ends the recording: when this returns, no thread writes any more.
    void stop() noexcept;

    /// The threads of the recording that has ended, in the order of appearance.
    [[nodiscard]] std::vector<thread_info> threads(std::uint64_t end);

    /// The calls that had not returned when the recording ended, as if they had ended at `end`.
    [[nodiscard]] std::vector<event> unfinished_calls(std::uint64_t end);

    [[nodiscard]] const event_store& store() const noexcept { return store_; }

private:
    static constexpr std::size_t capacity = 1024;

    thread_logs();
    static void WINAPI on_thread_end(void* log) noexcept;
    thread_log* join(std::uint32_t session, thread_log* log) noexcept;
    thread_log* find_room(std::uint32_t session) noexcept;
    void get_description(HANDLE thread, thread_log& log) const noexcept;

    // std::mutex might make calls that we record.
    win32::slim_lock lock_;              // a thread's first call, its end, stop()
    DWORD own_log_ = TLS_OUT_OF_INDEXES; // of each thread: its log, or that it has ended
    DWORD at_end_ = FLS_OUT_OF_INDEXES;  // has the system call us when a thread ends
    HRESULT(WINAPI* const get_description_)(HANDLE, PWSTR*); // may be missing
    event_store store_;
    std::uint32_t sessions_ = 0;
    std::uint32_t numbers_ = 0;
    std::unique_ptr<thread_log[]> logs_;
    thread_info departed_; // the sums of threads whose logs other threads have taken over
};

} // namespace trace
