#include "outward.hpp"
#include "server/server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

constexpr std::size_t longest_line = 64; // with its end

// The other connection of a session. One operation of each kind is in flight at most.
//
// Lifetime: Windows reads `outgoing`, writes to `incoming` and uses the operations until their ends
// have been told. The session, which owns this object, does not end before.
struct upstream {
    explicit upstream(win32::unique_socket made)
        : socket{std::move(made)}, connect{handle()}, receive{handle()}, send{handle()} {}

    [[nodiscard]] HANDLE handle() const noexcept { return reinterpret_cast<HANDLE>(socket.get()); }

    const win32::unique_socket socket;
    iocp::session_operation connect;
    iocp::session_operation receive;
    iocp::session_operation send;
    std::array<char, 16 * 1024> incoming;
    std::string outgoing; // the client's bytes, whose send is in flight or due
    bool is_receiving = false;
    bool has_our_end = false; // whether it has been told that the client sends no more
};

// The data of one connection.
struct client : iocp::session_data {
    std::string line;             // the beginning of the first line
    std::unique_ptr<upstream> to; // null: the first line is not whole yet
    bool has_ended = false;       // whether the client sends no more
};

// Returns the address in the line `CONNECT 127.0.0.1:80`; nothing if it is none. A name would have
// to be looked up, which blocks the thread.
std::optional<sockaddr_in> address_in(const std::string& line) {
    static const std::regex form{"CONNECT ([0-9.]{7,15}):([0-9]{1,5})"};
    std::smatch words;
    sockaddr_in address{};
    if (!std::regex_match(line, words, form) ||
        ::inet_pton(AF_INET, words.str(1).c_str(), &address.sin_addr) != 1)
        return std::nullopt;
    const unsigned long port = std::stoul(words.str(2));
    if (port == 0 || port > 65535)
        return std::nullopt;
    address.sin_family = AF_INET;
    address.sin_port = ::htons(static_cast<u_short>(port));
    return address;
}

class proxy : public iocp::handler {
    void on_open(iocp::session& self) override { self.data = std::make_unique<client>(); }

    void on_receive(iocp::session& self, std::span<const std::byte> bytes) override {
        client& from = client_of(self);
        std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        if (!from.to) {
            read_line(self, text);
        } else {
            from.to->outgoing = text; // is empty: while a send is in flight the session is paused
            send_on(self);
        }
    }

    void on_end(iocp::session& self) override {
        client& from = client_of(self);
        from.has_ended = true;
        if (from.to)
            send_on(self); // all bytes have been sent on, since the session is not paused
        else
            refuse(self, "line");
    }

    // The client takes what it is sent: more may be received for it.
    void on_drained(iocp::session& self) override {
        if (client_of(self).to)
            receive_on(self);
    }

    // A send that fails says nothing that the receive does not say, too, behind the bytes that the
    // other side has sent before. The client stays paused until then.
    void on_operation(iocp::session& self, iocp::session_operation& what, std::error_code why,
                      std::size_t bytes) override {
        upstream& to = *client_of(self).to;
        if (&what == &to.connect) {
            on_connected(self, !why && outward::finish_connect(to.socket.get()));
        } else if (&what == &to.receive) {
            on_received(self, why, bytes);
        } else if (!why) {
            to.outgoing.erase(0, bytes);
            send_on(self);
        }
    }

    // Without the client's end the other side must not see an orderly one: it would take a part for
    // the whole.
    void on_close(iocp::session& self, std::error_code) override {
        if (self.data && client_of(self).to && !client_of(self).to->has_our_end)
            win32::reset_on_close(client_of(self).to->socket.get());
    }

    void read_line(iocp::session& self, std::string_view text) {
        client& from = client_of(self);
        const std::size_t end = std::min(text.find('\n'), text.size());
        from.line += text.substr(0, std::min(end, longest_line));
        if (from.line.size() < longest_line && end == text.size())
            return; // the rest of the line is still to come
        const std::optional<sockaddr_in> address = address_in(from.line);
        if (from.line.size() >= longest_line || !address) {
            refuse(self, "line");
            return;
        }
        from.to = std::make_unique<upstream>(outward::make_socket());
        from.to->outgoing = text.substr(end + 1);
        self.pause(); // until there is a connection
        self.associate(from.to->handle());
        upstream& to = *from.to;
        const DWORD error = self.start(to.connect, [&]() noexcept {
            return outward::connect(to.socket.get(), *address, to.connect);
        });
        if (error != ERROR_SUCCESS)
            refuse(self, "connect");
    }

    void on_connected(iocp::session& self, bool good) {
        if (!good) {
            refuse(self, "connect");
            return;
        }
        self.send("OK\n"); // the first bytes, so there is room
        receive_on(self);
        send_on(self);
    }

    // Sends the client's bytes on; until that is done nothing more is received from it. Behind the
    // last bytes comes the client's end.
    void send_on(iocp::session& self) {
        upstream& to = *client_of(self).to;
        if (!to.outgoing.empty()) {
            self.pause();
            WSABUF buffer{static_cast<ULONG>(to.outgoing.size()), to.outgoing.data()};
            to.send.clear();
            static_cast<void>(self.start(to.send, [&]() noexcept {
                return ::WSASend(to.socket.get(), &buffer, 1, nullptr, 0, &to.send, nullptr) == 0;
            })); // if it fails: see on_operation()
        } else if (client_of(self).has_ended) {
            to.has_our_end = ::shutdown(to.socket.get(), SD_SEND) == 0;
        } else {
            self.resume();
        }
    }

    // Receives more for the client, unless it does not take what there is.
    void receive_on(iocp::session& self) {
        upstream& to = *client_of(self).to;
        if (to.is_receiving || self.is_congested())
            return;
        to.is_receiving = true;
        WSABUF buffer{static_cast<ULONG>(to.incoming.size()), to.incoming.data()};
        DWORD flags = 0;
        to.receive.clear();
        const DWORD error = self.start(to.receive, [&]() noexcept {
            return ::WSARecv(to.socket.get(), &buffer, 1, nullptr, &flags, &to.receive, nullptr) ==
                   0;
        });
        if (error != ERROR_SUCCESS)
            self.abort();
    }

    // A reset there becomes a reset here, and an end becomes an end, behind all bytes.
    void on_received(iocp::session& self, std::error_code why, std::size_t bytes) {
        upstream& to = *client_of(self).to;
        to.is_receiving = false;
        if (why) {
            self.abort();
        } else if (bytes == 0) {
            self.close();
        } else {
            const iocp::send_result result = self.send({to.incoming.data(), bytes});
            if (result == iocp::send_result::queued)
                receive_on(self);
            else if (result == iocp::send_result::full) // closed: the server is stopping
                self.abort();
        }
    }

    // Says why the client is sent away. The session sends that, and drops what still comes.
    static void refuse(iocp::session& self, std::string_view why) {
        self.send("ERROR " + std::string{why} + '\n'); // the first bytes, so there is room
        self.close();
    }

    static client& client_of(iocp::session& self) noexcept {
        return static_cast<client&>(*self.data);
    }
};

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Connects clients over TCP with the address that each of them names."};
    iocp::server_options options;
    program::add_endpoint(app, options.address, options.port);
    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        proxy between;
        iocp::server server{between, options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
