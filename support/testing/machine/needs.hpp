/// \file
/// The one list of tests that need something which a machine, or a build, may lack.
#pragma once

#include <span>
#include <string_view>

namespace harness {

/// One test that is skipped where something is missing, on Windows as well.
struct test_need {
    std::string_view test;        ///< "suite.test", as GoogleTest names it
    std::string_view (*reason)(); ///< names the thing that is missing here, or is empty
};

/// The whole list, over all test programs.
[[nodiscard]] std::span<const test_need> test_needs() noexcept;

/// The thing that a test with failing allocations needs and this build lacks, or an empty text.
[[nodiscard]] std::string_view no_failing_allocations();

/// The thing that a test over IPv6 needs and this machine lacks, or an empty text. Winsock must be
/// started.
[[nodiscard]] std::string_view no_ipv6();

/// The thing that `suite.test` needs and that is missing here, or an empty text.
[[nodiscard]] std::string_view what_is_missing(std::string_view suite, std::string_view test);

} // namespace harness
