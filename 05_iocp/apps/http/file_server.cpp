#include "file_server.hpp"

#include <memory>
#include <stdexcept>

namespace http {

namespace {

// Each costs a read, a packet and a send, whatever its size.
constexpr std::size_t block_size = 256 * 1024;
constexpr std::size_t kept_blocks = 8;
constexpr std::size_t longest_head = 4096;

connection& of(iocp::session& self) noexcept {
    return static_cast<connection&>(*self.data);
}

// A connection goes on up to the high-water mark, and then it may still send a head and a block.
iocp::server_options checked(const iocp::server_options& options) {
    if (options.queue_limit < options.high_water_mark + block_size + longest_head)
        throw std::invalid_argument(
            "queue_limit must leave room for a block above high_water_mark");
    return options;
}

} // namespace

file_server::file_server(const std::string& root, const file_server_options& options)
    : site_{folder{root}, options.shows_dotfiles, options.cache_control},
      blocks_{block_size, kept_blocks},
      context_{site_, small_blocks_, blocks_, options.head_timeout},
      server_{*this, checked(options.server)} {}

void file_server::on_open(iocp::session& self) {
    self.data = std::make_unique<connection>(context_);
    of(self).open(self);
}

void file_server::on_receive(iocp::session& self, std::span<const std::byte> bytes) {
    of(self).receive(self, bytes);
}

void file_server::on_end(iocp::session& self) {
    of(self).end(self);
}

void file_server::on_drained(iocp::session& self) {
    of(self).go_on(self);
}

void file_server::on_deadline(iocp::session& self) {
    of(self).be_late(self);
}

void file_server::on_operation(iocp::session& self, iocp::session_operation&, std::error_code why,
                               std::size_t bytes) {
    of(self).on_read(self, why, bytes);
}

} // namespace http
