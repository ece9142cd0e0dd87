/// \file
/// The contract about several copies at once, and about the handles that many of them leave open.
#pragma once

#include "fixture.hpp"
#include "testing/latch.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/machine/watchdog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <utility>

namespace harness {

/// The time after which two copies that wait for one another for ever are a failure.
inline constexpr std::chrono::seconds copy_deadline{30};

// Takes every way out of a copy, many times over. The first round does not count, since the
// run-time library opens handles of its own then.
TYPED_TEST_P(copy_contract, NothingStaysOpen) {
    struct cancelled {};
    this->make_both();
    const auto every_way = [this] {
        const std::filesystem::path fresh = this->folder / L"fresh";
        this->copy(this->source(), fresh);
        expect_failure(this->copying(this->source(), fresh), fresh);
        expect_failure(this->copying(fresh, fresh, true), fresh);
        expect_failure(this->copying(fresh, this->folder.path()), this->folder.path());
        EXPECT_THROW(this->copy(this->source(), fresh, true,
                                [](std::uint64_t, std::uint64_t) { throw cancelled{}; }),
                     cancelled);
        const win32::unique_file held = open_file(fresh, GENERIC_READ, FILE_SHARE_READ);
        ASSERT_TRUE(held);
        expect_failure(this->copying(this->source(), fresh, true), fresh);
        expect_failure(this->copying(fresh, this->folder / L"no folder" / L"x"),
                       this->folder / L"no folder" / L"x");
    };
    const auto round = [&] {
        every_way();
        ASSERT_TRUE(::DeleteFileW((this->folder / L"fresh").c_str()));
    };
    round();
    constexpr std::size_t rounds = 10;
    const process_usage before = measure_process();
    for (std::size_t i = 0; i < rounds; ++i)
        round();
    const process_usage after = measure_process();
    EXPECT_LT(after.handles, before.handles + rounds) << before << " became " << after;
    EXPECT_EQ(after.threads, before.threads) << before << " became " << after;
}

TYPED_TEST_P(copy_contract, TwoCopiesAtOnce) {
    const watchdog limit{"two copies at once", copy_deadline};
    this->make_both();
    latch both_have_begun{2};
    const auto run = [&](const std::filesystem::path& from, const std::filesystem::path& to) {
        bool met = false;
        this->copy(from, to, false, [&](std::uint64_t, std::uint64_t) {
            if (!std::exchange(met, true))
                both_have_begun.arrive_and_wait();
        });
    };
    std::future<void> other =
        std::async(std::launch::async, run, this->destination(), this->folder / L"second");
    EXPECT_NO_THROW(run(this->source(), this->folder / L"first"));
    EXPECT_NO_THROW(other.get());
    EXPECT_TRUE(holds(this->folder / L"first", this->source_bytes));
    EXPECT_TRUE(holds(this->folder / L"second", this->old_bytes));
    EXPECT_EQ(this->folder.look().size(), 4u);
}

// One copy is finished while the other is in its middle: neither may disturb the other's unfinished
// file.
TYPED_TEST_P(copy_contract, TwoCopiesToOneDestination) {
    const watchdog limit{"two copies at once", copy_deadline};
    this->make_both();
    const std::filesystem::path other = this->folder / L"other";
    make_file(other, make_message(7 * this->block_size + 1, 8));
    const std::filesystem::path fresh = this->folder / L"fresh";
    bool inner = false;
    const auto copy_the_other = [&](std::uint64_t, std::uint64_t) {
        if (!std::exchange(inner, true))
            std::async(std::launch::async, [&] { this->copy(other, fresh, false); }).get();
    };

    expect_failure([&] { this->copy(this->source(), fresh, false, copy_the_other); }, fresh,
                   {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    EXPECT_TRUE(inner);
    EXPECT_TRUE(holds(fresh, *contents_of(other)));

    ASSERT_TRUE(::DeleteFileW(fresh.c_str()));
    inner = false;
    this->copy(this->source(), fresh, true, copy_the_other);
    EXPECT_TRUE(inner);
    EXPECT_TRUE(holds(fresh, this->source_bytes));
    EXPECT_EQ(this->folder.look().size(), 4u);
}

TYPED_TEST_P(copy_contract, OneSourceCopiedTwiceAtOnce) {
    const watchdog limit{"two copies at once", copy_deadline};
    this->make_both();
    bool inner = false;
    this->copy(this->source(), this->folder / L"first", false, [&](std::uint64_t, std::uint64_t) {
        if (!std::exchange(inner, true))
            std::async(std::launch::async, [&] {
                this->copy(this->source(), this->folder / L"second");
            }).get();
    });
    EXPECT_TRUE(holds(this->folder / L"first", this->source_bytes));
    EXPECT_TRUE(holds(this->folder / L"second", this->source_bytes));
}

} // namespace harness
