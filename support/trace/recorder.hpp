/// \file
/// Records the I/O calls of the running program, from outside its code.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "trace/log/event.hpp"
#include "trace/log/thread_logs.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace trace {

/// A finished recording. The events stay valid until the next recorder is made.
struct recording {
    std::uint64_t frequency = 0;      ///< ticks a second
    std::uint64_t begin = 0;          ///< ticks
    std::uint64_t end = 0;            ///< ticks
    std::uint64_t dropped = 0;        ///< the number of events that are lost, the oldest first
    std::vector<const event*> events; ///< in no order
    std::vector<event> unfinished;    ///< calls that were under way at the end, as if ended there
    std::vector<thread_info> threads; ///< first the one that has made the recorder
};

/// Records, from the constructor until stop(), every call in the list of calls.hpp that the
/// program's own module makes, on any thread.
///
/// The memory is bounded: 64 MiB of events, of which the oldest go first; 1.5 MiB for the sums of
/// 1024 threads, beyond which the threads that ended first are added up; and at most 100 bytes for
/// each operation in flight that has a completion routine. Writing the file takes more for a
/// moment.
///
/// There may be one at a time in a process; make and stop it on one thread.
class recorder {
public:
    /// The chunks for about a million events of 64 bytes.
    static constexpr std::uint32_t default_chunks = 4096;

    /// Starts. `chunks` bounds the memory, event_store::chunk_size events each. Throws
    /// std::logic_error when another one records, std::system_error when there is no memory.
    explicit recorder(std::uint32_t chunks = default_chunks);

    /// Stops, and forgets what was recorded.
    ~recorder();

    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;

    /// Stops, and gives the program its import table back. Operations that are in flight, and
    /// threads that are in a call, are left alone. Call it once.
    [[nodiscard]] recording stop();

private:
    std::uint64_t begin_;
    std::optional<import_patch> patch_;
};

} // namespace trace
