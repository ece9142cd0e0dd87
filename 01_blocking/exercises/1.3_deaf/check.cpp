#include "server.hpp"

#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/failures/planned_failures.hpp"
#include "testing/machine/deadline.hpp"
#include "trace/hooks/import_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <thread>

namespace {

using deaf::server;
using harness::client;

const exercise::rule go_on{
    "an error of accept concerns one client, and the next accept follows at once, or it concerns "
    "the server, which pauses and tries again; neither ends the server",
    "01_blocking/README.md", "When accept fails"};

// While one lives, accept fails in this program, for the next `count` calls. No client is lost by
// that: it waits in the backlog. A call that waits already is not touched.
class failing_accepts {
public:
    explicit failing_accepts(int error, unsigned count = UINT32_MAX) {
        error_ = error;
        planned_.plan(1, count);
    }
    ~failing_accepts() { end(); }
    failing_accepts(const failing_accepts&) = delete;
    failing_accepts& operator=(const failing_accepts&) = delete;

    void end() noexcept { planned_.end(); }
    [[nodiscard]] unsigned happened() const noexcept { return planned_.happened(); }

private:
    static SOCKET WSAAPI accept(SOCKET listener, sockaddr* address, int* size) {
        if (!planned_.is_due())
            return reinterpret_cast<decltype(&::accept)>(original_.load())(listener, address, size);
        ::WSASetLastError(error_);
        return INVALID_SOCKET;
    }

    static SOCKET WSAAPI wsa_accept(SOCKET listener, sockaddr* address, int* size,
                                    LPCONDITIONPROC condition, DWORD_PTR context) {
        if (!planned_.is_due())
            return reinterpret_cast<decltype(&::WSAAccept)>(wsa_original_.load())(
                listener, address, size, condition, context);
        ::WSASetLastError(error_);
        return INVALID_SOCKET;
    }

    static inline harness::planned_failures planned_;
    static inline std::atomic<void*> original_{nullptr};
    static inline std::atomic<void*> wsa_original_{nullptr};
    static inline std::atomic<int> error_{0};

    const std::array<trace::hook, 2> hooks_{
        {{"accept", L"ws2_32.dll", reinterpret_cast<void*>(accept), &original_},
         {"WSAAccept", L"ws2_32.dll", reinterpret_cast<void*>(wsa_accept), &wsa_original_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

// A server that runs on a thread of its own. Nobody destroys it: it cannot be stopped.
struct running {
    server tested;
    std::atomic<bool> has_ended = false;

    static running& start() {
        running& self = *new running;
        std::thread{[&self] {
            self.tested.run();
            self.has_ended = true;
        }}.detach();
        return self;
    }

    void expect_to_run() const {
        exercise::require(!has_ended, "run() has returned: clients still connect, and nobody "
                                      "accepts them");
    }

    // Connects a client, which says hello. It is never closed: its server would come back to
    // accept while another one is tested.
    [[nodiscard]] client& visit() const {
        client& visitor = *new client{tested.port()};
        visitor.send("hello");
        return visitor;
    }

    void expect_answer(client& visitor) const {
        harness::wait_until([&] { return has_ended || visitor.has_something_to_read(); });
        if (!visitor.has_something_to_read())
            expect_to_run();
        const std::string answer = visitor.receive_exactly(5);
        exercise::require(answer == "hello", "\"" + answer + "\"");
    }
};

TEST(deaf, BytesComeBack) {
    exercise::about(go_on);
    exercise::expect("the server sends back what a client sends, and serves the next client when "
                     "that one has left");
    const running& of = running::start();
    for (int i = 0; i < 2; ++i) {
        client visitor{of.tested.port()};
        visitor.send("hello");
        of.expect_answer(visitor);
    }
    of.expect_answer(of.visit());
}

TEST(deaf, ClientThatIsGoneEndsNothing) {
    exercise::about(go_on);
    {
        exercise::expect("a client is served after 20 others that have connected and reset the "
                         "connection at once");
        const running& of = running::start();
        for (int i = 0; i < 20; ++i)
            client{of.tested.port()}.reset();
        of.expect_answer(of.visit());
    }
    exercise::expect("a client is served after another one that has gone before its turn, so that "
                     "accept has failed with WSAECONNRESET");
    const failing_accepts gone{WSAECONNRESET, 1};
    const running& of = running::start();
    of.expect_answer(of.visit());
}

// With a pause after each, the step's limit would be over long before the last one.
TEST(deaf, ClientsThatAreGoneHoldNobodyUp) {
    exercise::about(go_on);
    exercise::expect("a client is served at once after 1,000 others that have gone before their "
                     "turn: accept has failed with WSAECONNRESET for each");
    const failing_accepts gone{WSAECONNRESET, 1'000};
    const running& of = running::start();
    of.expect_answer(of.visit());
}

// A server that does not pause calls accept some hundred thousand times in half a second.
TEST(deaf, ShortageIsWaitedOut) {
    exercise::about(go_on);
    failing_accepts shortage{WSAEMFILE};
    const auto begin = std::chrono::steady_clock::now();
    const auto long_enough = begin + std::chrono::milliseconds{500};
    exercise::expect("while there are no more sockets (WSAEMFILE), the server calls accept again "
                     "after a pause, and again, a few times in half a second");
    const running& of = running::start();
    client& visitor = of.visit();
    harness::wait_until([&] {
        return of.has_ended ||
               (shortage.happened() >= 2 && std::chrono::steady_clock::now() >= long_enough);
    });
    of.expect_to_run();
    const unsigned calls = shortage.happened();
    const auto passed = std::chrono::steady_clock::now() - begin;
    exercise::require(calls <= passed / std::chrono::milliseconds{1},
                      std::to_string(calls) +
                          " calls, each of which has failed at once: the thread does not pause");
    exercise::expect("the client that has waited is served when there are sockets again");
    shortage.end();
    of.expect_answer(visitor);
}

TEST(deaf, NoErrorOfAcceptEndsTheServer) {
    exercise::about(go_on);
    struct named {
        int error;
        const char* name;
    };
    for (const named& each : {named{WSAECONNABORTED, "WSAECONNABORTED"},
                              {WSAENOBUFS, "WSAENOBUFS"},
                              {WSAENETDOWN, "WSAENETDOWN"}}) {
        exercise::expect(std::string{"a client is served after accept has failed with "} +
                         each.name);
        const failing_accepts once{each.error, 1};
        const running& of = running::start();
        of.expect_answer(of.visit());
    }
}

} // namespace
