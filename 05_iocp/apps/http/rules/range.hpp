/// \file
/// Which part of a file a client wants.
#pragma once

#include <cstdint>
#include <string_view>

namespace http {

/// Some of a file's bytes, or none of what was asked for.
struct byte_range {
    enum class kind {
        whole,        ///< all of it: no part was asked for that this server knows how to give
        part,         ///< `size` bytes from `first` on; at least one
        unsatisfiable ///< a part that lies behind the end
    };
    kind what = kind::whole;
    std::uint64_t first = 0;
    std::uint64_t size = 0;
};

/// Reads the value of a Range field, for a file of `size` bytes: `bytes=2-5`, `bytes=2-`,
/// `bytes=-5` (the last five). What it does not understand means the whole file, as the RFC wants
/// it; several ranges at once too, as it allows: an answer in several parts is much work for few
/// clients, and many small parts of a large file are an old way to keep a server busy.
///
/// An empty file is sent whole whatever part is wanted: a client that always asks for the first
/// bytes, to limit what it gets, has made no mistake.
///
/// Threads: any. Source: https://www.rfc-editor.org/rfc/rfc9110#name-range
[[nodiscard]] byte_range parse_range(std::string_view value, std::uint64_t size) noexcept;

} // namespace http
