#include "session.hpp"

#include "testing/echo_clients.hpp"
#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/live_memory.hpp"
#include "trace/hooks/import_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using torn::session;

const exercise::rule one_send{
    "at most one send is in flight on a socket; what comes meanwhile waits in a queue, and is lent "
    "to Windows where it lies",
    "05_iocp/server/README.md", "2. Two messages to one client are torn and mixed"};

// In quotes, with bytes that nobody can see as \x00 or \xff.
std::string quote(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\"";
    for (const char letter : bytes) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x20 && byte < 0x7f)
            text += letter;
        else
            text.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
    }
    return text + '"';
}

// While one lives, each `nth` WSASend takes `most` bytes and no more, as a send may.
class partial_sends {
public:
    partial_sends(unsigned nth, ULONG most) {
        nth_ = nth;
        most_ = most;
    }

private:
    static int WSAAPI take_a_part(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent,
                                  DWORD flags, LPWSAOVERLAPPED overlapped,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        const std::span all{buffers, count};
        const auto first =
            std::find_if(all.begin(), all.end(), [](const WSABUF& each) { return each.len != 0; });
        WSABUF part{};
        if (first != all.end() && ++calls_ % nth_ == 0) {
            part = *first;
            part.len = std::min<ULONG>(part.len, most_);
            buffers = &part;
            count = 1;
        }
        return reinterpret_cast<decltype(&::WSASend)>(system_.load())(socket, buffers, count, sent,
                                                                      flags, overlapped, routine);
    }

    static inline std::atomic<void*> system_{nullptr};
    static inline std::atomic<unsigned> nth_{1};
    static inline std::atomic<ULONG> most_{0};
    static inline std::atomic<unsigned> calls_{0};

