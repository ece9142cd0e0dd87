/// \file
/// The one list of tests that need what not every machine, or not every build, has.
#pragma once

#include <span>
#include <string_view>

namespace harness {

/// One test that is skipped where something is missing, on Windows as well.
struct test_need {
    std::string_view test;        ///< "suite.test", as GoogleTest names it
    std::string_view (*reason)(); ///< what is missing here; an empty text: nothing
};

/// The whole list, over all test programs.
[[nodiscard]] std::span<const test_need> test_needs() noexcept;

/// What a test with failing allocations needs and this build does not have, or an empty text.
[[nodiscard]] std::string_view no_failing_allocations();

/// What a test over IPv6 needs and this machine does not have, or an empty text. Winsock must be
/// started.
[[nodiscard]] std::string_view no_ipv6();

/// What `suite.test` needs and does not have here, or an empty text.
[[nodiscard]] std::string_view what_is_missing(std::string_view suite, std::string_view test);

} // namespace harness
