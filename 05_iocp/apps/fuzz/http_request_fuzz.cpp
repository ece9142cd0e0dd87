// For any input: a request is the same however it is cut into pieces. Otherwise a proxy and the
// server could disagree about its end.
#include "apps/http/rules/request.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using state = http::request_reader::state;

// Gives `text` to the reader, `step` bytes more each time, from the first unused byte on. Returns
// the number of used bytes.
std::size_t read_in_steps(http::request_reader& reader, std::string_view text, std::size_t step,
                          state& result) {
    std::size_t used = 0;
    std::size_t have = 0;
    result = state::unfinished;
    while (result == state::unfinished && have < text.size()) {
        have = std::min(text.size(), have + step);
        const http::request_reader::outcome read = reader.read(text.substr(used, have - used));
        REQUIRE(read.used <= have - used);
        used += read.used;
        result = read.now;
    }
    return used;
}

} // namespace

// The first byte chooses the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2)
        return 0;
    const std::size_t step = data[0] == 0 ? 1 : data[0];
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};

    http::request_reader whole;
    const http::request_reader::outcome once = whole.read(text);
    REQUIRE(once.used <= text.size());
    http::request_reader reader;
    state result{};
    const std::size_t used = read_in_steps(reader, text, step, result);
    REQUIRE((result == state::finished) == (once.now == state::finished));
    if (result != state::finished)
        return 0;

    const http::request& a = whole.asked();
    const http::request& b = reader.asked();
    REQUIRE(used == once.used);
    REQUIRE(a.method == b.method && a.target == b.target && a.host == b.host);
    REQUIRE(a.if_match == b.if_match && a.if_none_match == b.if_none_match);
    REQUIRE(a.if_modified_since == b.if_modified_since);
    REQUIRE(a.if_unmodified_since == b.if_unmodified_since);
    REQUIRE(a.if_range == b.if_range && a.range == b.range);
    REQUIRE(a.version == b.version && a.hosts == b.hosts);
    REQUIRE(a.has_body == b.has_body && a.keeps_alive == b.keeps_alive);
    REQUIRE(http::check(a) == http::check(b));
    return 0;
}
