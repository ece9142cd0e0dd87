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

/// What the replies of ordinary clients are counted into. It is open for a while; what has been
/// sent by then is timed until it comes.
struct reply_count {
    static constexpr moment open = moment::max();

    moment begin{};
    moment end = open;
    std::uint64_t replies = 0; ///< that came while it was open
    std::uint64_t bytes = 0;   ///< likewise; those of replies that are not whole yet, too
    std::uint64_t missing = 0; ///< replies to messages that were under way when it was closed
    /// Nanoseconds from the send to the last byte of the reply, of each message that times() says.
    histogram latencies;

    /// Whether a message is timed: it was sent while the count was open, or before that and had no
    /// reply when it was closed. Those whose replies are late are none the less counted: they are
    /// the slowest.
    [[nodiscard]] bool times(moment sent, moment arrived) const noexcept {
        return sent <= end && (sent >= begin || arrived > end);
    }
};

/// All clients, on one thread.
///
/// What befalls an ordinary client is thrown, as std::runtime_error that names the connection. What
/// befalls another one ends only that client, and is kept: failure().
class load_loop {
public:
    explicit load_loop(std::uint16_t port) : server_{port} {}

    /// Cancel, collect, free, close.
    ~load_loop();

    load_loop(const load_loop&) = delete;
    load_loop& operator=(const load_loop&) = delete;

    /// Connects a client, which sends its first message.
    void add(client_kind kind, std::size_t message_size);

    /// Every ordinary client sends, and goes on with the next message when a reply has come.
    void begin_loop();

    /// No ordinary client sends a further message.
    void end_loop() noexcept { looping_ = false; }

    /// Handles packets until `done` says so, which is asked after each of them and at the time
    /// `wake` (of now()). False when ordinary and silent clients received nothing for `patience`.
    bool go_on_until(const std::function<bool()>& done, std::chrono::milliseconds patience,
                     moment wake = moment::max());

    /// Counts anew which clients are served.
    void begin_phase() noexcept;
    /// Ordinary and silent clients that had a reply in this phase.
    [[nodiscard]] unsigned served_in_phase() const noexcept { return served_in_phase_; }
    /// Replies of the ordinary client that had the fewest in this phase.
    [[nodiscard]] std::uint64_t fewest_in_phase() const noexcept;

    /// From now on replies are counted into `count`, until it is closed; it must outlive the loop.
    void open(reply_count& count);
    void close(reply_count& count) noexcept;

    /// Ends silent clients that wait for their reply, because of `why`.
    void give_up_unserved(const std::string& why);

    /// How long it has waited for packets, all in all.
    [[nodiscard]] std::chrono::nanoseconds waited() const noexcept { return port_.waited(); }
    /// Messages of ordinary and silent clients that are not back yet.
    [[nodiscard]] unsigned under_way() const noexcept { return under_way_; }
    /// Replies to all clients.
    [[nodiscard]] std::uint64_t echoes() const noexcept { return echoes_; }
    /// Received by ordinary and silent clients.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    /// When the last reply came to an ordinary or silent client.
    [[nodiscard]] moment last_reply() const noexcept { return last_reply_; }
    /// Taken from the client that never reads, and when the last of it was.
    [[nodiscard]] std::uint64_t unread_bytes() const noexcept { return unread_bytes_; }
    [[nodiscard]] moment last_unread() const noexcept { return last_unread_; }
    /// Why a client that is not ordinary was ended; of several the first. Empty: none was.
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
    moment last_bytes_{}; // received by an ordinary or silent client
    moment last_reply_{};
    moment last_unread_{};
    std::string failure_;
};

} // namespace comparison
