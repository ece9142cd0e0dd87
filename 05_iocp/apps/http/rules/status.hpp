/// \file
/// The status codes that this server uses.
#pragma once

#include <string_view>

namespace http {

/// A status code of HTTP. Source: https://www.rfc-editor.org/rfc/rfc9110#name-status-codes
enum class status : unsigned {
    ok = 200,
    partial_content = 206,
    moved_permanently = 301,
    not_modified = 304,
    bad_request = 400,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    request_timeout = 408,
    precondition_failed = 412,
    range_not_satisfiable = 416,
    header_too_large = 431,
    internal_error = 500,
};

/// Returns the words that stand behind the number in an answer.
[[nodiscard]] constexpr std::string_view reason_of(status what) noexcept {
    switch (what) {
    case status::ok:
        return "OK";
    case status::partial_content:
        return "Partial Content";
    case status::moved_permanently:
        return "Moved Permanently";
    case status::not_modified:
        return "Not Modified";
    case status::bad_request:
        return "Bad Request";
    case status::forbidden:
        return "Forbidden";
    case status::not_found:
        return "Not Found";
    case status::method_not_allowed:
        return "Method Not Allowed";
    case status::request_timeout:
        return "Request Timeout";
    case status::precondition_failed:
        return "Precondition Failed";
    case status::range_not_satisfiable:
        return "Range Not Satisfiable";
    case status::header_too_large:
        return "Request Header Fields Too Large";
    case status::internal_error:
        break;
    }
    return "Internal Server Error";
}

} // namespace http
