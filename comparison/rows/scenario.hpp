/// \file
/// A scenario: one question about all models, and everything that its answer takes.
#pragma once

#include "models.hpp"
#include "sample.hpp"

#include <string>
#include <utility>
#include <vector>

namespace comparison {

struct context; // scenarios/context.hpp
struct effort;  // plan.hpp
struct run;     // run.hpp

/// Which way a figure is better.
enum class better { higher, lower };

/// The size of a figure's chart in the report.
enum class chart_size { none, small, large, wide };

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
    /// True when its values span decades: its axis is logarithmic.
    bool log = false;
    /// True when it is a reason to take a completion port.
    bool reason = false;
    chart_size chart = chart_size::none;
    /// The figure from which the chart draws the change to this one; empty: it draws this one.
    std::string from{};

    /// The same figure, with a chart of its own or a change from another one.
    [[nodiscard]] figure drawn(chart_size size, std::string change_from = "") const {
        figure result = *this;
        result.chart = size;
        result.from = std::move(change_from);
        return result;
    }

    /// The same figure, by which nobody is ahead.
    [[nodiscard]] figure unranked() const {
        figure result = *this;
        result.ranked = false;
        return result;
    }
};

/// Named numbers, in the order in which they are shown: `connections`, 64.
using parameter_list = std::vector<std::pair<std::string, unsigned>>;

/// Whether a row has a thousand clients or more, which take their time to connect.
[[nodiscard]] bool has_a_crowd(const run& row);

/// One scenario. Its texts are whole sentences, for the reader of the results.
struct scenario {
    std::string name;
    std::string question; ///< that it answers
    std::string method;   ///< what is done
    std::string see;      ///< what to look at in its figures
    /// The parameter that varies within the scenario: `connections`; empty if none does.
    std::string by;
    /// The first is the most important one. Charts of one size stand in this order.
    std::vector<figure> figures;
    /// The columns of the console's table: a figure's name, and its short title. The first is that
    /// of the first figure.
    std::vector<std::pair<std::string, std::string>> columns;
    /// Which program of a model it starts. A model without it has no rows.
    std::string model::*program = &model::echo_program;

    /// The parameters of its rows: one list for each load.
    std::vector<parameter_list> (*steps)(const effort& how);
    /// Whether a row takes long, and has fewer rounds for it.
    bool (*takes_long)(const run& row) = has_a_crowd;
    /// About how many seconds one round of a row takes, measured under Wine. The progress line
    /// corrects it.
    double (*seconds)(const run& row, const effort& how);
    /// Measures one round. Winsock must be started. Throws std::runtime_error or std::system_error
    /// that says what went wrong, `interrupted` when it is told to stop; nothing that was started
    /// is left then.
    sample (*measure)(const context& with);
};

} // namespace comparison
