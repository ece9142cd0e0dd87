#include "table.hpp"

#include "text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace comparison {

namespace {

std::string cell_of(const std::string& figure, double value) {
    return figure == "threads" ? with_digits(value, 0) : to_text(value);
}

void append(std::string& list, const std::string& item, const char* separator) {
    if (!item.empty())
        list += (list.empty() ? "" : separator) + item;
}

// Returns the calls of an echo, the most frequent first: "recv 1.00, send 1.00".
std::string calls_of(const run& row) {
    static const std::string prefix = "call/";
    std::vector<std::pair<double, std::string>> calls;
    if (!row.samples.empty())
        for (const auto& [name, value] : row.samples.front().figures)
            if (name.rfind(prefix, 0) == 0 && value >= 0.01)
                calls.emplace_back(row.spread_of_figure(name)->median, name.substr(prefix.size()));
    std::stable_sort(calls.begin(), calls.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::string result;
    for (const auto& [count, name] : calls)
        append(result, name + " " + with_digits(count, 2), ", ");
    return result;
}

std::string remarks_on(const run& row) {
    std::string result;
    if (row.samples.size() < row.rounds)
        result =
            std::to_string(row.samples.size()) + " of " + std::to_string(row.rounds) + " rounds";
    append(result, row.failure, "; ");
    append(result, row.limit(), "; ");
    append(result, calls_of(row), "; ");
    return result;
}

// Returns the range of the rounds; one round has none.
std::string range_of(const std::string& figure, const run& row,
                     const std::optional<spread>& values) {
    if (!values)
        return "-";
    if (row.samples.size() == 1)
        return "1 round";
    return cell_of(figure, values->lowest) + "-" + cell_of(figure, values->highest);
}

std::vector<std::string> cells_of(const run& row) {
    std::vector<std::string> cells{row.label};
    for (const auto& [figure, title] : row.scenario->columns) {
        const std::optional<spread> values = row.spread_of_figure(figure);
        cells.push_back(values ? cell_of(figure, values->median) : "-");
        if (cells.size() == 2)
            cells.push_back(range_of(figure, row, values));
    }
    cells.push_back(remarks_on(row));
    return cells;
}

} // namespace

std::string to_text(double value) {
    // Compare with the limits of rounding: 9.996 is printed with two digits before the point.
    if (value < 0.9995)
        return with_digits(value, 3);
    if (value < 9.995)
        return with_digits(value, 2);
    if (value < 99.95)
        return with_digits(value, 1);
    std::string text = with_digits(value, 0);
    for (std::size_t end = text.size(); end > 3; end -= 3)
        text.insert(end - 3, ",");
    return text;
}

std::string text_of(const parameter_list& parameters) {
    std::string result;
    for (const auto& [name, value] : parameters) {
        std::string text = std::to_string(value) + " ";
        if (name == "connections")
            text += value == 1 ? "connection" : "connections";
        else if (name == "message_mib" || name == "size_mib")
            text += "MiB";
        else
            text += name;
        append(result, text, ", ");
    }
    return result;
}

std::string table_of(const std::vector<run>& rows) {
    const scenario& s = *rows.front().scenario;
    std::vector<std::string> header{s.name};
    for (const auto& [figure, title] : s.columns) {
        header.push_back(title);
        if (header.size() == 2)
            header.emplace_back("min-max");
    }
    text_table table{header};
    const run* before = nullptr;
    for (const run& row : rows) {
        if (before == nullptr || row.parameters != before->parameters)
            table.add_heading(text_of(row.parameters));
        before = &row;
        if (!row.samples.empty())
            table.add(cells_of(row));
        else
            table.add(row.label,
                      row.failure.empty() ? "not measured" : "no figures: " + row.failure);
    }
    return table.text();
}

std::string order_of(const scenario& s, const std::vector<ranking>& rankings) {
    std::string result;
    const auto first = std::ranges::find_if(s.figures, &figure::ranked);
    for (const ranking& each : rankings) {
        if (each.figure != first->name || each.order.size() < 2)
            continue;
        result += "By " + first->title + ", " + text_of(each.parameters) + ": ";
        for (std::size_t i = 0; i < each.order.size(); ++i) {
            result += i == 0 ? "" : "  >  ";
            for (std::size_t j = 0; j < each.order[i].size(); ++j)
                result += (j == 0 ? "" : " = ") + each.order[i][j];
        }
        result += '\n';
    }
    return result;
}

} // namespace comparison
