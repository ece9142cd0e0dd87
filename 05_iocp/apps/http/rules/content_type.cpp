#include "content_type.hpp"

#include "ascii.hpp"

namespace http {

namespace {

struct entry {
    std::string_view ending;
    std::string_view type;
};

constexpr entry types[] = {
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"xml", "text/xml; charset=utf-8"},
    {"json", "application/json"},
    {"pdf", "application/pdf"},
    {"wasm", "application/wasm"},
    {"zip", "application/zip"},
    {"gz", "application/gzip"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"wav", "audio/wav"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
};

} // namespace

std::string_view content_type_of(std::string_view name) noexcept {
    name = name.substr(name.rfind('/') + 1); // without a slash npos + 1 is 0
    const std::size_t dot = name.rfind('.');
    if (dot != std::string_view::npos)
        for (const entry& each : types)
            if (equals_ignoring_case(name.substr(dot + 1), each.ending))
                return each.type;
    return "application/octet-stream";
}

} // namespace http
