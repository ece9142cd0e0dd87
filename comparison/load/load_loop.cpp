#include "load_loop.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>

namespace comparison {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// The pace of the client that sends slowly.
constexpr nanoseconds between_bytes = std::chrono::seconds{1};

// Returns true for a client whose replies the load waits for: those of slow clients may never come.
bool is_waited_for(const load_client& c) {
    return c.kind == client_kind::ordinary || c.kind == client_kind::silent;
}

std::string name_of(const load_client& c) {
    switch (c.kind) {
    case client_kind::unreading:
        return "the client that never reads: ";
    case client_kind::trickling:
        return "the client that sends slowly: ";
    case client_kind::silent:
        return ""; // the caller's message says that it is a silent client
    case client_kind::ordinary:
        break;
    }
    return "connection " + std::to_string(c.number + 1) + ": ";
}

} // namespace

load_loop::~load_loop() {
    for (const auto& c : clients_)
        if (c->in_flight())
            ::CancelIoEx(reinterpret_cast<HANDLE>(c->socket.get()), nullptr);
    try {
        const moment until = clock::now() + std::chrono::seconds{10};
        while (port_.in_flight() > 0 && clock::now() < until)
            static_cast<void>(port_.next(until));
    } catch (const std::exception&) {
        // Without the port there is no way to know when the memory is free.
    }
    // Leak the clients if packets are missing: the kernel may still write into their memory, and
    // once freed it would belong to others.
    if (port_.in_flight() > 0)
        for (auto& c : clients_)
            static_cast<void>(c.release());
}

// Runs `work` for a client: an exception is that client's failure.
template <class Work>
void load_loop::on_behalf_of(load_client& c, const Work& work) {
    try {
        work();
    } catch (const std::exception& error) {
        const std::string why = name_of(c) + error.what() + c.last_words();
        if (c.kind == client_kind::ordinary)
            throw std::runtime_error(why);
        give_up(c, why);
    }
}

void load_loop::give_up(load_client& c, const std::string& why) {
    if (failure_.empty())
        failure_ = why;
    if (c.under_way)
        end_request(c);
    c.given_up = true;
    if (c.in_flight())
        ::CancelIoEx(reinterpret_cast<HANDLE>(c.socket.get()), nullptr); // handle() closes it
    else
        c.socket.reset();
}

void load_loop::give_up_unserved(const std::string& why) {
    for (const auto& c : clients_)
        if (c->kind == client_kind::silent && c->under_way)
            give_up(*c, why);
}

void load_loop::add(client_kind kind, std::size_t message_size) {
    const auto number = static_cast<unsigned>(clients_.size());
    load_client& c =
        *clients_.emplace_back(std::make_unique<load_client>(number, kind, message_size));
    if (kind == client_kind::trickling)
        trickling_ = &c;
    on_behalf_of(c, [&] {
        connect(c);
        if (kind == client_kind::unreading)
            send_unread(c);
        else
            begin_request(c);
    });
}

// Connects a client. The message does not blame the server: this process may be out of sockets.
void load_loop::connect(load_client& c) {
    try {
        c.connect(server_, port_);
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string{"could not connect: "} + error.what());
    }
}

void load_loop::begin_loop() {
    looping_ = true;
    for (const auto& c : clients_)
        if (c->kind == client_kind::ordinary)
            on_behalf_of(*c, [&] { begin_request(*c); });
}

void load_loop::begin_request(load_client& c) {
    c.next_message();
    c.under_way = true;
    if (is_waited_for(c))
        ++under_way_;
    // Receive before sending: the receive finds nothing yet, so every reply comes as a packet. If
    // it could succeed at once, a fast server's replies would be handled here one after another,
    // and the other connections would starve.
    if (const std::optional<DWORD> bytes = port_.receive(c.receive, c.reply)) {
        take(c, *bytes);
        throw std::runtime_error("wrong byte: the server sent more than it was sent");
    }
    // Lifetime: the send and the message belong to the kernel until its packet has come, or until
    // the call has succeeded at once. So a request ends when both the send and the reply are done.
    c.sent_at = clock::now();
    if (const std::optional<DWORD> bytes = port_.send(c.send, c.message);
        bytes && *bytes != c.message.size())
        throw std::runtime_error("a send was cut short");
}

