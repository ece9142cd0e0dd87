/// \file
/// A client's request.
#pragma once

#include "status.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace http {

/// The parts of a request that this server uses. The values of a field that came more than once are
/// joined by commas, as HTTP allows. A field that did not come is empty.
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
    unsigned version = 11;    ///< The version of HTTP: 10 or 11.
    unsigned hosts = 0;       ///< The number of Host fields.
    bool has_body = false;    ///< Whether a body follows, or may follow.
    bool keeps_alive = false; ///< Whether the client wants the connection to stay.

    [[nodiscard]] bool is_head() const noexcept { return method == "HEAD"; }
};

/// Returns status::ok if the server can answer `asked` by looking for a file, or else the status of
/// its answer.
///
/// A request with a body is refused. A body has no meaning for GET. And if a server and the proxy
/// before it find the end of a body at different places, the server takes the rest of it for
/// another request, which an attacker has so brought past the proxy. The connection must therefore
/// be closed after such a request, and nothing behind its head be read. `Expect: 100-continue`,
/// which asks whether to send the body, then needs no answer either.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length
[[nodiscard]] status check(const request& asked) noexcept;

/// Reads the head of one request, which may come in pieces. The parser is Boost.Beast's.
///
/// Threads: one at a time. Source:
/// https://www.boost.org/doc/libs/release/libs/beast/doc/html/beast/ref/boost__beast__http__basic_parser.html
class request_reader {
public:
    /// The size of a head at most, in bytes.
    static constexpr std::size_t head_limit = 8 * 1024;

    enum class state {
        unfinished, ///< More bytes are needed.
        finished,   ///< asked() is the request.
        malformed,  ///< The bytes are no request.
        too_large,  ///< The head is larger than head_limit.
    };

    struct outcome {
        state now;
        std::size_t used; ///< The number of bytes that have been read for good.
    };

    request_reader();
    ~request_reader();
    request_reader(const request_reader&) = delete;
    request_reader& operator=(const request_reader&) = delete;

    /// Reads from `bytes`. They begin behind the used bytes of the earlier calls: unused bytes come
    /// again, with more behind them. Call it until the state is not `unfinished`, and no more then.
    /// Throws std::bad_alloc.
    [[nodiscard]] outcome read(std::string_view bytes);

    /// Returns the request.
    [[nodiscard]] const request& asked() const noexcept;

private:
    class parser;
    std::unique_ptr<parser> parser_;
    std::size_t used_ = 0; // the used bytes of all calls
};

} // namespace http
