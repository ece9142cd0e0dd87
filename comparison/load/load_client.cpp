#include "load_client.hpp"

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace comparison {

load_client::load_client(unsigned its_number, client_kind its_kind, std::size_t message_size)
    // A send of 64 bytes is done when the call returns, and without its packet the load takes less
    // of the processors. The client that sends on and on needs the packet, to wait for its turn.
    : success_mode{its_kind == client_kind::unreading ? load_port::on_success::packet
                                                      : load_port::on_success::no_packet},
      number{its_number},
      kind{its_kind},
      message(message_size),
      reply(message_size) {}

void load_client::connect(std::uint16_t port, load_port& through) {
    const sockaddr_in where = win32::make_address("127.0.0.1", port).Ipv4;
    socket = win32::make_tcp_socket();
    // Over loopback a blocking connect ends at once: in the listener's backlog, or refused.
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        win32::throw_last_socket_error("connect", "127.0.0.1:" + std::to_string(port));
    win32::set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE}, "setsockopt TCP_NODELAY");
    // Reset the connection on close: on Windows the side that closes first keeps its port in
    // TIME_WAIT for minutes, and tens of thousands of connections would use up the ports. A reset
    // loses nothing, since by then every reply that counts has come.
    win32::reset_on_close(socket.get());
    through.add(socket.get(), success_mode);
}

void load_client::next_message() {
    std::uint64_t state = (std::uint64_t{number} << 40) + ++sent;
    for (std::size_t i = 0; i < message.size(); i += sizeof state) {
        std::memcpy(message.data() + i, &state, std::min(sizeof state, message.size() - i));
        state = state * 6364136223846793005u + 1442695040888963407u; // Knuth's generator
    }
    received = 0;
}

void load_client::check_reply() const {
    if (reply == message)
        return;
    const auto wrong = std::mismatch(reply.begin(), reply.end(), message.begin()).first;
    throw std::runtime_error("wrong byte: byte " + std::to_string(wrong - reply.begin()) +
                             " of reply " + std::to_string(sent) + " is not what was sent");
}

std::string load_client::last_words() const {
    if (std::equal(reply.data(), reply.data() + received, message.data()))
        return "";
    std::string words;
    for (std::size_t i = 0; i < received && reply[i] >= ' ' && reply[i] <= '~'; ++i)
        words += reply[i];
    return words.empty() ? "" : ", saying \"" + words + "\"";
}

} // namespace comparison
