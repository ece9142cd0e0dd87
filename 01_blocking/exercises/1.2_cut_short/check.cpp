#include "channel.hpp"

#include "../lost_connection.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/deadline.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using cut_short::channel;

const exercise::rule pieces{
    "a receive brings what has arrived, were it one byte; a message is whole when all its bytes "
    "are there, and until then the program has to receive again",
    "01_blocking/README.md", "Receiving and sending"};

const exercise::rule lost_is_no_end{
    "recv returns 0 when the other side has finished sending; when it fails, the connection is "
    "lost, and what was still to come with it",
    "01_blocking/README.md", "Receiving and sending"};

// A channel, and the raw socket at the other end of its connection.
class connection {
public:
    connection() {
        harness::socket_pair pair = harness::make_socket_pair();
        far_end_ = std::move(pair.client);
        socket_ = pair.server.get();
        own.emplace(std::move(pair.server));
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const int sent =
                ::send(far_end_.get(), bytes.data(), static_cast<int>(bytes.size()), 0);
            if (sent == SOCKET_ERROR)
                win32::throw_last_socket_error("send");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void end() {
        if (::shutdown(far_end_.get(), SD_SEND) != 0)
            win32::throw_last_socket_error("shutdown");
    }

    // The bytes that have come in and that nobody has received yet.
    [[nodiscard]] std::size_t unread() const {
        u_long count = 0;
        if (::ioctlsocket(socket_, static_cast<long>(FIONREAD), &count) != 0)
            win32::throw_last_socket_error("ioctlsocket FIONREAD");
        return count;
    }

    std::optional<channel> own;

private:
    win32::unique_socket far_end_;
    SOCKET socket_; // the channel's
};

// The bytes that go over the connection for `message`.
std::string on_the_wire(std::string_view message) {
    const u_long header = ::htonl(static_cast<u_long>(message.size()));
    return std::string{reinterpret_cast<const char*>(&header), sizeof header}.append(message);
}

// In quotes, with bytes that nobody can see as \0 or \xff.
std::string quote(std::string_view message) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\"";
    for (const char letter : message.substr(0, 60)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x20 && byte < 0x7f)
            text += letter;
        else if (byte == 0)
            text += "\\0";
        else
            text.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
    }
    return text + (message.size() > 60 ? "…\"" : "\"");
}

// What receive() has made of the next bytes.
struct outcome {
    std::optional<std::string> message;
    std::string words;
    bool is_system_error = false;
};

outcome receive(channel& from) {
    try {
        std::optional<std::string> message = from.receive();
        std::string words = message
                                ? "receive() returns " + std::to_string(message->size()) +
                                      " bytes: " + quote(*message)
                                : "receive() returns no message, as at the end of the connection";
        return {std::move(message), std::move(words)};
    } catch (const std::exception& error) {
        return {std::nullopt, std::string{"receive() throws: "} + error.what(),
                dynamic_cast<const std::system_error*>(&error) != nullptr};
    }
}

void expect_message(std::string_view message, const outcome& got) {
    exercise::require(got.message == message, got.words);
}

// Calls receive() on another thread when the first of `parts` has come in, and sends each of the
// others when the one before has been taken.
outcome receive_in_parts(connection& of, const std::vector<std::string_view>& parts) {
    of.send(parts.front());
    harness::wait_until([&] { return of.unread() == parts.front().size(); });
    std::future<outcome> result =
        std::async(std::launch::async, [&of] { return receive(*of.own); });
    const auto has_returned = [&result] {
        return result.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
    };
    // A program may also leave bytes where they are until the rest has come: so not without end.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        while (of.unread() != 0 && !has_returned() && std::chrono::steady_clock::now() < end)
            ::SleepEx(1, FALSE);
        of.send(parts[i]);
    }
    return result.get();
}

// Of a step that may wait for the five seconds, or receive byte by byte.
constexpr std::chrono::seconds limit{20};

constexpr std::string_view text = "The meeting is at ten.";

