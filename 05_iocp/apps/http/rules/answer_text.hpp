/// \file
/// The text of an answer.
#pragma once

#include "conditions.hpp"
#include "entity.hpp"
#include "request.hpp"
#include "status.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace http {

/// The circumstances of an answer, besides the thing asked for.
struct answer_context {
    std::chrono::sys_seconds now;
    bool is_head = false;     ///< Whether the request is HEAD: the answer has no body then.
    bool keeps_alive = false; ///< Whether the connection stays.
    unsigned version = 11;    ///< The request's version of HTTP: 10 or 11.
};

/// The fields of an answer that describe its file.
struct presentation {
    std::string_view type;          ///< The value of Content-Type.
    std::string_view cache_control; ///< The value of Cache-Control.
};

/// Returns a whole answer without a file, whose body is the status in words. A 405 names the
/// methods that are allowed. Every answer without a file is `no-cache`. Threads: any, for all
/// three.
[[nodiscard]] std::string status_text(const answer_context& context, status what);

/// Returns a whole answer that sends the client to another place.
[[nodiscard]] std::string redirect_text(const answer_context& context, std::string_view location);

/// Returns the head of the answer that select() has chosen. With 200 and 206 the file's bytes must
/// follow, unless the request was HEAD. 304 has the same Cache-Control as 200, since a cache takes
/// it over.
[[nodiscard]] std::string file_text(const answer_context& context, const selection& chosen,
                                    const entity& what, const validators& known,
                                    const presentation& shown);

} // namespace http
