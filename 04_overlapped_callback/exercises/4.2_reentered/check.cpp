#include "gateway.hpp"

#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using harness::client;
using reentered::gateway;

const exercise::rule no_blocking_call{
    "a routine makes no blocking call: Winsock's blocking calls wait alertably, and there the next "
    "routine runs inside the first",
    "04_overlapped_callback/README.md", "The routine"};

char answer_to(char question) {
    return static_cast<char>(question - 'a' + 'A');
}

std::string quote(char letter) {
    return {'\'', letter, '\''};
}

// A gateway in the middle of its clients, who have asked before it begins to wait, and its backend,
// which is played by the test. Never destroyed: the thread may still run.
class scene {
public:
    explicit scene(const std::vector<std::string_view>& questions) {
        std::vector<win32::unique_socket> accepted;
        for (const std::string_view each : questions) {
            clients.emplace_back(win32::local_port(listener_.get()));
            accepted.push_back(accept());
            clients.back().send(each);
            wait_for_bytes(accepted.back().get(), each.size());
        }
        backend_.connect(win32::local_port(listener_.get()));
        gateway_.emplace(accept(), std::move(accepted));
        thread_ = std::thread{&scene::run, this};
    }

    // The next question that the backend gets.
    [[nodiscard]] char next_question() { return backend_.receive_exactly(1).front(); }

    void answer(char question) { backend_.send(std::string(1, answer_to(question))); }

    [[nodiscard]] bool has_another_question() const { return backend_.has_something_to_read(); }

    // Returns when a routine has run on the gateway's thread that is queued now, behind all others.
    void let_routines_run() {
        harness::wait_until([this] { return handle_ != nullptr; });
        std::atomic<bool> has_run = false;
        ::QueueUserAPC([](ULONG_PTR flag) { *reinterpret_cast<std::atomic<bool>*>(flag) = true; },
                       handle_.load(), reinterpret_cast<ULONG_PTR>(&has_run));
        harness::wait_until([&has_run] { return has_run.load(); });
    }

    // All clients finish.
    void finish() {
        for (client& each : clients)
            each.half_close();
        wait_until_returned();
    }

    void wait_until_returned() { thread_.join(); }

    std::vector<client> clients;

private:
    [[nodiscard]] win32::unique_socket accept() const {
        win32::unique_socket socket{::accept(listener_.get(), nullptr, nullptr)};
        if (!socket)
            win32::throw_last_socket_error("accept");
        return socket;
    }

    static void wait_for_bytes(SOCKET socket, std::size_t wanted) {
        harness::wait_until([socket, wanted] {
            u_long count = 0;
            return ::ioctlsocket(socket, static_cast<long>(FIONREAD), &count) == 0 &&
                   count >= wanted;
        });
    }

    void run() {
        HANDLE own = nullptr;
        ::DuplicateHandle(::GetCurrentProcess(), ::GetCurrentThread(), ::GetCurrentProcess(), &own,
                          0, FALSE, DUPLICATE_SAME_ACCESS);
        handle_ = own;
        gateway_->run();
    }

    const win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
    client backend_;
    std::optional<gateway> gateway_;
    std::atomic<HANDLE> handle_ = nullptr;
    std::thread thread_;
};

scene& begin(const std::vector<std::string_view>& questions) {
    exercise::about(no_blocking_call);
    exercise::expect("the gateway begins");
    return *new scene{questions};
}

// Requires that the client is given the answers to `questions`, in their order.
void require_answers(scene& in, std::size_t which, std::string_view questions) {
    for (const char question : questions) {
        char got = 0;
        try {
            got = in.clients[which].receive_exactly(1).front();
        } catch (const std::exception&) {
            exercise::require(false, "the connection of the client that had asked " +
                                         quote(question) + " has ended without an answer");
        }
        exercise::require(got == answer_to(question), "the client that had asked " +
                                                          quote(question) + " was given " +
                                                          quote(got));
    }
}

TEST(reentered, AnswersComeBack) {
    scene& tested = begin({"abc"});
    for (const std::string_view wanted : {"a", "b", "c"}) {
        exercise::expect("the backend is asked the client's questions, one after the other");
        const char question = tested.next_question();
        exercise::require(question == wanted.front(), quote(question));
        exercise::expect("the client is given the backend's answer");
        tested.answer(question);
        require_answers(tested, 0, wanted);
    }
    exercise::expect("run() returns when the client has sent its last question");
    tested.finish();
}

TEST(reentered, RoutinesOfTheCallerRunMeanwhile) {
    scene& tested = begin({"a"});
    exercise::expect("the backend is asked the client's question");
    const char question = tested.next_question();
    exercise::expect("while the backend has not answered, a routine of the caller's own runs");
    tested.let_routines_run();
    exercise::expect("the client is given the backend's answer");
    tested.answer(question);
    require_answers(tested, 0, "a");
    exercise::expect("run() returns when the client has sent its last question");
    tested.finish();
}

TEST(reentered, OneQuestionIsAskedAtATime) {
    scene& tested = begin({"a", "b"});
    for (int i = 0; i < 2; ++i) {
        exercise::expect("the backend is asked both questions of two clients");
        const char question = tested.next_question();
        exercise::expect("the backend is asked one question at a time");
        tested.let_routines_run();
        if (tested.has_another_question())
            exercise::require(false, "it was asked " + quote(tested.next_question()) +
                                         " while it still had " + quote(question) + " to answer");
        exercise::expect("a client is given its answer before the backend answers the other one");
        tested.answer(question);
        require_answers(tested, question == 'a' ? 0 : 1, {&question, 1});
    }
    exercise::expect("run() returns when the clients have sent their last questions");
    tested.finish();
}

TEST(reentered, EachClientIsGivenItsOwnAnswer) {
    scene& tested = begin({"a", "b"});
    for (int i = 0; i < 2; ++i) {
        exercise::expect("the backend is asked both questions of two clients");
        const char question = tested.next_question();
        exercise::expect("while the backend has not answered, a routine of the caller's own runs");
        tested.let_routines_run(); // now it is known that the thread waits
        tested.answer(question);
    }
    exercise::expect("each client is given the answer to its own question: 'A' to 'a', 'B' to 'b'");
    require_answers(tested, 0, "a");
    require_answers(tested, 1, "b");
    exercise::expect("run() returns when the clients have sent their last questions");
    tested.finish();
}

TEST(reentered, ClientThatLeavesHurtsNobody) {
    scene& tested = begin({"", "a", ""});
    tested.clients[0].half_close();
    tested.clients[2].reset();
    exercise::expect("the client that stays is given its answer");
    const char question = tested.next_question();
    tested.let_routines_run();
    tested.answer(question);
    require_answers(tested, 1, "a");
    exercise::expect("run() returns when the last client has sent its last question");
    tested.clients[1].half_close();
    tested.wait_until_returned();
}

TEST(reentered, CrowdIsAnswered) {
    constexpr std::string_view questions = "abc";
    constexpr std::size_t count = 20;
    scene& tested = begin(std::vector<std::string_view>(count, questions));
    exercise::expect("the backend is asked 60 questions", std::chrono::seconds{20});
    for (std::size_t i = 0; i < count * questions.size(); ++i)
        tested.answer(tested.next_question());
    exercise::expect("each of 20 clients is given 3 answers, in the order of its questions");
    for (std::size_t i = 0; i < count; ++i)
        require_answers(tested, i, questions);
    exercise::expect("run() returns when the clients have sent their last questions");
    tested.finish();
}

} // namespace
