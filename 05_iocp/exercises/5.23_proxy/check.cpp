#include "testing/exercise/check.hpp"
#include "testing/client.hpp"
#include "testing/exercise/server_program.hpp"
#include "testing/exercise/visitor.hpp"
#include "testing/loopback.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using exercise::server_program;
using exercise::visitor;

const exercise::rule the_handler{"a server is a handler, and a program around it",
                                 "05_iocp/server/README.md", "1. The whole, from outside"};
const exercise::rule pieces{
    "TCP knows bytes only: a line comes in any pieces, and its length has a limit",
    "05_iocp/server/README.md", "What a game server adds"};
const exercise::rule own_operations{
    "what a handler starts itself is an operation of the session, and no thread waits for it",
    "05_iocp/server/README.md", "Files on the same port"};
const exercise::rule last_words{
    "the last words arrive: on_end may keep the session half-open, and close() sends what is "
    "queued",
    "05_iocp/server/README.md", "5. The last words get lost"};
const exercise::rule each_end{
    "after an orderly end its reader takes the bytes for the whole; only a reset says otherwise",
    "05_iocp/server/README.md", "4. A packet comes for a session that is gone"};
const exercise::rule bounded{
    "back-pressure is to stop receiving: from whoever fills the queue that is too long",
    "05_iocp/server/README.md", "6. A client that does not read chooses how much memory we use"};
const exercise::rule stopping{
    "stop() ends every session, whatever its client does", "05_iocp/server/README.md",
    "10. Ctrl+C loses answers, and a stop inside a handler waits for itself"};

// The program of all tests, since to start one takes a while.
server_program& program() {
    static server_program only;
    return only;
}

// The place to which the clients are connected.
class place {
public:
    [[nodiscard]] std::string line() const {
        return "CONNECT 127.0.0.1:" + std::to_string(win32::local_port(listener_.get()));
    }

    // Returns the next connection from the proxy.
    [[nodiscard]] visitor accept() const {
        exercise::expect("the proxy connects with the address that the client has named");
        win32::unique_socket accepted{::accept(listener_.get(), nullptr, nullptr)};
        if (!accepted)
            win32::throw_last_socket_error("accept");
        return visitor{program(), "the other side", std::move(accepted)};
    }

private:
    const win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
};

const place& there() {
    static const place only;
    return only;
}

// A client, and the other side with which the proxy has connected it.
struct tunnel {
    explicit tunnel(const std::string& name = "the client") : client{program(), name} {
        client.says(there().line());
        client.hears("OK");
        other = std::make_unique<visitor>(there().accept());
    }

    // A question goes one way, and an answer the other.
    void ask() {
        client.says("question");
        other->hears("question");
        other->says("answer");
        client.hears("answer");
    }

    visitor client;
    std::unique_ptr<visitor> other;
};

TEST(proxy, ProgramListens) {
    exercise::about(the_handler);
    static_cast<void>(program());
}

TEST(proxy, BytesGoBothWays) {
    exercise::about(own_operations);
    tunnel through;
    through.ask();
    through.ask();
    through.other->says("unasked");
    through.client.hears("unasked");
}

TEST(proxy, LineComesInAnyPieces) {
    exercise::about(pieces);
    visitor ann{program(), "Ann"};
    for (const char letter : there().line() + '\n')
        ann.sends({&letter, 1});
    ann.hears("OK");
    visitor anns = there().accept();
    ann.says("hello");
    anns.hears("hello");
    visitor ben{program(), "Ben"};
    ben.sends(there().line() + "\nright behind the line\n");
    visitor bens = there().accept();
    bens.hears("right behind the line");
    ben.hears("OK");
}

TEST(proxy, MistakesAreAnswered) {
    exercise::about(last_words);
    for (const char* line :
         {"", "GET / HTTP/1.1", "CONNECT", "CONNECT 127.0.0.1", "CONNECT 127.0.0.1:", "CONNECT :80",
          "CONNECT localhost:80", "CONNECT 127.0.0.256:80", "CONNECT 127.0.0.1:0",
          "CONNECT 127.0.0.1:65536", "CONNECT 127.0.0.1:80 ", "connect 127.0.0.1:80"}) {
        visitor eve{program(), "a client that has sent \"" + std::string{line} + '"'};
        eve.says(line);
        eve.says("more");
        eve.hears("ERROR line");
        eve.hears_the_end();
    }
    visitor ann{program(), "Ann, who has sent a megabyte without an end of line,"};
    exercise::expect("the proxy takes what Ann sends", std::chrono::seconds{30});
    ann.sends(std::string(1'000'000, 'x'));
    ann.hears("ERROR line");
    ann.hears_the_end();
    visitor ben{program(), "Ben, who has ended his stream in the line,"};
    ben.sends("CONNECT 127.0.0.1");
    ben.ends();
    ben.hears("ERROR line");
    ben.hears_the_end();
}

TEST(proxy, RefusedConnectionIsAnswered) {
    exercise::about(own_operations);
    const win32::unique_socket nobody = harness::bind_without_listening();
    visitor ann{program(), "Ann, who has named an address where nobody listens,"};
    ann.says("CONNECT 127.0.0.1:" + std::to_string(win32::local_port(nobody.get())));
    exercise::expect("Ann gets the line \"ERROR connect\"", std::chrono::seconds{30});
    const std::string got = ann.next_line();
    exercise::require(got == "ERROR connect", "the line \"" + got + '"');
    ann.hears_the_end();
}

