/// \file
/// The contract about progress, and about the exception that ends a copy.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace harness {

TYPED_TEST_P(copy_contract, ProgressRisesToTheSize) {
    for (const std::size_t size : {std::size_t{1}, this->block_size, this->block_size + 1,
                                   20 * this->block_size, 20 * this->block_size + 77}) {
        SCOPED_TRACE(size);
        make_file(this->source(), make_message(size, 7));
        std::vector<std::uint64_t> seen;
        this->copy(this->source(), this->destination(), true,
                   [&](std::uint64_t copied, std::uint64_t whole) {
                       EXPECT_EQ(whole, size);
                       seen.push_back(copied);
                   });
        ASSERT_FALSE(seen.empty());
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
        EXPECT_EQ(seen.back(), size);
        if (size > this->block_size) {
            EXPECT_LT(seen.front(), size) << "a long copy tells of its end only";
        }
    }
}

TYPED_TEST_P(copy_contract, ProgressOfAnEmptyFileIsNothingOfNothing) {
    make_file(this->source(), {});
    this->copy(this->source(), this->destination(), false,
               [](std::uint64_t copied, std::uint64_t size) {
                   EXPECT_EQ(copied, 0u);
                   EXPECT_EQ(size, 0u);
               });
    EXPECT_TRUE(holds(this->destination(), {}));
}

// The exception comes at several points of the copy, with and without a file at the destination.
// Afterwards nothing is in flight: the files can be opened without sharing, which fails while any
// handle to them is open.
TYPED_TEST_P(copy_contract, ExceptionFromProgressUndoesTheCopy) {
    struct cancelled {
        std::uint64_t at;
    };
    this->make_both();
    const auto before = this->folder.look();
    const std::uint64_t size = this->source_bytes.size();
    for (const std::filesystem::path& name : {this->folder / L"new", this->destination()}) {
        for (const std::uint64_t when : {std::uint64_t{1}, size / 2, size - 1, size}) {
            SCOPED_TRACE(when);
            std::uint64_t thrown_at = 0;
            int calls_after = 0;
            const auto cancel = [&](std::uint64_t copied, std::uint64_t) {
                calls_after += thrown_at != 0;
                if (copied >= when && thrown_at == 0) {
                    thrown_at = copied;
                    throw cancelled{copied};
                }
            };
            try {
                this->copy(this->source(), name, true, cancel);
                ADD_FAILURE() << "the exception is lost";
            } catch (const cancelled& exception) {
                EXPECT_EQ(exception.at, thrown_at);
            }
            if (when <= size / 2) {
                EXPECT_LT(thrown_at, size) << "nobody was asked before the end";
            }
            EXPECT_EQ(calls_after, 0) << "progress went on after it had thrown";
            EXPECT_TRUE(open_file(this->source(), GENERIC_READ | GENERIC_WRITE | DELETE, 0));
            EXPECT_TRUE(open_file(this->destination(), GENERIC_READ | GENERIC_WRITE | DELETE, 0));
            EXPECT_EQ(this->folder.look(), before);
        }
    }
    EXPECT_TRUE(::DeleteFileW(this->source().c_str()));
    EXPECT_FALSE(std::filesystem::exists(this->source()));
    // A later copy starts afresh, with nothing of the cancelled one.
    make_file(this->source(), this->source_bytes);
    this->copy(this->source(), this->folder / L"new");
    EXPECT_TRUE(holds(this->folder / L"new", this->source_bytes));
}

} // namespace harness
