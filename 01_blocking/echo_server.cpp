#include "echo_server.hpp"

#include "win32/error.hpp"
#include "win32/thread.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <utility>

namespace blocking {

namespace {

//! [send-all]
// A blocking send returns when all bytes have been taken over, as a rule; a rule is no promise.
bool send_all(SOCKET socket, const char* data, int size) {
    while (size > 0) {
        const int sent = ::send(socket, data, size, 0);
        if (sent == SOCKET_ERROR)
            return false;
        data += sent;
        size -= sent;
    }
    return true;
}
//! [send-all]

//! [echo]
// Returns when the client has sent its last byte, or is lost, or when the server is to stop.
void echo(SOCKET socket, const std::atomic<bool>& stopping) {
    std::array<char, 16 * 1024> buffer;
    while (!stopping) {
        const int received = ::recv(socket, buffer.data(), static_cast<int>(buffer.size()), 0);
        if (received == 0)
            return; // the client has finished sending, and has had all of it back
        if (received == SOCKET_ERROR)
            return; // the connection is lost, or stop() woke us
        if (!send_all(socket, buffer.data(), received))
            return;
    }
}
//! [echo]

//! [goodbye]
// If the client has sent something already, closing a socket with unread bytes resets the
// connection, and the reset may overtake these words: they are a courtesy, not a promise.
void say_goodbye(SOCKET socket) {
    constexpr char words[] = "server is full, goodbye\n";
    ::send(socket, words, sizeof words - 1, 0);
    ::shutdown(socket, SD_SEND);
}
//! [goodbye]

} // namespace

echo_server::echo_server(const echo_options& options)
    : options_{options},
      listener_{win32::listen_on(options.address, options.port)},
      address_{win32::local_address(listener_.get())} {
    const unsigned count = std::max(1u, options_.threads);
    accepting_.reserve(count);
    try {
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
void echo_server::accept_clients() {
    {
        const std::lock_guard lock{mutex_};
        if (stopping_)
            return; // nobody would wake us
        ++accepting_count_;
    }
    for (;;) {
        win32::unique_socket socket{::accept(listener_.get(), nullptr, nullptr)};
        const DWORD error = static_cast<DWORD>(::WSAGetLastError());
        {
            const std::lock_guard lock{mutex_};
            if (stopping_) {
                win32::reset_on_close(socket.get()); // else this connection would hold the port
                --accepting_count_;
                all_have_left_.notify_all();
                return;
            }
        }
        if (!socket) {
            // Either that client was gone before we came to it, and the next one is not. Or Windows
            // gives no more sockets: it will when clients have left.
            if (!win32::concerns_one_client(error))
                ::Sleep(100);
            continue;
        }
        try {
            if (options_.threads == 0)
                start_thread_for(std::move(socket));
            else
                serve_here(std::move(socket));
        } catch (const std::exception&) {
            // No memory for this client, and its socket is closed by now. The others stay.
        }
    }
}
//! [accept]

//! [thread-per-client]
void echo_server::start_thread_for(win32::unique_socket socket) {
    const std::lock_guard lock{mutex_};
    if (stopping_) {
        win32::reset_on_close(socket.get());
        return;
    }
    if (clients_.size() >= options_.max_threads) {
        say_goodbye(socket.get());
        return;
    }
    const client_handle self = clients_.insert(clients_.end(), client{std::move(socket), {}});
    try {
        // The new thread may come to its end at once. It then waits in leave() for the lock that we
        // hold, so it never finds self->thread half assigned.
        self->thread = std::thread{[this, self] {
            ++serving_; // before echo() looks at stopping_: so stop() sees it, or it sees stop()
            echo(self->socket.get(), stopping_);
            leave(self);
        }};
    } catch (const std::exception&) {
        say_goodbye(self->socket.get()); // Windows gives no more threads, or no more memory
        clients_.erase(self);
    }
}
//! [thread-per-client]

//! [serve-here]
void echo_server::serve_here(win32::unique_socket socket) {
    std::unique_lock lock{mutex_};
    if (stopping_) {
        win32::reset_on_close(socket.get());
        return;
    }
    const client_handle self = clients_.insert(clients_.end(), client{std::move(socket), {}});
    ++serving_;
    lock.unlock();

    echo(self->socket.get(), stopping_);
    leave(self);
}
//! [serve-here]

//! [leave]
// The client's own thread cannot join itself. It leaves that to whoever ends next, so at most one
// ended thread waits to be joined, however many clients come and go.
void echo_server::leave(client_handle self) {
    std::thread previous;
    {
        const std::lock_guard lock{mutex_};
        if (self->thread.joinable())
            previous = std::exchange(finished_, std::move(self->thread));
        clients_.erase(self); // closes the socket; under the lock, so stop() never sees it closed
        --serving_;
        all_have_left_.notify_all();
    }
    if (previous.joinable())
        previous.join();
}
//! [leave]

//! [stop]
void echo_server::stop() noexcept {
    std::unique_lock lock{mutex_};
    if (stopping_.exchange(true))
        return;
    for (const client& each : clients_)
        win32::reset_on_close(each.socket.get()); // else the connection would hold the port
    // A cancel ends the call that waits at that moment, and no other. A thread that has looked at
    // stopping_ before we set it, and has not come to its accept, recv or send yet, is missed. So
    // cancels are repeated until all have left.
    while (serving_ != 0 || accepting_count_ != 0) {
        for (const client& each : clients_)
            ::CancelIoEx(reinterpret_cast<HANDLE>(each.socket.get()), nullptr);
        ::CancelIoEx(reinterpret_cast<HANDLE>(listener_.get()), nullptr);
        all_have_left_.wait_for(lock, std::chrono::milliseconds{20},
                                [this] { return serving_ == 0 && accepting_count_ == 0; });
    }
    join_late_threads(lock);
    lock.unlock();

    for (std::thread& thread : accepting_)
        thread.join();
    if (finished_.joinable())
        finished_.join(); // of all clients' threads it is the last
    listener_.reset();
}
//! [stop]

// A thread that has not begun by now finds stopping_ set, and leaves the list. Or, under Wine and
// short of descriptors, it has ended before its first line. Either can be joined.
void echo_server::join_late_threads(std::unique_lock<std::mutex>& lock) {
    while (!clients_.empty()) {
        std::thread late = std::move(clients_.front().thread);
        lock.unlock();
        late.join();
        lock.lock();
        clients_.remove_if([](const client& each) { return !each.thread.joinable(); });
    }
}

} // namespace blocking
