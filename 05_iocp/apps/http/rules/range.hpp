/// \file
/// The part of a file that a client wants.
#pragma once

#include <cstdint>
#include <string_view>

namespace http {

/// The meaning of a Range field.
struct byte_range {
    enum class kind {
        whole,        ///< The whole file: the field asks for no part that this server can give.
        part,         ///< `size` bytes, at least one, from `first` on.
        unsatisfiable ///< A part behind the end of the file.
    };
    kind what = kind::whole;
    std::uint64_t first = 0;
    std::uint64_t size = 0;
};

/// Reads the value of a Range field, for a file of `size` bytes: `bytes=2-5`, `bytes=2-`,
/// `bytes=-5` (the last five). A value of another form means the whole file, as the RFC demands.
/// Several ranges at once mean the whole file as well, which the RFC allows: an answer in parts is
/// much work for few clients, and many small parts of a large file are an old way to keep a server
/// busy.
///
/// An empty file is always sent whole: a client that asks for the first bytes of every file, to
/// limit their number, has made no mistake.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9110#name-range
[[nodiscard]] byte_range parse_range(std::string_view value, std::uint64_t size) noexcept;

} // namespace http
