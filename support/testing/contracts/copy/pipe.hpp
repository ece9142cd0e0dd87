/// \file
/// The contract about a pipe as the source: it has no size and no offsets, and any read may bring
/// less than was asked for.
#pragma once

#include "fixture.hpp"
#include "testing/latch.hpp"
#include "testing/machine/watchdog.hpp"
#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace harness {

/// A named pipe, which a thread of its own feeds to its first reader.
class source_pipe {
public:
    /// `feed` runs when there is a reader, and writes to its argument. When `feed` returns, the
    /// reader gets everything and then finds the end of the pipe.
    explicit source_pipe(const std::function<void(HANDLE)>& feed) {
        static std::atomic<unsigned> count{0};
        name_ = L"\\\\.\\pipe\\tutorial " + std::to_wstring(::GetCurrentProcessId()) + L" " +
                std::to_wstring(++count);
        pipe_.reset(::CreateNamedPipeW(name_.c_str(), PIPE_ACCESS_OUTBOUND,
                                       PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096, 4096, 0, nullptr));
        if (!pipe_)
            win32::throw_last_error("CreateNamedPipeW");
        thread_ = std::thread{[this, feed] {
            if (::ConnectNamedPipe(pipe_.get(), nullptr) ||
                ::GetLastError() == ERROR_PIPE_CONNECTED) {
                feed(pipe_.get());
                ::FlushFileBuffers(pipe_.get());
            }
            pipe_.reset();
        }};
    }
    ~source_pipe() { thread_.join(); }
    source_pipe(const source_pipe&) = delete;
    source_pipe& operator=(const source_pipe&) = delete;

    [[nodiscard]] const std::wstring& name() const noexcept { return name_; }

private:
    std::wstring name_;
    win32::unique_file pipe_;
    std::thread thread_;
};

TYPED_TEST_P(copy_contract, PipeAsSource) {
    // The pieces are smaller than a block, as large, and larger; none is a round number of blocks.
    const std::string bytes = make_message(3 * this->block_size + 4099, 7);
    const source_pipe pipe{[&](HANDLE writer) {
        std::size_t piece = 1;
        for (std::size_t at = 0; at < bytes.size(); at += piece, piece = piece * 3 + 1) {
            piece = std::min(piece, bytes.size() - at);
            DWORD written = 0;
            EXPECT_TRUE(::WriteFile(writer, bytes.data() + at, static_cast<DWORD>(piece), &written,
                                    nullptr));
        }
    }};
    std::uint64_t last = 0;
    this->copy(pipe.name(), this->destination(), false,
               [&](std::uint64_t copied, std::uint64_t size) {
                   EXPECT_EQ(size, 0u) << "nobody knows how much will come";
                   EXPECT_GE(copied, last);
                   last = copied;
               });
    EXPECT_EQ(last, bytes.size());
    EXPECT_TRUE(holds(this->destination(), bytes));
}

TYPED_TEST_P(copy_contract, PipeThatEndsAtOnce) {
    const source_pipe pipe{[](HANDLE) {
    }};
    this->copy(pipe.name(), this->destination());
    EXPECT_TRUE(holds(this->destination(), {}));
}

// The writer holds the pipe open and writes no more: a copy that waited for its read in flight
// would wait for ever.
TYPED_TEST_P(copy_contract, ExceptionDoesNotWaitForASilentPipe) {
    struct cancelled {};
    latch copy_ended{1};
    const auto before = this->folder.look();
    const std::string bytes = make_message(this->block_size, 8);
    const source_pipe pipe{[&](HANDLE writer) {
        DWORD written = 0;
        ::WriteFile(writer, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr);
        copy_ended.wait();
    }};
    {
        const watchdog guard{"a copy that has failed"};
        EXPECT_THROW(this->copy(pipe.name(), this->destination(), false,
                                [](std::uint64_t, std::uint64_t) { throw cancelled{}; }),
                     cancelled);
    }
    copy_ended.count_down();
    EXPECT_EQ(this->folder.look(), before);
}

} // namespace harness
