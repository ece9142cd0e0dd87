/// \file
/// Clients of every kind, for a server whose calls may fail.
#pragma once

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace iocp_test {

/// Runs the clients one after the other, on the calling thread. Counts those that are not served
/// whole. A client that is left waiting, or gets bytes that were not meant for it, fails the test.
class visitors {
public:
    visitors(std::uint16_t port, std::string_view long_answer, std::string_view file)
        : port_{port}, long_answer_{long_answer}, file_{file} {}

    void visit(bool is_file_served) {
        std::optional<harness::client> talker;
        std::optional<harness::client> silent;
        attempt("connecting", [&] {
            talker.emplace(port_);
            silent.emplace(port_);
        });
        talk(talker);
        attempt("a half-close", [&] {
            harness::client visitor{port_};
            visitor.send("hello");
            visitor.half_close();
            expect_answer("hello", visitor.receive_to_end());
        });
        attempt("a reset", [&] {
            harness::client visitor{port_};
            visitor.send("never answered");
            visitor.reset();
        });
        ask("much", long_answer_);
        ask("close", "close");
        if (is_file_served)
            ask("file", file_);
        attempt("an end without a word", [&] { harness::client{port_}.close(); });
        talk(talker);
        silent_ = std::move(silent); // these two stay until the server stops
        talker_ = std::move(talker);
    }

    [[nodiscard]] unsigned failed() const noexcept { return failed_; }

private:
    void talk(std::optional<harness::client>& talker) {
        const std::string message = harness::make_message(2'000); // needs a large buffer
        if (talker && !attempt("talking", [&] {
                talker->send(message);
                expect_answer(message, talker->receive_exactly(message.size()));
            }))
            talker.reset(); // has failed once, and must not count twice
    }

    void ask(const char* what, std::string_view answer) {
        attempt(what, [&] {
            harness::client visitor{port_};
            visitor.send(what);
            expect_answer(answer, visitor.receive_to_end());
        });
    }

    static void expect_answer(std::string_view expected, std::string_view received) {
        const std::string_view meant = expected.substr(0, received.size());
        EXPECT_TRUE(harness::same_bytes(meant, received));
        if (received.size() < expected.size())
            throw std::runtime_error{"not the whole answer"};
    }

    bool attempt(const char* what, const std::function<void()>& act) {
        try {
            act();
            return true;
        } catch (const std::system_error& error) {
            EXPECT_NE(error.code().value(), WSAETIMEDOUT) << what << ": left waiting";
            ++failed_;
        } catch (const std::runtime_error&) {
            ++failed_;
        }
        return false;
    }

    std::uint16_t port_;
    std::string_view long_answer_;
    std::string_view file_;
    std::optional<harness::client> silent_;
    std::optional<harness::client> talker_;
    unsigned failed_ = 0;
};

} // namespace iocp_test
