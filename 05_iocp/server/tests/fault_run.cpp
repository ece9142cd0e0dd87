#include "fault_run.hpp"

#include "server/server.hpp"
#include "visitors.hpp"

#include "files/new_file.hpp"
#include "testing/echo_clients.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/live_memory.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/machine/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace iocp_test {

namespace {

using iocp::session;

// More bytes than the system's buffers take, so that a send is pending for a while.
constexpr std::size_t much = 3'500'000;

// Sends back the bytes that it receives, and has other answers to a few words. Resets a client that
// it cannot answer whole.
class busy_handler : public iocp::handler {
public:
    explicit busy_handler(HANDLE served) : file_{served}, much_{harness::make_message(much)} {}

    [[nodiscard]] std::string_view long_answer() const { return much_; }

    std::atomic<unsigned> opened{0};
    std::atomic<unsigned> closed{0};

private:
    struct file_read : iocp::session_operation {
        using session_operation::session_operation;
        std::array<char, 4'000> block;
    };
    struct reader : iocp::session_data {
        explicit reader(HANDLE file) : read{file} {}
        file_read read;
    };

    void on_open(session&) override { ++opened; }
    void on_close(session&, std::error_code) override { ++closed; }

    void on_receive(session& self, std::span<const std::byte> bytes) override {
        const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        if (text == "file")
            start_read(self);
        else if (text == "much")
            answer(self, much_);
        else
            answer(self, text);
        if (text == "close" || text == "much")
            self.close();
    }

    void on_operation(session& self, iocp::session_operation& what, std::error_code why,
                      std::size_t bytes) override {
        if (why) {
            self.abort();
            return;
        }
        answer(self, {static_cast<file_read&>(what).block.data(), bytes});
        self.close();
    }

    static void answer(session& self, std::string_view text) {
        if (self.send(text) == iocp::send_result::full)
            self.abort();
    }

    // Lifetime: the session destroys its data after on_close(), which comes after on_operation().
    void start_read(session& self) {
        auto owned = std::make_unique<reader>(file_);
        file_read& read = owned->read;
        self.data = std::move(owned);
        const DWORD error = self.start(read, [&]() noexcept {
            return ::ReadFile(file_, read.block.data(), static_cast<DWORD>(read.block.size()),
                              nullptr, &read);
        });
        if (error != ERROR_SUCCESS)
            self.abort();
    }

    const HANDLE file_;
    const std::string much_;
};

// Whether each such fault may cost one client its answer. Of all other faults no client may see
// anything.
bool concerns_a_client(fault what) {
    switch (what) {
    case fault::CreateIoCompletionPort:
    case fault::ReadFile:
    case fault::WSARecv:
    case fault::WSASend:
    case fault::setsockopt:
    case fault::shutdown:
    case fault::completion:
    case fault::operator_new:
        return true;
    default:
        return false;
    }
}

iocp::server_options quick() {
    iocp::server_options options;
    options.threads = 2;
    options.pending_accepts = 2;
    options.drain_timeout = std::chrono::milliseconds{20};
    options.close_timeout =
        std::chrono::milliseconds{0}; // a timeout would hide a client that waits
    return options;
}

// Returns false if the server could not put the file on its port, which counts as a failure too.
bool serve_file(iocp::server& server, HANDLE file) {
    try {
        server.associate(file);
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

unsigned run(fault what, unsigned first, unsigned count) {
    const harness::temporary_folder folder;
    const std::string content = harness::make_message(3'000);
    const win32::unique_file file =
        files::open_source(folder.make_file(L"served", content), FILE_FLAG_OVERLAPPED);
    busy_handler handler{file.get()};
    const harness::watchdog limit{"a life with a fault", std::chrono::seconds{60}};
    faults struck{what, first, count};
    std::optional<iocp::server> server;
    bool is_file_served = false;
    try {
        struck.strike([&] {
            server.emplace(handler, quick());
            is_file_served = serve_file(*server, file.get());
        });
    } catch (const std::system_error&) {
        EXPECT_NE(struck.happened(), 0u);
    } catch (const std::bad_alloc&) {
        EXPECT_EQ(what, fault::operator_new);
    }
    if (!server)
        return struck.happened();

    const unsigned happened_before = struck.happened();
    visitors all{server->port(), handler.long_answer(), content};
    all.visit(is_file_served);
    EXPECT_LE(all.failed(), concerns_a_client(what) ? struck.happened() - happened_before : 0);
    struck.strike([&] { server->stop(); });
    const iocp::statistics figures = server->figures();
    EXPECT_EQ(figures.open, 0u);
    EXPECT_EQ(figures.queued_bytes, 0u);
    EXPECT_EQ(figures.ready, 0u);
    EXPECT_EQ(handler.closed, handler.opened);
    return struck.happened();
}

} // namespace

std::vector<fault> all_faults() {
    std::vector<fault> result;
    for (std::size_t i = 0; i < fault_count; ++i)
        result.push_back(static_cast<fault>(i));
    return result;
}

std::string test_name(const ::testing::TestParamInfo<fault>& info) {
    return name_of(info.param);
}

unsigned run_with_fault(fault what, unsigned first, unsigned count) {
    SCOPED_TRACE(::testing::Message()
                 << name_of(what) << ", from number " << first << " on, " << count << " in all");
    const harness::process_usage before = harness::measure_process();
    const std::size_t memory = harness::live_bytes();
    const unsigned happened = run(what, first, count);
    EXPECT_EQ(harness::live_bytes(), memory);
    const harness::process_usage after = harness::measure_process();
    EXPECT_EQ(after.sockets, before.sockets);
    EXPECT_EQ(after.threads, before.threads);
    return happened;
}

} // namespace iocp_test
