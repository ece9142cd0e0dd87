/// \file
/// Lets a server of these exercises serve: it has no thread of its own.
#pragma once

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/exercise/check.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace exercise {

/// Makes a Server, and calls its turn() again and again, on a thread, until the destructor.
///
/// Lifetime: longer than that of its clients, so that each of them has been given up when it ends.
template <class Server>
class served {
public:
    /// Begins to serve.
    served()
        : thread_{[this] {
              while (!ended_)
                  server_.turn();
          }} {}

    /// Ends the last turn(), by a new client.
    ~served() {
        expect("turn() comes back when a client connects");
        ended_ = true;
        const harness::client last{port()};
        thread_.join();
    }

    served(const served&) = delete;
    served& operator=(const served&) = delete;

    /// The port that clients connect to.
    [[nodiscard]] std::uint16_t port() const { return server_.port(); }

private:
    Server server_;
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

/// Calls `what`, which a client does. The present step fails if its connection breaks.
template <class Function>
void as_client(Function what) {
    try {
        what();
    } catch (const std::exception& error) { // here, before the server's end waits for a client
        require(false, error.what());
    }
}

/// Connects `count` clients, a step each.
[[nodiscard]] inline std::vector<harness::client> connect_clients(std::uint16_t port,
                                                                  std::size_t count) {
    std::vector<harness::client> result;
    for (std::size_t i = 0; i < count; ++i) {
        expect("all " + std::to_string(count) + " clients can connect");
        as_client([&] { result.emplace_back(port); });
    }
    return result;
}

/// The present step fails if `message` does not come back to `visitor`.
inline void require_echo(harness::client& visitor, std::string_view message) {
    as_client([&] {
        const ::testing::AssertionResult same =
            harness::same_bytes(message, visitor.exchange(message));
        require(same, same.message());
    });
}

/// The present step fails if the next bytes that come to `visitor` are not `message`.
inline void require_answer(harness::client& visitor, std::string_view message) {
    as_client([&] {
        const std::string answer = visitor.receive_exactly(message.size());
        require(answer == message, "\"" + answer + "\"");
    });
}

/// The present step fails unless `visitor` gets `message`, and then the end.
inline void require_last_answer(harness::client& visitor, std::string_view message) {
    as_client([&] {
        const std::string answer = visitor.receive_to_end();
        const ::testing::AssertionResult same = harness::same_bytes(message, answer);
        require(same, answer.size() < 80 ? "\"" + answer + "\", and the end"
                                         : std::string{same.message()});
    });
}

} // namespace exercise
