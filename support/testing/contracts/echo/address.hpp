/// \file
/// The contract about the address and the port.
#pragma once

#include "fixture.hpp"
#include "testing/held_port.hpp"
#include "testing/machine/needs.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace harness {

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
    // More clients than a server accepts at once, so that every accept has had its turn.
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

// Some systems (Linux, below Wine) let a server listen on an address that stands for many machines.
// So no server may rely on being its own client.
TYPED_TEST_P(echo_contract, StopsWhereNobodyCanConnect) {
    for (const char* const address : {"255.255.255.255", "224.0.0.1"})
        try {
            const std::unique_ptr<typename TypeParam::server> server = TypeParam::start(address, 0);
            const watchdog limit{"stop()"};
            server->stop();
        } catch (const std::system_error&) {
            // A system that refuses the address is as good.
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

    // Nor does SO_REUSEADDR let another socket in. (Windows refuses that on one address without the
    // server's option, too; on 0.0.0.0 it would not.)
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

} // namespace harness
