/// \file
/// What every echo server must keep, whatever I/O model it is built on.
///
/// A chapter describes its server by a model and instantiates the suites:
/// \code
/// struct thread_per_client {
///     using server = blocking::echo_server;
///     static constexpr const char* name = "thread_per_client";
///     static std::unique_ptr<server> start(const std::string& address = "127.0.0.1",
///                                          std::uint16_t port = 0) {
///         return std::make_unique<server>(blocking::echo_options{address, port});
///     }
/// };
///
/// namespace harness {
/// using models = ::testing::Types<thread_per_client>;
/// INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_contract, models, model_names);
/// INSTANTIATE_TYPED_TEST_SUITE_P(blocking, echo_crowd_contract, models, model_names);
/// } // namespace harness
/// \endcode
///
/// echo_contract needs no more than 10 clients at once; echo_crowd_contract needs 301.
#pragma once

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/facts.hpp"
#include "testing/held_port.hpp"
#include "testing/latch.hpp"
#include "testing/machine/live_memory.hpp"
#include "testing/machine/needs.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/machine/watchdog.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace harness {

/// A server that serves, and the account of what it took from the system.
template <class Model>
class echo_contract : public facts {
public:
    using server_type = typename Model::server;

    // Much is opened at its first use and kept for good: by Winsock, by the run-time library, by
    // Wine. All of that happens here, so that no test finds it in its account. GoogleTest too has a
    // thread, for all that belongs to the main thread; a trace is one thing that does.
    static void SetUpTestSuite() {
        SCOPED_TRACE("warm-up");
        threads_at_start_ = measure_process().threads;
        const std::unique_ptr<server_type> server = Model::start();
        client visitor{server->port()};
        static_cast<void>(visitor.exchange(make_message(64 * 1024)));
        const watchdog limit{"stop()"};
        server->stop();
    }

protected:
    void SetUp() override {
        facts::SetUp();
        if (IsSkipped())
            return;
        before_ = measure_process();
        // A thread that a server left may have been there for this measurement and be gone at the
        // next one: so it is never part of the account.
        before_.threads = threads_at_start_;
        server_ = Model::start();
    }

    // Every test of the contract ends with this check. The test's own clients are gone by now.
    void TearDown() override {
        if (IsSkipped())
            return;
        stop_and_destroy();
        expect_nothing_left();
    }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] const process_usage& before() const { return before_; }

    /// The contract says that stop() returns within a second. The watchdog allows more, for a
    /// machine under load is not a server that waits: these clients never leave by themselves, so
    /// a stop() that waited for one of them would never return, however long the limit.
    void stop() {
        const watchdog limit{"stop()"};
        server_->stop();
    }

    void stop_and_destroy() {
        if (!server_)
            return;
        stop();
        const watchdog limit{"the destructor"};
        server_.reset();
    }

    /// To be called after stop(): every thread has been joined, and nobody listens. What belongs to
    /// the object, a completion port say, may stay until the object goes.
    void expect_stopped() const {
        EXPECT_LE(measure_process().threads, before_.threads) << "stop() left threads behind";
        EXPECT_TRUE(listeners_on(port()).empty()) << "stop() left the listener open";
    }

    /// To be called when the server is gone: all its threads and sockets are.
    void expect_nothing_left(std::size_t own_sockets = 0) const {
        const process_usage after = measure_process();
        EXPECT_LE(after.threads, before_.threads) << "the server left threads behind";
        EXPECT_LE(after.sockets, before_.sockets + own_sockets) << "the server left sockets behind";
    }

    static void expect_serves(std::uint16_t where) {
        client visitor{where};
        EXPECT_TRUE(same_bytes("are you there?", visitor.exchange("are you there?")));
    }

private:
    inline static std::size_t threads_at_start_ = 0;
    process_usage before_;
    std::unique_ptr<server_type> server_;
};

/// The tests that need hundreds of clients at once.
template <class Model>
class echo_crowd_contract : public echo_contract<Model> {};

/// Names each instance of a suite by its model.
struct model_names {
    template <class Model>
    static std::string GetName(int) {
        return Model::name;
    }
};

TYPED_TEST_SUITE_P(echo_contract);
TYPED_TEST_SUITE_P(echo_crowd_contract);

// ---- The same bytes come back ----

