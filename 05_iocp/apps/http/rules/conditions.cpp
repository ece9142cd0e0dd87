#include "conditions.hpp"

#include "date.hpp"
#include "range.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace http {

namespace {

using std::chrono::sys_seconds;

constexpr std::string_view weak_mark = "W/";

std::string_view without_mark(std::string_view tag) noexcept {
    return tag.starts_with(weak_mark) ? tag.substr(weak_mark.size()) : tag;
}

// Takes the first tag, with its quotation marks, off a list. There may be a comma inside them.
// Returns nothing if the list has ended or is malformed from here on.
std::string_view next_tag(std::string_view& list) noexcept {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
    const std::size_t begin = list.starts_with(weak_mark) ? weak_mark.size() : 0;
    if (!list.substr(begin).starts_with('"'))
        return {};
    const std::size_t end = list.find('"', begin + 1);
    if (end == std::string_view::npos)
        return {};
    const std::string_view tag = list.substr(0, end + 1);
    list.remove_prefix(tag.size());
    return tag;
}

// In the strong comparison a weak tag matches nothing; in the weak one the mark does not count.
bool matches(std::string_view list, const validators& known, bool strong) noexcept {
    if (list == "*") // any state of the file
        return true;
    if (strong && !known.is_strong)
        return false;
    for (std::string_view tag = next_tag(list); !tag.empty(); tag = next_tag(list))
        if (strong ? tag == known.tag : without_mark(tag) == without_mark(known.tag))
            return true;
    return false;
}

bool is_wanted_state(const request& asked, const validators& known, sys_seconds now) {
    if (!asked.if_match.empty())
        return matches(asked.if_match, known, true);
    const std::optional<sys_seconds> date = parse_date(asked.if_unmodified_since, now);
    return !date || known.last_modified <= *date;
}

bool is_known_to_client(const request& asked, const validators& known, sys_seconds now) {
    if (!asked.if_none_match.empty())
        return matches(asked.if_none_match, known, false);
    const std::optional<sys_seconds> date = parse_date(asked.if_modified_since, now);
    return date && known.last_modified <= *date;
}

// If-Range gets a part only if the client has the rest of the same state. A date never proves that:
// a file may have been written twice in one second, and read in between.
bool wants_part(const request& asked, const validators& known) noexcept {
    return asked.if_range.empty() || (known.is_strong && asked.if_range == known.tag);
}

} // namespace

selection select(const request& asked, const entity& what, const validators& known,
                 sys_seconds now) {
    if (!is_wanted_state(asked, known, now))
        return {status::precondition_failed};
    if (is_known_to_client(asked, known, now))
        return {status::not_modified};
    byte_range part;
    if (!asked.range.empty() && !asked.is_head() && wants_part(asked, known))
        part = parse_range(asked.range, what.size);
    switch (part.what) {
    case byte_range::kind::part:
        return {status::partial_content, part.first, part.size};
    case byte_range::kind::unsatisfiable:
        return {status::range_not_satisfiable};
    case byte_range::kind::whole:
        break;
    }
    return {status::ok, 0, what.size};
}

} // namespace http
