#include "load.hpp"

#include "clock.hpp"
#include "interrupt.hpp"
#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace comparison {

namespace {

using std::chrono::nanoseconds;

struct connection;

// What the kernel is given, and gives back in a packet. It knows its connection, so that the packet
// leads there.
//
// Lifetime: between the call that starts it and its packet it belongs to the kernel.
struct operation : OVERLAPPED {
    explicit operation(connection& its_owner) : OVERLAPPED{}, owner{its_owner} {}
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    connection& owner;
    bool in_flight = false;
};

struct connection {
    operation send{*this};
    operation receive{*this};
    win32::unique_socket socket;
    unsigned number = 0;
    std::vector<char> message;
    std::vector<char> reply;
    std::size_t received = 0; // of the reply under way
    std::uint64_t sent = 0;   // messages
    std::uint64_t served = 0; // replies
    std::uint64_t served_in_time = 0;
    nanoseconds sent_at{};
};

// A function of (number, sent) that no other message shares: a reply that belongs to another
// connection, or is a message late, is a wrong reply.
void write_message(connection& c) {
    std::uint64_t state = (std::uint64_t{c.number} << 40) + c.sent;
    for (std::size_t i = 0; i < c.message.size(); i += sizeof state) {
        const std::size_t size = std::min(sizeof state, c.message.size() - i);
        std::copy_n(reinterpret_cast<const char*>(&state), size, c.message.data() + i);
        state = state * 6364136223846793005u + 1442695040888963407u; // Knuth's generator
    }
}

[[noreturn]] void fail(const connection& c, const std::string& what) {
    throw std::runtime_error("connection " + std::to_string(c.number + 1) + ": " + what);
}

class generator {
public:
    generator(const load_options& options, std::stop_token stop);
    ~generator();
    generator(const generator&) = delete;
    generator& operator=(const generator&) = delete;

    load_result run();

private:
    void connect(connection& c);
    void begin_request(connection& c);
    void receive_rest(connection& c);
    bool post_receive(connection& c);
    void take(connection& c, DWORD bytes);
    void finish_reply(connection& c);
    void request_done(connection& c);

    DWORD result_of(operation& op, const char* call);
    std::optional<operation*> next_packet(nanoseconds until);
    bool step(nanoseconds until);
    void warm_up();
    void measure();
    void go_on_while_observed();
    void drain();

    const load_options& options_;
    win32::unique_handle port_;
    std::vector<std::unique_ptr<connection>> connections_;
    std::size_t in_flight_ = 0;

    // The packets of the last GetQueuedCompletionStatusEx that are not handled yet.
    std::array<OVERLAPPED_ENTRY, 64> packets_{};
    ULONG packet_count_ = 0;
    ULONG next_packet_ = 0;

    bool counting_ = false;
    bool ending_ = false; // send no further message
    unsigned served_connections_ = 0;
    load_result result_;

    // Last, so that it goes first: it uses the port.
    std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

generator::generator(const load_options& options, std::stop_token stop)
    : options_{options}, port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)} {
    if (!port_)
        win32::throw_last_error("CreateIoCompletionPort");
    // A packet without an OVERLAPPED wakes the thread wherever it waits, and means: stop.
    on_stop_.emplace(std::move(stop),
                     [this] { ::PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr); });
}

// Cancel, collect, free, close. Nothing is in flight after a run that went well.
generator::~generator() {
    on_stop_.reset();
    for (const auto& c : connections_)
        if (c->send.in_flight || c->receive.in_flight)
            ::CancelIoEx(reinterpret_cast<HANDLE>(c->socket.get()), nullptr);
    try {
        const nanoseconds until = now() + std::chrono::seconds{10};
        while (in_flight_ > 0 && now() < until)
            static_cast<void>(next_packet(until));
    } catch (const std::exception&) {
        // Without the port there is no way to know when the memory is free: see below.
    }
    // The kernel may still write into what was never given back. Memory that is lost is a leak;
    // memory that is freed here would be somebody else's.
    if (in_flight_ > 0)
        for (auto& c : connections_)
            static_cast<void>(c.release());
}