TYPED_TEST_P(echo_contract, SameBytesComeBackForEverySize) {
    constexpr std::size_t buffer = 16 * 1024;
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, buffer - 1, buffer, buffer + 1,
                                   std::size_t{100 * 1024}, std::size_t{1024 * 1024}}) {
        client visitor{this->port()};
        const std::string message = make_message(size);
        EXPECT_TRUE(same_bytes(message, visitor.exchange(message))) << size << " bytes";
    }
}

TYPED_TEST_P(echo_contract, SameBytesComeBackOneByteAtATime) {
    client visitor{this->port()};
    const std::string message = make_message(256);
    for (std::size_t i = 0; i < message.size(); ++i)
        ASSERT_TRUE(same_bytes(message.substr(i, 1), visitor.exchange(message.substr(i, 1))));
    for (std::size_t i = 0; i < message.size(); ++i)
        visitor.send(message.substr(i, 1));
    EXPECT_TRUE(same_bytes(message, visitor.receive_exactly(message.size())));
}

TYPED_TEST_P(echo_contract, SameBytesComeBackInRandomPieces) {
    client visitor{this->port()};
    const std::string message = make_message(1024 * 1024);
    std::string received;
    write_while_reading(
        [&] {
            std::minstd_rand engine{2024};
            for (std::string_view rest = message; !rest.empty();) {
                const std::string_view piece = rest.substr(0, 1 + engine() % 40'000);
                visitor.send(piece);
                rest.remove_prefix(piece.size());
            }
        },
        [&] { received = visitor.receive_exactly(message.size()); });
    EXPECT_TRUE(same_bytes(message, received));
}

TYPED_TEST_P(echo_contract, TwoMessagesInOneSendBothComeBack) {
    client visitor{this->port()};
    const std::string first = make_message(700, 1);
    const std::string second = make_message(900, 2);
    visitor.send(first + second);
    EXPECT_TRUE(same_bytes(first, visitor.receive_exactly(first.size())));
    EXPECT_TRUE(same_bytes(second, visitor.receive_exactly(second.size())));
}

TYPED_TEST_P(echo_contract, ManyMessagesInARowComeBack) {
    client visitor{this->port()};
    for (unsigned i = 1; i <= 300; ++i) {
        const std::string message = make_message(1 + i * 61 % 2000, i);
        ASSERT_TRUE(same_bytes(message, visitor.exchange(message))) << "message " << i;
    }
}

TYPED_TEST_P(echo_contract, AfterHalfCloseEverythingStillComesBackThenTheEnd) {
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{16 * 1024}, std::size_t{1024 * 1024}}) {
        client visitor{this->port()};
        const std::string message = make_message(size);
        std::string received;
        write_while_reading(
            [&] {
                visitor.send(message);
                visitor.half_close();
            },
            [&] { received = visitor.receive_to_end(); });
        EXPECT_TRUE(same_bytes(message, received)) << size << " bytes";
    }
}

// What waits in the server's and the system's buffers when the half-close arrives comes back too.
TYPED_TEST_P(echo_contract, HalfCloseWhileNobodyReadsLosesNothing) {
    client bystander{this->port()};
    flood visitor{this->port()};
    visitor.run(bystander);
    EXPECT_TRUE(visitor.read_all());
}

TYPED_TEST_P(echo_contract, HalfCloseWithNothingSentEndsTheStream) {
    client visitor{this->port()};
    visitor.half_close();
    EXPECT_EQ(visitor.receive_to_end(), "");
}

// ---- Nobody is hurt or held up by another ----

TYPED_TEST_P(echo_contract, ResetsInMidStreamHurtNobodyElse) {
    client bystander{this->port()};
    EXPECT_EQ(bystander.exchange("before"), "before");
    const process_usage quiet = measure_process();
    const std::string half = make_message(8 * 1024);
    for (unsigned i = 0; i < 100; ++i) {
        client visitor{this->port()};
        // The server is found in the middle of an accept, of a receive, of a send.
        if (i % 4 != 0)
            visitor.send(half);
        if (i % 4 == 2)
            static_cast<void>(visitor.receive_exactly(half.size() / 2));
        if (i % 20 == 3) // so much that the server's own send has to wait
            for (int k = 0; k < 400 && visitor.send_without_waiting(half) != 0; ++k) {
            }
        visitor.reset();
        const std::string message = make_message(100, i + 1);
        ASSERT_TRUE(same_bytes(message, bystander.exchange(message))) << "after reset " << i;
    }
    this->expect_serves(this->port());
    constexpr std::size_t few = 10;
    const process_usage now = wait_for_usage_within(quiet, few);
    EXPECT_TRUE(is_within(now, quiet, few)) << "from " << quiet << " to " << now;
}

