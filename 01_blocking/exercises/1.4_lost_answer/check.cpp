#include "drop_box.hpp"

#include "../wait_limits.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/live_memory.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <string>
#include <string_view>
#include <utility>

namespace {

using harness::client;
using lost_answer::drop_box;

const exercise::rule no_reset{
    "bytes that were never read from a closed socket, or that arrive there later, are answered "
    "with a reset, and a reset throws away what is on its way to the client",
    "01_blocking/README.md", "Receiving and sending"};
const exercise::rule keep_nothing{
    "bytes that nobody wants are received and dropped: if they are kept, a client decides how much "
    "memory the server takes",
    "01_blocking/README.md", "Receiving and sending"};
const exercise::rule answer_at_once{
    "an answer is sent as soon as it is known: a server that first waits for bytes which make no "
    "difference may wait for a client that waits for the answer",
    "01_blocking/README.md", "Receiving and sending"};
const exercise::rule any_pause{
    "a client that pauses has not ended: a server that closes then, after a time limit, resets its "
    "connection all the same",
    "01_blocking/README.md", "Receiving and sending"};
const exercise::rule say_the_end{
    "recv returns 0 when the other side has finished sending, and has said so: by shutdown, or by "
    "closing",
    "01_blocking/README.md", "Receiving and sending"};

const std::string too_large =
    "refused: more than " + std::to_string(drop_box::largest) + " bytes\n";
const std::string no_size = "refused: the first line is no size\n";

// More than the buffers between a client and a server that does not read.
constexpr std::size_t large = 4 * 1024 * 1024;

constexpr std::chrono::seconds limit{20}; // of a step with so many bytes

// Does what may fail; the program ends if it does. Nothing is destroyed: that might wait for ever.
auto attempt(const auto& what, const std::string& before_the_reason) {
    try {
        return what();
    } catch (const std::exception& error) {
        exercise::require(false, before_the_reason + error.what());
        throw;
    }
}

// A client, and the drop box that serves it on another thread.
class visit {
public:
    visit() {
        const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
        sender.connect(win32::local_port(listener.get()));
        // A fixed size: else the system makes the buffer larger while the client sends.
        win32::set_option(sender.native(), SOL_SOCKET, SO_SNDBUF, buffer_size);
        win32::unique_socket accepted{::accept(listener.get(), nullptr, nullptr)};
        if (!accepted)
            win32::throw_last_socket_error("accept");
        serving_ = std::async(std::launch::async, [this, socket = std::move(accepted)]() mutable {
            box.serve(std::move(socket));
        });
    }

    // Sends, as a client does that reads the answer only when it has sent everything.
    void send(std::string_view bytes) {
        attempt([&] { send_in_pieces(bytes); },
                "the client cannot send all of its bytes, and never comes to read the answer: ");
    }

    // What comes next, `size` bytes.
    std::string receive(std::size_t size) {
        return attempt([&] { return sender.receive_exactly(size); }, "");
    }

    void expect_answer_and_end(const std::string& answer) {
        const std::string got = attempt([&] { return sender.receive_to_end(); }, "");
        exercise::require(got == answer, got.empty() ? "the end, and no answer before it" : got);
    }

    void close() {
        exercise::expect("serve() returns when the client has closed its end, too");
        sender.close();
        wait_until_over();
    }

    void wait_until_over() { serving_.get(); }

    client sender;
    drop_box box;

private:
    // Asks again and again where a client would wait: under Wine 8 a send that waits does not
    // always hear of a reset.
    void send_in_pieces(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t sent = sender.send_without_waiting(bytes.substr(0, buffer_size));
            bytes.remove_prefix(sent);
            if (sent == 0)
                ::SleepEx(1, FALSE);
        }
    }

    static constexpr int buffer_size = 64 * 1024;

    std::future<void> serving_;
};

