/// \file
/// A scenario: one question about all models, and everything that answering it takes.
#pragma once

#include "models.hpp"

#include <map>
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
    std::string name; ///< its key in sample::figures
    std::string title;
    std::string unit{}; ///< its unit; empty for a plain number
    better is;          ///< the direction in which it is better
    /// True if its values differ between the models under Wine as they do on Windows, if not by as
    /// much.
    bool carries_over = false;
    /// True if the results rank the models by it.
    bool ranked = false;
    /// True for a count, which is the same in every round: one round is enough to rank by it.
    bool counted = false;
    /// True if its values span decades: its axis is logarithmic.
    bool log = false;
    /// True if it is a reason to choose a completion port.
    bool reason = false;
    chart_size chart = chart_size::none;
    /// The name of the figure from which the chart draws the change to this one; empty if the chart
    /// draws this figure alone.
    std::string from{};

    /// The same figure with a chart, of its own or of the change from another figure.
    [[nodiscard]] figure drawn(chart_size size, std::string change_from = "") const {
        figure result = *this;
        result.chart = size;
        result.from = std::move(change_from);
        return result;
    }

    /// The same figure without a ranking.
    [[nodiscard]] figure unranked() const {
        figure result = *this;
        result.ranked = false;
        return result;
    }
};

/// Names and values, in the order in which they are shown: `connections`, 64.
using parameter_list = std::vector<std::pair<std::string, unsigned>>;

/// True if a row has a thousand clients or more: connecting them takes long.
[[nodiscard]] bool has_a_crowd(const run& row);

/// The figures of one round of one row, of any scenario.
struct sample {
    /// The values by the figure's name (`p99_ms`), in the unit of scenario::figures. A figure that
    /// could not be measured is absent.
    std::map<std::string, double> figures{};
    /// The reason why the program did less than it was asked to, such as taking fewer clients;
    /// empty if it did all.
    std::string limit{};
};

/// One scenario. Its texts are whole sentences for the reader of the results.
struct scenario {
    std::string name;
    std::string question; ///< the question that it answers
    std::string method;   ///< the way it is measured
    std::string see;      ///< the advice on how to read its figures
    /// The name of the parameter that varies within the scenario: `connections`; empty if none
    /// does.
    std::string by{};
    /// All its figures, the most important one first. The report's charts of one size keep this
    /// order.
    std::vector<figure> figures;
    /// The columns of the console's table: the name of a figure and its short title. The first
    /// column is that of the first figure.
    std::vector<std::pair<std::string, std::string>> columns;
    /// The program that it starts. A model without one has no rows.
    std::string model::*program = &model::echo_program;

    /// Returns the parameters of its rows, one list for each load.
    std::vector<parameter_list> (*steps)(const effort& how);
    /// Returns true for a row that takes long: it has effort::long_rounds rounds.
    bool (*takes_long)(const run& row) = has_a_crowd;
    /// Estimates the seconds that one round of a row takes, from what it took under Wine. The
    /// progress line corrects the estimate.
    double (*seconds)(const run& row, const effort& how);
    /// Measures one round. Winsock must be started. Throws std::runtime_error or std::system_error
    /// that says what went wrong, `interrupted` when a stop is requested. No process is left then.
    sample (*measure)(const context& with);
};

} // namespace comparison
