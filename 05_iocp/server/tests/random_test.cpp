// Clients and a handler that do anything in any order. Every byte must be right all the same, and
// nothing may be left behind.
#include "scripted_server.hpp"

#include "testing/run_at_once.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace iocp_test;
using iocp::session;

using dice = std::minstd_rand;

bool one_in(dice& chance, unsigned many) {
    return chance() % many == 0;
}

// Ends every pause, on a thread of its own.
class resumer {
public:
    ~resumer() {
        take(nullptr);
        thread_.join();
    }

    /// Takes a session to resume; null ends the thread.
    void take(std::shared_ptr<session> paused) {
        const std::lock_guard lock{mutex_};
        paused_.push_back(std::move(paused));
        changed_.notify_one();
    }

private:
    void work() {
        for (std::unique_lock lock{mutex_};;) {
            changed_.wait(lock, [this] { return !paused_.empty(); });
            const std::vector<std::shared_ptr<session>> taken = std::exchange(paused_, {});
            lock.unlock();
            for (const std::shared_ptr<session>& each : taken) {
                if (each == nullptr)
                    return;
                each->resume();
            }
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<session>> paused_;
    std::thread thread_{&resumer::work, this};
};

// Echoes in pieces, with pauses, and sometimes ends the session.
class moody_echo {
public:
    void operator()(session& self, std::span<const std::byte> bytes) {
        const std::lock_guard lock{mutex_};
        while (!bytes.empty()) {
            const std::size_t size = std::min<std::size_t>(1 + chance_() % 5'000, bytes.size());
            self.send(bytes.first(size));
            bytes = bytes.subspan(size);
        }
        if (one_in(chance_, 4)) {
            self.pause();
            resumer_.take(self.share());
        }
        if (one_in(chance_, 50))
            self.close();
        else if (one_in(chance_, 50))
            self.abort();
    }

private:
    std::mutex mutex_;
    dice chance_{7};
    resumer resumer_;
};

// Runs one client. Whatever it does, it gets back its own bytes, or a front part of them.
void live(std::uint16_t port, unsigned seed) {
    constexpr std::size_t most_under_way = 20'000; // fits into the buffers of any connection
    dice chance{seed};
    const std::string message = harness::make_message(100'000, seed);
    std::size_t sent = 0;
    std::string received;
    try {
        client visitor{port};
        while (sent != message.size() && !one_in(chance, 20)) {
            const std::size_t count = chance() % (most_under_way - (sent - received.size()) + 1);
            const std::string_view piece = std::string_view{message}.substr(sent, count);
            visitor.send(piece);
            sent += piece.size();
            received += visitor.receive_exactly(chance() % (sent - received.size() + 1));
        }
        if (one_in(chance, 3)) {
            visitor.reset();
        } else if (!one_in(chance, 3)) {
            visitor.half_close();
            received += visitor.receive_to_end();
        }
    } catch (const std::system_error& error) { // the handler may end it, but nothing may hang
        EXPECT_NE(error.code().value(), WSAETIMEDOUT) << "seed " << seed;
    } catch (const std::runtime_error&) {
    }
    EXPECT_LE(received.size(), sent);
    EXPECT_TRUE(harness::same_bytes(std::string_view{message}.substr(0, received.size()), received))
        << "seed " << seed;
}

using iocp_random = scripted_server;

TEST_F(iocp_random, ClientsThatDoAnythingGetTheirOwnBytesOrAnEnd) {
    constexpr unsigned at_once = 6;
    constexpr unsigned one_after_another = 25;
    options.high_water_mark = 3'000;
    options.low_water_mark = 1'000;
    options.max_connections = at_once - 1; // one client always waits
    options.pending_accepts = 2;
    options.close_timeout = milliseconds{200};
    moody_echo echo;
    user.receive = [&](session& self, std::span<const std::byte> bytes) {
        echo(self, bytes);
    };
    start();
    harness::run_at_once(at_once, [this](unsigned i) {
        for (unsigned count = 0; count < one_after_another; ++count)
            live(server->port(), 1 + i * one_after_another + count);
    });
    wait_until_open(0);
    stop();
}

} // namespace
