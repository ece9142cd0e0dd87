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

/// What the connections of one server have in common.
struct connection_context {
    const site& served;
    iocp::buffer_pool& small_blocks;        ///< what is read from a file goes through these,
    iocp::buffer_pool& blocks;              ///< and through these where it does not fit
    std::chrono::milliseconds head_timeout; ///< from the first bytes of a request to its last
};

/// Answers a client's requests, one after the other.
///
/// The next request is looked at only when the answer to the one before is queued. A file is read
/// block by block, and no block before the queue is short. A block that has been read is not copied
/// into the queue, but handed over. So whatever the client asks for and however slowly it reads, it
/// holds two blocks (the rest of one that is being sent, and the next), the answers up to the
/// high-water mark, and the requests that were in the last bytes received.
///
/// Threads: as the handler's functions, one at a time.
class connection : public iocp::session_data {
public:
    explicit connection(const connection_context& context) noexcept : context_{context} {}

    // What the server tells of the session. The first call is open().
    void open(iocp::session& self);
    void receive(iocp::session& self, std::span<const std::byte> bytes);
    void end(iocp::session& self);
    void go_on(iocp::session& self);
    void be_late(iocp::session& self);
    void on_read(iocp::session& self, std::error_code why, std::size_t bytes);

private:
    // A file on its way to the client.
    struct transfer : iocp::session_operation {
        explicit transfer(answer& what) noexcept
            : session_operation{what.file.get()},
              file{std::move(what.file)},
              offset{what.first},
              left{what.size},
              keeps_alive{what.keeps_alive} {}

        win32::unique_file file;
        std::uint64_t offset;            // of the next byte
        std::uint64_t left;              // bytes
        iocp::buffer_pool::handle block; // while it is being read: Windows has this, and the block
        bool keeps_alive;                // the connection stays when all is sent
    };

    enum class phase {
        head,      // of a request, until it is whole: a deadline runs
        answering, // the next request has to wait: for a file, or because the queue is long
        idle,      // between two requests: only the idle timeout runs
        over,      // nothing more is answered
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
    std::optional<request_reader> reader_; // while a request has begun and is not whole
    std::string unread_;                   // what came behind the last request that was answered
    std::unique_ptr<transfer> transfer_;   // while a file is being sent
    phase phase_ = phase::idle;
    bool client_ended_ = false; // nothing more will come
};

} // namespace http
