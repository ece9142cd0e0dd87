#include "counter.hpp"

#include "../asleep.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/machine/deadline.hpp"
#include "testing/machine/process_usage.hpp"
#include "trace/operations.hpp"
#include "trace/recorder.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using crowd::counter;
using harness::client;

const exercise::rule wall_of_64{
    "a wait takes 64 handles at most; one more, and it waits for none of them",
    "03_overlapped_event/README.md", "The wall of 64, and groups"};

const exercise::rule sleep_in_the_wait{
    "a thread that has nothing to do sleeps in a wait without a time limit; to ask again and again "
    "costs processor time while nobody sends, and time when somebody does",
    "03_overlapped_event/README.md", "The wall of 64, and groups"};

// A counter and its clients. The counter is never destroyed unless a test does it.
class audience {
public:
    void connect(std::size_t count) {
        while (clients_.size() < count) {
            client& visitor = clients_.emplace_back();
            visitor.connect(win32::local_port(listener_.get()));
            tested_->add(win32::unique_socket{::accept(listener_.get(), nullptr, nullptr)});
        }
    }

    // Lets client number `which`, from 0, send 10 bytes.
    void send(std::size_t which) {
        clients_[which].send("0123456789");
        sent_ += 10;
    }

    // Returns when all bytes are counted; the step ends it if they are not.
    void wait_until_counted() {
        harness::wait_until([this] { return tested_->total() == sent_; });
        exercise::require(tested_->total() == sent_, std::to_string(tested_->total()) +
                                                         " bytes are counted, " +
                                                         std::to_string(sent_) + " were sent");
    }

    [[nodiscard]] std::size_t size() const { return clients_.size(); }

    void destroy_counter() { delete tested_; }

private:
    const win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
    counter* const tested_ = new counter;
    std::vector<client> clients_;
    std::uint64_t sent_ = 0;
};

// Connects clients up to `count`, and lets the last one send.
void expect_next_counted(audience& all, std::size_t count) {
    const std::string number = std::to_string(count);
    exercise::expect("add() takes " + number + " clients", 60s);
    all.connect(count);
    exercise::expect("with " + number + " clients, the bytes of number " + number + " are counted");
    all.send(count - 1);
    all.wait_until_counted();
}

void expect_all_counted(audience& all) {
    exercise::expect(
        "when all " + std::to_string(all.size()) + " clients send, all bytes are counted", 20s);
    for (std::size_t i = 0; i < all.size(); ++i)
        all.send(i);
    all.wait_until_counted();
}

TEST(crowd, BytesOf63ClientsAreCounted) {
    exercise::about(wall_of_64);
    audience all;
    expect_next_counted(all, 1);
    expect_next_counted(all, 63);
    expect_all_counted(all);
}

TEST(crowd, BytesOf130ClientsAreCounted) {
    exercise::about(wall_of_64);
    audience all;
    for (const std::size_t count : {62u, 63u, 64u, 65u, 66u, 126u, 127u, 128u, 130u})
        expect_next_counted(all, count);
    expect_all_counted(all);
}

TEST(crowd, FewThreadsWaitForMany) {
    exercise::about(wall_of_64);
    const std::size_t before = harness::count_threads();
    audience all;
    expect_next_counted(all, 130);
    exercise::expect("130 clients take 5 threads at most", 20s);
    const std::size_t threads = harness::count_threads() - before;
    exercise::require(threads <= 5, std::to_string(threads) + " threads");
}

// A thread that has just served a client may look once, with a limit of 0, whether more are ready.
TEST(crowd, ThreadsSleepWhileClientsAreSilent) {
    exercise::about(sleep_in_the_wait);
    const exercise::watched_waits waits;
    audience all;
    expect_next_counted(all, 130);
    exercise::expect_asleep("while 130 clients are silent, all threads sleep, without a time limit",
                            waits);
}

TEST(crowd, EndCollectsEveryOperation) {
    exercise::about(wall_of_64);
    trace::recorder recorder;
    audience all;
    expect_next_counted(all, 130);
    exercise::expect("with 130 clients the destructor returns", 20s);
    all.destroy_counter();
    exercise::expect("it has collected all receives that were in flight", 20s);
    const trace::recording what = recorder.stop();
    const std::vector<trace::operation> operations = trace::match_operations(what);
    const auto uncollected =
        std::count_if(operations.begin(), operations.end(), [](const trace::operation& each) {
            return each.by != trace::ended_by::collected && each.by != trace::ended_by::own_call;
        });
    exercise::require(uncollected == 0,
                      std::to_string(uncollected) + " receives were not collected");
}

} // namespace
