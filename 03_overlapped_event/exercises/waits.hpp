/// \file
/// Watches the waits of the program's other threads.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "win32/process_list.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <set>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

namespace exercise {

/// While one lives, it watches the waits of all threads that begin after it was made: those of the
/// check's own that were there before wait for the end of a step. To look is no wait: a call with a
/// limit of 0.
///
/// There may be one at a time; made before a recorder, it outlives it. Threads: the program's calls
/// may come on any thread, also afterwards.
class watched_waits {
public:
    /// Begins. Throws std::system_error.
    watched_waits() {
        const std::vector<DWORD> before = win32::threads_of(::GetCurrentProcessId());
        before_ = {before.begin(), before.end()};
        count_anew();
        cuts_limits_ = false;
    }

    ~watched_waits() { cuts_limits_ = false; }
    watched_waits(const watched_waits&) = delete;
    watched_waits& operator=(const watched_waits&) = delete;

    /// Forgets the waits that have begun so far.
    static void count_anew() noexcept {
        begun_ = 0;
        last_limit_ = 0;
    }

    /// The waits that have begun so far.
    [[nodiscard]] static unsigned begun() noexcept { return begun_; }

    /// The last time limit of a wait or a Sleep, in milliseconds; 0 if none had one.
    [[nodiscard]] static DWORD last_limit() noexcept { return last_limit_; }

    /// From now on each time limit is over at once, as if nothing happened for longer than that.
    static void let_limits_pass() noexcept { cuts_limits_ = true; }

private:
    // Number `Which` of the calls, whose argument number `Limit` is its time limit, or whether it
    // waits at all.
    template <std::size_t Which, std::size_t Limit, class Result, class... Arguments>
    static Result WINAPI wait(Arguments... arguments) {
        std::tuple<Arguments...> all{arguments...};
        auto& limit = std::get<Limit>(all);
        constexpr bool is_yes_or_no = std::is_same_v<decltype(limit), BOOL&>;
        const bool is_watched = limit != 0 && !before_.contains(::GetCurrentThreadId());
        if constexpr (!is_yes_or_no)
            if (is_watched && limit != INFINITE) {
                last_limit_ = limit;
                if (cuts_limits_)
                    limit = 0;
            }
        if (is_watched)
            ++begun_;
        return std::apply(reinterpret_cast<Result(WINAPI*)(Arguments...)>(originals_[Which].load()),
                          all);
    }

    template <std::size_t Which, std::size_t Limit, class Result, class... Arguments>
    static trace::hook hook_for(const char* name, Result(WINAPI* /*function*/)(Arguments...),
                                const wchar_t* library = L"kernel32.dll") {
        return {name, library, reinterpret_cast<void*>(&wait<Which, Limit, Result, Arguments...>),
                &originals_[Which]};
    }

    static inline std::array<std::atomic<void*>, 10> originals_{};
    static inline std::set<DWORD> before_;
    static inline std::atomic<unsigned> begun_{0};
    static inline std::atomic<DWORD> last_limit_{0};
    static inline std::atomic<bool> cuts_limits_{false};

    const std::array<trace::hook, 10> hooks_{{
        hook_for<0, 1>("WaitForSingleObject", &::WaitForSingleObject),
        hook_for<1, 1>("WaitForSingleObjectEx", &::WaitForSingleObjectEx),
        hook_for<2, 3>("WaitForMultipleObjects", &::WaitForMultipleObjects),
        hook_for<3, 3>("WaitForMultipleObjectsEx", &::WaitForMultipleObjectsEx),
        hook_for<4, 3>("WSAWaitForMultipleEvents", &::WSAWaitForMultipleEvents, L"ws2_32.dll"),
        hook_for<5, 3>("GetOverlappedResult", &::GetOverlappedResult),
        hook_for<6, 3>("GetOverlappedResultEx", &::GetOverlappedResultEx),
        hook_for<7, 3>("WSAGetOverlappedResult", &::WSAGetOverlappedResult, L"ws2_32.dll"),
        hook_for<8, 0>("SleepEx", &::SleepEx),
        hook_for<9, 0>("Sleep", &::Sleep),
    }};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

} // namespace exercise