TEST(proxy, HalfClosedClientGetsItsAnswer) {
    exercise::about(last_words);
    const std::string answer = harness::make_message(300'000);
    tunnel through{"the client, which has ended its stream,"};
    through.client.says("all that I have to ask");
    through.client.ends();
    through.other->hears("all that I have to ask");
    through.other->hears_the_end();
    through.other->sends(answer);
    through.other->ends();
    exercise::expect("a client that has ended its stream gets the answer of 300,000 bytes, and "
                     "then the end");
    const std::string got = through.client.rest();
    exercise::require(got == answer, std::to_string(got.size()) + " bytes, or other ones");
}

TEST(proxy, LastWordsOfTheOtherSideArrive) {
    exercise::about(last_words);
    const std::string answer = harness::make_message(300'000, 2);
    tunnel through;
    through.other->sends(answer);
    through.other->ends();
    through.client.sends(std::string(50'000, 'x')); // it goes on talking
    exercise::expect("when the other side has sent 300,000 bytes and ended, the client gets them, "
                     "and then the end");
    const std::string got = through.client.rest();
    exercise::require(got == answer, std::to_string(got.size()) + " bytes, or other ones");
}

// A receive that is pending: under Wine a later one would take a reset for an end.
class pending_receive {
public:
    explicit pending_receive(const visitor& who) : socket_{who.native()} {
        operation_.hEvent = event_.get();
        DWORD flags = 0;
        if (::WSARecv(socket_, &buffer_, 1, nullptr, &flags, &operation_, nullptr) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            win32::throw_last_socket_error("WSARecv");
    }

    // Waits for the reset.
    void require_reset() {
        DWORD bytes = 0;
        DWORD flags = 0;
        const bool good = ::WSAGetOverlappedResult(socket_, &operation_, &bytes, TRUE, &flags);
        exercise::require(!good, bytes == 0 ? "an orderly end" : "bytes");
    }

private:
    const SOCKET socket_;
    const win32::unique_handle event_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    char byte_ = 0;
    WSABUF buffer_{1, &byte_};
    WSAOVERLAPPED operation_{};
};

TEST(proxy, ResetIsPassedOn) {
    exercise::about(each_end);
    for (int i = 0; i < 3; ++i) {
        tunnel one;
        one.ask();
        pending_receive others{*one.other};
        exercise::expect("when a client vanishes (a reset), the other side sees a reset, too");
        one.client.vanishes();
        others.require_reset();

        tunnel two;
        two.ask();
        pending_receive clients{two.client};
        exercise::expect("when the other side vanishes (a reset), the client sees a reset, too");
        two.other->vanishes();
        clients.require_reset();
    }
}

// `from` sends without end to `to`, which reads nothing, until no more is taken while another
// client is served 20 times. Then `to` reads, and gets all.
void flood(visitor& from, visitor& to, const std::string& expected) {
    constexpr std::size_t limit = 32 * 1024 * 1024;
    const std::string piece = harness::make_message(65'521);
    tunnel bystander{"another client"};
    const auto begin_step = [&] {
        exercise::expect(expected + ", and serves others meanwhile", std::chrono::seconds{30});
    };
    begin_step();
    std::atomic<std::size_t> sent{0};
    std::atomic<bool> enough{false};
    std::thread sender{[&] {
        while (!enough) {
            from.sends(piece);
            sent += piece.size();
        }
        from.ends();
    }};
    for (std::size_t before = 1; before != sent;) {
        begin_step();
        before = sent;
        for (int i = 0; i < 20; ++i) {
            bystander.client.says("question");
            static_cast<void>(bystander.other->next_line());
            bystander.other->says("answer");
            static_cast<void>(bystander.client.next_line());
        }
        exercise::require(sent < limit, "it has taken 32 MB");
    }
    enough = true;
    exercise::expect(to.name() + " reads at last, and gets all bytes and the end",
                     std::chrono::seconds{60});
    const std::string got = to.rest();
    sender.join();
    exercise::require(got.size() == sent,
                      std::to_string(got.size()) + " bytes of " + std::to_string(sent));
    for (std::size_t at = 0; at < got.size(); at += piece.size())
        exercise::require(got.compare(at, piece.size(), piece) == 0,
                          "as many bytes, but other ones");
}

TEST(proxy, SlowClientSlowsTheOtherSide) {
    exercise::about(bounded);
    tunnel through{"the client that reads nothing"};
    flood(*through.other, through.client,
          "the proxy stops receiving for a client that reads nothing");
}

TEST(proxy, SlowOtherSideSlowsItsClient) {
    exercise::about(bounded);
    tunnel through;
    flood(through.client, *through.other,
          "the proxy stops receiving from a client when the other side reads nothing");
}

TEST(proxy, ManyAtOnceEachHaveTheirOwn) {
    exercise::about(own_operations);
    std::vector<std::unique_ptr<tunnel>> all;
    for (int i = 0; i < 20; ++i)
        all.push_back(std::make_unique<tunnel>("client " + std::to_string(i)));
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i]->client.says("from client " + std::to_string(i));
        all[i]->other->says("to client " + std::to_string(i));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i]->other->hears("from client " + std::to_string(i));
        all[i]->client.hears("to client " + std::to_string(i));
    }
}

TEST(proxy, CtrlCEndsTheProgram) {
    exercise::about(stopping);
    tunnel through;
    through.ask();
    tunnel half_closed;
    half_closed.client.ends();
    half_closed.other->hears_the_end();
    visitor silent{program(), "a client that says nothing"};
    visitor unfinished{program(), "a client in the middle of its line"};
    unfinished.sends("CONN");
    program().press_ctrl_c();
    for (visitor* each : {&through.client, through.other.get(), &half_closed.client,
                          half_closed.other.get(), &silent, &unfinished})
        each->is_disconnected();
}

} // namespace