void generator::connect(connection& c) {
    const sockaddr_in where = win32::make_address("127.0.0.1", options_.port);
    c.socket = win32::make_tcp_socket();
    // Over loopback a blocking connect is answered at once, by the listener's backlog or a refusal.
    if (::connect(c.socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        win32::throw_last_socket_error("connect", "127.0.0.1:" + std::to_string(options_.port));
    const BOOL yes = TRUE;
    if (::setsockopt(c.socket.get(), IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&yes),
                     sizeof yes) != 0)
        win32::throw_last_socket_error("setsockopt TCP_NODELAY");

    const HANDLE handle = reinterpret_cast<HANDLE>(c.socket.get());
    if (::CreateIoCompletionPort(handle, port_.get(), 0, 0) == nullptr)
        win32::throw_last_error("CreateIoCompletionPort");
    // A send of 64 bytes is done when the call returns. It needs no packet then, and the load takes
    // less of the machine from the server.
    if (!::SetFileCompletionNotificationModes(handle, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
        win32::throw_last_error("SetFileCompletionNotificationModes");
}

void generator::begin_request(connection& c) {
    write_message(c);
    ++c.sent;
    c.received = 0;
    // The receive goes first. So it finds nothing to read, and a reply always comes as a packet: a
    // fast server's replies would else be handled in here, one after another, and the other
    // connections would wait.
    if (post_receive(c)) {
        take(c, result_of(c.receive, "WSARecv"));
        fail(c, "wrong byte: the server sent more than it was sent");
    }

    // Lifetime: the send and the message belong to the kernel until its packet has come, or until
    // the call has succeeded at once. So request_done() waits for the send as well as for the
    // reply.
    c.sent_at = now();
    static_cast<OVERLAPPED&>(c.send) = OVERLAPPED{};
    WSABUF buffer{static_cast<ULONG>(c.message.size()), c.message.data()};
    if (::WSASend(c.socket.get(), &buffer, 1, nullptr, 0, &c.send, nullptr) == 0) {
        if (result_of(c.send, "WSASend") != c.message.size())
            fail(c, "a send was cut short");
    } else if (::WSAGetLastError() == WSA_IO_PENDING) {
        c.send.in_flight = true;
        ++in_flight_;
    } else {
        win32::throw_last_socket_error("WSASend");
    }
}

// Receives until the reply is whole or a receive is pending.
void generator::receive_rest(connection& c) {
    while (c.received < c.message.size()) {
        if (!post_receive(c))
            return;
        take(c, result_of(c.receive, "WSARecv"));
    }
    finish_reply(c);
}

// True: it succeeded at once, and there is no packet.
//
// Lifetime: as begin_request(); the reply's memory is the kernel's for as long.
bool generator::post_receive(connection& c) {
    static_cast<OVERLAPPED&>(c.receive) = OVERLAPPED{};
    WSABUF buffer{static_cast<ULONG>(c.reply.size() - c.received), c.reply.data() + c.received};
    DWORD flags = 0;
    if (::WSARecv(c.socket.get(), &buffer, 1, nullptr, &flags, &c.receive, nullptr) == 0)
        return true;
    if (::WSAGetLastError() != WSA_IO_PENDING)
        win32::throw_last_socket_error("WSARecv");
    c.receive.in_flight = true;
    ++in_flight_;
    return false;
}

void generator::take(connection& c, DWORD bytes) {
    if (bytes == 0)
        fail(c, "the server closed it");
    c.received += bytes;
}

void generator::finish_reply(connection& c) {
    const nanoseconds latency = now() - c.sent_at;
    const auto [wrong, expected] = std::mismatch(c.reply.begin(), c.reply.end(), c.message.begin());
    if (wrong != c.reply.end())
        fail(c, "wrong byte: byte " + std::to_string(wrong - c.reply.begin()) + " of reply " +
                    std::to_string(c.sent) + " is not what was sent");
    if (c.served++ == 0)
        ++served_connections_;
    if (counting_) {
        ++result_.requests;
        ++c.served_in_time;
        result_.latencies.record(static_cast<std::uint64_t>(latency.count()));
    }
    request_done(c);
}

void generator::request_done(connection& c) {
    // The reply may overtake the packet of its own send; the send may not be used again before.
    const bool done = c.served == c.sent && !c.send.in_flight;
    if (done && !ending_)
        begin_request(c);
}

// The bytes that a finished operation moved; throws the error that it ended with. A packet of
// GetQueuedCompletionStatusEx has only an NTSTATUS: this call turns it into Winsock's error.
DWORD generator::result_of(operation& op, const char* call) {
    DWORD bytes = 0;
    DWORD flags = 0;
    if (!::WSAGetOverlappedResult(op.owner.socket.get(), &op, &bytes, FALSE, &flags))
        win32::throw_last_socket_error(call);
    return bytes;
}

// The next operation that is done, now ours again; null for the packet that says stop; nothing when
// the time was up.
//
// Packets are fetched many at a time and handed out one by one: whoever handles one may throw, and
// the others are still counted when the destructor collects them.
std::optional<operation*> generator::next_packet(nanoseconds until) {
    if (next_packet_ == packet_count_) {
        next_packet_ = packet_count_ = 0;
        using std::chrono::milliseconds;
        const auto left = std::chrono::ceil<milliseconds>(until - now());
        const auto timeout = static_cast<DWORD>(std::max(left, milliseconds{0}).count());
        if (!::GetQueuedCompletionStatusEx(port_.get(), packets_.data(),
                                           static_cast<ULONG>(packets_.size()), &packet_count_,
                                           timeout, FALSE)) {
            const DWORD error = ::GetLastError();
            packet_count_ = 0;
            if (error == WAIT_TIMEOUT)
                return std::nullopt;
            win32::throw_error(error, "GetQueuedCompletionStatusEx");
        }
    }
    OVERLAPPED* const overlapped = packets_[next_packet_++].lpOverlapped;
    if (overlapped == nullptr)
        return nullptr;
    operation& op = *static_cast<operation*>(overlapped);
    op.in_flight = false;
    --in_flight_;
    return &op;
}

// Handles one packet. False when there was none until then.
bool generator::step(nanoseconds until) {
    const std::optional<operation*> packet = next_packet(until);
    if (!packet)
        return false;
    operation* const op = *packet;
    if (op == nullptr)
        throw interrupted{};
    connection& c = op->owner;
    if (op == &c.send) {
        if (result_of(c.send, "WSASend") != c.message.size())
            fail(c, "a send was cut short");
        request_done(c);
    } else {
        take(c, result_of(c.receive, "WSARecv"));
        receive_rest(c);
    }
    return true;
}

void generator::warm_up() {
    const nanoseconds until = now() + options_.patience;
    // All connect before the first sends: the server has them all from the first message on.
    for (unsigned i = 0; i < options_.connections; ++i) {
        auto c = std::make_unique<connection>();
        c->number = i;
        c->message.resize(options_.message_size);
        c->reply.resize(options_.message_size);
        connect(*c);
        connections_.push_back(std::move(c));
    }
    for (const auto& c : connections_)
        begin_request(*c);
    while (served_connections_ < options_.connections)
        if (now() >= until || !step(until))
            throw std::runtime_error("only " + std::to_string(served_connections_) + " of " +
                                     std::to_string(options_.connections) +
                                     " connections were served in the warm-up");
}

void generator::measure() {
    const nanoseconds begin = now();
    counting_ = true;
    while (now() - begin < options_.duration)
        step(begin + options_.duration);
    // On a machine that is busy with other things a short time may pass without any reply.
    while (result_.requests == 0)
        if (!step(now() + options_.patience))
            throw std::runtime_error("replies ceased to come");
    counting_ = false;
    result_.time = now() - begin;
    result_.unserved = static_cast<unsigned>(std::count_if(
        connections_.begin(), connections_.end(), [](auto& c) { return c->served_in_time == 0; }));
}

void generator::go_on_while_observed() {
    // The future's destructor joins the thread, also when a step throws.
    std::future<void> observer = std::async(std::launch::async, options_.while_loaded);
    while (observer.wait_for(nanoseconds{0}) != std::future_status::ready)
        if (!step(now() + options_.patience))
            throw std::runtime_error("replies ceased to come");
    observer.get();
}

void generator::drain() {
    ending_ = true;
    const nanoseconds until = now() + options_.patience;
    while (in_flight_ > 0)
        if (now() >= until || !step(until))
            throw std::runtime_error("replies ceased to come");
}

load_result generator::run() {
    warm_up();
    measure();
    go_on_while_observed();
    drain();
    return std::move(result_);
}

} // namespace

load_result run_load(const load_options& options, const std::stop_token& stop) {
    return generator{options, stop}.run();
}

} // namespace comparison
