#pragma once

#include "win32/winsock.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace lost_answer {

/// Takes files from clients. A client sends the size of its file in decimal digits, a newline, and
/// the bytes of the file. It gets one line as an answer, and that is the end of the connection.
class drop_box {
public:
    /// The most bytes that a file may have.
    static constexpr std::size_t largest = 64 * 1024;

    /// Serves one client. Returns when its connection is closed.
    void serve(win32::unique_socket client) {
        const std::string answer = take(client.get());
        send_all(client.get(), answer);
        finish(client.get());
    }

    /// The files that have been taken.
    [[nodiscard]] const std::vector<std::string>& files() const noexcept { return files_; }

private:
    // Receives a file. Returns the answer to its sender.
    std::string take(SOCKET client) {
        std::string received;
        std::size_t line = 0;
        while ((line = received.find('\n')) == std::string::npos)
            if (received.size() > 20 || !receive_more(client, received))
                return "refused: the first line is no size\n";

        std::size_t size = 0;
        const char* const line_end = received.data() + line;
        const auto [rest, error] = std::from_chars(received.data(), line_end, size);
        if (error != std::errc{} || rest != line_end)
            return "refused: the first line is no size\n";
        if (size > largest)
            return "refused: more than " + std::to_string(largest) + " bytes\n";

        received.erase(0, line + 1);
        while (received.size() < size)
            if (!receive_more(client, received))
                return "refused: it ends too soon\n";
        received.resize(size);
        files_.push_back(std::move(received));
        return "taken: " + std::to_string(size) + " bytes\n";
    }

    // Appends what has come in to `received`, or waits for it. Returns false when no more will
    // come.
    static bool receive_more(SOCKET client, std::string& received) {
        std::array<char, 4096> buffer;
        const int count = ::recv(client, buffer.data(), static_cast<int>(buffer.size()), 0);
        if (count <= 0)
            return false;
        received.append(buffer.data(), static_cast<std::size_t>(count));
        return true;
    }

    static void send_all(SOCKET client, std::string_view bytes) {
        while (!bytes.empty()) {
            const int sent = ::send(client, bytes.data(), static_cast<int>(bytes.size()), 0);
            if (sent == SOCKET_ERROR)
                return; // the client has gone
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    // Ends the connection so that the answer arrives. To close a socket with bytes unread, or
    // before the last ones have come, resets the connection, and a reset throws away what is on its
    // way.
    static void finish(SOCKET client) {
        if (::shutdown(client, SD_SEND) != 0)
            return; // the client has gone
        const DWORD milliseconds = 1000;
        ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&milliseconds),
                     sizeof milliseconds);
        std::array<char, 16 * 1024> unwanted;
        while (::recv(client, unwanted.data(), static_cast<int>(unwanted.size()), 0) > 0) {
        }
    }

    std::vector<std::string> files_;
};

} // namespace lost_answer
