/// \file
/// Holds up a thread that has called WSARecv, until something has happened on another one.
#pragma once

#include "trace/hooks/import_table.hpp"
#include "win32/winsock.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <utility>

namespace exercise {

/// While one lives, `after_call` is called when a WSARecv has done its work, and has not returned
/// to the program yet: the scheduler may stop a thread there for any time.
class stopped_receives {
public:
    /// Begins. Throws std::system_error.
    explicit stopped_receives(std::function<void()> after_call) { then_ = std::move(after_call); }
    ~stopped_receives() { then_ = {}; }
    stopped_receives(const stopped_receives&) = delete;
    stopped_receives& operator=(const stopped_receives&) = delete;

private:
    static int WSAAPI call(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD bytes,
                           LPDWORD flags, LPWSAOVERLAPPED overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
        const int result = reinterpret_cast<decltype(&::WSARecv)>(system_.load())(
            socket, buffers, count, bytes, flags, overlapped, routine);
        const int error = ::WSAGetLastError();
        then_();
        ::WSASetLastError(error);
        return result;
    }

    static inline std::atomic<void*> system_{nullptr};
    static inline std::function<void()> then_;

    const std::array<trace::hook, 1> hooks_{
        {{"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(&call), &system_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

/// Something that happens once.
class occasion {
public:
    /// Lets it happen.
    void happen() {
        const std::lock_guard lock{mutex_};
        has_happened_ = true;
        changed_.notify_all();
    }

    /// Returns when it has happened, or after `most`.
    void wait(std::chrono::seconds most) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, most, [this] { return has_happened_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_happened_ = false;
};

} // namespace exercise
