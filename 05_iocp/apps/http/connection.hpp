/// \file
/// One client of the file server.
#pragma once

#include "answer.hpp"
#include "apps/http/rules/request.hpp"

#include "server/session.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace http {

/// The things that the connections of one server share.
struct connection_context {
    const site& served;
    iocp::buffer_pool& small_blocks;        ///< Blocks for small files, and for the ends of files.
    iocp::buffer_pool& blocks;              ///< Blocks for all other reads.
    std::chrono::milliseconds head_timeout; ///< file_server_options::head_timeout.
};

/// Answers a client's requests one after the other.
///
/// It reads the next request only when the answer to the one before is queued. It reads a file
/// block by block, each block only when the queue is short, and hands the block over to the queue
/// without a copy. So however slowly a client reads, it holds no more memory than two blocks (the
/// one that is being sent, and the next), answers up to the high-water mark, and the last bytes
/// received.
///
/// Threads: one at a time, as the handler's functions.
class connection : public iocp::session_data {
public:
    explicit connection(const connection_context& context) noexcept : context_{context} {}

    // Called by the handler's functions for the session. The first call is open().
    void open(iocp::session& self);
    void receive(iocp::session& self, std::span<const std::byte> bytes);
    void end(iocp::session& self);
    void go_on(iocp::session& self);
    void be_late(iocp::session& self);
    void on_read(iocp::session& self, std::error_code why, std::size_t bytes);

private:
    // A file that is being sent.
    struct transfer : iocp::session_operation {
        explicit transfer(answer& what) noexcept
            : session_operation{what.file.get()},
              file{std::move(what.file)},
              offset{what.first},
              left{what.size},
              keeps_alive{what.keeps_alive} {}

        win32::unique_file file;
        std::uint64_t offset;            // the place of the next byte
        std::uint64_t left;              // the bytes that are still to be read
        iocp::buffer_pool::handle block; // the block that Windows is reading into; empty: none
        bool keeps_alive;                // whether the connection stays when all is sent
    };

    enum class phase {
        head,      // a request has begun, and a deadline runs until it is whole
        answering, // a file is being sent or the queue is too long, and the next request waits
        idle,      // no request has begun, and only the idle timeout runs
        over,      // no further request is answered
    };

    [[nodiscard]] std::size_t answer_requests(iocp::session& self, std::string_view bytes);
    void answer_unread(iocp::session& self);
    void send(iocp::session& self, answer what);
    void start_transfer(iocp::session& self, answer& what);
    void read_block(iocp::session& self);
    void finish_answer(iocp::session& self, bool keeps_alive);
    void break_off(iocp::session& self);
    void update(iocp::session& self);
    void enter(iocp::session& self, phase next);

    const connection_context& context_;
    std::optional<request_reader> reader_; // the request that has begun and is not whole
    std::string unread_;                   // the bytes behind the last request that was answered
    std::unique_ptr<transfer> transfer_;   // the file that is being sent
    phase phase_ = phase::idle;
    bool client_ended_ = false; // whether the client sends no more
};

} // namespace http
