#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace shut_out {

/// The last value of a device, and how many there were.
struct reading {
    std::atomic<std::uint32_t> value = 0; ///< the last one
    std::atomic<std::uint64_t> count = 0; ///< the number of values so far
};

/// Reads the values of devices, each again and again, as often as it can, on one thread. A device
/// is a file whose first four bytes are its present value.
class sampler {
public:
    /// Begins, with no device. Throws std::system_error.
    sampler() : wake_{::CreateEventW(nullptr, FALSE, FALSE, nullptr)} {
        if (!wake_)
            win32::throw_last_error("CreateEventW");
        thread_ = std::thread{&sampler::serve, this};
    }

    ~sampler() { stop(); }

    sampler(const sampler&) = delete;
    sampler& operator=(const sampler&) = delete;

    /// From now on reads `device` too, a file for overlapped reading. When that fails, its count
    /// stands still. The result lives as long as the sampler. Any thread.
    const reading& add(win32::unique_file device) {
        const std::lock_guard lock{mutex_};
        gauge& self = gauges_.emplace_back();
        self.owner = this;
        self.device = std::move(device);
        ::SetEvent(wake_.get());
        return self.known;
    }

    /// Returns when the thread has ended. The second call does nothing.
    void stop() noexcept {
        stopping_ = true;
        ::SetEvent(wake_.get());
        if (thread_.joinable())
            thread_.join();
    }

private:
    // A device, and the OVERLAPPED of its read.
    struct gauge : OVERLAPPED {
        sampler* owner = nullptr;
        win32::unique_file device;
        std::uint32_t value = 0; // the place that is read into
        bool in_flight = false;
        bool failed = false;
        reading known;
    };

    void serve() noexcept {
        while (!stopping_) {
            ::WaitForSingleObjectEx(wake_.get(), INFINITE, TRUE); // the routines run in here
            start_idle();
        }
        closing_ = true;
        const std::lock_guard lock{mutex_};
        for (gauge& each : gauges_)
            ::CancelIoEx(each.device.get(), &each);
    }

    // Starts the read of each device that has none in flight.
    void start_idle() noexcept {
        const std::lock_guard lock{mutex_};
        for (gauge& each : gauges_)
            if (!each.in_flight && !each.failed)
                start_read(each);
    }

    static void start_read(gauge& self) noexcept {
        static_cast<OVERLAPPED&>(self) = {};
        self.in_flight =
            ::ReadFileEx(self.device.get(), &self.value, sizeof self.value, &self, on_read);
        self.failed = !self.in_flight;
    }

    // Starts no operation: a read that is done at once would queue its routine for the same wait,
    // which would never return. The loop starts the next one.
    static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED* completed) {
        gauge& self = *static_cast<gauge*>(completed);
        self.in_flight = false;
        self.failed = error != ERROR_SUCCESS || bytes != sizeof self.value;
        if (self.failed || self.owner->closing_)
            return;
        self.known.value = self.value;
        ++self.known.count;
    }

    win32::unique_handle wake_; // signaled by add() and stop(); a wait that it ends resets it
    std::atomic<bool> stopping_ = false;
    bool closing_ = false; // only the thread uses it
    std::mutex mutex_;     // guards gauges_; a gauge in it is the thread's
    std::list<gauge> gauges_;
    std::thread thread_;
};

} // namespace shut_out
