#include "recordings/recorded_program.hpp"

#include "processes/child_process.hpp"
#include "recordings/paced_client.hpp"
#include "recordings/slow_pipe.hpp"

#include "processes/stop.hpp"
#include "tiny_server.hpp"

#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds deadline = 20s;

std::filesystem::path sibling(const wchar_t* name) {
    return program_folder() / name;
}

TEST(child_process_console, StopsWithCtrlCInAConsoleOfItsOwn) {
    child_process process{sibling(L"01_blocking_echo.exe"), {}, console::own};
    ASSERT_TRUE(process.wait_for_line("listening on 127.0.0.1:", deadline));
    EXPECT_EQ(process.stop(deadline), ending::on_request);
    EXPECT_EQ(process.wait(0ms), std::optional<DWORD>{0});
}

// Returns what a client reports of a server that does `serve` with its connection.
std::string complaint_about(const std::function<void(SOCKET)>& serve, const client_script& script,
                            std::chrono::milliseconds patience = deadline) {
    const win32::winsock winsock;
    const comparison::tests::tiny_server server{[&](SOCKET socket, unsigned) {
        serve(socket);
    }};
    try {
        play(script, server.port(), patience, {});
        return "none";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

bool receive_one(SOCKET socket, std::vector<char>& message) {
    return comparison::tests::receive_all(socket, message);
}

void echo_64(SOCKET socket) {
    std::vector<char> message(64);
    while (receive_one(socket, message))
        comparison::tests::send_all(socket, {message.data(), message.size()});
}

client_script two_messages() {
    client_script script;
    script.messages = {{}, {}};
    return script;
}

TEST(paced_client, CountsWhatItSent) {
    const win32::winsock winsock;
    const comparison::tests::tiny_server server{[](SOCKET socket, unsigned) {
        echo_64(socket);
    }};
    EXPECT_EQ(play(two_messages(), server.port(), deadline, {}), 128u);
}

TEST(paced_client, NoticesAWrongByte) {
    const auto wrong = [](SOCKET socket) {
        std::vector<char> message(64);
        while (receive_one(socket, message)) {
            message[63] = static_cast<char>(message[63] ^ 1);
            comparison::tests::send_all(socket, {message.data(), message.size()});
        }
    };
    EXPECT_EQ(complaint_about(wrong, two_messages()),
              "wrong byte: what came back is not what was sent");
}

TEST(paced_client, NoticesAByteTooMany) {
    const auto more = [](SOCKET socket) {
        std::vector<char> message(64);
        for (int i = 0; i < 2 && receive_one(socket, message); ++i)
            comparison::tests::send_all(socket, {message.data(), message.size()});
        comparison::tests::send_all(socket, "!");
    };
    EXPECT_EQ(complaint_about(more, two_messages()), "wrong byte: more came back than was sent");
}

TEST(paced_client, NoticesThatTheServerLeaves) {
    const auto leave = [](SOCKET socket) {
        std::vector<char> message(64);
        receive_one(socket, message);
    };
    EXPECT_EQ(complaint_about(leave, two_messages()), "the server closed the connection");
}

TEST(paced_client, NoticesThatTheServerIsSilent) {
    const auto be_silent = [](SOCKET socket) {
        std::vector<char> more_than_comes(1000);
        receive_one(socket, more_than_comes); // until the client has gone
    };
    EXPECT_EQ(complaint_about(be_silent, two_messages(), 50ms), "the server does not answer");
}

// The server notes whether it found its side full while the client was slow.
TEST(paced_client, IsSoSlowToReadThatTheServerWaits) {
    const win32::winsock winsock;
    bool was_full = false;
    {
        const comparison::tests::tiny_server server{[&](SOCKET socket, unsigned) {
            u_long yes = 1;
            ::ioctlsocket(socket, static_cast<long>(FIONBIO), &yes);
            std::vector<char> block(16 * 1024);
            for (;;) {
                WSAPOLLFD each{socket, POLLRDNORM, 0};
                ::WSAPoll(&each, 1, -1);
                const int received =
                    ::recv(socket, block.data(), static_cast<int>(block.size()), 0);
                if (received <= 0)
                    return;
                for (int sent = 0; sent < received;) {
                    const int now = ::send(socket, block.data() + sent, received - sent, 0);
                    if (now != SOCKET_ERROR) {
                        sent += now;
                        continue;
                    }
                    if (::WSAGetLastError() != WSAEWOULDBLOCK)
                        return;
                    was_full = true;
                    each = {socket, POLLWRNORM, 0};
                    ::WSAPoll(&each, 1, -1);
                }
            }
        }};
        client_script script;
        script.small_buffers = true;
        // Longer than a busy machine keeps the server from running: the client knows only that it
        // can send no more, not why.
        script.messages = {{0ms, std::size_t{3} << 20, 2s}};
        EXPECT_EQ(play(script, server.port(), deadline, {}), std::uint64_t{3} << 20);
    }
    EXPECT_TRUE(was_full);
}

TEST(paced_client, StopsWhenItIsTold) {
    stop_source source;
    source.request_stop();
    client_script script = two_messages();
    script.arrives = 1h;
    EXPECT_THROW(play(script, 1, deadline, source.get_token()), interrupted);
}

// The pipe's reader runs in this process, so there is no process that could end.
class slow_pipe_test : public ::testing::Test {
protected:
    const win32::unique_handle never_ends_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const std::string bytes_ = std::string(1000, 'a') + std::string(1000, 'b') + "c";
};

std::string read_all(const std::filesystem::path& name) {
    const win32::unique_file file{
        ::CreateFileW(name.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr)};
    std::string result;
    std::vector<char> block(4096);
    DWORD count = 0;
    while (::ReadFile(file.get(), block.data(), static_cast<DWORD>(block.size()), &count, nullptr))
        result.append(block.data(), count);
    return result;
}

TEST_F(slow_pipe_test, GivesAllBytesAndEnds) {
    std::string received;
    {
        slow_pipe pipe;
        std::jthread reader{[&] {
            received = read_all(pipe.name());
        }};
        pipe.give(bytes_, {1000, 1ms, deadline}, never_ends_.get(), {});
    }
    EXPECT_EQ(received, bytes_);
}

TEST_F(slow_pipe_test, OutlivesAVisitorWhoReadsNothing) {
    std::string received;
    {
        slow_pipe pipe;
        ::CloseHandle(::CreateFileW(pipe.name().c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0,
                                    nullptr));
        std::jthread reader{[&] {
            received = read_all(pipe.name());
        }};
        pipe.give(bytes_, {1000, 1ms, deadline}, never_ends_.get(), {});
    }
    EXPECT_EQ(received, bytes_);
}

TEST_F(slow_pipe_test, ComplainsOfAReaderThatGoesTooSoon) {
    slow_pipe pipe;
    std::jthread reader{[&] {
        const win32::unique_file file{::CreateFileW(pipe.name().c_str(), GENERIC_READ, 0, nullptr,
                                                    OPEN_EXISTING, 0, nullptr)};
        char first = 0;
        DWORD count = 0;
        ::ReadFile(file.get(), &first, 1, &count, nullptr);
    }};
    // So many that the reader is gone before the last one, however slow it is to go.
    const std::string many(4 << 20, 'x');
    EXPECT_THROW(pipe.give(many, {64 * 1024, 0ms, deadline}, never_ends_.get(), {}),
                 std::system_error);
}

TEST_F(slow_pipe_test, ComplainsWhenNobodyComes) {
    slow_pipe pipe;
    EXPECT_THROW(pipe.give(bytes_, {1000, 1ms, 50ms}, never_ends_.get(), {}), std::runtime_error);
    ::SetEvent(never_ends_.get());
    EXPECT_THROW(pipe.give(bytes_, {1000, 1ms, deadline}, never_ends_.get(), {}),
                 std::runtime_error);
}

TEST_F(slow_pipe_test, StopsWhenItIsTold) {
    slow_pipe pipe;
    stop_source source;
    source.request_stop();
    EXPECT_THROW(pipe.give(bytes_, {1000, 1ms, deadline}, never_ends_.get(), source.get_token()),
                 interrupted);
}

class record_test : public ::testing::Test {
protected:
    std::string failure_of(const wchar_t* program, std::vector<std::wstring> arguments,
                           bool copy = false) {
        recorded_program what;
        what.program = sibling(program);
        what.arguments = std::move(arguments);
        what.file = folder_.path() / L"recording.json";
        std::ofstream{what.file} << "old";
        try {
            copy ? record_copy(what, {}) : record_echo(what, {});
            return "none";
        } catch (const std::runtime_error& error) {
            EXPECT_FALSE(std::filesystem::exists(what.file)) << "the old recording is still there";
            return error.what();
        }
    }

    const win32::winsock winsock_;
    const harness::temporary_folder folder_;
};

TEST_F(record_test, SaysThatTheServerDied) {
    EXPECT_EQ(failure_of(L"comparison_test_server.exe", {L"dies"}),
              "did not say where it listens; it ended with exit code 3; its last words: no "
              "such luck");
}

TEST_F(record_test, SaysThatAProgramIsMissing) {
    EXPECT_NE(failure_of(L"no_such_program.exe", {}).find("no_such_program.exe"),
              std::string::npos);
}

TEST_F(record_test, SaysThatTheCopyEndedBeforeItRead) {
    // A program that takes no two names.
    const std::string failure = failure_of(L"comparison.exe", {}, true);
    EXPECT_EQ(failure.rfind("ended before it has read the pipe; it ended with exit code 2", 0), 0u)
        << failure;
}

} // namespace
