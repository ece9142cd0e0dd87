#include "server/buffer_pool.hpp"
#include "server/send_queue.hpp"

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/machine/live_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span{text});
}

TEST(iocp_buffer_pool, KeepsAsManyAsItIsToldAndNoMore) {
    const std::size_t before = harness::live_bytes();
    {
        iocp::buffer_pool pool{1000, 3};
        std::vector<iocp::buffer_pool::handle> taken;
        taken.reserve(10);
        for (int i = 0; i < 10; ++i) {
            taken.push_back(pool.take());
            ASSERT_NE(taken.back(), nullptr);
            EXPECT_EQ(taken.back()->bytes().size(), 1000u);
        }
        taken.clear();
        const std::size_t kept = harness::live_bytes() - before;
        EXPECT_GE(kept, 3 * 1000u);
        EXPECT_LT(kept, 4 * 1000u + 10 * sizeof taken[0]);
        EXPECT_NE(pool.take(), nullptr);
    }
    EXPECT_EQ(harness::live_bytes(), before);
}

class iocp_send_queue : public ::testing::Test {
protected:
    // Returns the bytes that a send would send now.
    std::string gathered() {
        iocp::send_queue::gathered buffers;
        const DWORD count = queue.gather(buffers);
        std::string text;
        for (DWORD i = 0; i < count; ++i) {
            EXPECT_NE(buffers[i].len, 0u);
            text.append(buffers[i].buf, buffers[i].len);
        }
        return text;
    }

    iocp::buffer_pool pool{100, 4};
    iocp::send_queue queue{pool};
};

TEST_F(iocp_send_queue, EmptyHoldsNoMemory) {
    const std::size_t before = harness::live_bytes();
    iocp::buffer_pool none_kept{100, 0};
    iocp::send_queue other{none_kept};
    ASSERT_TRUE(other.append(bytes_of("hello")));
    EXPECT_GT(harness::live_bytes(), before);
    other.consume(5);
    EXPECT_TRUE(other.empty());
    EXPECT_EQ(harness::live_bytes(), before);
}

TEST_F(iocp_send_queue, GathersAtMostSoManyBuffers) {
    const std::string message = harness::make_message(5'000);
    ASSERT_TRUE(queue.append(bytes_of(message)));
    EXPECT_EQ(queue.size(), message.size());
    EXPECT_EQ(gathered(), message.substr(0, 100 * iocp::send_queue::most_gathered));
}

TEST_F(iocp_send_queue, SmallMessagesShareABuffer) {
    for (const char* each : {"one", "two", "three"})
        ASSERT_TRUE(queue.append(bytes_of(each)));
    iocp::send_queue::gathered buffers;
    EXPECT_EQ(queue.gather(buffers), 1u);
    EXPECT_EQ(gathered(), "onetwothree");
}

// Appending while a send is in flight must not move the bytes that the send reads.
TEST_F(iocp_send_queue, AppendingLeavesWhatWasGatheredInItsPlace) {
    ASSERT_TRUE(queue.append(bytes_of("hello")));
    iocp::send_queue::gathered before;
    ASSERT_EQ(queue.gather(before), 1u);
    ASSERT_TRUE(queue.append(bytes_of(harness::make_message(1'000))));
    EXPECT_EQ(std::string(before[0].buf, before[0].len), "hello");
    iocp::send_queue::gathered after;
    ASSERT_GE(queue.gather(after), 1u);
    EXPECT_EQ(after[0].buf, before[0].buf);
}

TEST_F(iocp_send_queue, HandedOverBufferIsNotCopiedAndGoesBackToItsOwnPool) {
    const std::size_t before = harness::live_bytes();
    iocp::buffer_pool none_kept{1'000, 0};
    iocp::buffer_pool::handle whole = none_kept.take();
    const auto* const where = reinterpret_cast<const char*>(whole->bytes().data());
    std::memcpy(whole->bytes().data(), "whole", 5);
    ASSERT_TRUE(queue.append(bytes_of("before, ")));
    const std::size_t with_one = harness::live_bytes();
    queue.append(std::move(whole), 5);
    ASSERT_TRUE(queue.append(bytes_of(", behind")));
    EXPECT_EQ(harness::live_bytes(), with_one); // the buffer had room
    iocp::send_queue::gathered buffers;
    ASSERT_EQ(queue.gather(buffers), 2u);
    EXPECT_EQ(buffers[1].buf, where);
    EXPECT_EQ(gathered(), "before, whole, behind");
    queue.clear();
    EXPECT_LT(harness::live_bytes(), before + 200); // one of 100 is kept, and none of 1000
}

TEST_F(iocp_send_queue, SameBytesInTheSameOrderHoweverTheyGoInAndOut) {
    std::minstd_rand engine{11};
    const std::string message = harness::make_message(100'000);
    std::string out;
    for (std::size_t in = 0; out.size() < message.size();) {
        const std::size_t count = std::min<std::size_t>(engine() % 700, message.size() - in);
        ASSERT_TRUE(queue.append(bytes_of(std::string_view{message}.substr(in, count))));
        in += count;
        ASSERT_EQ(queue.size(), in - out.size());
        const std::string ready = gathered();
        const std::size_t sent =
            in == message.size() ? ready.size() : engine() % (ready.size() + 1);
        out += ready.substr(0, sent);
        queue.consume(sent);
    }
    EXPECT_TRUE(harness::same_bytes(message, out));
    EXPECT_TRUE(queue.empty());
}

} // namespace
