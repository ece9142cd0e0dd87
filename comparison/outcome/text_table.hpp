/// \file
/// Tables of text.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace comparison {

/// A table of text. The first column is flush left, the others are flush right, and each is as wide
/// as its widest cell. Lines end without blanks.
class text_table {
public:
    explicit text_table(std::vector<std::string> header);

    /// Adds a line of cells. A cell beyond the header's last is a remark of any length.
    void add(std::vector<std::string> cells) { lines_.push_back({kind::cells, std::move(cells)}); }

    /// Adds a line with a first cell and one text across all other columns.
    void add(std::string first, std::string text);

    /// Adds an empty line and a line with the text.
    void add_heading(std::string text) { lines_.push_back({kind::heading, {std::move(text)}}); }

    [[nodiscard]] std::string text() const;

private:
    enum class kind { cells, across, heading };
    struct line {
        kind is;
        std::vector<std::string> cells;
    };
    std::vector<line> lines_;
};

/// The number with `digits` digits behind the point.
[[nodiscard]] std::string with_digits(double value, int digits);

} // namespace comparison
