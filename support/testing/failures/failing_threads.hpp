/// \file
/// Makes the start of threads fail, from outside the code that starts them.
#pragma once

#include "trace/hooks/import_table.hpp"

#include <cstdint>
#include <optional>

namespace harness {

/// The way in which a thread fails.
enum class thread_failure {
    refused,      ///< it cannot be started
    never_begins, ///< it ends before its first line, though its start is reported as good; Wine's
                  ///< threads do so when there are no more descriptors
};

/// While one lives, threads of std::thread fail: number `first` from now on, and the next ones, up
/// to `count` in all.
///
/// It changes the program's import table (trace/hooks/import_table.hpp). A run-time library that is
/// a DLL makes the call itself, out of reach, and happened() stays 0.
///
/// Threads: one such object at a time.
class failing_threads {
public:
    /// `first` counts from 1.
    explicit failing_threads(thread_failure how, unsigned first = 1, unsigned count = UINT32_MAX);
    failing_threads(const failing_threads&) = delete;
    failing_threads& operator=(const failing_threads&) = delete;

    /// The number of threads that have failed.
    [[nodiscard]] unsigned happened() const noexcept;

private:
    std::optional<trace::import_patch> patch_;
};

} // namespace harness
