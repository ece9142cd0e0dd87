// For any values of a request's fields: no more is sent than the file has.
#include "apps/http/rules/conditions.hpp"
#include "apps/http/rules/date.hpp"
#include "apps/http/rules/range.hpp"
#include "require.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono;
using http::status;

constexpr sys_seconds now = sys_days{2024y / February / 29} + 12h;

void require_good(const http::byte_range& range, std::uint64_t size) {
    if (range.what == http::byte_range::kind::part)
        REQUIRE(range.size > 0 && range.first < size && range.size <= size - range.first);
    else
        REQUIRE(range.first == 0 && range.size == 0);
}

void require_good(const http::selection& chosen, const http::request& asked, std::uint64_t size) {
    switch (chosen.result) {
    case status::ok:
        REQUIRE(chosen.first == 0 && chosen.size == size);
        break;
    case status::partial_content:
        REQUIRE(!asked.is_head());
        REQUIRE(chosen.size > 0 && chosen.first < size && chosen.size <= size - chosen.first);
        break;
    default:
        REQUIRE(chosen.size == 0);
        break;
    }
}

// A date that can be read can be written and read again. (A leap second may lead into the year
// 10000, for which there is no form.)
void require_good(std::optional<sys_seconds> date) {
    if (date && *date < sys_days{10000y / January / 1})
        REQUIRE(http::parse_date(http::to_date(*date), now) == date);
}

std::string next_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string line{text.substr(0, end)};
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

} // namespace

// The first byte chooses the file's size and the method; a line for each field follows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    http::entity file;
    file.size = data[0] % 2 == 0 ? data[0] : std::uint64_t{data[0]} << 55;
    file.modified = now - hours{data[0] % 3};
    const http::validators known = http::validators_of(file, now);

    http::request asked;
    asked.method = data[0] % 5 == 0 ? "HEAD" : "GET";
    asked.range = next_line(text);
    asked.if_range = next_line(text);
    asked.if_none_match = next_line(text);
    asked.if_modified_since = next_line(text);
    asked.if_match = next_line(text);
    asked.if_unmodified_since = next_line(text);
    // The fuzzer cannot guess the one tag that matches.
    for (std::string* const each : {&asked.if_range, &asked.if_none_match, &asked.if_match})
        if (const std::size_t at = each->find("TAG"); at != std::string::npos)
            each->replace(at, 3, known.tag);

    require_good(http::parse_range(asked.range, file.size), file.size);
    require_good(http::parse_date(asked.if_modified_since, now));
    require_good(http::select(asked, file, known, now), asked, file.size);
    return 0;
}