// The busy client is there first and always has something ready: a server that begins each turn at
// the front, and ends it at the first that is ready, never comes to the others.
TYPED_TEST_P(echo_contract, ABusyClientHoldsNobodyUp) {
    const busy_client busy{this->port()};
    client visitor{this->port()};
    for (unsigned i = 1; i <= 50; ++i) {
        const std::string message = make_message(100, i);
        ASSERT_TRUE(same_bytes(message, visitor.exchange(message))) << "message " << i;
    }
}

TYPED_TEST_P(echo_contract, AClientThatNeverReadsCostsBoundedMemoryAndHoldsNobodyUp) {
    client bystander{this->port()};
    EXPECT_EQ(bystander.exchange("before"), "before");
    flood visitor{this->port()};
    reset_peak_live_bytes();
    const std::size_t live = live_bytes();
    visitor.run(bystander); // and the bystander is served meanwhile
    EXPECT_LT(peak_live_bytes() - live, std::size_t{1024 * 1024});
    EXPECT_LT(visitor.sent(), flood::limit) << "the server went on reading";
    this->expect_serves(this->port());
}

// ---- Nothing is left behind ----

TYPED_TEST_P(echo_contract, ConnectionsOneAfterAnotherLeaveNothingBehind) {
    constexpr std::size_t connections = 500;
    constexpr std::size_t few = connections / 10; // what the system may keep, or be late to close
    // Of those that end in order there are twice as many as "few", and no more: the client's port
    // is kept for minutes then, and Windows has 16,384 for all tests together.
    constexpr unsigned orderly = 5;
    client bystander{this->port()};
    EXPECT_EQ(bystander.exchange("before"), "before");
    const process_usage quiet = measure_process();
    for (unsigned i = 0; i < connections; ++i) {
        client visitor{this->port()};
        const std::string message = make_message(100, i + 1);
        ASSERT_TRUE(same_bytes(message, visitor.exchange(message))) << "connection " << i;
        if (i % orderly != 0) {
            visitor.reset();
            continue;
        }
        visitor.half_close();
        ASSERT_EQ(visitor.receive_to_end(), "") << "connection " << i;
    }
    // Also while it serves. A client sees the end a moment before the server has closed.
    const process_usage now = wait_for_usage_within(quiet, few);
    EXPECT_TRUE(is_within(now, quiet, few)) << "from " << quiet << " to " << now;

    this->stop_and_destroy();
    this->expect_nothing_left(1);
    EXPECT_LT(measure_process().handles, this->before().handles + few);
}

TYPED_TEST_P(echo_contract, StartingAndStoppingLeavesNothingBehind) {
    this->stop_and_destroy();
    constexpr std::size_t rounds = 20;
    const process_usage start = measure_process();
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::unique_ptr<typename TypeParam::server> server = TypeParam::start();
        client visitor{server->port()};
        ASSERT_EQ(visitor.exchange("hello"), "hello");
        const watchdog limit{"stop()"};
        server->stop();
    }
    const process_usage end = measure_process();
    EXPECT_LE(end.threads, start.threads);
    EXPECT_LE(end.sockets, start.sockets);
    // Anything that each round left would make this grow by a whole round's worth.
    EXPECT_LT(end.handles, start.handles + rounds) << "from " << start << " to " << end;
}

// ---- stop() ----

TYPED_TEST_P(echo_contract, StopWithOperationsPendingReturnsAndDisconnects) {
    client bystander{this->port()};
    client silent{this->port()}; // a receive that never had a byte
    client half_closed{this->port()};
    half_closed.half_close();
    EXPECT_EQ(half_closed.receive_to_end(), "");
    flood deaf{this->port()}; // a send that cannot go on
    deaf.run(bystander);      // and with the bystander a receive that waits for the next message

    this->stop();
    this->expect_stopped();
    const watchdog limit{"the end of a connection"};
    bystander.wait_until_closed();
    silent.wait_until_closed();
    deaf.connection.wait_until_closed();
}

TYPED_TEST_P(echo_contract, StopWithoutClientsReturns) {
    this->stop();
    this->expect_stopped();
}

TYPED_TEST_P(echo_contract, StopTwiceIsStopOnce) {
    client visitor{this->port()};
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    this->stop();
    this->stop();
    this->expect_stopped();
}

