/// \file
/// A source that others write to.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace harness {

TYPED_TEST_P(copy_contract, SourceThatBecomesShorterIsNotCopied) {
    this->make_both();
    const std::uint64_t size = this->source_bytes.size();
    // In the middle; and when all that there was has been copied.
    for (const std::uint64_t when : {std::uint64_t{1}, size}) {
        SCOPED_TRACE(when);
        make_file(this->source(), this->source_bytes);
        bool done = false;
        expect_failure(
            [&] {
                this->copy_while_it_changes([&](HANDLE source, std::uint64_t copied) {
                    if (copied >= when && !std::exchange(done, true)) {
                        EXPECT_TRUE(::SetEndOfFile(source)); // at the position of a new handle, 0
                    }
                });
            },
            {this->source()}, {ERROR_HANDLE_EOF});
        EXPECT_TRUE(done);
        EXPECT_EQ(this->folder.look().size(), 2u) << "half a copy was left";
    }
}

// What is appended does not belong to the copy, and however fast it comes, the copy ends.
TYPED_TEST_P(copy_contract, SourceThatGrowsIsCopiedAsItWas) {
    for (const std::size_t size : {20 * this->block_size + 77, this->block_size, std::size_t{1}}) {
        SCOPED_TRACE(size);
        const copy_bytes bytes = make_copy_bytes(size, 9);
        const copy_bytes more = make_copy_bytes(this->block_size + 5, 10);
        make_file(this->source(), bytes);
        std::uint64_t end = size;
        // A copy that does not end would do so after some rounds, and be too long.
        this->copy_while_it_changes([&](HANDLE source, std::uint64_t) {
            if (end < size + 50 * more.size()) {
                write_bytes(source, end, more);
                end += more.size();
            }
        });
        EXPECT_GT(end, size);
        EXPECT_TRUE(holds(this->folder / L"new", bytes));
        ASSERT_TRUE(::DeleteFileW((this->folder / L"new").c_str()));
    }
}

} // namespace harness
