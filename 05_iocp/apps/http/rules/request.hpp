/// \file
/// What a client asks for.
#pragma once

#include "status.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace http {

/// A request, as far as this server is concerned. A field that came more than once has its values
/// joined by commas, as HTTP allows; one that did not come is empty.
struct request {
    std::string method;
    std::string target;
    std::string host;
    std::string if_match;
    std::string if_none_match;
    std::string if_modified_since;
    std::string if_unmodified_since;
    std::string if_range;
    std::string range;
    unsigned version = 11;    ///< 10 or 11
    unsigned hosts = 0;       ///< Host fields
    bool has_body = false;    ///< a body follows, or it cannot be told whether one does
    bool keeps_alive = false; ///< the client wants the connection to stay

    [[nodiscard]] bool is_head() const noexcept { return method == "HEAD"; }
};

/// Whether the server can answer `asked` by looking for a file; else what it answers.
///
/// A request with a body is refused. For GET a body has no meaning, and a server and a proxy before
/// it that find its end at different places take the rest of it for another request: whoever wrote
/// it speaks to the server through the proxy then. So the connection is to be closed after such a
/// request, and nothing behind its head is looked at. With that no `Expect: 100-continue` has to be
/// answered either: it asks whether to send the body.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length
[[nodiscard]] status check(const request& asked) noexcept;

/// Reads one request's head, which may come in pieces. The parser is Boost.Beast's.
///
/// Threads: one at a time. Source:
/// https://www.boost.org/doc/libs/release/libs/beast/doc/html/beast/ref/boost__beast__http__basic_parser.html
class request_reader {
public:
    /// The most that a head may have, in bytes.
    static constexpr std::size_t head_limit = 8 * 1024;

    enum class state {
        unfinished, ///< more bytes are needed
        finished,   ///< asked() is the request
        malformed,  ///< it is no request
        too_large,  ///< it is larger than head_limit
    };

    struct outcome {
        state now;
        std::size_t used; ///< bytes that are done with
    };

    request_reader();
    ~request_reader();
    request_reader(const request_reader&) = delete;
    request_reader& operator=(const request_reader&) = delete;

    /// Reads from `bytes`, which begin where those of the call before were done with: so what is
    /// not used comes again, with more behind it. To be called until it says anything but
    /// `unfinished`, and then no more. Throws std::bad_alloc.
    [[nodiscard]] outcome read(std::string_view bytes);

    /// What has been read.
    [[nodiscard]] const request& asked() const noexcept;

private:
    class parser;
    std::unique_ptr<parser> parser_;
    std::size_t used_ = 0; // bytes, in all
};

} // namespace http