TYPED_TEST_P(echo_contract, DestructorStops) {
    this->stop_and_destroy();
    std::unique_ptr<typename TypeParam::server> server = TypeParam::start();
    client visitor{server->port()};
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    const watchdog limit{"the destructor, or the end of the connection"};
    server.reset();
    visitor.wait_until_closed();
}

TYPED_TEST_P(echo_contract, StopDuringLargeTransfersReturns) {
    constexpr std::size_t count = 4;
    const std::string message = make_message(256 * 1024);
    std::vector<client> visitors = connect_clients(this->port(), count);
    latch all_in_the_middle{count};
    std::vector<std::thread> threads;
    for (client& visitor : visitors)
        threads.emplace_back([&] {
            bool first = true;
            try {
                for (;;) {
                    EXPECT_TRUE(same_bytes(message, visitor.exchange(message)));
                    if (std::exchange(first, false))
                        all_in_the_middle.count_down();
                }
            } catch (const std::exception& error) { // what ends the loop is stop()
                if (first) {
                    ADD_FAILURE() << "before stop(): " << error.what();
                    all_in_the_middle.count_down();
                }
            }
        });
    all_in_the_middle.wait();
    this->stop();
    {
        const watchdog limit{"the end of a connection"};
        for (std::thread& thread : threads)
            thread.join();
    }
    this->expect_stopped();
}

TYPED_TEST_P(echo_contract, StopWhileAClientIsBusyReturns) {
    const busy_client busy{this->port()};
    this->expect_serves(this->port());
    this->stop();
}

TYPED_TEST_P(echo_contract, StopWhileClientsConnectReturns) {
    latch in_the_middle{1};
    const std::uint16_t number = this->port();
    std::thread visitors{[&] {
        for (unsigned served = 0;; ++served) {
            if (served == 10)
                in_the_middle.count_down();
            client visitor;
            try {
                visitor.connect(number);
            } catch (const std::system_error&) { // refused: the server has stopped
                if (served < 10)
                    in_the_middle.count_down();
                return;
            }
            try {
                static_cast<void>(visitor.exchange("hello"));
            } catch (const std::exception&) {
                // This one came too late to be served. Others may still find the port open.
                if (served < 10)
                    ADD_FAILURE() << "not served before stop()";
            }
        }
    }};
    in_the_middle.wait();
    this->stop();
    {
        const watchdog limit{"the clients' end"};
        visitors.join();
    }
    this->expect_stopped();
}

// ---- Address and port ----

TYPED_TEST_P(echo_contract, PortCanBeTakenAgainAtOnce) {
    const held_port own;
    std::vector<client> visitors;
    for (int round = 0; round < 6; ++round) {
        // The clients of the rounds before are still there, and their connections not yet
        // forgotten.
        const std::unique_ptr<typename TypeParam::server> server =
            TypeParam::start("127.0.0.1", own.number());
        EXPECT_EQ(server->port(), own.number());
        visitors.emplace_back(own.number());
        EXPECT_EQ(visitors.back().exchange("hello"), "hello");
        const watchdog limit{"stop()"};
        server->stop();
    }
}

TYPED_TEST_P(echo_contract, TakenPortThrowsNamingIt) {
    const std::uint16_t number = this->port();
    try {
        TypeParam::start("127.0.0.1", number);
        ADD_FAILURE() << "two servers on one port";
    } catch (const std::system_error& error) {
        EXPECT_EQ(&error.code().category(), &win32::category());
        EXPECT_TRUE(error.code().value() == WSAEADDRINUSE || error.code().value() == WSAEACCES)
            << error.what();
        EXPECT_NE(std::string{error.what()}.find("127.0.0.1:" + std::to_string(number)),
                  std::string::npos)
            << error.what();
    }
    this->expect_serves(number);
}

TYPED_TEST_P(echo_contract, BadAddressThrowsNamingIt) {
    // No name has a part of 64 letters, so this one is not looked up in the network.
    const std::string no_name(64, 'x');
    for (const std::string& address : std::vector<std::string>{"", "256.0.0.1", "1.2.3", "127.1",
                                                               "127.0.0.1:80", "1::2::3", no_name})
        try {
            TypeParam::start(address, 0);
            ADD_FAILURE() << "listens on \"" << address << "\"";
        } catch (const std::system_error& error) {
            EXPECT_NE(std::string{error.what()}.find(address), std::string::npos) << error.what();
        }
}

