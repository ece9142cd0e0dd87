/// \file
/// The models that are compared, and their programs.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace comparison {

/// One way to do the two jobs.
struct model {
    std::string name;
    std::string title;          ///< in a few words
    std::string echo_program{}; ///< without `.exe`; empty if it does not echo
    std::string copy_program{}; ///< likewise
    bool peer = false;          ///< true: it is not a chapter's, and is there to be compared with
    bool recorded = false;      ///< by `--record`
    bool takes_threads = false; ///< measured with more than one number of threads, which it is told
    /// The option that says how many clients the server may take; empty if it takes all by itself.
    std::wstring limit_option{};
    std::vector<std::wstring> record_arguments{}; ///< of the server, for `--record`
};

/// All of them, in the order in which they are shown.
[[nodiscard]] const std::vector<model>& all_models();

/// The one of that name, of models or scenarios. Throws std::out_of_range.
template <class Thing>
[[nodiscard]] const Thing& named(const std::vector<Thing>& things, std::string_view name) {
    const auto found =
        std::ranges::find_if(things, [&](const Thing& each) { return each.name == name; });
    if (found == things.end())
        throw std::out_of_range("no such name: " + std::string{name});
    return *found;
}

} // namespace comparison
