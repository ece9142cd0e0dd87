// Random bytes from clients.
#include "chat_fixture.hpp"

#include <random>
#include <string>

namespace {

using namespace chat_test;

using chat_random_input = chat_server_fixture;

// Uses the engine without a distribution, since only its numbers are the same everywhere.
class source {
public:
    explicit source(unsigned seed) : engine_{seed} {}

    std::size_t below(std::size_t end) { return (engine_() >> 4) % end; }

    std::string bytes(std::size_t count) {
        std::string result;
        while (result.size() < count)
            result += static_cast<char>(static_cast<unsigned char>(below(256)));
        return result;
    }

    // Returns bytes between noise and a valid conversation.
    std::string stream() {
        std::string result;
        for (std::size_t count = below(20); count != 0; --count) {
            switch (below(6)) {
            case 0:
                result += bytes(below(50));
                break;
            case 1:
                result += chat::encode(chat::join{below(2) == 0 ? "calm" : "noisy", "noise"});
                break;
            case 2:
                result += chat::encode(chat::leave{});
                break;
            case 3: { // a frame of the right length, with anything in it
                std::string frame = bytes(1 + below(40));
                frame[0] = static_cast<char>(below(5));
                result += std::string{'\0', static_cast<char>(frame.size())} + frame;
                break;
            }
            default:
                result += chat::encode(chat::say{std::string(1 + below(100), 'n')});
                break;
            }
        }
        if (!result.empty() && below(3) == 0)
            result[below(result.size())] = bytes(1)[0];
        return result;
    }

private:
    std::minstd_rand engine_;
};

TEST_F(chat_random_input, HarmsNobodyElse) {
    options.server.threads = 4;
    start();
    talker ann = connect();
    ASSERT_EQ(ann.enter("calm", "Ann"), "welcome");
    talker bo = connect();
    ASSERT_EQ(bo.enter("calm", "Bo"), "welcome Ann");
    source random{20'240'817};
    for (int round = 0; round < 300; ++round) {
        talker noise = connect();
        std::string bytes = random.stream();
        // Send in two pieces. The second may meet a connection that is closed after a fault.
        const std::size_t cut = random.below(bytes.size() + 1);
        try {
            noise.connection.send(bytes.substr(0, cut));
            noise.connection.send(bytes.substr(cut));
            switch (random.below(3)) {
            case 0:
                noise.connection.reset();
                break;
            case 1:
                noise.connection.close();
                break;
            default: // the server must end it, whatever the bytes were
                noise.connection.half_close();
                noise.connection.wait_until_closed();
                break;
            }
        } catch (const std::system_error& error) {
            EXPECT_TRUE(error.code().value() == WSAECONNRESET ||
                        error.code().value() == WSAECONNABORTED ||
                        error.code().value() == WSAESHUTDOWN)
                << error.what();
        }
        const std::string words = std::to_string(round);
        ann.say(words);
        EXPECT_EQ(bo.next_that_begins("said Ann"), "said Ann: " + words) << "round " << round;
        EXPECT_EQ(ann.next_that_begins("said Ann"), "said Ann: " + words) << "round " << round;
    }
    wait_until_open(2);
    EXPECT_LE(server->room_count(), 1u);
}

} // namespace
