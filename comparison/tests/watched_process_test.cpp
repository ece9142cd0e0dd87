#include "processes/watched_process.hpp"

#include "processes/child_process.hpp"
#include "processes/started_program.hpp"
#include "tiny_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

// A server in a process of its own, with a thread for each client.
class watched_process_test : public testing::Test {
protected:
    void start(const wchar_t* how) {
        server_ = std::make_unique<child_process>(program_folder() / L"comparison_test_server.exe",
                                                  std::vector<std::wstring>{how});
        port_ = wait_until_listening(*server_, 20s, {});
        watched_.emplace(::GetProcessId(server_->handle()), server_->name());
    }

    // A client that has been served once: so its thread runs.
    win32::unique_socket connect() {
        win32::unique_socket socket = win32::make_tcp_socket();
        const sockaddr_in where = win32::make_address("127.0.0.1", port_).Ipv4;
        if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
            win32::throw_last_socket_error("connect");
        EXPECT_TRUE(exchange(socket.get()));
        return socket;
    }

    static bool exchange(SOCKET socket) {
        std::vector<char> message(64, 'x');
        return tests::send_all(socket, {message.data(), message.size()}) &&
               tests::receive_all(socket, message);
    }

    const win32::winsock winsock_;
    std::unique_ptr<child_process> server_;
    std::uint16_t port_ = 0;
    std::optional<watched_process> watched_;
};

TEST_F(watched_process_test, CountsThreads) {
    start(L"echo");
    const unsigned before = watched_->size().threads;
    EXPECT_GE(before, 2u) << "main, and one that accepts";
    std::vector<win32::unique_socket> clients;
    for (int i = 0; i < 5; ++i)
        clients.push_back(connect());
    EXPECT_EQ(watched_->size().threads, before + 5);
}

TEST_F(watched_process_test, SeesMemoryThatIsTouched) {
    start(L"hoards");
    const win32::unique_socket client = connect();
    const std::uint64_t before = watched_->size().resident;
    EXPECT_GT(before, 0u);
    for (int i = 0; i < 32; ++i) // a mebibyte each
        ASSERT_TRUE(exchange(client.get()));
    EXPECT_GE(watched_->size().resident, before + (std::uint64_t{30} << 20));
}

TEST_F(watched_process_test, SeesWhatThreadsDo) {
    start(L"echo");
    const win32::unique_socket client = connect();
    const std::optional<process_work> before = watched_->work();
    ASSERT_TRUE(before);
    EXPECT_GE(before->threads.size(), 3u);
    // Each message makes the server's thread wait: it is given a processor again. Windows counts
    // the time in ticks of the clock, so it takes a while before there is any.
    std::optional<process_work> after;
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    do {
        for (int i = 0; i < 1000; ++i)
            ASSERT_TRUE(exchange(client.get()));
        after = watched_->work();
        ASSERT_TRUE(after);
    } while (after->processor_time == before->processor_time &&
             std::chrono::steady_clock::now() < deadline);
    const win32::unique_socket another = connect();
    after = watched_->work();
    ASSERT_TRUE(after);
    const std::optional<process_work> done = difference(*before, *after);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->threads.size(), 1u) << "that of the other client";
    EXPECT_GE(done->context_switches, 100u);
    EXPECT_GT(done->processor_time, 0ns);
    EXPECT_LT(done->processor_time, 60s);
}

TEST_F(watched_process_test, KnowsTheProcessAmongOthersOfTheSameProgram) {
    start(L"echo");
    const child_process other{program_folder() / L"comparison_test_server.exe", {L"never-listens"}};
    const unsigned before = watched_->size().threads;
    const win32::unique_socket client = connect();
    EXPECT_EQ(watched_->size().threads, before + 1);
}

TEST(process_work, IsUnknownWhenAThreadHasEnded) {
    const process_work before{{1, 2}, 100ns, 10};
    EXPECT_FALSE(difference(before, {{1, 3}, 200ns, 20}));
    const std::optional<process_work> done = difference(before, {{1, 2, 3}, 250ns, 17});
    ASSERT_TRUE(done);
    EXPECT_EQ(done->threads, std::set<unsigned>{3});
    EXPECT_EQ(done->processor_time, 150ns);
    EXPECT_EQ(done->context_switches, 7u);
}

TEST(watched_process, MustExist) {
    EXPECT_THROW((watched_process{0xFFFFFFF0, L"none"}), std::system_error);
}

} // namespace