TYPED_TEST_P(echo_contract, AddressOfAnotherMachineThrowsNamingIt) {
    try {
        TypeParam::start("192.0.2.1", 0); // reserved for documentation: nobody's
        ADD_FAILURE() << "listens on 192.0.2.1";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), WSAEADDRNOTAVAIL) << error.what();
        EXPECT_NE(std::string{error.what()}.find("192.0.2.1"), std::string::npos) << error.what();
    }
}

TYPED_TEST_P(echo_contract, ListensOnThisMachineOnlyUnlessTold) {
    typename TypeParam::server server;
    const std::vector<SOCKET> listeners = listeners_on(server.port());
    ASSERT_EQ(listeners.size(), 1u);
    EXPECT_EQ(win32::local_address(listeners[0]).Ipv4.sin_addr.s_addr, ::htonl(INADDR_LOOPBACK));
    this->expect_serves(server.port());
    const watchdog limit{"stop()"};
    server.stop();
}

TYPED_TEST_P(echo_contract, ListensOnTheAddressItIsGiven) {
    // All of 127.x.x.x is this machine.
    const std::unique_ptr<typename TypeParam::server> server = TypeParam::start("127.0.0.2", 0);
    client visitor{server->port(), "127.0.0.2"};
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    const watchdog limit{"stop()"};
    server->stop();
}

TYPED_TEST_P(echo_contract, ListensOnAName) {
    const std::unique_ptr<typename TypeParam::server> server = TypeParam::start("localhost", 0);
    client visitor{server->port(), "localhost"};
    EXPECT_EQ(visitor.exchange("hello"), "hello");
    const watchdog limit{"stop()"};
    server->stop();
}

TYPED_TEST_P(echo_contract, ListensOnAnAddressOfIpv6) {
    if (const std::string_view missing = no_ipv6(); !missing.empty())
        GTEST_SKIP() << "Missing here: " << missing;
    const std::unique_ptr<typename TypeParam::server> server = TypeParam::start("::1", 0);
    const std::string place = "[::1]:" + std::to_string(server->port());
    EXPECT_EQ(win32::to_text(server->address()), place);
    // More than a server accepts at once, so that every accept has had its turn.
    for (int i = 0; i < 40; ++i) {
        client visitor{server->port(), "::1"};
        ASSERT_EQ(visitor.exchange("hello"), "hello") << "client " << i;
    }
    try {
        TypeParam::start("::1", server->port());
        ADD_FAILURE() << "two servers on one port";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string{error.what()}.find(place), std::string::npos) << error.what();
    }
    const client silent{server->port(), "::1"};
    const watchdog limit{"stop()"};
    server->stop();
}

TYPED_TEST_P(echo_contract, ListensOnAllAddressesOfBothFamilies) {
    if (const std::string_view missing = no_ipv6(); !missing.empty())
        GTEST_SKIP() << "Missing here: " << missing;
    const std::unique_ptr<typename TypeParam::server> server = TypeParam::start("::", 0);
    for (const char* const address : {"127.0.0.1", "::1", "127.0.0.2"}) {
        client visitor{server->port(), address};
        EXPECT_EQ(visitor.exchange("hello"), "hello") << address;
    }
    const watchdog limit{"stop()"};
    server->stop();
}

// Some systems (Linux, below Wine) let a server listen on addresses of many. So no server may rely
// on being its own client.
TYPED_TEST_P(echo_contract, StopsWhereNobodyCanConnect) {
    for (const char* const address : {"255.255.255.255", "224.0.0.1"})
        try {
            const std::unique_ptr<typename TypeParam::server> server = TypeParam::start(address, 0);
            const watchdog limit{"stop()"};
            server->stop();
        } catch (const std::system_error&) {
            // The system refuses the address: as well.
        }
}

