#include "visitor.hpp"

#include "check.hpp"

#include "win32/error.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exercise {

namespace {

std::string quote(std::string_view text) {
    constexpr std::size_t longest = 70;
    if (text.size() <= longest)
        return '"' + std::string{text} + '"';
    return '"' + std::string{text.substr(0, longest)} + "...\" (" + std::to_string(text.size()) +
           " bytes)";
}

} // namespace

visitor::visitor(server_program& program, std::string name, int receive_buffer)
    : program_{program}, name_{std::move(name)}, socket_{win32::make_tcp_socket()} {
    if (receive_buffer != 0) // before connect, which tells the other side
        win32::set_option(native(), SOL_SOCKET, SO_RCVBUF, receive_buffer);
    // What is sent goes out as it is: the check decides how it is split.
    win32::set_option(native(), IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE});
    const SOCKADDR_INET where = win32::make_address("127.0.0.1", program.port());
    expect(name_ + " can connect");
    const bool good =
        ::connect(native(), reinterpret_cast<const sockaddr*>(&where), win32::size_of(where)) == 0;
    require(good, good ? "" : "the connection is refused" + program_.fate());
}

visitor::visitor(server_program& program, std::string name, win32::unique_socket accepted)
    : program_{program}, name_{std::move(name)}, socket_{std::move(accepted)} {
    win32::set_option(native(), IPPROTO_TCP, TCP_NODELAY, BOOL{TRUE});
}

void visitor::sends(std::string_view bytes) {
    while (!bytes.empty()) {
        const int sent = ::send(native(), bytes.data(), static_cast<int>(bytes.size()), 0);
        if (sent == SOCKET_ERROR)
            require(false, name_ + " could not send: the server has broken off the connection" +
                               program_.fate());
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void visitor::ends() {
    ::shutdown(native(), SD_SEND);
}

void visitor::vanishes() {
    win32::reset_on_close(native());
    socket_.reset();
}

void visitor::hears(std::string_view line) {
    expect(name_ + " gets the line " + quote(line));
    const std::string got = next_line();
    require(got == line, "the line " + quote(got));
}

void visitor::hears_the_end() {
    expect(name_ + " gets the end of the stream");
    if (unread_.empty() && receive() == 0)
        return;
    require(false, quote(unread_));
}

void visitor::is_disconnected() {
    expect(name_ + " is disconnected");
    std::array<char, 16 * 1024> buffer;
    while (::recv(native(), buffer.data(), static_cast<int>(buffer.size()), 0) > 0) {
    }
}

std::string visitor::next_line() {
    std::size_t searched = 0;
    std::size_t end = 0;
    while ((end = unread_.find('\n', searched)) == std::string::npos) {
        searched = unread_.size();
        if (receive() == 0)
            require(false, "the end of the stream" +
                               (unread_.empty() ? "" : ", behind " + quote(unread_)) +
                               program_.fate());
    }
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
}

std::string visitor::next_bytes(std::size_t count) {
    while (unread_.size() < count)
        if (receive() == 0)
            require(false, "the end of the stream, after " + std::to_string(unread_.size()) +
                               " of " + std::to_string(count) + " bytes" + program_.fate());
    std::string bytes = unread_.substr(0, count);
    unread_.erase(0, count);
    return bytes;
}

std::string visitor::rest() {
    while (receive() != 0) {
    }
    return std::exchange(unread_, {});
}

std::size_t visitor::receive() {
    std::array<char, 16 * 1024> buffer;
    const int received = ::recv(native(), buffer.data(), static_cast<int>(buffer.size()), 0);
    if (received == SOCKET_ERROR)
        require(false, "a reset of the connection" + program_.fate());
    unread_.append(buffer.data(), static_cast<std::size_t>(std::max(received, 0)));
    return static_cast<std::size_t>(received);
}

} // namespace exercise
