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
    std::string title;          ///< the model in a few words
    std::string echo_program{}; ///< the server's name without `.exe`; empty if there is none
    std::string copy_program{}; ///< the name of the program that copies; empty if there is none
    bool peer = false;          ///< true for a program that is no chapter's, to compare with
    bool recorded = false;      ///< true if `--record` records its programs
    bool takes_threads = false; ///< true if its server takes `--threads N`: it is measured with two
    /// The server's option for the most clients it may take; empty if it takes all by itself.
    std::wstring limit_option{};
    std::vector<std::wstring> record_arguments{}; ///< the server's arguments for `--record`
    /// The name of a second recording of the server, with clients that keep it busy; empty if there
    /// is none.
    std::string busy_recording{};
};

/// All models, in the order in which they are shown.
[[nodiscard]] const std::vector<model>& all_models();

/// The model or the scenario of that name. Throws std::out_of_range.
template <class Thing>
[[nodiscard]] const Thing& named(const std::vector<Thing>& things, std::string_view name) {
    const auto found =
        std::ranges::find_if(things, [&](const Thing& each) { return each.name == name; });
    if (found == things.end())
        throw std::out_of_range("no such name: " + std::string{name});
    return *found;
}

} // namespace comparison
