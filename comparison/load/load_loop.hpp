/// \file
/// The clients of the load, and the loop that serves their packets.
#pragma once

#include "histogram.hpp"
#include "load_client.hpp"
#include "load_port.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace comparison {

/// A count of the replies to ordinary clients in a measured time, between open() and close() of
/// load_loop. The latencies of messages that were sent by then are recorded until they come.
struct reply_count {
    static constexpr moment open = moment::max();

    moment begin{};
    moment end = open;
    std::uint64_t replies = 0; ///< the number of replies that came in the measured time
    std::uint64_t bytes = 0;   ///< the bytes that came in it, those of incomplete replies included
    std::uint64_t missing =
        0; ///< the number of messages under way at close() that are not back yet
    /// The nanoseconds from the send to the last byte of the reply, of the messages of times().
    histogram latencies;

    /// True if the latency of a message counts: it was sent in the measured time, or before it and
    /// came back after it. Late replies are the slowest, so they must not be left out.
    [[nodiscard]] bool times(moment sent, moment arrived) const noexcept {
        return sent <= end && (sent >= begin || arrived > end);
    }
};

/// All clients, on one thread.
///
/// The failure of an ordinary client is thrown as std::runtime_error that names the connection. The
/// failure of another client ends that client alone, and is kept: failure().
class load_loop {
public:
    explicit load_loop(std::uint16_t port) : server_{port} {}

    /// Cancels all operations, collects their packets, frees their memory and closes the sockets.
    ~load_loop();

    load_loop(const load_loop&) = delete;
    load_loop& operator=(const load_loop&) = delete;

    /// Connects a client and sends its first message.
    void add(client_kind kind, std::size_t message_size);

    /// Lets every ordinary client send, and send the next message when a reply has come.
    void begin_loop();

    /// Lets no ordinary client send a further message.
    void end_loop() noexcept { looping_ = false; }

    /// Handles packets until `done` returns true; calls it after each packet and at `wake`. Returns
    /// false if ordinary and silent clients have received nothing for `patience`.
    bool go_on_until(const std::function<bool()>& done, std::chrono::milliseconds patience,
                     moment wake = moment::max());

    /// Begins a phase, in which replies are counted from 0 for each client.
    void begin_phase() noexcept;
    /// The number of ordinary and silent clients with a reply in this phase.
    [[nodiscard]] unsigned served_in_phase() const noexcept { return served_in_phase_; }
    /// The least number of replies to an ordinary client in this phase.
    [[nodiscard]] std::uint64_t fewest_in_phase() const noexcept;

    /// Counts replies into `count` until close(). Lifetime: `count` outlives the loop.
    void open(reply_count& count);
    void close(reply_count& count) noexcept;

    /// Gives up the silent clients that wait for their reply; `why` is the failure.
    void give_up_unserved(const std::string& why);

    /// The total time that it has waited for packets.
    [[nodiscard]] std::chrono::nanoseconds waited() const noexcept { return port_.waited(); }
    /// The number of messages of ordinary and silent clients that are under way.
    [[nodiscard]] unsigned under_way() const noexcept { return under_way_; }
    /// The number of replies to all clients.
    [[nodiscard]] std::uint64_t echoes() const noexcept { return echoes_; }
    /// The bytes that ordinary and silent clients have received.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    /// The moment of the last reply to an ordinary or silent client.
    [[nodiscard]] moment last_reply() const noexcept { return last_reply_; }
    /// The bytes that the server has taken from the client that never reads.
    [[nodiscard]] std::uint64_t unread_bytes() const noexcept { return unread_bytes_; }
    /// The moment at which the server took the last of them.
    [[nodiscard]] moment last_unread() const noexcept { return last_unread_; }
    /// The first failure of a silent or slow client; empty if there was none.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

private:
    void connect(load_client& c);
    void begin_request(load_client& c);
    void receive_rest(load_client& c);
    void take(load_client& c, DWORD bytes);
    void finish_reply(load_client& c);
    void end_if_done(load_client& c);
    void end_request(load_client& c);
    void send_unread(load_client& c);
    void handle(operation& op);
    void trickle();
    void step(moment until);
    template <class Work>
    void on_behalf_of(load_client& c, const Work& work);
    void give_up(load_client& c, const std::string& why);

    std::uint16_t server_;
    load_port port_;
    std::vector<std::unique_ptr<load_client>> clients_;
    load_client* trickling_ = nullptr;
    bool looping_ = false;
    std::vector<reply_count*> counts_;

    unsigned under_way_ = 0;
    unsigned served_in_phase_ = 0;
    std::uint64_t echoes_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t unread_bytes_ = 0;
    moment last_bytes_{}; // the moment at which an ordinary or silent client last received any
    moment last_reply_{};
    moment last_unread_{};
    std::string failure_;
};

} // namespace comparison
