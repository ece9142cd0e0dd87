#include "client_connection.hpp"

#include "win32/error.hpp"

#include <stdexcept>

namespace chat {

namespace {

std::string with_port(const std::string& address, std::uint16_t port) {
    const bool is_ipv6 = address.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

} // namespace

win32::unique_socket connect_to_one(const std::vector<SOCKADDR_INET>& addresses,
                                    const std::string& server) {
    int error = 0;
    for (const SOCKADDR_INET& each : addresses) {
        win32::unique_socket result{::WSASocketW(each.si_family, SOCK_STREAM, IPPROTO_TCP, nullptr,
                                                 0, WSA_FLAG_OVERLAPPED)};
        if (result && ::connect(result.get(), reinterpret_cast<const sockaddr*>(&each),
                                win32::size_of(each)) == 0)
            return result;
        error = ::WSAGetLastError();
    }
    win32::throw_error(static_cast<DWORD>(error), "connect", server);
}

client_connection::client_connection(const std::string& address, std::uint16_t port)
    : server_{with_port(address, port)},
      socket_{connect_to_one(win32::find_addresses(address, port), server_)} {
    // Otherwise a line may wait until the line before is acknowledged.
    const BOOL no_delay = TRUE;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&no_delay),
                 sizeof no_delay);
}

bool client_connection::send(std::string_view frame) noexcept {
    const win32::scoped_lock lock{send_lock_};
    return !has_left_ && send_all(frame);
}

bool client_connection::say(std::string_view text) {
    const std::string frame = encode(chat::say{text});
    {
        win32::scoped_lock lock{lock_};
        while (unheard_ >= most_unheard && !is_leaving_)
            changed_.wait(lock);
        if (is_leaving_)
            return false;
        ++unheard_;
    }
    return send(frame);
}

void client_connection::heard() noexcept {
    const win32::scoped_lock lock{lock_};
    if (unheard_ != 0)
        --unheard_;
    changed_.notify_one();
}

void client_connection::leave() noexcept {
    {
        const win32::scoped_lock lock{lock_};
        is_leaving_ = true;
        changed_.notify_all();
    }
    const win32::scoped_lock lock{send_lock_};
    if (has_left_)
        return;
    has_left_ = true;
    constexpr char frame[] = {0, 1, 2}; // `leave`, without allocating
    if (send_all({frame, sizeof frame}))
        ::shutdown(socket_.get(), SD_SEND);
}

bool client_connection::send_all(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        // The size of a frame always fits into an int.
        const int sent = ::send(socket_.get(), bytes.data(), static_cast<int>(bytes.size()), 0);
        if (sent == SOCKET_ERROR)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::optional<server_message> client_connection::receive() {
    for (;;) {
        const frame_status status = frames_.next(received_);
        if (status == frame_status::whole) {
            if (auto message = parse_server(frames_.frame()))
                return message;
            throw std::runtime_error{server_ + " sends what is no chat"};
        }
        if (status != frame_status::incomplete)
            throw std::runtime_error{server_ + " sends what is no chat"};
        const int count =
            ::recv(socket_.get(), buffer_.data(), static_cast<int>(buffer_.size()), 0);
        if (count == SOCKET_ERROR)
            win32::throw_last_socket_error("recv", server_);
        if (count == 0)
            return std::nullopt;
        received_ = {buffer_.data(), static_cast<std::size_t>(count)};
    }
}

} // namespace chat
