#include "echo_server.hpp"

#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/overlapped_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"
#include "testing/failures/failing_allocation.hpp"
#include "testing/machine/watchdog.hpp"
#include "trace/hooks/import_table.hpp"

#include <array>
#include <atomic>
#include <span>

namespace {

struct callbacks {
    using server = overlapped_callback::echo_server;
    static constexpr const char* name = "callbacks";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        overlapped_callback::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

using models = ::testing::Types<callbacks>;
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_callback, shortage_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_callback, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_callback, echo_crowd_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(overlapped_callback, overlapped_contract, models, model_names);

} // namespace harness

namespace {

using harness::client;

TEST(overlapped_callback_echo_server, ServesAnyNumberOfClientsOnOneThread) {
    const std::size_t before = harness::measure_process().threads;
    overlapped_callback::echo_server server;
    std::vector<client> clients;
    for (const std::size_t count :
         {std::size_t{1}, std::size_t{64}, std::size_t{65}, std::size_t{200}}) {
        while (clients.size() < count) {
            clients.emplace_back(server.port());
            ASSERT_EQ(clients.back().exchange("hello"), "hello");
        }
        EXPECT_EQ(harness::measure_process().threads, before + 1) << count << " clients";
    }
}

class overlapped_callback_echo_server_without_memory : public harness::allocation_failures {};

TEST_F(overlapped_callback_echo_server_without_memory, TurnsOneClientAwayAndServesTheOthers) {
    overlapped_callback::echo_server server;
    client bystander{server.port()};
    EXPECT_EQ(bystander.exchange("hello"), "hello");
    {
        const harness::failing_allocation failure{1};
        client unlucky{server.port()};
        unlucky.wait_until_closed();
        EXPECT_TRUE(failure.has_happened());
        EXPECT_EQ(bystander.exchange("again"), "again");
    }
    client next{server.port()};
    EXPECT_EQ(next.exchange("hello"), "hello");
    const harness::watchdog limit{"stop()"};
    server.stop();
}

// The two functions below take the place of the server's wait. When an event is signaled and a
// routine is queued, the system decides which goes first; each of these has an order of its own.

using wait_function = DWORD WSAAPI(DWORD, const WSAEVENT*, BOOL, DWORD, BOOL);

std::atomic<void*> real_wait;

DWORD call_real_wait(DWORD count, const WSAEVENT* events, BOOL all, DWORD timeout, BOOL alertable) {
    return reinterpret_cast<wait_function*>(real_wait.load())(count, events, all, timeout,
                                                              alertable);
}

// Acts as if a routine were queued at each wait, as with clients whose operations are always done
// at once, and as if routines went first: the server never hears of an event.
DWORD WSAAPI wait_that_always_runs_routines(DWORD count, const WSAEVENT* events, BOOL all,
                                            DWORD timeout, BOOL alertable) {
    if (!alertable)
        return call_real_wait(count, events, all, timeout, alertable);
    ::QueueUserAPC([](ULONG_PTR) {}, ::GetCurrentThread(), 0);
    return ::SleepEx(0, TRUE) == WAIT_IO_COMPLETION ? WSA_WAIT_IO_COMPLETION : WSA_WAIT_FAILED;
}

// Acts as if an event were signaled at each wait, as with clients that connect without pause, and
// as if events went first: no routine runs in a wait.
DWORD WSAAPI wait_that_never_runs_routines(DWORD count, const WSAEVENT* events, BOOL all,
                                           DWORD timeout, BOOL alertable) {
    if (!alertable)
        return call_real_wait(count, events, all, timeout, alertable);
    ::SwitchToThread();
    return WSA_WAIT_EVENT_0 + 1;
}

// Lets the server wait by `replacement`. Lifetime: outlives the server.
class other_wait {
public:
    explicit other_wait(wait_function* replacement)
        : hooks_{{{"WSAWaitForMultipleEvents", L"ws2_32.dll", reinterpret_cast<void*>(replacement),
                   &real_wait}}} {}

private:
    std::array<trace::hook, 1> hooks_;
    std::array<std::span<const trace::hook>, 1> groups_{hooks_};
    trace::import_patch patch_{groups_};
};

void serve_two_clients_and_stop() {
    overlapped_callback::echo_server server;
    client first{server.port()};
    EXPECT_EQ(first.exchange("hello"), "hello");
    client second{server.port()};
    EXPECT_EQ(second.exchange("hello"), "hello");
    EXPECT_EQ(first.exchange("again"), "again");
    const harness::watchdog limit{"stop()"};
    server.stop();
}

TEST(overlapped_callback_echo_server, RoutinesAtEveryWaitShutOutNeitherClientsNorStop) {
    const other_wait windows_way{wait_that_always_runs_routines};
    serve_two_clients_and_stop();
}

TEST(overlapped_callback_echo_server, ClientsAtEveryWaitShutOutNoRoutine) {
    const other_wait wines_way{wait_that_never_runs_routines};
    serve_two_clients_and_stop();
}

} // namespace
