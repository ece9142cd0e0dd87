#pragma once

#include "win32/winsock.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

namespace unstoppable {

/// Echoes what each client sends, one client after the other, on one thread.
class server {
public:
    /// Listens on a free port of 127.0.0.1, and serves until stop().
    server()
        : thread_{[this] {
              serve();
          }} {}

    ~server() { stop(); }

    [[nodiscard]] std::uint16_t port() const { return win32::local_port(listener_.get()); }

    /// Returns when the thread has ended, whatever the clients do. The second call does nothing.
    void stop() noexcept {
        {
            std::unique_lock lock{mutex_};
            stopping_ = true;
            // A cancel ends the call that waits at that moment, and no other. A thread that has
            // looked at stopping_ before, and has not come to its accept or recv yet, is missed: so
            // repeat.
            while (!ended_) {
                ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), nullptr);
                if (client_)
                    ::CancelIoEx(reinterpret_cast<HANDLE>(client_.get()), nullptr);
                changed_.wait_for(lock, std::chrono::milliseconds{20}, [this] { return ended_; });
            }
        }
        if (thread_.joinable())
            thread_.join();
    }

private:
    void serve() noexcept {
        while (!is_stopping()) {
            win32::unique_socket accepted{::accept(listener_.get(), nullptr, nullptr)};
            if (!accepted)
                continue; // cancelled; what else may fail here is for another exercise
            {
                const std::lock_guard lock{mutex_};
                client_ = std::move(accepted);
            }
            // Only this thread changes client_, so it may read it without the lock.
            echo(client_.get());
            const std::lock_guard lock{mutex_};
            client_.reset(); // under the lock: stop() never cancels on a handle that is closed
        }
        const std::lock_guard lock{mutex_};
        ended_ = true;
        changed_.notify_all();
    }

    void echo(SOCKET client) noexcept {
        std::array<char, 4096> buffer;
        while (!is_stopping()) {
            const int received = ::recv(client, buffer.data(), static_cast<int>(buffer.size()), 0);
            if (received <= 0 || ::send(client, buffer.data(), received, 0) != received)
                return;
        }
    }

    [[nodiscard]] bool is_stopping() noexcept {
        const std::lock_guard lock{mutex_};
        return stopping_;
    }

    win32::unique_socket listener_ = win32::listen_on("127.0.0.1", 0);
    std::mutex mutex_; // guards the members below
    std::condition_variable changed_;
    win32::unique_socket client_;
    bool stopping_ = false;
    bool ended_ = false;
    std::thread thread_; // the last member: the thread uses the others
};

} // namespace unstoppable
