#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <utility>

namespace blocking {

constexpr int accept_pause = 100; // milliseconds to wait after an accept that found no socket

echo_server::echo_server(const echo_options& options)
    : listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())},
      options_{options} {
    const unsigned count = std::max(1u, options.threads);
    try {
        accepting_.reserve(count);
        for (unsigned i = 0; i < count; ++i)
            accepting_.push_back(win32::make_thread(&echo_server::accept_clients, this));
    } catch (...) {
        stop(); // the threads that did start use members that are about to go
        throw;
    }
}

echo_server::~echo_server() {
    stop();
}

//! [accept]
void echo_server::accept_clients() noexcept {
    ++running_; // before it reads stopping_: so stop() sees this thread, or this thread sees stop()
    while (!stopping_) {
        win32::unique_socket socket{::accept(listener_.get(), nullptr, nullptr)};
        // Read at once, before another call overwrites it; it means nothing if there is a socket.
        const DWORD error = static_cast<DWORD>(::WSAGetLastError());
        if (socket) {
            add_session(std::move(socket));
        } else if (!win32::concerns_one_client(error) && !stopping_) {
            ::Sleep(accept_pause); // there is no socket to be had until clients have left
        }
    }
    const std::lock_guard lock{mutex_};
    --running_;
    one_has_ended_.notify_all();
}
//! [accept]

//! [goodbye]
// If the client has sent something already, closing a socket with unread bytes resets the
// connection, and the reset may overtake these words: they are a courtesy, not a promise.
static void say_goodbye(SOCKET socket) {
    constexpr char words[] = "server is full, goodbye\n";
    ::send(socket, words, sizeof words - 1, 0);
    ::shutdown(socket, SD_SEND);
}
//! [goodbye]

//! [add-session]
void echo_server::add_session(win32::unique_socket socket) noexcept {
    std::unique_lock lock{mutex_};
    if (stopping_)
        return win32::reset_on_close(socket.get()); // else the connection would hold the port
    if (options_.threads == 0 && sessions_.size() >= options_.max_threads)
        return say_goodbye(socket.get());
    try {
        sessions_.emplace_front();
    } catch (const std::exception&) {
        return win32::reset_on_close(socket.get()); // no memory: this client goes, the others stay
    }
    //! [start-thread]
    session& self = sessions_.front();
    self.self = sessions_.begin();
    self.socket = std::move(socket);
    if (options_.threads != 0) {
        lock.unlock();
        return serve(self); // on this thread, so the next client waits
    }
    try {
        // The new thread may come to its end at once. It then waits in end() for the lock that is
        // held here, so it never finds self.thread half assigned.
        self.thread = std::thread{[this, &self] {
            serve(self);
        }};
    } catch (const std::exception&) {
        say_goodbye(self.socket.get()); // there is no thread to be had, or no memory
        sessions_.erase(self.self);
    }
    //! [start-thread]
}
//! [add-session]

// As a rule a blocking send takes all bytes. No document promises it.
static bool send_all(SOCKET socket, const char* data, int size) {
    while (size > 0) {
        const int sent = ::send(socket, data, size, 0);
        if (sent == SOCKET_ERROR)
            return false;
        data += sent;
        size -= sent;
    }
    return true;
}

//! [serve]
void echo_server::serve(session& self) noexcept {
    ++running_; // before it reads stopping_: so stop() sees this thread, or this thread sees stop()
    std::array<char, 16 * 1024> buffer;
    while (!stopping_) {
        const int received =
            ::recv(self.socket.get(), buffer.data(), static_cast<int>(buffer.size()), 0);
        if (received == 0)
            break; // the client has finished sending, and has had all of it back
        if (received == SOCKET_ERROR)
            break; // the connection is lost, or stop() has woken this thread
        if (!send_all(self.socket.get(), buffer.data(), received))
            break;
    }
    end(self);
}
//! [serve]

//! [end]
// A thread cannot join itself. The next session's thread that ends does it: so at most one ended
// thread waits to be joined, however many clients come and go.
void echo_server::end(session& self) noexcept {
    std::thread previous;
    {
        const std::lock_guard lock{mutex_};
        if (self.thread.joinable())
            previous = std::exchange(finished_, std::move(self.thread));
        // Closes the socket; under the lock, so that stop() never sees it closed.
        sessions_.erase(self.self);
        --running_;
        one_has_ended_.notify_all();
    }
    if (previous.joinable())
        previous.join();
}
//! [end]

//! [stop]
void echo_server::stop() noexcept {
    std::unique_lock lock{mutex_};
    if (stopping_.exchange(true))
        return;
    for (const session& each : sessions_)
        win32::reset_on_close(each.socket.get()); // else the connection would hold the port
    // A cancel ends the call that waits at that moment, and no other. A thread that has looked at
    // stopping_ before it was set, and has not come to its accept, recv or send yet, is missed. So
    // the cancels are repeated until all threads have left.
    while (running_ != 0) {
        for (const session& each : sessions_)
            ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
        ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), nullptr);
        one_has_ended_.wait_for(lock, std::chrono::milliseconds{20},
                                [this] { return running_ == 0; });
    }
    join_late_threads(lock);
    lock.unlock();

    for (std::thread& thread : accepting_)
        thread.join();
    if (finished_.joinable())
        finished_.join(); // the last of the sessions' threads
    listener_.reset();
}
//! [stop]

// Joins the threads that had not begun when stop() looked. Such a thread finds stopping_ set and
// leaves the list; or, under Wine and short of descriptors, it ended before its first line.
void echo_server::join_late_threads(std::unique_lock<std::mutex>& lock) noexcept {
    while (!sessions_.empty()) {
        std::thread late = std::move(sessions_.front().thread);
        lock.unlock();
        late.join();
        lock.lock();
        sessions_.remove_if([](const session& each) { return !each.thread.joinable(); });
    }
}

} // namespace blocking
