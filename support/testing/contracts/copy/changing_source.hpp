/// \file
/// The contract about a source that others write to.
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
    // The cut comes in the middle; and when all bytes have been copied.
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
            this->source(), {ERROR_HANDLE_EOF});
        EXPECT_TRUE(done);
        EXPECT_EQ(this->folder.look().size(), 2u) << "half a copy was left";
    }
}

// Bytes that are appended do not belong to the copy, and however fast they come, the copy ends.
TYPED_TEST_P(copy_contract, SourceThatGrowsIsCopiedAsItWas) {
    for (const std::size_t size : {20 * this->block_size + 77, this->block_size, std::size_t{1}}) {
        SCOPED_TRACE(size);
        const std::string bytes = make_message(size, 9);
        const std::string more = make_message(this->block_size + 5, 10);
        make_file(this->source(), bytes);
        std::uint64_t end = size;
        // After some rounds nothing more is appended: a copy that followed would then end, too
        // long.
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
