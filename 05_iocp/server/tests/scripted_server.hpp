/// \file
/// A server whose handler runs a test's functions, and checks that belong to every test.
#pragma once

#include "server/server.hpp"

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/machine/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace iocp_test {

using harness::client;
using harness::watchdog;
using std::chrono::milliseconds;

inline std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// An event that happens once, and that others wait for. The time limit is only for a failure.
class occasion {
public:
    void happen() {
        const std::lock_guard lock{mutex_};
        has_happened_ = true;
        changed_.notify_all();
    }

    [[nodiscard]] bool wait() {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, std::chrono::seconds{20}, [this] { return has_happened_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_happened_ = false;
};

/// Calls the test's functions, and checks the promises of handler.hpp: one call at a time for a
/// session, on_open() first, on_close() last and once.
class scripted_handler : public iocp::handler {
public:
    using session = iocp::session;
    std::function<void(session&)> open = [](session&) {
    };
    std::function<void(session&, std::span<const std::byte>)> receive =
        [](session& self, std::span<const std::byte> bytes) {
            self.send(bytes);
        };
    std::function<void(session&)> end = [](session& self) {
        self.close();
    };
    std::function<void(session&)> congested = [](session&) {
    };
    std::function<void(session&)> drained = [](session&) {
    };
    std::function<void(session&)> deadline; // empty: that of iocp::handler
    std::function<void(session&)> resumed = [](session&) {
    };
    std::function<void(session&, iocp::session_operation&, std::error_code, std::size_t)>
        operation = [](session&, iocp::session_operation&, std::error_code, std::size_t) {
        };
    std::function<void(session&, std::error_code)> close = [](session&, std::error_code) {
    };

    std::atomic<unsigned> opened{0};
    std::atomic<unsigned> closed{0};

private:
    struct watch : iocp::session_data {
        std::atomic<bool> inside{false};
    };

    // Lives during one call of the handler for a session.
    class visit {
    public:
        explicit visit(session& self) : watch_{dynamic_cast<watch*>(self.data.get())} {
            if (watch_ == nullptr)
                ADD_FAILURE() << "a call before on_open()";
            else if (watch_->inside.exchange(true))
                ADD_FAILURE() << "two calls at once for one session";
        }
        ~visit() {
            if (watch_ != nullptr)
                watch_->inside = false;
        }
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

    private:
        watch* watch_;
    };

    void on_open(session& self) override {
        EXPECT_EQ(self.data, nullptr) << "on_open() twice";
        self.data = std::make_unique<watch>();
        ++opened;
        const visit here{self};
        open(self);
    }
    void on_receive(session& self, std::span<const std::byte> bytes) override {
        const visit here{self};
        EXPECT_FALSE(bytes.empty());
        receive(self, bytes);
    }
    void on_end(session& self) override {
        const visit here{self};
        end(self);
    }
    void on_congested(session& self) override {
        const visit here{self};
        congested(self);
    }
    void on_drained(session& self) override {
        const visit here{self};
        drained(self);
    }
    void on_deadline(session& self) override {
        const visit here{self};
        deadline ? deadline(self) : handler::on_deadline(self);
    }
    void on_resumed(session& self) override {
        const visit here{self};
        resumed(self);
    }
    void on_operation(session& self, iocp::session_operation& what, std::error_code why,
                      std::size_t bytes) override {
        const visit here{self};
        operation(self, what, why, bytes);
    }
    void on_close(session& self, std::error_code why) override {
        {
            const visit here{self};
            close(self, why);
        }
        ++closed;
    }
};

/// A fixture with one server. Fill in `user` and `options`, call start(), and let clients come.
class scripted_server : public ::testing::Test {
protected:
    scripted_server() { options.drain_timeout = milliseconds{50}; }

    // Stops too late for the test's own variables, which are gone by now: a test whose functions
    // refer to them calls stop() itself.
    void TearDown() override { stop(); }

    void start() { server.emplace(user, options); }

    /// Stops the server, and checks its figures.
    void stop() {
        if (!server)
            return;
        {
            const watchdog limit{"stop()"};
            server->stop();
        }
        const iocp::statistics figures = server->figures();
        EXPECT_EQ(figures.open, 0u);
        EXPECT_EQ(figures.queued_bytes, 0u);
        EXPECT_EQ(figures.ready, 0u);
        EXPECT_EQ(figures.accepted, user.opened);
        EXPECT_EQ(user.closed, user.opened);
        const watchdog limit{"the destructor"};
        server.reset();
    }

    [[nodiscard]] client connect() const { return client{server->port()}; }

    /// Waits until the server counts `count` open connections.
    void wait_until_open(std::uint64_t count) {
        harness::wait_until([&] { return server->figures().open == count; });
        ASSERT_EQ(server->figures().open, count);
    }

    /// Lets `deaf`, a client that never reads, send until the server has more than `enough` bytes
    /// queued for it. Returns their number. It may take several rounds, since the thread that
    /// serves `deaf` may be slower than the one that serves `bystander`.
    std::uint64_t fill_queue_of(harness::flood& deaf, client& bystander, std::uint64_t enough) {
        std::uint64_t queued = 0;
        harness::wait_until([&] {
            deaf.run(bystander);
            queued = server->figures().queued_bytes;
            return queued > enough;
        });
        EXPECT_GT(queued, enough);
        return queued;
    }

    /// Sends to a client that does not read until the system's buffers and then the queue are full.
    /// Returns the queued bytes.
    [[nodiscard]] static std::string fill_queue(iocp::session& self) {
        constexpr std::size_t too_much = 256'000'000;
        const std::string piece = harness::make_message(50'000);
        std::string sent;
        iocp::send_result last = iocp::send_result::queued;
        while (sent.size() < too_much && (last = self.send(piece)) == iocp::send_result::queued)
            sent += piece;
        EXPECT_EQ(last, iocp::send_result::full);
        return sent;
    }

    scripted_handler user;
    iocp::server_options options;
    std::optional<iocp::server> server;
};

} // namespace iocp_test
