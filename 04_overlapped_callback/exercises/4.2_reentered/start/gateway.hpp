// Prediction:

#pragma once

#include "win32/unique_resource.hpp"

#include <iterator>
#include <list>
#include <utility>
#include <vector>

namespace reentered {

/// Hands the questions of its clients on to a backend, which answers one at a time, and gives each
/// client its answers. A question is one byte, and so is an answer.
class gateway {
public:
    /// All sockets are connected, overlapped and in blocking mode. Clients read their answers.
    gateway(win32::unique_socket backend, std::vector<win32::unique_socket> clients)
        : backend_{std::move(backend)} {
        for (win32::unique_socket& each : clients) {
            session& self = sessions_.emplace_back();
            self.owner = this;
            self.place = std::prev(sessions_.end());
            self.client = std::move(each);
        }
    }

    gateway(const gateway&) = delete;
    gateway& operator=(const gateway&) = delete;

    /// Serves on the caller's thread, in alertable waits: the caller's own routines run, too.
    /// Returns when each client has sent its last question and has had its answer. Call it once.
    void run() noexcept {
        for (auto next = sessions_.begin(); next != sessions_.end();)
            start_receive(*next++);
        while (!sessions_.empty())
            ::SleepEx(INFINITE, TRUE);
    }

private:
    // A client. The session is also the OVERLAPPED of its receive.
    struct session : OVERLAPPED {
        gateway* owner = nullptr;
        std::list<session>::iterator place;
        win32::unique_socket client;
        char question = 0;
    };

    void start_receive(session& self) noexcept {
        static_cast<OVERLAPPED&>(self) = {};
        WSABUF room{1, &self.question};
        DWORD flags = 0;
        if (::WSARecv(self.client.get(), &room, 1, nullptr, &flags, &self, on_question) != 0 &&
            ::WSAGetLastError() != WSA_IO_PENDING)
            end(self);
    }

    static void CALLBACK on_question(DWORD error, DWORD bytes, OVERLAPPED* completed, DWORD) {
        session& self = *static_cast<session*>(completed);
        if (error != ERROR_SUCCESS || bytes == 0)
            self.owner->end(self);
        else
            self.owner->answer(self);
    }

    void answer(session& self) noexcept {
        if (ask_backend(self.question) && ::send(self.client.get(), &answer_, 1, 0) == 1)
            start_receive(self);
        else
            end(self);
    }

    // Puts the answer into answer_. Returns false when the backend has gone.
    [[nodiscard]] bool ask_backend(char question) noexcept {
        return ::send(backend_.get(), &question, 1, 0) == 1 &&
               ::recv(backend_.get(), &answer_, 1, 0) == 1;
    }

    // Nothing is in flight for this session, so its memory may go.
    void end(session& self) noexcept { sessions_.erase(self.place); }

    win32::unique_socket backend_;
    char answer_ = 0;
    std::list<session> sessions_;
};

} // namespace reentered
