/// \file
/// What there is to compare: the models, the scenarios and their figures, with the words that
/// explain them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace comparison {

/// Which way a figure is better.
enum class better { higher, lower };

/// One figure of a scenario.
struct figure {
    std::string name; ///< as in sample::figures
    std::string title;
    std::string unit; ///< empty: a plain number
    better is;        ///< which way it is better
    /// True when it says under Wine what it says on Windows, in kind if not in size.
    bool carries_over = false;
    /// True when the results say which model is ahead by this figure.
    bool ranked = false;
    /// True when it is a count, the same in every round: one is as good as many.
    bool counted = false;
    std::string column{}; ///< its short title on the console; empty: only the report has it
};

/// One scenario. Its texts are whole sentences, for the reader of the results.
struct scenario {
    std::string name;
    std::string question; ///< that it answers
    std::string method;   ///< what is done
    std::string see;      ///< what to look at in its figures
    /// The parameter that varies within the scenario: `connections`; empty if none does.
    std::string by;
    std::vector<figure> figures; ///< the first is the most important one
};

/// One way to do the two jobs.
struct model {
    std::string name;
    std::string title;          ///< in a few words
    std::string echo_program{}; ///< without `.exe`; empty if it does not echo
    std::string copy_program{}; ///< likewise
    bool peer = false;          ///< true: it is not a chapter's, and is there to be compared with
    bool recorded = false;      ///< by `--record`
    bool takes_threads = false; ///< measured with more than one number of threads, which it is told
};

/// All of them, in the order in which they are shown.
[[nodiscard]] const std::vector<scenario>& all_scenarios();
[[nodiscard]] const std::vector<model>& all_models();

/// The one of that name. Throws std::out_of_range.
[[nodiscard]] const scenario& scenario_of(std::string_view name);
[[nodiscard]] const model& model_of(std::string_view name);

} // namespace comparison
