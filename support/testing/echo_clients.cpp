#include "echo_clients.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <system_error>

namespace harness {

::testing::AssertionResult same_bytes(std::string_view sent, std::string_view received) {
    if (sent == received)
        return ::testing::AssertionSuccess();
    const auto [left, right] =
        std::mismatch(sent.begin(), sent.end(), received.begin(), received.end());
    static_cast<void>(right);
    return ::testing::AssertionFailure()
           << "sent " << sent.size() << " bytes, received " << received.size()
           << ", different from byte " << left - sent.begin() << " on";
}

flood::flood(std::uint16_t port) : connection{port}, piece_{make_message(64 * 1024)} {}

void flood::run(client& bystander) {
    for (int rounds_in_vain = 0; rounds_in_vain < 20 && sent_ < limit;) {
        const std::size_t more = connection.send_without_waiting(
            std::string_view{piece_}.substr(sent_ % piece_.size(), limit - sent_));
        sent_ += more;
        rounds_in_vain = more == 0 ? rounds_in_vain + 1 : 0;
        if (more == 0)
            static_cast<void>(bystander.exchange("still served"));
    }
}

::testing::AssertionResult flood::read_all() {
    connection.half_close();
    for (std::size_t have = 0; have < sent_;) {
        const std::string_view expected =
            std::string_view{piece_}.substr(have % piece_.size(), sent_ - have);
        const ::testing::AssertionResult same =
            same_bytes(expected, connection.receive_exactly(expected.size()));
        if (!same)
            return same;
        have += expected.size();
    }
    return same_bytes({}, connection.receive_to_end());
}

busy_client::busy_client(std::uint16_t port) : connection_{port} {
    static_cast<void>(connection_.exchange("before"));
    pump_ = std::thread{[this] {
        const std::string piece = make_message(64 * 1024);
        try {
            while (!enough_)
                connection_.send(piece);
            connection_.half_close();
        } catch (const std::exception&) {
            // The server has stopped.
        }
    }};
    drain_ = std::thread{[this] {
        std::array<char, 64 * 1024> bytes;
        while (::recv(connection_.native(), bytes.data(), static_cast<int>(bytes.size()), 0) > 0) {
        }
    }};
}

busy_client::~busy_client() {
    enough_ = true;
    pump_.join();
    drain_.join();
}

std::vector<client> connect_clients(std::uint16_t port, std::size_t count) {
    std::vector<client> result;
    result.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        result.emplace_back(port);
    return result;
}

bool serves_a_new_client(std::uint16_t port) {
    try {
        client visitor{port};
        visitor.send("new");
        visitor.half_close();
        return visitor.receive_to_end() == "new";
    } catch (const std::system_error& error) { // a reset
        EXPECT_NE(error.code().value(), WSAETIMEDOUT) << "neither served nor turned away";
        return false;
    }
}

} // namespace harness
