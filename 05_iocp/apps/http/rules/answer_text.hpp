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

/// What an answer depends on besides the thing asked for.
struct answer_context {
    std::chrono::sys_seconds now;
    bool is_head = false;     ///< no body, whatever the head says
    bool keeps_alive = false; ///< the connection stays
    unsigned version = 11;    ///< of the request
};

/// How a file is sent.
struct presentation {
    std::string_view type;          ///< the value of Content-Type
    std::string_view cache_control; ///< that of Cache-Control
};

/// A whole answer without a file: the number and its name as text, for a person. A 405 names the
/// methods there are. What is no file's is `no-cache`. Threads: any; likewise below.
[[nodiscard]] std::string status_text(const answer_context& context, status what);

/// Sends the client to another place.
[[nodiscard]] std::string redirect_text(const answer_context& context, std::string_view location);

/// The head of the answer that select() has chosen; with 200 and 206 the file's bytes follow,
/// unless the request was HEAD. 304 has the same Cache-Control as 200: a cache takes it over.
[[nodiscard]] std::string file_text(const answer_context& context, const selection& chosen,
                                    const entity& what, const validators& known,
                                    const presentation& shown);

} // namespace http
