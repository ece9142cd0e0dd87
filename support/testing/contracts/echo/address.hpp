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
        const auto server = TypeParam::start("127.0.0.1", own.number());
        EXPECT_EQ(server->port(), own.number());
        visitors.emplace_back(own.number());
        EXPECT_EQ(visitors.back().exchange("hello"), "hello");
        this->stop(*server);
    }
}

TYPED_TEST_P(echo_contract, TakenPortThrowsNamingIt) {
    const std::uint16_t number = this->port();
    const std::error_code error =
        this->expect_refusal("127.0.0.1", number, "127.0.0.1:" + std::to_string(number));
    EXPECT_EQ(&error.category(), &win32::category());
    EXPECT_TRUE(error.value() == WSAEADDRINUSE || error.value() == WSAEACCES) << error;
    this->expect_serves(number);
}

TYPED_TEST_P(echo_contract, BadAddressThrowsNamingIt) {
    // No name has a part of 64 letters, so this one is not looked up in the network.
    const std::string no_name(64, 'x');
    for (const std::string& address : std::vector<std::string>{"", "256.0.0.1", "1.2.3", "127.1",
                                                               "127.0.0.1:80", "1::2::3", no_name})
        this->expect_refusal(address, 0, address);
}

TYPED_TEST_P(echo_contract, AddressOfAnotherMachineThrowsNamingIt) {
    const std::string nobodys = "192.0.2.1"; // reserved for documentation
    EXPECT_EQ(this->expect_refusal(nobodys, 0, nobodys).value(), WSAEADDRNOTAVAIL);
}

TYPED_TEST_P(echo_contract, ListensOnThisMachineOnlyUnlessTold) {
    typename TypeParam::server server;
    const std::vector<SOCKET> listeners = listeners_on(server.port());
    ASSERT_EQ(listeners.size(), 1u);
    EXPECT_EQ(win32::local_address(listeners[0]).Ipv4.sin_addr.s_addr, ::htonl(INADDR_LOOPBACK));
    this->expect_serves(server.port());
    this->stop(server);
}

TYPED_TEST_P(echo_contract, ListensOnTheAddressItIsGiven) {
    // All of 127.x.x.x is this machine.
    const auto server = TypeParam::start("127.0.0.2", 0);
    this->expect_serves(server->port(), "127.0.0.2");
    this->stop(*server);
}

TYPED_TEST_P(echo_contract, ListensOnAName) {
    const auto server = TypeParam::start("localhost", 0);
    this->expect_serves(server->port(), "localhost");
    this->stop(*server);
}

TYPED_TEST_P(echo_contract, ListensOnAnAddressOfIpv6) {
    if (const std::string_view missing = no_ipv6(); !missing.empty())
        GTEST_SKIP() << "Missing here: " << missing;
    const auto server = TypeParam::start("::1", 0);
    const std::string place = "[::1]:" + std::to_string(server->port());
    EXPECT_EQ(win32::to_text(server->address()), place);
    // More clients than a server accepts at once, so that every accept has had its turn.
    for (int i = 0; i < 40; ++i) {
        client visitor{server->port(), "::1"};
        ASSERT_EQ(visitor.exchange("hello"), "hello") << "client " << i;
    }
    this->expect_refusal("::1", server->port(), place);
    const client silent{server->port(), "::1"};
    this->stop(*server);
}

TYPED_TEST_P(echo_contract, ListensOnAllAddressesOfBothFamilies) {
    if (const std::string_view missing = no_ipv6(); !missing.empty())
        GTEST_SKIP() << "Missing here: " << missing;
    const auto server = TypeParam::start("::", 0);
    for (const char* const address : {"127.0.0.1", "::1", "127.0.0.2"})
        this->expect_serves(server->port(), address);
    this->stop(*server);
}

// Some systems (Linux, below Wine) let a server listen on an address that stands for many machines.
// So no server may rely on being its own client.
TYPED_TEST_P(echo_contract, StopsWhereNobodyCanConnect) {
    for (const char* const address : {"255.255.255.255", "224.0.0.1"})
        try {
            const auto server = TypeParam::start(address, 0);
            this->stop(*server);
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
    const auto other = TypeParam::start();
    EXPECT_NE(other->port(), this->port());
    client here{this->port()};
    client there{other->port()};
    EXPECT_EQ(here.exchange("here"), "here");
    EXPECT_EQ(there.exchange("there"), "there");
    this->stop();
    EXPECT_EQ(there.exchange("still there"), "still there");
    this->stop(*other);
}

} // namespace harness
