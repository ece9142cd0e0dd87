#include "text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <utility>

namespace comparison {

text_table::text_table(std::vector<std::string> header) {
    lines_.push_back({kind::cells, std::move(header)});
}

void text_table::add(std::string first, std::string text) {
    lines_.push_back({kind::across, {std::move(first), std::move(text)}});
}

std::string text_table::text() const {
    std::vector<std::size_t> widths(lines_.front().cells.size());
    for (const line& l : lines_) {
        if (l.is == kind::across)
            widths[0] = std::max(widths[0], l.cells[0].size());
        if (l.is == kind::cells)
            for (std::size_t i = 0; i < std::min(l.cells.size(), widths.size()); ++i)
                widths[i] = std::max(widths[i], l.cells[i].size());
    }

    std::string result;
    for (const line& l : lines_) {
        if (l.is == kind::heading)
            result += '\n';
        std::string text = l.cells[0];
        for (std::size_t i = 1; i < l.cells.size(); ++i) {
            const std::string& cell = l.cells[i];
            if (i == 1)
                text.resize(widths[0], ' ');
            const bool column = l.is == kind::cells && i < widths.size();
            const std::size_t blanks = column ? widths[i] - cell.size() : 0;
            text += "  " + std::string(blanks, ' ') + cell;
        }
        text.erase(text.find_last_not_of(' ') + 1);
        result += text + '\n';
    }
    return result;
}

std::string with_digits(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

} // namespace comparison
