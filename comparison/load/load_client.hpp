/// \file
/// A client of the load: its connection, and the message that it has under way.
#pragma once

#include "load_port.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace comparison {

/// How a client behaves.
enum class client_kind {
    ordinary,  ///< sends the next message when the reply has come
    silent,    ///< is served once
    trickling, ///< sends a byte a second
    unreading  ///< sends on and on, and never reads
};

/// A client.
///
/// Lifetime: may only go when nothing of it is in flight. Its memory does not move.
struct load_client {
    load_client(unsigned its_number, client_kind its_kind, std::size_t message_size);
    load_client(const load_client&) = delete;
    load_client& operator=(const load_client&) = delete;

    /// Connects to `port` on 127.0.0.1; closing ends the connection with a reset. Throws
    /// std::system_error.
    void connect(std::uint16_t port, load_port& through);

    /// Puts the next message together. It is a function of the client and of how many it has sent,
    /// that no other message shares if it has 8 bytes: a reply that belongs to another connection,
    /// or is a message late, is a wrong reply.
    void next_message();

    /// Throws std::runtime_error that names the first byte of the reply that is not the message's.
    void check_reply() const;

    /// What the server said that is no echo: an addition to why it closed the connection.
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
    std::size_t received = 0; ///< of the reply under way
    std::uint64_t sent = 0;   ///< messages
    std::uint64_t served = 0; ///< replies
    std::uint64_t served_in_phase = 0;
    moment sent_at{};
    bool under_way = false; ///< a message is: its reply, or the packet of its send, is awaited
    bool given_up = false;  ///< it has come to grief; what is in flight is only collected
};

} // namespace comparison
