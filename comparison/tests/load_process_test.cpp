#include "load/load_process.hpp"

#include "processes/stop.hpp"
#include "testing/latch.hpp"
#include "tiny_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

load_window window_of(std::uint64_t number) {
    return {number, number + 1, std::chrono::nanoseconds{number + 2}, 7ns, 6, 3ns, 4ns, 5};
}

TEST(load_report, IsTheSameOnTheOtherSide) {
    load_report report;
    report.measured = window_of(1'000'000'000'000);
    report.echoes = 7;
    EXPECT_EQ(report_from_json(to_json(report)), report);

    report.alone = window_of(10);
    report.unread_bytes = 8;
    report.silent = 9;
    report.silent_time = 10s;
    report.limit = "stopped, saying \"no\"";
    report.idle = process_size{1, 2};
    report.connected = process_size{3, 4};
    report.with_silent = process_size{5, 6};
    report.loaded = process_size{7, 8};
    report.work = load_work{11, 12, 13ns, 14};
    const std::string text = to_json(report);
    EXPECT_EQ(report_from_json(text), report);
    EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(load_report, RefusesWhatIsNone) {
    for (const char* const text : {"", "{}", "[]", "{\"measured\": 1}", "hello"})
        EXPECT_THROW(static_cast<void>(report_from_json(text)), std::runtime_error) << text;
}

// Serves in this process; what is watched is another one.
class load_process : public testing::Test {
protected:
    load_options options_for(const tests::tiny_server& server) {
        load_options options;
        options.port = server.port();
        options.connections = 2;
        options.duration = 50ms;
        return options;
    }

    std::string failure_of(const load_options& options) {
        try {
            static_cast<void>(run_load_process(options, watched_));
            return "no failure";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    const win32::winsock winsock_;
    const child_process watched_{program_folder() / L"comparison_test_server.exe",
                                 {L"never-listens"}};
};

template <class Edit>
tests::tiny_server::serve_function echo_with(Edit edit) {
    return [edit](SOCKET socket, unsigned) {
        std::vector<char> message(64);
        while (tests::receive_all(socket, message)) {
            edit(message);
            if (!tests::send_all(socket, {message.data(), message.size()}))
                return;
        }
    };
}

TEST_F(load_process, ReportsWhatItDid) {
    const tests::tiny_server server{echo_with([](auto&) {})};
    load_options options = options_for(server);
    options.requests = 100;
    options.silent = 3;
    const load_report report = run_load_process(options, watched_);
    EXPECT_EQ(report.measured.replies, 100u);
    EXPECT_EQ(report.silent, 3u);
    EXPECT_GE(report.loaded.value().threads, 1u);
    EXPECT_GT(report.loaded.value().resident, 0u);
}

TEST_F(load_process, TakesEveryOption) {
    const tests::tiny_server server{[](SOCKET socket, unsigned) {
        std::vector<char> bytes(4096);
        for (;;) {
            const int size = ::recv(socket, bytes.data(), static_cast<int>(bytes.size()), 0);
            if (size <= 0 ||
                !tests::send_all(socket, {bytes.data(), static_cast<std::size_t>(size)}))
                return;
        }
    }};
    load_options options = options_for(server);
    options.message_size = 1000;
    options.slow_clients = true;
    options.patience = 2500ms;
    const load_report report = run_load_process(options, watched_);
    EXPECT_GE(report.alone.value().time, 50ms);
    EXPECT_GE(report.measured.bytes, 1000u);
    EXPECT_GT(report.unread_bytes, 0u);

    options.slow_clients = false;
    options.duration = 1ms;
    options.fewest_replies = 300;
    options.longest = 1h;
    EXPECT_EQ(run_load_process(options, watched_).measured.replies, 300u);
}

TEST_F(load_process, HandsOnWhatWentWrong) {
    const tests::tiny_server server{echo_with([](std::vector<char>& message) { message[7] ^= 1; })};
    load_options options = options_for(server);
    options.connections = 1;
    EXPECT_EQ(failure_of(options),
              "connection 1: wrong byte: byte 7 of reply 1 is not what was sent");
}

TEST_F(load_process, SaysHowItFailed) {
    const tests::tiny_server server{echo_with([](auto&) {})};
    load_options options = options_for(server);
    options.message_size = 0; // which it refuses
    EXPECT_NE(failure_of(options).find("--message-size"), std::string::npos) << failure_of(options);
}

// The process waits for a reply when it is ended: Wine's server keeps the sockets of a process that
// is ended in the middle of a call.
TEST_F(load_process, EndsWhenItIsTold) {
    stop_source source;
    harness::latch ended{1};
    int messages = 0;
    const tests::tiny_server server{echo_with([&](auto&) {
        if (++messages == 50) {
            source.request_stop();
            ended.wait();
        }
    })};
    load_options options = options_for(server);
    options.connections = 1;
    options.duration = 1h;
    EXPECT_THROW(static_cast<void>(run_load_process(options, watched_, source.get_token())),
                 interrupted);
    ended.count_down();
    // The server's destructor returns when every connection is closed: the process is gone.
}

} // namespace
