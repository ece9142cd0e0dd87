// Files that the server must not read into memory as a whole.
#include "visitor.hpp"

#include "testing/machine/live_memory.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace http_test;

constexpr std::size_t size = 64 * 1024 * 1024;
constexpr std::size_t piece = 1024 * 1024;

class http_large_file : public served_folder {
protected:
    http_large_file() {
        content_ = harness::make_message(piece);
        std::string whole;
        for (std::size_t have = 0; have < size; have += piece)
            whole += content_;
        path = make_file(L"large", whole);
    }

    [[nodiscard]] visitor begin(std::string_view fields = {}) const {
        visitor user = visit();
        user.ask("/large", fields);
        EXPECT_EQ(user.read_head().field("Content-Length"), std::to_string(size));
        return user;
    }

    /// Waits until the server has stopped sending to a client that does not read: a bystander is
    /// served again and again, and no bytes are sent to `user` meanwhile.
    void wait_until_stuck() {
        make_file(L"small", "s");
        visitor bystander = visit();
        std::uint64_t for_bystander = 0;
        std::uint64_t for_user = 0;
        const harness::watchdog limit{"the queue to fill"};
        for (int quiet = 0; quiet < 20; ++quiet) {
            const response answer = bystander.get("/small");
            // The last answer may be counted already, or not yet.
            const std::uint64_t others = server->figures().bytes_sent - for_bystander;
            for_bystander += answer.head.size() + answer.body.size();
            if (others > for_user) {
                for_user = others;
                quiet = 0;
            }
        }
    }

    /// Expects the next piece of the file.
    void expect_piece(visitor& user) const {
        ASSERT_TRUE(harness::same_bytes(content_, user.read_body(piece)));
    }

    std::filesystem::path path;

private:
    std::string content_;
};

TEST_F(http_large_file, CostsNoLargeMemoryHoweverSlowlyItIsRead) {
    start();
    const std::size_t before = harness::live_bytes();
    visitor user = begin();
    wait_until_stuck();
    harness::reset_peak_live_bytes();
    // One block is queued behind the high-water mark, and the next one is not even read.
    const std::uint64_t most = options.server.high_water_mark + 256 * 1024 + 1024;
    EXPECT_GT(server->figures().queued_bytes, 0u);
    EXPECT_LT(server->figures().queued_bytes, most);
    EXPECT_LT(harness::live_bytes(), before + 640 * 1024);
    for (std::size_t have = 0; have < size; have += piece) {
        ASSERT_NO_FATAL_FAILURE(expect_piece(user));
        ASSERT_LT(server->figures().queued_bytes, most);
    }
    // This includes the client's own pieces, but nothing of the size of the file.
    EXPECT_LT(harness::peak_live_bytes(), before + 8 * piece);
}

// Otherwise a client that asks and never reads would choose how much memory the server uses.
TEST_F(http_large_file, RequestsBehindItAreNotReceived) {
    start();
    visitor user = begin();
    wait_until_stuck();
    const std::uint64_t before = server->figures().bytes_received;
    const std::string requests(64 * 1024, 'x'); // need not be real requests
    std::size_t sent = 0;
    while (const std::size_t taken = user.connection.send_without_waiting(requests))
        if ((sent += taken) > 16 * piece)
            break;
    EXPECT_GT(sent, 0u);
    visitor bystander = visit(); // gives the server its chances to receive
    for (int round = 0; round < 20; ++round)
        EXPECT_EQ(bystander.get("/none").status, 404u);
    EXPECT_LT(server->figures().bytes_received - before, 16u * 1024);
}

TEST_F(http_large_file, PartFromTheMiddle) {
    start();
    visitor user = visit();
    const response answer = user.get("/large", "Range: bytes=1048570-1179651\r\n");
    EXPECT_EQ(answer.status, 206u);
    EXPECT_EQ(answer.body.size(), 131'082u);
    const std::string message = harness::make_message(piece);
    EXPECT_TRUE(
        harness::same_bytes(message.substr(piece - 6) + message.substr(0, 131'076), answer.body));
}

// The head has promised more bytes. A client that does not count would take an orderly end for the
// end of a shorter file.
TEST_F(http_large_file, ThatShrinksBreaksOff) {
    // An orderly end would wait for the client's end, which does not come.
    options.server.close_timeout = std::chrono::minutes{1};
    start();
    visitor user = begin();
    wait_until_stuck();
    std::filesystem::resize_file(path, piece);
    std::size_t received = 0;
    EXPECT_THROW(for (;;) received += user.read_body(1000).size(), std::exception);
    EXPECT_LT(received, size);
    wait_until_open(0);
    EXPECT_EQ(server->figures().timed_out, 0u);
}

TEST_F(http_large_file, ThatGrowsIsSentAsItWas) {
    start();
    visitor user = begin();
    wait_until_stuck();
    std::filesystem::resize_file(path, size + piece);
    for (std::size_t have = 0; have < size; have += piece)
        ASSERT_NO_FATAL_FAILURE(expect_piece(user));
    EXPECT_EQ(user.get("/none").status, 404u); // the next bytes are the next answer's
}

// Others can rename and delete a file that is being sent.
TEST_F(http_large_file, MayBeDeletedMeanwhile) {
    start();
    visitor user = begin();
    wait_until_stuck();
    EXPECT_TRUE(std::filesystem::remove(path));
    for (std::size_t have = 0; have < size; have += piece)
        ASSERT_NO_FATAL_FAILURE(expect_piece(user));
    EXPECT_EQ(user.get("/large").status, 404u);
}

// The idle timeout does it: the head's deadline does not run during an answer.
TEST_F(http_large_file, ClientThatReadsNothingIsReset) {
    options.server.idle_timeout = milliseconds{1'000};
    options.server.min_send_rate = 1'000'000'000; // otherwise the client has time for its bytes
    start();
    visitor user = begin();
    wait_until_open(0);
    EXPECT_EQ(server->figures().timed_out, 1u);
}

} // namespace
