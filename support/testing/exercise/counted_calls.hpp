/// \file
/// Counts the calls of one function of Windows.
#pragma once

#include "testing/machine/deadline.hpp"
#include "trace/hooks/import_table.hpp"

#include <array>
#include <atomic>
#include <span>

namespace exercise {

template <class Function>
class counted_calls;

/// While one lives, it counts the calls that the program makes of one function of Windows:
/// \code
/// const exercise::counted_calls<decltype(::accept)> accepts{"accept", L"ws2_32.dll"};
/// \endcode
/// So a check can wait until a thread of the learner's has come to its call. There may be one at a
/// time for each type of function.
///
/// Threads: the program's calls may come on any thread, also after the end of the counting.
template <class Result, class... Arguments>
class counted_calls<Result(Arguments...)> {
public:
    /// Begins to count. Throws std::system_error.
    counted_calls(const char* name, const wchar_t* library)
        : hooks_{{{name, library, reinterpret_cast<void*>(&counted), &original_}}} {}

    /// The calls that have begun so far, also before this object was made.
    [[nodiscard]] static unsigned begun() noexcept { return begun_; }

    /// Returns when `count` calls have begun; the step's limit ends it if they do not.
    static void wait_until_begun(unsigned count) {
        harness::wait_until([count] { return begun_ >= count; });
    }

private:
    static Result counted(Arguments... arguments) {
        ++begun_;
        return reinterpret_cast<Result (*)(Arguments...)>(original_.load())(arguments...);
    }

    static inline std::atomic<void*> original_{nullptr};
    static inline std::atomic<unsigned> begun_{0};

    const std::array<trace::hook, 1> hooks_;
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
