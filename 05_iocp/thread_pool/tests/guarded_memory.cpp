// Makes this program crash at once if it uses a session or a server that was freed.
#include "testing/machine/live_memory.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>

namespace {

// A size below that of every block that holds an operation lent to Windows.
constexpr std::size_t least = 512;

// A recorder asks WSARecv for the number of bytes, which the server does not. Wine 8 then reads the
// OVERLAPPED after the operation has completed, when a callback may have ended the session: a crash
// in ws2_32. So memory is not guarded in the tests that record.
class guard : public ::testing::EmptyTestEventListener {
    void OnTestStart(const ::testing::TestInfo& test) override {
        const std::string_view suite = test.test_suite_name();
        const bool records = suite == "thread_pool_echo_server" ||
                             suite.find("overlapped_contract") != std::string_view::npos;
        harness::unmap_freed_blocks(records ? static_cast<std::size_t>(-1) : least);
    }
};

[[maybe_unused]] const bool guarded = [] {
    ::testing::UnitTest::GetInstance()->listeners().Append(new guard); // GoogleTest deletes it
    return true;
}();

} // namespace
