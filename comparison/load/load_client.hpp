/// \file
/// A client of the load, with its connection and its message under way.
#pragma once

#include "load_port.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace comparison {

/// The behaviour of a client.
enum class client_kind {
    ordinary,  ///< sends the next message when the reply has come
    silent,    ///< is served once
    trickling, ///< sends a byte a second
    unreading  ///< sends on and on and never reads
};

/// A client.
///
/// Lifetime: until none of its operations is in flight. It does not move.
struct load_client {
    load_client(unsigned its_number, client_kind its_kind, std::size_t message_size);
    load_client(const load_client&) = delete;
    load_client& operator=(const load_client&) = delete;

    /// Connects to `port` on 127.0.0.1; closing ends the connection with a reset. Throws
    /// std::system_error.
    void connect(std::uint16_t port, load_port& through);

    /// Makes the next message from the client's number and the number of messages it has sent. Two
    /// messages of 8 bytes or more are never equal, so a reply that belongs to another connection
    /// or to an earlier message is recognized as wrong.
    void next_message();

    /// Throws std::runtime_error that names the first wrong byte of the reply, if there is one.
    void check_reply() const;

    /// The server's words that are no echo, as an addition to the reason why it closed the
    /// connection.
    [[nodiscard]] std::string last_words() const;

    [[nodiscard]] bool in_flight() const noexcept { return send.in_flight || receive.in_flight; }

    operation send{*this};
    operation receive{*this};
    win32::unique_socket socket;
    load_port::on_success success_mode;
    unsigned number;
    client_kind kind;
    std::vector<char> message;
    std::vector<char> reply;
    std::size_t received = 0;          ///< the bytes of the current reply
    std::uint64_t sent = 0;            ///< the number of messages
    std::uint64_t served = 0;          ///< the number of replies
    std::uint64_t served_in_phase = 0; ///< the number of replies since load_loop::begin_phase()
    moment sent_at{};                  ///< the moment of the last message's send
    bool under_way = false;            ///< true while it waits for a reply or the packet of a send
    bool given_up = false;             ///< true if it has failed: its packets are only collected
};

} // namespace comparison
