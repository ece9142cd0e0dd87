#include "echo_server.hpp"

#include "testing/contracts/overlapped_contract.hpp"
#include "testing/exercise/echo_ladder.hpp"
#include "testing/machine/process_usage.hpp"
#include "trace/hooks/import_table.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace {

struct yours {
    using server = overlapped_callback::echo_server;
    static constexpr const char* name = "yours";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        overlapped_callback::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

const bool lesson_is_known = exercise::know_echo_lesson(
    "04_overlapped_callback/README.md", {.bytes = "The routine",
                                         .others = "A chain without an end holds the wait",
                                         .stopping = "Stop",
                                         .leftovers = "Whose operation was it?",
                                         .address = "Accepting has no routine"});

} // namespace

namespace harness {

using models = ::testing::Types<yours>;
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_ladder, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(echo, overlapped_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

const exercise::rule one_thread{
    "the routines run on the thread that has started the operations, so one thread serves all",
    "04_overlapped_callback/README.md", "The idea: hand over a function"};

const exercise::rule no_order{
    "when a routine is queued and an event is signaled, either may go first, each time; so a loop "
    "looks at all of its duties, whatever has ended the wait",
    "04_overlapped_callback/README.md", "Which goes first?"};

TEST(model, ManyClientsTakeNoMoreThreadsThanOne) {
    exercise::about(one_thread);
    exercise::expect("seventy clients take no more threads than the first one",
                     std::chrono::seconds{60});
    const std::unique_ptr<yours::server> server = yours::start();
    std::vector<client> clients;
    std::size_t with_one = 0;
    while (clients.size() < 70) {
        client& next = clients.emplace_back(server->port());
        static_cast<void>(next.exchange("hello"));
        if (with_one == 0)
            with_one = harness::measure_process().threads;
    }
    const std::size_t with_all = harness::measure_process().threads;
    exercise::require(with_all <= with_one,
                      std::to_string(with_all - with_one) + " threads more than with one client");
}

// Takes the place of the server's wait, if that is one of these two, and acts as if a routine were
// queued at each wait, and as if routines went first: the server never hears of an event.
std::atomic<void*> real_wait_of_winsock;
std::atomic<void*> real_wait;

template <std::atomic<void*>& Real>
DWORD WINAPI wait_that_always_runs_routines(DWORD count, const HANDLE* objects, BOOL all,
                                            DWORD timeout, BOOL alertable) {
    if (alertable) {
        ::QueueUserAPC([](ULONG_PTR) {}, ::GetCurrentThread(), 0);
        ::SleepEx(0, TRUE);
        return WAIT_IO_COMPLETION;
    }
    return reinterpret_cast<decltype(&::WaitForMultipleObjectsEx)>(Real.load())(count, objects, all,
                                                                                timeout, alertable);
}

class other_wait {
    const std::array<trace::hook, 2> hooks_{
        {{"WSAWaitForMultipleEvents", L"ws2_32.dll",
          reinterpret_cast<void*>(&wait_that_always_runs_routines<real_wait_of_winsock>),
          &real_wait_of_winsock},
         {"WaitForMultipleObjectsEx", L"kernel32.dll",
          reinterpret_cast<void*>(&wait_that_always_runs_routines<real_wait>), &real_wait}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

TEST(model, RoutineAtEveryWaitShutsOutNothing) {
    exercise::about(no_order);
    const other_wait in_force;
    const std::string always = " while each wait runs a routine, and so never reports an event";
    exercise::expect("a client is served" + always);
    const std::unique_ptr<yours::server> server = yours::start();
    client first{server->port()};
    static_cast<void>(first.exchange("hello"));
    exercise::expect("another client is served" + always);
    client second{server->port()};
    static_cast<void>(second.exchange("hello"));
    exercise::expect("stop() returns" + always);
    server->stop();
}

} // namespace
