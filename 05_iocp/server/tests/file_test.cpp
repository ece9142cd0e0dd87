// Files on the server's port, whose ends are told in turn with the session's other calls.
#include "scripted_server.hpp"

#include "files/new_file.hpp"
#include "testing/loopback.hpp"
#include "win32/error.hpp"

#include <array>
#include <string>

namespace {

using namespace iocp_test;
using iocp::session;

//! [file-read]
// Reads one block of the file at a time: each one is sent before the next one is read.
struct file_read : iocp::session_operation {
    explicit file_read(HANDLE file) : session_operation{file}, of{file} {}
    HANDLE of;
    std::uint64_t offset = 0;
    std::array<char, 10'000> block;

    // Lifetime: from here until on_operation(), Windows writes to `block` and to this object.
    void start(session& self) {
        clear();
        Offset = static_cast<DWORD>(offset);
        OffsetHigh = static_cast<DWORD>(offset >> 32);
        const DWORD error = self.start(*this, [this]() noexcept {
            return ::ReadFile(of, block.data(), static_cast<DWORD>(block.size()), nullptr, this);
        });
        if (error == ERROR_SUCCESS)
            return;
        EXPECT_EQ(error, DWORD{ERROR_HANDLE_EOF});
        self.close();
    }
};
//! [file-read]

class iocp_file : public scripted_server {
protected:
    void serve(std::string_view content) {
        file = files::open_source(folder.make_file(L"served", content), FILE_FLAG_OVERLAPPED);
        read = std::make_unique<file_read>(file.get());
        user.receive = [this](session& self, std::span<const std::byte>) {
            read->start(self);
        };
        user.operation = [this](session& self, iocp::session_operation& what, std::error_code why,
                                std::size_t bytes) {
            EXPECT_EQ(&what, read.get());
            if (why) {
                EXPECT_EQ(why, win32::make_error(ERROR_HANDLE_EOF));
                self.close();
                return;
            }
            self.send(std::string_view{read->block.data(), bytes});
            read->offset += bytes;
            read->start(self);
        };
        start();
        server->associate(file.get());
    }

    harness::temporary_folder folder;
    win32::unique_file file;
    std::unique_ptr<file_read> read;
};

TEST_F(iocp_file, ArrivesWholeOverTheSamePort) {
    const std::string content = harness::make_message(123'456);
    serve(content);
    client visitor = connect();
    visitor.send("the file, please");
    EXPECT_TRUE(harness::same_bytes(content, visitor.receive_to_end()));
    visitor.close();
    wait_until_open(0);
    stop();
}

// The session must not end before the read: the read's memory would go with it. The read is of a
// pipe into which nobody writes, so it is in flight until abort() has cancelled it.
TEST_F(iocp_file, SessionEndsOnlyWhenTheReadHasEnded) {
    const harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
    file_read endless{pipe.reader.get()};
    bool read_ended = false;
    bool closed_after = false;
    user.receive = [&](session& self, std::span<const std::byte>) {
        endless.start(self);
        self.abort();
    };
    user.operation = [&](session&, iocp::session_operation&, std::error_code, std::size_t) {
        read_ended = true;
    };
    user.close = [&](session&, std::error_code) {
        closed_after = read_ended;
    };
    start();
    server->associate(pipe.reader.get());
    client visitor = connect();
    visitor.send("go");
    visitor.wait_until_closed();
    wait_until_open(0);
    stop();
    EXPECT_TRUE(closed_after);
}

// The read is of a pipe into which nobody writes, so it never ends by itself.
TEST_F(iocp_file, StopCancelsWhatTheHandlerHasBegun) {
    const harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
    file_read endless{pipe.reader.get()};
    occasion begun;
    std::error_code reason;
    user.receive = [&](session& self, std::span<const std::byte>) {
        endless.start(self);
        begun.happen();
    };
    user.operation = [&](session&, iocp::session_operation&, std::error_code why, std::size_t) {
        reason = why;
    };
    start();
    server->associate(pipe.reader.get());
    client visitor = connect();
    visitor.send("go");
    ASSERT_TRUE(begun.wait());
    stop();
    EXPECT_EQ(reason, win32::make_error(ERROR_OPERATION_ABORTED));
}

// Nothing else of this session is in flight, so no other packet would bring a thread to it.
TEST_F(iocp_file, AbortFromOutsideCancelsWhatTheHandlerHasBegun) {
    const harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
    file_read endless{pipe.reader.get()};
    std::shared_ptr<session> shared;
    occasion begun;
    user.receive = [&](session& self, std::span<const std::byte>) {
        self.pause();
        endless.start(self);
        shared = self.share();
        begun.happen();
    };
    user.operation = [](session&, iocp::session_operation&, std::error_code why, std::size_t) {
        EXPECT_EQ(why, win32::make_error(ERROR_OPERATION_ABORTED));
    };
    options.threads = 1;
    start();
    server->associate(pipe.reader.get());
    client visitor = connect();
    visitor.send("go");
    ASSERT_TRUE(begun.wait());
    client bystander = connect(); // the one thread accepts it, so the handler has returned
    wait_until_open(2);
    shared->abort();
    wait_until_open(1);
    stop();
}

// The session is aborted before the read is started.
TEST_F(iocp_file, ReadThatBeginsAfterTheEndIsCancelledToo) {
    const harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
    file_read endless{pipe.reader.get()};
    user.receive = [&](session& self, std::span<const std::byte>) {
        self.abort();
        endless.start(self);
    };
    start();
    server->associate(pipe.reader.get());
    client visitor = connect();
    visitor.send("go");
    visitor.wait_until_closed();
    wait_until_open(0);
    stop();
}

} // namespace
