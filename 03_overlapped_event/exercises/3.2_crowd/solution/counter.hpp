#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

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

/// One thread and the clients that it waits for.
class group {
public:
    /// The most clients of a group: a wait takes 64 handles, and one of them wakes the thread.
    static constexpr std::size_t capacity = WSA_MAXIMUM_WAIT_EVENTS - 1;

    /// Starts its thread, which adds the bytes of its clients to `total`. Throws std::system_error.
    explicit group(std::atomic<std::uint64_t>& total)
        : total_{total}, wake_{::CreateEventW(nullptr, FALSE, FALSE, nullptr)} {
        if (!wake_)
            win32::throw_last_error("CreateEventW");
        thread_ = std::thread{&group::serve, this};
    }

    /// Disconnects all clients. Returns when every operation has been collected.
    ~group() {
        {
            const std::lock_guard lock{mutex_};
            stopping_ = true;
        }
        ::SetEvent(wake_.get());
        thread_.join();
    }

    group(const group&) = delete;
    group& operator=(const group&) = delete;

    /// Takes `client` and returns true, unless the group is full: then `client` stays as it is.
    /// Throws std::system_error when there is no event for it.
    bool add(win32::unique_socket& client) {
        {
            const std::lock_guard lock{mutex_};
            if (size_ == capacity)
                return false;
            arrivals_.emplace_back(std::move(client));
            ++size_;
        }
        ::SetEvent(wake_.get());
        return true;
    }

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
            std::vector<HANDLE> events{wake_.get()};
            for (const session& each : sessions_)
                events.push_back(each.event.get());
            const DWORD result = ::WSAWaitForMultipleEvents(
                static_cast<DWORD>(events.size()), events.data(), FALSE, WSA_INFINITE, FALSE);
            const DWORD index = result - WSA_WAIT_EVENT_0;
            if (index > 0 && index < events.size())
                advance(std::next(sessions_.begin(), index - 1));
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
            size_ = sessions_.size() + arrivals_.size(); // some may have left
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

    std::atomic<std::uint64_t>& total_;
    win32::unique_handle wake_;   // by which others end the wait
    std::list<session> sessions_; // of the thread alone
    std::mutex mutex_;            // guards the next three
    std::list<session> arrivals_; // clients that are no sessions yet
    std::size_t size_ = 0;        // how many have a place here
    bool stopping_ = false;
    std::thread thread_; // the last member: it uses the others
};

/// Counts the bytes that its clients send.
class counter {
public:
    /// Counts the bytes of `client`, too, until it leaves. Call it from one thread at a time.
    /// Throws std::system_error when there is no event or no thread for it.
    void add(win32::unique_socket client) {
        for (group& each : groups_)
            if (each.add(client))
                return;
        groups_.emplace_back(total_).add(client); // the others are full
    }

    /// The bytes of all clients so far. Threads: any.
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

private:
    std::atomic<std::uint64_t> total_ = 0;
    std::list<group> groups_; // behind total_: their threads use it
};

} // namespace crowd