// Receives until the reply is whole or a receive is pending.
void load_loop::receive_rest(load_client& c) {
    while (c.received < c.reply.size()) {
        const std::optional<DWORD> bytes =
            port_.receive(c.receive, std::span{c.reply}.subspan(c.received));
        if (!bytes)
            return;
        take(c, *bytes);
    }
    finish_reply(c);
}

void load_loop::take(load_client& c, DWORD bytes) {
    if (bytes == 0)
        throw std::runtime_error("the server closed the connection");
    c.received += bytes;
    if (!is_waited_for(c))
        return;
    last_bytes_ = clock::now();
    bytes_ += bytes;
    for (reply_count* const count : counts_)
        if (count->end == reply_count::open)
            count->bytes += bytes;
}

void load_loop::finish_reply(load_client& c) {
    const moment arrived = clock::now();
    c.check_reply();
    ++c.served;
    ++echoes_;
    if (is_waited_for(c)) {
        last_reply_ = arrived;
        if (c.served_in_phase++ == 0)
            ++served_in_phase_;
        for (reply_count* const count : counts_) {
            if (count->end == reply_count::open)
                ++count->replies;
            else if (c.sent_at <= count->end)
                --count->missing;
            if (count->times(c.sent_at, arrived))
                count->latencies.record(
                    static_cast<std::uint64_t>(nanoseconds{arrived - c.sent_at}.count()));
        }
    }
    end_if_done(c);
}

// Ends the request when reply and send are both done: the reply may overtake the packet of the
// send, and until that packet the message must not change.
void load_loop::end_if_done(load_client& c) {
    if (c.served != c.sent || c.send.in_flight)
        return;
    end_request(c);
    if (looping_ && c.kind == client_kind::ordinary)
        begin_request(c);
}

void load_loop::end_request(load_client& c) {
    c.under_way = false;
    if (is_waited_for(c))
        --under_way_;
}

void load_loop::send_unread(load_client& c) {
    // Its socket queues a packet in any case, so the other clients have their turn in between.
    static_cast<void>(port_.send(c.send, c.message));
}

void load_loop::trickle() {
    load_client& c = *trickling_;
    if (!c.under_way && !c.given_up && clock::now() >= c.sent_at + between_bytes)
        on_behalf_of(c, [&] { begin_request(c); });
}

void load_loop::handle(operation& op) {
    load_client& c = op.owner;
    if (c.given_up) {
        if (!c.in_flight())
            c.socket.reset();
        return;
    }
    on_behalf_of(c, [&] {
        const DWORD bytes = load_port::result_of(op);
        if (&op == &c.receive) {
            take(c, bytes);
            receive_rest(c);
        } else if (bytes != c.message.size()) {
            throw std::runtime_error("a send was cut short");
        } else if (c.kind == client_kind::unreading) {
            unread_bytes_ += bytes;
            last_unread_ = clock::now();
            send_unread(c);
        } else {
            end_if_done(c);
        }
    });
}

// Handles the next packet, if one comes before `until`.
void load_loop::step(moment until) {
    if (trickling_ != nullptr) {
        trickle();
        if (!trickling_->under_way && !trickling_->given_up)
            until = std::min(until, trickling_->sent_at + between_bytes);
    }
    if (operation* const op = port_.next(until))
        handle(*op);
}

bool load_loop::go_on_until(const std::function<bool()>& done, milliseconds patience, moment wake) {
    last_bytes_ = clock::now();
    while (!done()) {
        const moment time = clock::now();
        const moment too_late = last_bytes_ + patience;
        if (time >= too_late)
            return false;
        step(time < wake ? std::min(wake, too_late) : too_late);
    }
    return true;
}

void load_loop::open(reply_count& count) {
    counts_.push_back(&count);
    count.begin = clock::now();
}

void load_loop::close(reply_count& count) noexcept {
    count.end = clock::now();
    for (const auto& c : clients_)
        if (c->kind == client_kind::ordinary && c->served < c->sent)
            ++count.missing;
}

void load_loop::begin_phase() noexcept {
    served_in_phase_ = 0;
    for (const auto& c : clients_)
        c->served_in_phase = 0;
}

std::uint64_t load_loop::fewest_in_phase() const noexcept {
    std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
    for (const auto& c : clients_)
        if (c->kind == client_kind::ordinary)
            fewest = std::min(fewest, c->served_in_phase);
    return fewest;
}

} // namespace comparison
