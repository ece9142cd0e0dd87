#include "session.hpp"

#include "../operations_in_flight.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/live_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>

namespace {

using bottomless::session;
using harness::client;

const exercise::rule back_pressure{
    "above a high-water mark nothing more is received from a client; below a low one receiving "
    "goes on",
    "05_iocp/server/README.md", "6. A client that does not read chooses how much memory we use"};

const exercise::rule one_receive{
    "an OVERLAPPED and its buffer are in flight once at a time: the next receive begins when the "
    "packet of the last one has been taken",
    "05_iocp/README.md", "Starting an operation"};

constexpr std::size_t mebibyte = 1024 * 1024;

// The sessions' port, and its one thread. Nothing is destroyed: operations are in flight.
class server {
public:
    [[nodiscard]] static server& start() { return *new server; }

    // A new client, with its session.
    [[nodiscard]] client connect() const {
        client result{win32::local_port(listener_.get())};
        new session{win32::unique_socket{::accept(listener_.get(), nullptr, nullptr)}, port_.get()};
        return result;
    }

private:
    server() {
        std::thread{[this] {
            for (;;)
                take_packet();
        }}.detach();
    }

    void take_packet() const {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        const BOOL good = ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &done, INFINITE);
        const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
        reinterpret_cast<session*>(key)->on_packet(*done, error, bytes);
    }

    const win32::unique_handle port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    const win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
};

TEST(bottomless, BytesComeBack) {
    exercise::about(one_receive);
    const exercise::operations_in_flight operations;
    const server& tested = server::start();
    client visitor = tested.connect();
    exercise::expect(
        "the server sends back what a client sends, also 256 KiB that it reads at once");
    const std::string hello = visitor.exchange("hello");
    exercise::require(hello == "hello", "\"" + hello + "\"");
    const std::string message = harness::make_message(mebibyte / 4);
    exercise::require(visitor.exchange(message) == message, "other bytes");
    exercise::expect("when the client ends, the server ends, too");
    visitor.half_close();
    exercise::require(visitor.receive_to_end().empty(), "more bytes");
}

TEST(bottomless, ClientThatDoesNotReadCostsBoundedMemory) {
    exercise::about(back_pressure);
    constexpr std::size_t most = mebibyte;
    constexpr std::size_t give_up =
        32 * mebibyte; // a server that takes so much keeps nothing of it
    const server& tested = server::start();
    client bystander = tested.connect();
    client deaf = tested.connect();
    exercise::expect("the server sends back what a client sends");
    static_cast<void>(bystander.exchange("hello"));
    static_cast<void>(deaf.exchange("hello"));

    // It is stopped when nothing could be sent while another client had 20 echoes: the server was
    // alive, and had its chances to receive.
    const std::string piece = harness::make_message(64 * 1024);
    harness::reset_peak_live_bytes();
    const std::size_t before = harness::live_bytes();
    std::size_t sent = 0;
    for (int in_vain = 0; in_vain < 20 && sent < give_up;) {
        exercise::expect(
            "a client sends without end and reads nothing; meanwhile others are served");
        const std::size_t more =
            deaf.send_without_waiting(std::string_view{piece}.substr(sent % piece.size()));
        sent += more;
        in_vain = more == 0 ? in_vain + 1 : 0;
        if (more == 0)
            static_cast<void>(bystander.exchange("still served"));
        exercise::expect(
            "a client sends without end and reads nothing; that costs at most 1 MiB of "
            "memory");
        const std::size_t grown = harness::peak_live_bytes() - before;
        exercise::require(grown <= most, "after " + std::to_string(sent / mebibyte) +
                                             " MiB the program has grown by " +
                                             std::to_string(grown / 1024) + " KiB");
    }

    deaf.half_close();
    for (std::size_t have = 0; have < sent;) {
        exercise::expect("the client reads at last, and every byte that it has sent comes back");
        const std::string_view wanted =
            std::string_view{piece}.substr(have % piece.size(), sent - have);
        std::string got(wanted.size(), '\0');
        const int received = ::recv(deaf.native(), got.data(), static_cast<int>(got.size()), 0);
        const std::string so_far =
            "after " + std::to_string(have / 1024) + " of " + std::to_string(sent / 1024) + " KiB ";
        exercise::require(received > 0, so_far + "nothing more comes");
        got.resize(static_cast<std::size_t>(received));
        exercise::require(wanted.starts_with(got), so_far + "come other bytes");
        have += got.size();
    }
    exercise::require(deaf.receive_to_end().empty(), "more bytes");
}

// A client that reads a little now and then: receiving stops and goes on many times.
TEST(bottomless, SlowClientGetsEverything) {
    exercise::about(back_pressure);
    const server& tested = server::start();
    client slow = tested.connect();
    const std::string message = harness::make_message(12 * mebibyte, 2);
    std::thread sender{[&] {
        slow.send(message);
        slow.half_close();
    }};
    std::size_t have = 0;
    std::string part(100'000, '\0');
    for (;;) {
        exercise::expect("a client that reads more slowly than it sends gets back all of 12 MiB");
        const int received = ::recv(slow.native(), part.data(), static_cast<int>(part.size()), 0);
        if (received <= 0)
            break;
        exercise::require(std::string_view{message}.substr(have).starts_with(
                              std::string_view{part}.substr(0, static_cast<std::size_t>(received))),
                          "other bytes after " + std::to_string(have));
        have += static_cast<std::size_t>(received);
    }
    exercise::require(have == message.size(),
                      std::to_string(have) + " bytes of " + std::to_string(message.size()));
    sender.join();
}

} // namespace
