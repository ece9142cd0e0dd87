#include "echo_pool.hpp"

#include "../connection.hpp"
#include "../operations_in_flight.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using exercise::connection;
using exercise::make_connection;
using exercise::operations_in_flight;
using one_for_all::echo_pool;

const exercise::rule a_packet_for_each_thread{
    "a packet goes to one thread; so each thread needs a stop packet of its own",
    "05_iocp/README.md", "Stopping"};
const exercise::rule collect_before_you_free{
    "a cancel only asks; memory is freed only when the packet of every operation has been taken",
    "05_iocp/README.md", "Stopping"};

void require_echo(harness::client& client, const std::string& message) {
    const std::string answer = client.exchange(message);
    exercise::require(answer == message, "\"" + answer + "\"");
}

void require_all_collected(const operations_in_flight& operations) {
    exercise::require(operations.count() == 0, "the packets of " +
                                                   std::to_string(operations.count()) +
                                                   " operations have not been taken");
}

// While one lives, a cancel has its effect only a while after the pool has looked for a packet, and
// no wait with a limit is long enough for it. Windows promises no more: an operation may need its
// time to end.
class slow_cancels {
public:
    slow_cancels() = default;

    ~slow_cancels() {
        for (std::thread& each : started_)
            each.join();
        started_.clear();
    }

    slow_cancels(const slow_cancels&) = delete;
    slow_cancels& operator=(const slow_cancels&) = delete;

private:
    static BOOL WINAPI cancel(HANDLE handle, OVERLAPPED* operation) {
        const std::lock_guard lock{mutex_};
        ++outstanding_;
        started_.emplace_back([handle, operation, before = takes_.load()] {
            for (int i = 0; i < 100 && takes_ == before; ++i)
                ::SleepEx(10, FALSE);
            ::SleepEx(100, FALSE);
            reinterpret_cast<decltype(&::CancelIoEx)>(system_cancel_.load())(handle, operation);
            --outstanding_;
        });
        return TRUE;
    }

    static BOOL WINAPI take(HANDLE port, DWORD* bytes, ULONG_PTR* key, OVERLAPPED** operation,
                            DWORD limit) {
        ++takes_;
        const bool is_over_at_once = outstanding_ != 0 && limit != INFINITE;
        return reinterpret_cast<decltype(&::GetQueuedCompletionStatus)>(system_take_.load())(
            port, bytes, key, operation, is_over_at_once ? 0 : limit);
    }

    static inline std::atomic<void*> system_cancel_{nullptr};
    static inline std::atomic<void*> system_take_{nullptr};
    static inline std::atomic<unsigned> takes_{0};
    static inline std::atomic<unsigned> outstanding_{0}; // cancels without an effect yet
    static inline std::mutex mutex_;                     // guards started_
    static inline std::vector<std::thread> started_;

    const std::array<trace::hook, 2> hooks_{{
        {"CancelIoEx", L"kernel32.dll", reinterpret_cast<void*>(&cancel), &system_cancel_},
        {"GetQueuedCompletionStatus", L"kernel32.dll", reinterpret_cast<void*>(&take),
         &system_take_},
    }};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

TEST(one_for_all, BytesComeBack) {
    exercise::about(a_packet_for_each_thread);
    echo_pool& tested = *new echo_pool{4}; // whether it can stop is for the next tests
    exercise::expect("the pool sends back what its clients send");
    connection one = make_connection();
    connection two = make_connection();
    tested.serve(std::move(one.server));
    tested.serve(std::move(two.server));
    require_echo(one.client, "hello");
    require_echo(two.client, "hi");
}

TEST(one_for_all, PoolOfOneThreadStops) {
    exercise::about(a_packet_for_each_thread);
    echo_pool tested{1};
    exercise::expect("a pool of one thread stops while nobody is connected");
    tested.stop();
}

TEST(one_for_all, PoolOfFourThreadsStops) {
    exercise::about(a_packet_for_each_thread);
    for (int i = 0; i < 10; ++i) {
        exercise::expect(
            "a pool of four threads stops while nobody is connected, each of 10 times");
        echo_pool tested{4};
        tested.stop();
        exercise::expect("a second stop() does nothing");
        tested.stop();
    }
}

TEST(one_for_all, StopCollectsEveryOperation) {
    exercise::about(collect_before_you_free);
    const operations_in_flight operations;
    const slow_cancels slow;
    std::vector<connection> silent(6);
    {
        echo_pool tested{4};
        for (connection& each : silent) {
            exercise::expect("the pool sends back what its clients send");
            each = make_connection();
            tested.serve(std::move(each.server));
            if (&each < &silent[3]) // the receives of the others never had a byte
                require_echo(each.client, "hello");
        }
        exercise::expect("stop() returns while clients are connected that send nothing");
        tested.stop();
        exercise::expect(
            "every operation has been collected by then, though a cancel takes its time");
        require_all_collected(operations);
    }
    exercise::expect("the clients see the end of their connections");
    for (connection& each : silent)
        each.client.wait_until_closed();
}

TEST(one_for_all, StopReturnsInTheMidstOfTraffic) {
    exercise::about(collect_before_you_free);
    const operations_in_flight operations;
    for (int i = 0; i < 5; ++i) {
        std::vector<connection> busy(4);
        echo_pool tested{4};
        for (connection& each : busy) {
            exercise::expect("the pool sends back what its clients send");
            each = make_connection();
            tested.serve(std::move(each.server));
            require_echo(each.client, "hello");
        }
        std::vector<std::thread> threads;
        for (connection& each : busy)
            threads.emplace_back([&client = each.client] {
                try {
                    for (;;)
                        static_cast<void>(client.exchange("again"));
                } catch (const std::exception&) { // the pool has ended the connection
                }
            });
        exercise::expect("stop() returns while clients send again and again");
        tested.stop();
        exercise::expect("every operation has been collected by then");
        require_all_collected(operations);
        exercise::expect("the clients see the end of their connections");
        for (std::thread& each : threads)
            each.join();
    }
}

} // namespace
