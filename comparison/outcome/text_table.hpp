/// \file
/// Columns that line up.
#pragma once

#include <string>
#include <vector>

namespace comparison {

/// A table of text: the first column is flush left, the others flush right, each as wide as its
/// widest cell. Lines end without blanks.
class text_table {
public:
    explicit text_table(std::vector<std::string> header);

    /// A line of cells. A cell beyond the header's last is a remark, as long as it likes.
    void add(std::vector<std::string> cells);

    /// A line with a first cell and one text across all other columns.
    void add(std::string first, std::string text);

    /// A line of its own, after an empty one.
    void add_heading(std::string text);

    [[nodiscard]] std::string text() const;

private:
    enum class kind { cells, across, heading };
    struct line {
        kind is;
        std::vector<std::string> cells;
    };
    std::vector<line> lines_;
};

/// A number as a cell shows it, with `digits` digits behind the point.
[[nodiscard]] std::string with_digits(double value, int digits);

} // namespace comparison
