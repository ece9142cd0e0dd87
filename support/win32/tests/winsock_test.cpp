// Addresses of both families, and names.

#include "testing/held_port.hpp"
#include "testing/machine/needs.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <string>
#include <system_error>
#include <vector>

namespace {

using win32::make_address;

TEST(win32_addresses, OfEitherFamilyHaveATextAndAPort) {
    for (const auto& [address, text] : std::vector<std::pair<std::string, std::string>>{
             {"127.0.0.1", "127.0.0.1:5000"},
             {"::1", "[::1]:5000"},
             {"0:0::1", "[::1]:5000"},
             {"::ffff:127.0.0.1", "[::ffff:127.0.0.1]:5000"},
             {"fe80::1%1", "[fe80::1%1]:5000"}}) {
        const std::vector<SOCKADDR_INET> found = win32::find_addresses(address, 5000);
        ASSERT_EQ(found.size(), 1u) << address;
        EXPECT_EQ(win32::to_text(found[0]), text);
        EXPECT_EQ(win32::port_of(found[0]), 5000);
    }
    EXPECT_EQ(win32::to_text(make_address("::1", 0)), "::1");
}

TEST(win32_addresses, ThatAreNoneAreNamed) {
    for (const std::string& text : std::vector<std::string>{
             "", ".", "1", "127.1", "1.2.3", "256.0.0.1", "127.0.0.1:80", "1::2::3",
             "::1::", std::string(64, 'x')}) // no name has a part of 64 letters: nobody is asked
        try {
            static_cast<void>(make_address(text, 0));
            ADD_FAILURE() << "\"" << text << "\" is taken for an address";
        } catch (const std::system_error& error) {
            EXPECT_NE(std::string{error.what()}.find(text), std::string::npos) << error.what();
        }
}

// A name may have an address of a family that this machine lacks.
TEST(win32_addresses, OfAnotherMachineArePassedOver) {
    const win32::unique_socket listener =
        win32::listen_on({make_address("198.51.100.1", 0), make_address("127.0.0.1", 0)});
    EXPECT_EQ(win32::local_address(listener.get()).Ipv4.sin_addr.s_addr, ::htonl(INADDR_LOOPBACK));
}

// A client that connects by the name would find the other program there.
TEST(win32_addresses, WithATakenPortAreNotPassedOver) {
    const harness::held_port port;
    const win32::unique_socket other = win32::listen_on("127.0.0.1", port.number());
    EXPECT_THROW(static_cast<void>(win32::listen_on({make_address("127.0.0.1", port.number()),
                                                     make_address("127.0.0.2", port.number())})),
                 std::system_error);
}

} // namespace
