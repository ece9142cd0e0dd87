/// \file
/// A client that sends, and reads later.
#pragma once

#include "served.hpp"

#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "trace/hooks/import_table.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace exercise {

/// While one lives, the sockets that the program accepts keep little that waits to be sent. So a
/// connection whose client does not read is full soon.
///
/// Threads: one such object at a time.
class small_send_buffers {
public:
    static constexpr int bytes = 64 * 1024;

private:
    static SOCKET WSAAPI accept(SOCKET listener, sockaddr* address, int* size) {
        const SOCKET result =
            reinterpret_cast<decltype(&::accept)>(original_.load())(listener, address, size);
        const int error = ::WSAGetLastError();
        ::setsockopt(result, SOL_SOCKET, SO_SNDBUF, reinterpret_cast<const char*>(&bytes),
                     sizeof bytes);
        ::WSASetLastError(error);
        return result;
    }

    static inline std::atomic<void*> original_{nullptr};

    const std::array<trace::hook, 1> hooks_{
        {{"accept", L"ws2_32.dll", reinterpret_cast<void*>(&accept), &original_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

/// A client of an echo server that sends and does not read, and reads all at last.
class slow_reader {
public:
    /// The most bytes that it sends: more than a system keeps for a connection with small buffers.
    static constexpr std::size_t limit = 8 * 1024 * 1024;

    /// Connects.
    explicit slow_reader(std::uint16_t port) : connection_{port} {
        win32::set_option(connection_.native(), SOL_SOCKET, SO_SNDBUF, small_send_buffers::bytes);
    }

    /// Sends until the connection is full, or until `limit` bytes are sent. It is full when nothing
    /// could be sent while `other` had 20 messages echoed: the server had its chances to receive.
    /// The step fails if `other` is not served meanwhile.
    void send_all_it_can(harness::client& other) {
        for (int rounds_in_vain = 0; rounds_in_vain < 20 && sent_ < limit;) {
            expect("a client is served while another one sends and does not read");
            std::size_t more = 0;
            as_client([&] {
                more = connection_.send_without_waiting(
                    std::string_view{piece_}.substr(sent_ % piece_.size(), limit - sent_));
            });
            sent_ += more;
            rounds_in_vain = more == 0 ? rounds_in_vain + 1 : 0;
            if (more == 0)
                require_echo(other, "and me?");
        }
    }

    /// The bytes that it has sent.
    [[nodiscard]] std::size_t sent() const noexcept { return sent_; }

    /// Says that it has sent all, and reads to the end. The step fails unless every byte comes
    /// back.
    void read_all() {
        expect("a client that has sent " + std::to_string(sent_) +
                   " bytes before it reads any gets them all back",
               std::chrono::minutes{1});
        connection_.half_close();
        std::string all;
        while (all.size() < sent_)
            all.append(piece_, 0, sent_ - all.size());
        require_last_answer(connection_, all);
    }

private:
    harness::client connection_;
    const std::string piece_ = harness::make_message(64 * 1024);
    std::size_t sent_ = 0;
};

} // namespace exercise
