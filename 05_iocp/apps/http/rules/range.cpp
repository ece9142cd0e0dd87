#include "range.hpp"

#include "ascii.hpp"

#include <algorithm>
#include <limits>

namespace http {

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

// Returns false if the text is no number. A number of more than 64 bits lies behind the end of any
// file, and so does the largest one of 64 bits, which stands for it.
bool parse_number(std::string_view text, std::uint64_t& value) noexcept {
    value = 0;
    for (const char c : text) {
        if (!is_digit(c))
            return false;
        const auto digit = static_cast<unsigned>(c - '0');
        value = value > (most - digit) / 10 ? most : value * 10 + digit;
    }
    return !text.empty();
}

byte_range from_to(std::uint64_t first, std::uint64_t last, std::uint64_t size) noexcept {
    if (first > last)
        return {};
    if (first >= size)
        return {byte_range::kind::unsatisfiable, 0, 0};
    return {byte_range::kind::part, first, std::min(last, size - 1) - first + 1};
}

byte_range last_ones(std::uint64_t count, std::uint64_t size) noexcept {
    if (count == 0)
        return {byte_range::kind::unsatisfiable, 0, 0};
    const std::uint64_t part = std::min(count, size);
    return {byte_range::kind::part, size - part, part};
}

} // namespace

byte_range parse_range(std::string_view value, std::uint64_t size) noexcept {
    constexpr std::string_view unit = "bytes=";
    if (size == 0 || !starts_ignoring_case(value, unit))
        return {};
    const std::string_view range = trimmed(value.substr(unit.size()));
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos)
        return {};
    const std::string_view before = range.substr(0, dash);
    const std::string_view behind = range.substr(dash + 1);
    std::uint64_t first = 0;
    std::uint64_t last = most;
    if (before.empty())
        return parse_number(behind, last) ? last_ones(last, size) : byte_range{};
    if (!parse_number(before, first) || (!behind.empty() && !parse_number(behind, last)))
        return {};
    return from_to(first, last, size);
}

} // namespace http
