// For any target: the path stays below the root, and means one file only.
#include "apps/http/rules/resolve.hpp"
#include "require.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

bool is_harmless(std::string_view name) {
    for (const char c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return false;
    return !name.empty() && name.back() != '.' && name.back() != ' ' &&
           name.find_first_of("\\:*?\"<>|") == std::string_view::npos;
}

void require_harmless_names(std::string_view path) {
    while (!path.empty()) {
        const std::size_t end = path.find('/');
        REQUIRE(is_harmless(path.substr(0, end)));
        if (end == std::string_view::npos)
            return;
        path.remove_prefix(end + 1);
        REQUIRE(!path.empty());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view target{reinterpret_cast<const char*>(data), size};
    const http::place place = http::resolve(target);
    if (place.result != http::status::ok) {
        REQUIRE(place.result == http::status::bad_request ||
                place.result == http::status::forbidden || place.result == http::status::not_found);
        return 0;
    }
    require_harmless_names(place.path);
    REQUIRE(place.query.empty() || place.query.front() == '?');

    // A link to the place leads there.
    const bool needs_slash = place.is_folder && !place.path.empty();
    const http::place again =
        http::resolve(http::encode(place.path) + (needs_slash ? "/" : "") + place.query);
    REQUIRE(again.result == http::status::ok);
    REQUIRE(again.path == place.path);
    REQUIRE(again.is_folder == place.is_folder);
    REQUIRE(again.query == place.query);
    return 0;
}
