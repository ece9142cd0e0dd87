/// \file
/// The choice of whether to send a file, and which part.
#pragma once

#include "entity.hpp"
#include "request.hpp"
#include "status.hpp"

#include <chrono>
#include <cstdint>

namespace http {

/// The bytes to be sent: with 200 and 206 `size` bytes from `first` on, otherwise none of the file.
struct selection {
    status result = status::ok; ///< 200, 206, 304, 412 or 416.
    std::uint64_t first = 0;
    std::uint64_t size = 0;
};

/// Checks a request's conditions against the file, in the order of the RFC: If-Match or
/// If-Unmodified-Since (412), If-None-Match or If-Modified-Since (304), and for GET only If-Range
/// and Range (206, 416). A date that cannot be read is no condition. A date in If-Range gets the
/// whole file: every answer with a file has a tag, and a client that has a tag must not send a
/// date.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9110#name-precedence-of-preconditions
[[nodiscard]] selection select(const request& asked, const entity& what, const validators& known,
                               std::chrono::sys_seconds now);

} // namespace http
