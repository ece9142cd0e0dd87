/// \file
/// Threads that the system does not give, from outside the code that asks for them.
#pragma once

#include <cstdint>
#include <memory>

namespace harness {

/// What becomes of a thread.
enum class thread_failure {
    refused,      ///< it cannot be started
    never_begins, ///< it ends before its first line, though whoever starts it is told that all is
                  ///< well: so do Wine's when there are no more descriptors
};

/// While one lives, std::thread starts none in good order, from the `first` on and `count` times.
///
/// The program's import table is replaced for that (trace/import_table.hpp). With a run-time
/// library that is a DLL the call is made there, out of reach, and happened() stays 0.
///
/// Threads: one such object at a time.
class failing_threads {
public:
    /// `first` counts from 1.
    explicit failing_threads(thread_failure how, unsigned first = 1, unsigned count = UINT32_MAX);
    ~failing_threads();
    failing_threads(const failing_threads&) = delete;
    failing_threads& operator=(const failing_threads&) = delete;

    /// How many have failed.
    [[nodiscard]] unsigned happened() const noexcept;

private:
    struct patched;
    std::unique_ptr<patched> patched_;
};

} // namespace harness