TYPED_TEST_P(echo_contract, PortIsItsOwn) {
    const std::vector<SOCKET> listeners = listeners_on(this->port());
    ASSERT_EQ(listeners.size(), 1u);
    DWORD exclusive = 0;
    int size = sizeof exclusive;
    ASSERT_EQ(::getsockopt(listeners[0], SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
                           reinterpret_cast<char*>(&exclusive), &size),
              0);
    EXPECT_NE(exclusive, 0u);

    // Nor does it help to ask in this way. (On one address Windows refuses that without the option,
    // too; on 0.0.0.0 it would not.)
    const win32::unique_socket thief = win32::make_tcp_socket();
    const BOOL yes = TRUE;
    ASSERT_EQ(::setsockopt(thief.get(), SOL_SOCKET, SO_REUSEADDR,
                           reinterpret_cast<const char*>(&yes), sizeof yes),
              0);
    const sockaddr_in where = win32::make_address("127.0.0.1", this->port()).Ipv4;
    EXPECT_NE(::bind(thief.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
}

TYPED_TEST_P(echo_contract, TwoServersServeSideBySide) {
    const std::unique_ptr<typename TypeParam::server> other = TypeParam::start();
    EXPECT_NE(other->port(), this->port());
    client here{this->port()};
    client there{other->port()};
    EXPECT_EQ(here.exchange("here"), "here");
    EXPECT_EQ(there.exchange("there"), "there");
    this->stop();
    EXPECT_EQ(there.exchange("still there"), "still there");
    const watchdog limit{"stop()"};
    other->stop();
}

REGISTER_TYPED_TEST_SUITE_P(
    echo_contract, SameBytesComeBackForEverySize, SameBytesComeBackOneByteAtATime,
    SameBytesComeBackInRandomPieces, TwoMessagesInOneSendBothComeBack, ManyMessagesInARowComeBack,
    AfterHalfCloseEverythingStillComesBackThenTheEnd, HalfCloseWhileNobodyReadsLosesNothing,
    HalfCloseWithNothingSentEndsTheStream, ResetsInMidStreamHurtNobodyElse,
    ABusyClientHoldsNobodyUp, AClientThatNeverReadsCostsBoundedMemoryAndHoldsNobodyUp,
    ConnectionsOneAfterAnotherLeaveNothingBehind, StartingAndStoppingLeavesNothingBehind,
    StopWithOperationsPendingReturnsAndDisconnects, StopWithoutClientsReturns, StopTwiceIsStopOnce,
    DestructorStops, StopDuringLargeTransfersReturns, StopWhileAClientIsBusyReturns,
    StopWhileClientsConnectReturns, PortCanBeTakenAgainAtOnce, TakenPortThrowsNamingIt,
    BadAddressThrowsNamingIt, AddressOfAnotherMachineThrowsNamingIt,
    ListensOnThisMachineOnlyUnlessTold, ListensOnTheAddressItIsGiven, ListensOnAName,
    ListensOnAnAddressOfIpv6, ListensOnAllAddressesOfBothFamilies, StopsWhereNobodyCanConnect,
    PortIsItsOwn, TwoServersServeSideBySide);

// ---- The crowd ----

TYPED_TEST_P(echo_crowd_contract, SilentClientsHoldNobodyUp) {
    std::vector<client> silent = connect_clients(this->port(), 200);
    client visitor{this->port()};
    const std::string message = make_message(100 * 1024);
    EXPECT_TRUE(same_bytes(message, visitor.exchange(message)));
    // They were silent, not forgotten.
    EXPECT_EQ(silent.front().exchange("first"), "first");
    EXPECT_EQ(silent.back().exchange("last"), "last");
}

TYPED_TEST_P(echo_crowd_contract, ManyClientsAtOnceEachGetTheirOwnBytes) {
    std::vector<client> visitors = connect_clients(this->port(), 300);
    const auto message_of = [](std::size_t i) {
        return make_message(1000 + i, static_cast<unsigned>(i + 1));
    };
    for (std::size_t i = 0; i < visitors.size(); ++i)
        visitors[i].send(message_of(i));
    for (std::size_t i = 0; i < visitors.size(); ++i) {
        ASSERT_TRUE(same_bytes(message_of(i), visitors[i].receive_exactly(1000 + i)))
            << "client " << i;
        visitors[i].half_close();
    }
    for (client& visitor : visitors)
        ASSERT_EQ(visitor.receive_to_end(), "");
}

TYPED_TEST_P(echo_crowd_contract, StopWithManyClientsReturnsAndDisconnectsAll) {
    std::vector<client> visitors = connect_clients(this->port(), 300);
    // The last one in is served, so all the others are in as well.
    EXPECT_EQ(visitors.back().exchange("hello"), "hello");
    this->stop();
    this->expect_stopped();
    const watchdog limit{"the end of a connection"};
    for (client& visitor : visitors)
        visitor.wait_until_closed();
}

REGISTER_TYPED_TEST_SUITE_P(echo_crowd_contract, SilentClientsHoldNobodyUp,
                            ManyClientsAtOnceEachGetTheirOwnBytes,
                            StopWithManyClientsReturnsAndDisconnectsAll);

} // namespace harness
