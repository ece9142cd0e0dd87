#include "session_group.hpp"

#include "win32/winsock.hpp"

#include <algorithm>
#include <utility>

namespace overlapped_event {

session_group::session_group() : wake_{::CreateEventW(nullptr, FALSE, FALSE, nullptr)} {
    if (!wake_)
        win32::throw_last_error("CreateEventW");
    sessions_.reserve(capacity); // push_back must not fail once an operation is in flight
    thread_ = std::thread{&session_group::serve, this};
}

session_group::~session_group() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    ::SetEvent(wake_.get());
    thread_.join();
}

bool session_group::add(win32::unique_socket& socket) {
    const std::lock_guard lock{mutex_};
    if (size_ == capacity)
        return false;
    arrivals_.push_back(std::move(socket));
    ++size_;
    ::SetEvent(wake_.get());
    return true;
}

//! [start-receive]
// Lifetime: from here until the completion is collected in advance() or cancel_all(), Windows may
// write to self.buffer and self.receive.
bool session_group::start_receive(session& self) {
    WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
    DWORD flags = 0;
    const int result =
        ::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, self.receive.prepare(), nullptr);
    // Success at once is no special case: the event is signaled then too.
    const bool started = result == 0 || ::WSAGetLastError() == WSA_IO_PENDING;
    self.in_flight = started ? &self.receive : nullptr;
    return started;
}
//! [start-receive]

// Lifetime: as above, for self.buffer and self.send.
bool session_group::start_send(session& self) {
    WSABUF buffer{self.end - self.begin, self.buffer.data() + self.begin};
    const int result =
        ::WSASend(self.socket.get(), &buffer, 1, nullptr, 0, self.send.prepare(), nullptr);
    const bool started = result == 0 || ::WSAGetLastError() == WSA_IO_PENDING;
    self.in_flight = started ? &self.send : nullptr;
    return started;
}

//! [advance]
// The operation in flight has completed: collects its result and starts the next one. False: the
// connection has come to its end, and nothing is in flight.
bool session_group::advance(session& self) {
    operation* const completed = std::exchange(self.in_flight, nullptr);
    DWORD bytes = 0;
    DWORD flags = 0;
    if (!::WSAGetOverlappedResult(self.socket.get(), completed, &bytes, FALSE, &flags))
        return false; // the client reset the connection

    if (completed == &self.receive) {
        if (bytes == 0)
            return false; // the client has finished sending, and has had all of it back
        self.begin = 0;
        self.end = bytes;
        return start_send(self);
    }
    self.begin += bytes;
    return self.begin == self.end ? start_receive(self) : start_send(self);
}
//! [advance]

//! [serve]
void session_group::serve() {
    for (;;) {
        add_arrivals();
        if (const std::lock_guard lock{mutex_}; stopping_)
            break;
        wait_and_advance();
    }
    cancel_all();
}
//! [serve]

void session_group::add_arrivals() {
    const std::lock_guard lock{mutex_};
    for (win32::unique_socket& socket : arrivals_) {
        try {
            auto arrival = std::make_unique<session>();
            arrival->socket = std::move(socket);
            // An operation belongs to the thread that started it, and is cancelled when that
            // thread ends: so the first receive too is started here, not where the client came in.
            if (start_receive(*arrival))
                sessions_.push_back(std::move(arrival));
        } catch (const std::exception&) {
            // No event or memory to be had: this client is turned away, the others are served.
        }
    }
    arrivals_.clear();
    size_ = sessions_.size();
}

//! [wait]
void session_group::wait_and_advance() {
    std::array<WSAEVENT, WSA_MAXIMUM_WAIT_EVENTS> events{};
    events[0] = wake_.get();
    for (std::size_t i = 0; i < sessions_.size(); ++i)
        events[i + 1] = sessions_[i]->in_flight->event.get();
    const DWORD count = static_cast<DWORD>(sessions_.size()) + 1;

    // The wait names the first signaled event only. If we began at the front after each, a busy
    // client would starve those behind it: so one turn goes through all of them, front to back.
    DWORD first = 0;
    DWORD timeout = WSA_INFINITE;
    while (first < count) {
        const DWORD result =
            ::WSAWaitForMultipleEvents(count - first, events.data() + first, FALSE, timeout, FALSE);
        if (result == WSA_WAIT_TIMEOUT || result == WSA_WAIT_FAILED)
            break; // no other one is signaled in this turn (and a failed wait would be our bug)
        const DWORD index = first + (result - WSA_WAIT_EVENT_0);
        if (index > 0 && !advance(*sessions_[index - 1]))
            sessions_[index - 1]->socket.reset();
        first = index + 1;
        timeout = 0;
    }

    const auto ended = [](const std::unique_ptr<session>& each) {
        return !each->in_flight;
    };
    const std::lock_guard lock{mutex_};
    size_ -= static_cast<std::size_t>(std::erase_if(sessions_, ended));
}
//! [wait]

//! [cancel-all]
void session_group::cancel_all() {
    for (const auto& each : sessions_) {
        win32::reset_on_close(each->socket.get()); // else the connection would hold the port
        ::CancelIoEx(reinterpret_cast<HANDLE>(each->socket.get()), nullptr);
    }
    for (const win32::unique_socket& each : arrivals_) // came too late to become a session
        win32::reset_on_close(each.get());
    // Cancelling is a wish. Until the completion has come, cancelled or not, the buffer is not
    // ours.
    for (const auto& each : sessions_) {
        DWORD bytes = 0;
        DWORD flags = 0;
        ::WSAGetOverlappedResult(each->socket.get(), each->in_flight, &bytes, TRUE, &flags);
    }
    sessions_.clear();
}
//! [cancel-all]

} // namespace overlapped_event
