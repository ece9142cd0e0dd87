#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace crowd {

/// Counts the bytes that its clients send.
class counter {
public:
    /// Starts its thread. Throws std::system_error.
    counter() : wake_{::CreateEventW(nullptr, FALSE, FALSE, nullptr)} {
        if (!wake_)
            win32::throw_last_error("CreateEventW");
        thread_ = std::thread{&counter::serve, this};
    }

    /// Disconnects all clients. Returns when every operation has been collected.
    ~counter() {
        {
            const std::lock_guard lock{mutex_};
            stopping_ = true;
        }
        ::SetEvent(wake_.get());
        thread_.join();
    }

    counter(const counter&) = delete;
    counter& operator=(const counter&) = delete;

    /// Counts the bytes of `client`, too, until it leaves. Call it from one thread at a time.
    /// Throws std::system_error when there is no event for it.
    void add(win32::unique_socket client) {
        {
            const std::lock_guard lock{mutex_};
            arrivals_.emplace_back(std::move(client));
        }
        ::SetEvent(wake_.get());
    }

    /// The bytes of all clients so far. Threads: any.
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

private:
    // A client, and the receive that is in flight for it. It stays where it is, in a list.
    struct session : OVERLAPPED {
        explicit session(win32::unique_socket client)
            : OVERLAPPED{},
              socket{std::move(client)},
              event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
            if (!event)
                win32::throw_last_error("CreateEventW");
        }

        win32::unique_socket socket;
        win32::unique_handle event; // signaled when the receive has completed
        std::array<char, 1024> buffer;
    };

    void serve() {
        while (take_arrivals()) {
            // Asks everybody, without a wait: so no wall.
            for (auto each = sessions_.begin(); each != sessions_.end();) {
                const auto asked = each++;
                if (HasOverlappedIoCompleted(&*asked))
                    advance(asked);
            }
            ::Sleep(10);
        }
        cancel_all();
    }

    // Starts the first receive of each new client: on this thread, since Windows cancels an
    // operation when the thread that has started it ends. Returns false at the end.
    bool take_arrivals() {
        std::list<session> arrived;
        {
            const std::lock_guard lock{mutex_};
            if (stopping_)
                return false;
            arrived.splice(arrived.end(), arrivals_);
        }
        std::erase_if(arrived, [](session& each) { return !start_receive(each); });
        sessions_.splice(sessions_.end(), arrived);
        return true;
    }

    // Lifetime: from here until its completion has been collected, Windows may write to `self`.
    // Returns false if the receive has failed at once: then nothing is in flight.
    static bool start_receive(session& self) {
        static_cast<OVERLAPPED&>(self) = {};
        self.hEvent = self.event.get();
        WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
        DWORD flags = 0;
        return ::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self, nullptr) == 0 ||
               ::WSAGetLastError() == WSA_IO_PENDING;
    }

    // The receive of `which` has completed: counts its bytes, and starts the next one. A wait names
    // the first event that is signaled, so a client that was served goes to the end of the list.
    void advance(std::list<session>::iterator which) {
        DWORD bytes = 0;
        DWORD flags = 0;
        const bool good =
            ::WSAGetOverlappedResult(which->socket.get(), &*which, &bytes, FALSE, &flags);
        total_ += bytes;
        if (good && bytes > 0 && start_receive(*which))
            sessions_.splice(sessions_.end(), sessions_, which);
        else
            sessions_.erase(which); // it has ended, or reset its connection
    }

    void cancel_all() {
        for (session& each : sessions_)
            ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), &each);
        for (session& each : sessions_) {
            DWORD bytes = 0;
            DWORD flags = 0;
            ::WSAGetOverlappedResult(each.socket.get(), &each, &bytes, TRUE, &flags);
        }
        sessions_.clear();
    }

    win32::unique_handle wake_; // by which others end the wait
    std::atomic<std::uint64_t> total_ = 0;
    std::list<session> sessions_; // of the thread alone
    std::mutex mutex_;            // guards the next two
    std::list<session> arrivals_; // clients that are no sessions yet
    bool stopping_ = false;
    std::thread thread_; // the last member: it uses the others
};

} // namespace crowd