TEST(lost_answer, FileIsTaken) {
    exercise::about(say_the_end);
    for (const std::size_t size : {std::size_t{5}, std::size_t{0}, drop_box::largest}) {
        exercise::expect("a client that has sent a file of " + std::to_string(size) +
                         " bytes gets the answer, and then the end of the connection");
        visit to;
        const std::string file = harness::make_message(size);
        to.send(std::to_string(size) + "\n" + file);
        to.expect_answer_and_end("taken: " + std::to_string(size) + " bytes\n");
        to.close();
        exercise::expect("the file is the one that was sent");
        exercise::require(to.box.files().size() == 1 && to.box.files().front() == file,
                          "another one");
    }
}

TEST(lost_answer, FileThatEndsTooSoonIsRefused) {
    exercise::about(say_the_end);
    exercise::expect("a client whose file ends too soon gets the answer, and then the end");
    visit to;
    to.send("10\nhello");
    to.sender.half_close();
    to.expect_answer_and_end("refused: it ends too soon\n");
    to.close();
}

TEST(lost_answer, SenderOfALargeFileGetsTheAnswer) {
    exercise::about(no_reset);
    visit to;
    exercise::expect("a client that sends a file of 4 MiB, and reads only then, gets the answer "
                     "that it is too large",
                     limit);
    const std::string file = std::to_string(large) + "\n" + harness::make_message(large);
    const std::size_t before = harness::live_bytes();
    harness::reset_peak_live_bytes();
    to.send(file);
    to.expect_answer_and_end(too_large);
    to.close();
    exercise::about(keep_nothing);
    exercise::expect("while the file came in, the program took no memory for it");
    const std::size_t taken = harness::peak_live_bytes() - before;
    exercise::require(taken < 1024 * 1024, std::to_string(taken) + " bytes were allocated");
}

TEST(lost_answer, AnswerComesBeforeTheRestOfTheFile) {
    exercise::about(answer_at_once);
    const exercise::wait_limits limits;
    visit to;
    exercise::expect("a client that has sent the size of a file, which is too large, and no more, "
                     "gets the answer");
    to.send(std::to_string(large) + "\n");
    const std::string got = to.receive(too_large.size());
    exercise::require(got == too_large, got);
    exercise::about(no_reset);
    exercise::expect("it can send the rest all the same, and then sees the end");
    const std::string piece(1024, 'x');
    for (int i = 0; i < 256; ++i)
        to.send(piece);
    to.expect_answer_and_end("");
    to.close();
    exercise::about(any_pause);
    exercise::expect("it may pause for as long as it likes before it sends the rest");
    exercise::require(limits.last() == 0, "serve() waits for it with a time limit, " +
                                              std::to_string(limits.last()) + " ms");
}

TEST(lost_answer, SenderOfAnythingElseGetsTheAnswer) {
    exercise::about(no_reset);
    const std::string bytes(large, 'x');
    struct nonsense {
        const char* what;
        std::string begin;
        std::string answer;
    };
    for (const nonsense& each :
         {nonsense{"that sends 4 MiB, of which the first line is no size", "hello\n", no_size},
          {"that sends 4 MiB and no line", "", no_size},
          {"that sends 4 MiB more than its file has", "5\nhello", "taken: 5 bytes\n"}}) {
        visit to;
        exercise::expect(std::string{"a client "} + each.what +
                             ", and reads only when it has sent everything, gets the answer",
                         limit);
        to.send(each.begin + bytes);
        to.expect_answer_and_end(each.answer);
        to.close();
    }
}

TEST(lost_answer, ClientThatGoesIsLeft) {
    exercise::about(no_reset);
    {
        visit to;
        exercise::expect("serve() returns when the client resets its connection within the first "
                         "line");
        to.send("419");
        to.sender.reset();
        to.wait_until_over();
    }
    visit to;
    exercise::expect("serve() returns when the client resets its connection after the answer");
    to.send(std::to_string(large) + "\n");
    static_cast<void>(to.receive(too_large.size()));
    to.sender.reset();
    to.wait_until_over();
}

} // namespace
