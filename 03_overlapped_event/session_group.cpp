#include "session_group.hpp"

#include "win32/winsock.hpp"

#include <exception>
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

//! [serve]
void session_group::serve() noexcept {
    for (;;) {
        add_arrivals();
        if (const std::lock_guard lock{mutex_}; stopping_)
            break;
        wait_and_advance();
    }
    cancel_all();
}
//! [serve]

void session_group::wait_and_advance() noexcept {
    std::array<WSAEVENT, WSA_MAXIMUM_WAIT_EVENTS> events{};
    events[0] = wake_.get();
    for (std::size_t i = 0; i < sessions_.size(); ++i)
        events[i + 1] = sessions_[i]->in_flight.event.get();
    const DWORD count = static_cast<DWORD>(sessions_.size()) + 1;

    //! [wait]
    // The wait names only the first event that is signaled. If each wait began at the front, a busy
    // client would starve those behind it. So a turn goes through all events, front to back.
    DWORD first = 0;
    DWORD timeout = WSA_INFINITE;
    while (first < count) {
        const DWORD result =
            ::WSAWaitForMultipleEvents(count - first, events.data() + first, FALSE, timeout, FALSE);
        if (result == WSA_WAIT_TIMEOUT || result == WSA_WAIT_FAILED)
            break; // no other event is signaled (and a failed wait would be a bug of this code)
        const DWORD index = first + (result - WSA_WAIT_EVENT_0);
        if (index > 0)
            advance(*sessions_[index - 1]);
        first = index + 1;
        timeout = 0;
    }
    //! [wait]

    const auto has_ended = [](const std::unique_ptr<session>& each) {
        return !each->socket;
    };
    const std::lock_guard lock{mutex_};
    size_ -= static_cast<std::size_t>(std::erase_if(sessions_, has_ended));
}

void session_group::add_arrivals() noexcept {
    const std::lock_guard lock{mutex_};
    for (win32::unique_socket& socket : arrivals_) {
        try {
            auto arrival = std::make_unique<session>();
            arrival->socket = std::move(socket);
            // Windows cancels an operation when the thread that started it ends. So the first
            // receive, too, is started by this thread, and not by the one that accepts.
            start_receive(*arrival);
            if (arrival->socket)
                sessions_.push_back(std::move(arrival));
        } catch (const std::exception&) {
            win32::reset_on_close(socket.get()); // no event, say: it goes, the others stay
        }
    }
    arrivals_.clear();
    size_ = sessions_.size();
}

//! [start-receive]
// Lifetime: from here until its completion has been collected, Windows may write to self.buffer and
// to self.in_flight.
void session_group::start_receive(session& self) noexcept {
    self.in_flight.prepare();
    WSABUF buffer{static_cast<ULONG>(self.buffer.size()), self.buffer.data()};
    DWORD flags = 0;
    if (::WSARecv(self.socket.get(), &buffer, 1, nullptr, &flags, &self.in_flight, nullptr) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        end(self); // failed at once: nothing is in flight
}
//! [start-receive]

void session_group::start_send(session& self) noexcept {
    self.in_flight.prepare();
    WSABUF buffer{self.end - self.begin, self.buffer.data() + self.begin};
    if (::WSASend(self.socket.get(), &buffer, 1, nullptr, 0, &self.in_flight, nullptr) != 0 &&
        ::WSAGetLastError() != WSA_IO_PENDING)
        end(self);
}

//! [advance]
// The operation in flight has completed: takes its result and starts the next one.
void session_group::advance(session& self) noexcept {
    DWORD bytes = 0;
    DWORD flags = 0;
    if (!::WSAGetOverlappedResult(self.socket.get(), &self.in_flight, &bytes, FALSE, &flags))
        return end(self); // the client reset the connection
    if (self.has_unsent()) {
        self.begin += bytes;
    } else if (bytes == 0) {
        return end(self); // the client has finished sending, and has had all of it back
    } else {
        self.begin = 0;
        self.end = bytes;
    }
    self.has_unsent() ? start_send(self) : start_receive(self);
}
//! [advance]

// Nothing is in flight for this session. It is dropped at the end of the turn.
void session_group::end(session& self) noexcept {
    self.socket.reset();
}

//! [cancel-all]
void session_group::cancel_all() noexcept {
    for (const auto& each : sessions_) {
        win32::reset_on_close(each->socket.get()); // else the connection would hold the port
        ::CancelIoEx(reinterpret_cast<HANDLE>(each->socket.get()), nullptr);
    }
    for (const win32::unique_socket& each : arrivals_) // each came too late to become a session
        win32::reset_on_close(each.get());
    // A cancel only asks. Until the operation has completed, cancelled or not, its memory is lent:
    // with TRUE the call waits for that.
    for (const auto& each : sessions_) {
        DWORD bytes = 0;
        DWORD flags = 0;
        ::WSAGetOverlappedResult(each->socket.get(), &each->in_flight, &bytes, TRUE, &flags);
    }
    sessions_.clear();
}
//! [cancel-all]

} // namespace overlapped_event
