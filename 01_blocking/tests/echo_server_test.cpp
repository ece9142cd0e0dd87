#include "echo_server.hpp"

#include "second_thread.hpp"
#include "testing/contracts/echo_contract.hpp"
#include "testing/contracts/shortage_contract.hpp"
#include "testing/failures/failing_allocation.hpp"
#include "testing/failures/failing_threads.hpp"
#include "trace/hooks/import_table.hpp"

#include <optional>
#include <span>

namespace {

struct thread_per_client {
    using server = blocking::echo_server;
    static constexpr const char* name = "thread_per_client";

    static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
                                         std::uint16_t port = 0) {
        blocking::echo_options options;
        options.address = address;
        options.port = port;
        return std::make_unique<server>(options);
    }
};

} // namespace

namespace harness {

using models = ::testing::Types<thread_per_client>;
INSTANTIATE_TYPED_TEST_SUITE_P(blocking, shortage_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_contract, models, model_names);
INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_crowd_contract, models, model_names);

} // namespace harness

namespace {

using blocking_test::second_thread;
using harness::client;

TEST(blocking_echo_server, TakesOneThreadForEveryClient) {
    blocking::echo_server server;
    client first{server.port()};
    EXPECT_EQ(first.exchange("hello"), "hello");
    const std::size_t with_one = harness::measure_process().threads;
    std::vector<client> more = harness::connect_clients(server.port(), 20);
    for (client& each : more)
        EXPECT_EQ(each.exchange("hello"), "hello");
    EXPECT_EQ(harness::measure_process().threads, with_one + 20);
}

TEST(blocking_echo_server, OneThreadServesOneClientWhileTheOthersWait) {
    blocking::echo_options options;
    options.threads = 1;
    blocking::echo_server server{options};
    client first{server.port()};
    EXPECT_EQ(first.exchange("first"), "first");

    // The second is connected, by the system, and says something; its words wait.
    client second{server.port()};
    second.send("second");
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(first.exchange("first again"), "first again");
    EXPECT_FALSE(second.has_something_to_read());

    first.half_close();
    EXPECT_EQ(first.receive_to_end(), "");
    EXPECT_EQ(second.receive_exactly(6), "second");
}

TEST(blocking_echo_server, ThreeThreadsServeThreeClientsAtOnce) {
    blocking::echo_options options;
    options.threads = 3;
    const std::size_t before = harness::measure_process().threads;
    blocking::echo_server server{options};
    std::vector<client> served = harness::connect_clients(server.port(), 3);
    for (client& each : served)
        EXPECT_EQ(each.exchange("hello"), "hello");
    client waiting{server.port()};
    waiting.send("me too");
    for (int i = 0; i < 20; ++i)
        for (client& each : served)
            EXPECT_EQ(each.exchange("hello"), "hello");
    EXPECT_FALSE(waiting.has_something_to_read());
    EXPECT_EQ(harness::measure_process().threads, before + 3);

    served[1].reset();
    EXPECT_EQ(waiting.receive_exactly(6), "me too");
}

TEST(blocking_echo_server, StopsWhileClientsWaitForAThread) {
    blocking::echo_options options;
    options.threads = 2;
    const harness::process_usage before = harness::measure_process();
    blocking::echo_server server{options};
    std::vector<client> clients = harness::connect_clients(server.port(), 5);
    EXPECT_EQ(clients[0].exchange("hello"), "hello");
    EXPECT_EQ(clients[1].exchange("hello"), "hello");
    {
        const harness::watchdog limit{"stop()"};
        server.stop();
    }
    const harness::process_usage after = harness::measure_process();
    EXPECT_EQ(after.threads, before.threads);
    EXPECT_EQ(after.sockets, before.sockets + clients.size());
    for (client& each : clients)
        each.wait_until_closed();
}

// An end in good order would tell the client that it has had everything. And as long as one of
// these connections lived on, nobody could listen on the port.
TEST(blocking_echo_server, StopResetsItsClientsAndFreesThePort) {
    blocking::echo_server server;
    const std::uint16_t port = server.port();
    client quiet{port}; // the server's thread waits in recv
    EXPECT_EQ(quiet.exchange("hello"), "hello");
    client bystander{port};
    harness::flood deaf{port}; // here it waits in send
    deaf.run(bystander);

    // A receive that waits already sees the reset under Wine too.
    int received = 0;
    int error = 0;
    second_thread reader{[&] {
        char byte = 0;
        received = ::recv(quiet.native(), &byte, 1, 0);
        error = ::WSAGetLastError();
    }};
    ASSERT_TRUE(reader.waits_in_recv());
    {
        const harness::watchdog limit{"stop()"};
        server.stop();
    }
    reader.join();
    EXPECT_EQ(received, SOCKET_ERROR);
    EXPECT_EQ(error, WSAECONNRESET);
    EXPECT_THROW(deaf.connection.send("x"), std::system_error);

    const win32::unique_socket next = win32::listen_on("127.0.0.1", port);
    EXPECT_TRUE(next);
}

TEST(blocking_echo_server, StopResetsAClientThatAnAcceptingThreadServes) {
    blocking::echo_options options;
    options.threads = 1;
    blocking::echo_server server{options};
    const std::uint16_t port = server.port();
    client quiet{port};
    EXPECT_EQ(quiet.exchange("hello"), "hello");
    client waits_to_be_accepted{port};
    {
        const harness::watchdog limit{"stop()"};
        server.stop();
    }
    const win32::unique_socket next = win32::listen_on("127.0.0.1", port);
    EXPECT_TRUE(next);
}

enum class blocking_call { accept, recv };

// While a late_call lives, it holds a thread of the server where no cancel reaches it: about to
// make the call, with stopping_ already read. The first cancel, which finds nothing, lets the
// thread go.
class late_call {
public:
    explicit late_call(blocking_call which) {
        ::ResetEvent(about_to_call.get());
        ::ResetEvent(cancelled.get());
        testing_thread = ::GetCurrentThreadId();
        held_call = which;
    }

