/// \file
/// Whether to send a file, and how much of it.
#pragma once

#include "entity.hpp"
#include "request.hpp"
#include "status.hpp"

#include <chrono>
#include <cstdint>

namespace http {

/// What is to be sent: with 200 and 206 `size` bytes from `first` on, else no part of the file.
struct selection {
    status result = status::ok; ///< also 304, 412, 416
    std::uint64_t first = 0;
    std::uint64_t size = 0;
};

/// Weighs a request's conditions against the file, in the order of the RFC: If-Match or
/// If-Unmodified-Since (412), If-None-Match or If-Modified-Since (304), and for GET alone If-Range
/// and Range (206, 416). A date that cannot be read is no condition. A date in If-Range gets the
/// whole file: every answer with a file has a tag, and who has a tag must not send a date there.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9110#name-precedence-of-preconditions
[[nodiscard]] selection select(const request& asked, const entity& what, const validators& known,
                               std::chrono::sys_seconds now);

} // namespace http