    const std::array<trace::hook, 1> hooks_{
        {{"WSASend", L"ws2_32.dll", reinterpret_cast<void*>(&take_a_part), &system_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

// While one lives, the system reads the bytes of no WSASend before let_go(): as long as a call is
// pending, it may read them at any time.
class late_sends {
public:
    late_sends() { held_up_ = true; }

    // Lets the calls that have come so far, and all others, have their effect.
    static void let_go() {
        std::vector<std::function<bool()>> calls;
        {
            const std::lock_guard lock{mutex_};
            held_up_ = false;
            calls.swap(calls_);
        }
        for (const auto& each : calls)
            exercise::require(each(), "the bytes that were lent to WSASend are gone");
    }

private:
    static int WSAAPI call(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        const auto real = reinterpret_cast<decltype(&::WSASend)>(system_.load());
        const std::lock_guard lock{mutex_};
        if (!held_up_)
            return real(socket, buffers, count, sent, flags, overlapped, routine);
        calls_.emplace_back([=, lent = std::vector<WSABUF>(buffers, buffers + count)]() mutable {
            return real(socket, lent.data(), count, nullptr, flags, overlapped, routine) == 0 ||
                   ::WSAGetLastError() == WSA_IO_PENDING;
        });
        ::WSASetLastError(WSA_IO_PENDING);
        return SOCKET_ERROR;
    }

    static inline std::atomic<void*> system_{nullptr};
    static inline std::mutex mutex_; // guards the members below
    static inline bool held_up_ = false;
    static inline std::vector<std::function<bool()>> calls_;

    const std::array<trace::hook, 1> hooks_{
        {{"WSASend", L"ws2_32.dll", reinterpret_cast<void*>(&call), &system_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

// A chat with one client. Nothing of it is destroyed: sends may be in flight after a failure.
struct chat {
    [[nodiscard]] static chat& open() { return *new chat; }

    // Begins to take packets. Until then no send's result is known.
    void take_packets(unsigned threads) {
        for (unsigned i = 0; i < threads; ++i)
            std::thread{[this] {
                for (;;)
                    take_packet();
            }}.detach();
    }

    // The next `count` bytes that the client gets.
    [[nodiscard]] std::string receive(std::size_t count) const {
        std::string result(count, '\0');
        for (std::size_t have = 0; have < count;) {
            const int size = static_cast<int>(std::min<std::size_t>(count - have, 1 << 20));
            const int received = ::recv(connection.client.get(), result.data() + have, size, 0);
            exercise::require(received > 0, "the connection ended after " + std::to_string(have) +
                                                " of " + std::to_string(count) + " bytes");
            have += static_cast<std::size_t>(received);
        }
        return result;
    }

    const win32::unique_handle port{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)};
    harness::socket_pair connection = harness::make_socket_pair();
    session member{std::move(connection.server), port.get()};

private:
    void take_packet() const {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* sent = nullptr;
        const BOOL good = ::GetQueuedCompletionStatus(port.get(), &bytes, &key, &sent, INFINITE);
        const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
        exercise::require(error == ERROR_SUCCESS, "a send has failed with error " +
                                                      std::to_string(error) + ", \"" +
                                                      win32::make_error(error).message() + "\"");
        reinterpret_cast<session*>(key)->on_packet(*sent, error, bytes);
    }
};

TEST(torn, MessageArrives) {
    exercise::about(one_send);
    chat& room = chat::open();
    room.take_packets(1);
    exercise::expect("the client gets a message");
    room.member.send("Anna: hello\n");
    const std::string got = room.receive(12);
    exercise::require(got == "Anna: hello\n", quote(got));
    exercise::expect("the client gets the next one");
    room.member.send("Ben: good morning\n");
    const std::string next = room.receive(18);
    exercise::require(next == "Ben: good morning\n", quote(next));
}

TEST(torn, SecondMessageComesBehindTheFirst) {
    exercise::about(one_send);
    const partial_sends ten_bytes_at_a_time{1, 10};
    chat& room = chat::open();
    exercise::expect("send() returns at once, also for a message that comes while another one is "
                     "on its way");
    room.member.send("<Anna: hello, everybody>");
    room.member.send("<Ben: good morning, Anna>");
    exercise::expect("each WSASend takes 10 bytes at most; the client gets "
                     "\"<Anna: hello, everybody><Ben: good morning, Anna>\"");
    room.take_packets(1);
    const std::string got = room.receive(24 + 25);
    exercise::require(got == "<Anna: hello, everybody><Ben: good morning, Anna>", quote(got));
}

// Message `number` of `sender`, of 64 bytes.
std::string stamped(unsigned sender, unsigned number) {
    const char letter = static_cast<char>('A' + sender);
    std::string digits = std::to_string(number);
    digits.insert(0, 3 - digits.size(), '0');
    return "<" + std::string(1, letter) + " " + digits + " " + std::string(56, letter) + ">";
}

TEST(torn, MessagesOfManyThreadsStayWholeAndInOrder) {
    exercise::about(one_send);
    constexpr unsigned senders = 8;
    constexpr unsigned messages = 125;
    const partial_sends now_and_then{4, 40};
    chat& room = chat::open();
    room.take_packets(4);
    exercise::expect(
        "8 threads send 125 messages each, and some calls of WSASend take a part only; "
        "each message arrives whole, and those of a thread in its order",
        std::chrono::seconds{60});
    std::vector<std::thread> threads;
    for (unsigned sender = 0; sender < senders; ++sender)
        threads.emplace_back([&, sender] {
            for (unsigned number = 0; number < messages; ++number)
                room.member.send(stamped(sender, number));
        });
    std::array<unsigned, senders> next{};
    for (unsigned count = 0; count < senders * messages; ++count) {
        const std::string got = room.receive(64);
        const unsigned sender = static_cast<unsigned char>(got[1]) - 'A';
        exercise::require(sender < senders && got == stamped(sender, next[sender]),
                          "after " + std::to_string(count) + " messages came " + quote(got));
        ++next[sender];
    }
    for (std::thread& each : threads)
        each.join();
}

// A short message lies within its string, so it moves when the string does.
TEST(torn, ShortMessageStaysWhereItIs) {
    exercise::about(one_send);
    harness::unmap_freed_blocks(sizeof(std::string)); // where it was, there is nothing any more
    const late_sends late;
    chat& room = chat::open();
    exercise::expect("send() returns at once, while the system has not read the bytes yet");
    std::string all;
    for (unsigned number = 0; number < 100; ++number) {
        const std::string message = "<" + std::to_string(number) + ">";
        room.member.send(message);
        all += message;
    }
    exercise::expect("the system reads the bytes of a send after others have been queued; the "
                     "client gets 100 short messages as they were sent");
    late.let_go();
    room.take_packets(1);
    const std::string got = room.receive(all.size());
    exercise::require(got == all, quote(got.substr(0, 70)));
}

TEST(torn, LentBytesStayWhereTheyAre) {
    exercise::about(one_send);
    chat& room = chat::open();
    room.take_packets(1);
    exercise::expect("send() returns at once, though the client does not read");
    std::string all =
        harness::make_message(16 * 1024 * 1024); // as a rule more than the system takes at once
    room.member.send(all);
    for (unsigned number = 0; number < 100; ++number) {
        room.member.send(stamped(0, number));
        all += stamped(0, number);
    }
    exercise::expect("the client reads at last, and gets all as it was sent: 16 MiB, and 100 "
                     "messages that came while they were on their way",
                     std::chrono::seconds{60});
    const std::string got = room.receive(all.size());
    const ::testing::AssertionResult same = harness::same_bytes(all, got);
    exercise::require(same, same.message());
}

} // namespace