    static void hold(blocking_call which) {
        if (which == held_call && ::GetCurrentThreadId() != testing_thread) {
            ::SetEvent(about_to_call.get());
            ::WaitForSingleObject(cancelled.get(), INFINITE);
        }
    }

    static SOCKET WSAAPI accept(SOCKET socket, sockaddr* address, int* size) {
        hold(blocking_call::accept);
        return reinterpret_cast<decltype(&::accept)>(original_accept.load())(socket, address, size);
    }

    static int WSAAPI recv(SOCKET socket, char* buffer, int size, int flags) {
        hold(blocking_call::recv);
        return reinterpret_cast<decltype(&::recv)>(original_recv.load())(socket, buffer, size,
                                                                         flags);
    }

    static BOOL WINAPI cancel(HANDLE handle, OVERLAPPED* operation) {
        const BOOL found =
            reinterpret_cast<decltype(&::CancelIoEx)>(original_cancel.load())(handle, operation);
        const DWORD error = ::GetLastError();
        ::SetEvent(cancelled.get());
        ::SetLastError(error);
        return found;
    }

    static win32::unique_handle make_event() {
        return win32::unique_handle{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    }

    static inline const win32::unique_handle about_to_call = make_event();
    static inline const win32::unique_handle cancelled = make_event();
    static inline std::atomic<DWORD> testing_thread{0};
    static inline std::atomic<blocking_call> held_call{blocking_call::recv};
    static inline std::atomic<void*> original_accept{nullptr};
    static inline std::atomic<void*> original_recv{nullptr};
    static inline std::atomic<void*> original_cancel{nullptr};

private:
    const trace::hook hooks_[3] = {
        {"accept", L"ws2_32.dll", reinterpret_cast<void*>(accept), &original_accept},
        {"recv", L"ws2_32.dll", reinterpret_cast<void*>(recv), &original_recv},
        {"CancelIoEx", L"kernel32.dll", reinterpret_cast<void*>(cancel), &original_cancel}};
    const std::span<const trace::hook> groups_[1] = {hooks_};
    const trace::import_patch patch_{groups_};
};

TEST(blocking_echo_server, StopFindsAThreadThatItsFirstCancelMisses) {
    blocking::echo_server server;
    const late_call held{blocking_call::recv};
    const client visitor{server.port()};
    ASSERT_EQ(::WaitForSingleObject(late_call::about_to_call.get(), harness::deadline),
              DWORD{WAIT_OBJECT_0});
    const harness::watchdog limit{"stop()"};
    server.stop();
}

TEST(blocking_echo_server, StopFindsAnAcceptThatItsFirstCancelMisses) {
    const late_call held{blocking_call::accept};
    blocking::echo_server server;
    ASSERT_EQ(::WaitForSingleObject(late_call::about_to_call.get(), harness::deadline),
              DWORD{WAIT_OBJECT_0});
    const harness::watchdog limit{"stop()"};
    server.stop();
}

TEST(blocking_echo_server, StopReturnsWhenAThreadNeverBegan) {
    blocking::echo_server server;
    client served{server.port()};
    EXPECT_EQ(served.exchange("hello"), "hello");
    client unlucky;
    client likewise;
    {
        const harness::failing_threads without{harness::thread_failure::never_begins};
        unlucky.connect(server.port());
        likewise.connect(server.port());
        harness::wait_until([&] { return without.happened() == 2; });
        EXPECT_EQ(without.happened(), 2u);
    }
    EXPECT_EQ(served.exchange("still here"), "still here");
    const harness::watchdog limit{"stop()"};
    server.stop();
}

TEST(blocking_echo_server, StopReturnsWhenThreadsThatAcceptNeverBegan) {
    blocking::echo_options options;
    options.threads = 3;
    std::optional<blocking::echo_server> server;
    {
        const harness::failing_threads without{harness::thread_failure::never_begins, 2};
        server.emplace(options);
    }
    client served{server->port()};
    EXPECT_EQ(served.exchange("hello"), "hello");
    const harness::watchdog limit{"stop()"};
    server->stop();
}

// Whether the server has echoed, rather than ended the connection or said goodbye.
bool is_served(client& visitor) {
    try {
        return visitor.exchange("hello") == "hello";
    } catch (const std::exception&) {
        return false;
    }
}

class blocking_echo_server_without_memory : public harness::allocation_failures {
protected:
    // Lets each allocation that the server makes for a client fail in turn; returns how many.
    static unsigned fail_each_in_turn(const blocking::echo_options& options) {
        blocking::echo_server server{options};
        for (unsigned nth = 1;; ++nth) {
            client unlucky;
            bool failed = false;
            bool served = false;
            {
                const harness::failing_allocation failure{nth};
                unlucky.connect(server.port());
                served = is_served(unlucky);
                failed = failure.has_happened();
            }
            EXPECT_NE(served, failed) << "allocation " << nth;
            unlucky.close();
            client next{server.port()};
            EXPECT_TRUE(is_served(next)) << "after allocation " << nth << " failed";
            if (!failed || HasFailure())
                return nth - 1;
        }
    }
};

TEST_F(blocking_echo_server_without_memory, TheClientItWasForIsAlone) {
    EXPECT_GE(fail_each_in_turn({}), 2u) << "its entry, and its thread";
}

TEST_F(blocking_echo_server_without_memory, TheThreadThatAcceptsGoesOn) {
    blocking::echo_options options;
    options.threads = 1;
    EXPECT_GE(fail_each_in_turn(options), 1u) << "its entry";
}

TEST(blocking_echo_server, ClientsBeyondTheLimitAreToldGoodbye) {
    blocking::echo_options options;
    options.max_threads = 2;
    blocking::echo_server server{options};
    std::vector<client> served = harness::connect_clients(server.port(), 2);
    for (client& each : served)
        EXPECT_EQ(each.exchange("hello"), "hello");

    for (int i = 0; i < 3; ++i) {
        client refused{server.port()};
        EXPECT_EQ(refused.receive_to_end(), "server is full, goodbye\n");
    }
    for (client& each : served)
        EXPECT_EQ(each.exchange("still here"), "still here");

    // When one has left there is room again. It sees the end a moment before the server lets it
    // go, so the first to come may still be refused.
    served[0].half_close();
    EXPECT_EQ(served[0].receive_to_end(), "");
    std::string answer;
    harness::wait_until([&] {
        client next{server.port()};
        next.half_close();
        answer = next.receive_to_end();
        return answer.empty(); // served: nothing sent, nothing back
    });
    EXPECT_EQ(answer, "");
}

} // namespace