TEST(cut_short, MessageInOnePartArrives) {
    exercise::about(pieces);
    connection tested;
    exercise::expect("receive() returns the message that has come in one part");
    tested.send(on_the_wire(text));
    expect_message(text, receive(*tested.own));
    exercise::expect("receive() returns no message when the other end has finished sending");
    tested.end();
    const outcome got = receive(*tested.own);
    exercise::require(got.words.starts_with("receive() returns no message"), got.words);
}

TEST(cut_short, MessagesInOnePartArriveOneByOne) {
    exercise::about(pieces);
    connection tested;
    tested.send(on_the_wire("first") + on_the_wire("") + on_the_wire("third"));
    for (const std::string_view each : {"first", "", "third"}) {
        exercise::expect("receive() returns " + quote(each) +
                         " in its turn; \"first\", \"\" and \"third\" have come in one part");
        expect_message(each, receive(*tested.own));
    }
}

TEST(cut_short, MessageInTwoPartsArrives) {
    exercise::about(pieces);
    connection tested;
    const std::string all = on_the_wire(text);
    const std::string_view first = std::string_view{all}.substr(0, 12);
    exercise::expect("receive() returns " + quote(text) +
                         ", which comes in two parts: \"The meet\", and then the rest",
                     limit);
    expect_message(text,
                   receive_in_parts(tested, {first, std::string_view{all}.substr(first.size())}));
}

TEST(cut_short, LengthInTwoPartsArrives) {
    exercise::about(pieces);
    const std::string all = on_the_wire(text);
    for (const std::size_t count : {2u, 1u, 3u}) {
        connection tested;
        const std::string_view first = std::string_view{all}.substr(0, count);
        exercise::expect("receive() returns " + quote(text) +
                             ", which comes in two parts: the first " + std::to_string(count) +
                             " of the four bytes with its length, and then the rest",
                         limit);
        expect_message(text,
                       receive_in_parts(tested, {first, std::string_view{all}.substr(count)}));
    }
}

TEST(cut_short, MessageByteByByteArrives) {
    exercise::about(pieces);
    connection tested;
    const std::string all = on_the_wire(text);
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < all.size(); ++i)
        bytes.push_back(std::string_view{all}.substr(i, 1));
    exercise::expect("receive() returns " + quote(text) + ", which comes byte by byte", limit);
    expect_message(text, receive_in_parts(tested, bytes));
}

TEST(cut_short, LongMessageArrives) {
    exercise::about(pieces);
    connection tested;
    const std::string message = harness::make_message(20'000);
    std::future<void> sending = std::async(std::launch::async, [&] {
        tested.send(on_the_wire(message));
        tested.send(on_the_wire(text));
    });
    exercise::expect("receive() returns a message of 20,000 bytes, as it was sent", limit);
    expect_message(message, receive(*tested.own));
    exercise::expect("receive() returns the message behind it");
    expect_message(text, receive(*tested.own));
    sending.get();
}

TEST(cut_short, EndWithinAMessageIsAnError) {
    exercise::about(pieces);
    const std::string all = on_the_wire(text);
    for (const std::size_t sent : {12u, 4u, 2u}) {
        connection tested;
        exercise::expect("receive() throws when the connection ends after " + std::to_string(sent) +
                         " of the 26 bytes: four with the length, and the message");
        tested.send(std::string_view{all}.substr(0, sent));
        tested.end();
        const outcome got = receive(*tested.own);
        exercise::require(got.words.starts_with("receive() throws"), got.words);
    }
}

TEST(cut_short, LostConnectionIsNoEnd) {
    exercise::about(lost_is_no_end);
    connection tested;
    exercise::expect("receive() throws std::system_error when the connection is lost between two "
                     "messages: it has had no end");
    tested.send(on_the_wire(text));
    expect_message(text, receive(*tested.own));
    tested.end();
    const exercise::lost_connection lost;
    const outcome got = receive(*tested.own);
    exercise::require(got.is_system_error, got.words);
}

TEST(cut_short, OtherChannelReceivesWhatIsSent) {
    exercise::about(pieces);
    harness::socket_pair pair = harness::make_socket_pair();
    channel one{std::move(pair.client)};
    channel other{std::move(pair.server)};
    exercise::expect("what one channel sends, the other one receives");
    one.send(text);
    one.send("");
    expect_message(text, receive(other));
    expect_message("", receive(other));
}

} // namespace
