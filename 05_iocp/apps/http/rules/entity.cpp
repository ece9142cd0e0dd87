#include "entity.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace http {

validators validators_of(const entity& what, std::chrono::sys_seconds now) {
    constexpr std::chrono::seconds longest_tick{2};
    validators result;
    result.is_strong = what.modified + longest_tick <= now;
    result.last_modified = std::min(std::chrono::floor<std::chrono::seconds>(what.modified), now);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "\"%llx-%llx\"",
                  static_cast<unsigned long long>(what.size),
                  static_cast<unsigned long long>(what.modified.time_since_epoch().count()));
    result.tag = result.is_strong ? text.data() : std::string{"W/"} + text.data();
    return result;
}

} // namespace http
