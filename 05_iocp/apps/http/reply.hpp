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
struct circumstances {
    std::chrono::sys_seconds now;
    bool is_head = false;     ///< no body, whatever the head says
    bool keeps_alive = false; ///< the connection stays
    unsigned version = 11;    ///< of the request
};

/// A whole answer without a file: the number and its name as text, for a person. A 405 names the
/// methods there are. Threads: any; likewise below.
[[nodiscard]] std::string plain_reply(const circumstances& how, status what);

/// Sends the client to another place.
[[nodiscard]] std::string redirection(const circumstances& how, std::string_view location);

/// The head of the answer that select() has chosen; with 200 and 206 the file's bytes follow,
/// unless the request was HEAD. `type` is the value of Content-Type.
[[nodiscard]] std::string file_reply(const circumstances& how, const selection& chosen,
                                     const entity& what, const validators& known,
                                     std::string_view type);

} // namespace http
