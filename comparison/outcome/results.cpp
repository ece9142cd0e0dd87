#include "results.hpp"

#include "files/file_content.hpp"
#include "rankings.hpp"
#include "trace/log/calls.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/windows.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace comparison {

namespace {

// Keeps the order of insertion: people read the file, too.
using json = nlohmann::ordered_json;

json or_null(const std::optional<std::string>& text) {
    return text ? json(*text) : json(nullptr);
}

json to_json(const environment& e) {
    return {{"date", e.date},
            {"system", e.system},
            {"wine", or_null(e.wine)},
            {"host", or_null(e.host)},
            {"processor", e.processor},
            {"processors", e.processors},
            {"memory_mib", e.memory_mib},
            {"commit", e.commit},
            {"compiler", e.compiler}};
}

const char* name_of(chart_size size) {
    switch (size) {
    case chart_size::small:
        return "small";
    case chart_size::large:
        return "large";
    case chart_size::wide:
        return "wide";
    case chart_size::none:
        break;
    }
    return "none";
}

json to_json(const figure& f) {
    json result{{"name", f.name},
                {"title", f.title},
                {"unit", f.unit},
                {"better", f.is == better::higher ? "higher" : "lower"},
                {"carries_over", f.carries_over},
                {"log", f.log},
                {"reason", f.reason},
                {"chart", name_of(f.chart)}};
    if (!f.from.empty())
        result["from"] = f.from;
    return result;
}

json to_json(const model& m) {
    return {{"name", m.name}, {"title", m.title}, {"peer", m.peer}};
}

json to_json(const scenario& s) {
    json figures = json::array();
    for (const figure& each : s.figures)
        figures.push_back(to_json(each));
    return {{"name", s.name},
            {"question", s.question},
            {"method", s.method},
            {"see", s.see},
            {"by", s.by.empty() ? json(nullptr) : json(s.by)},
            {"figures", std::move(figures)}};
}

// Takes the figures' names from the samples: calls are figures that the scenario does not list.
json figures_of(const run& row) {
    json figures = json::object();
    for (const sample& each : row.samples)
        for (const auto& [name, value] : each.figures)
            if (!figures.contains(name)) {
                const spread s = *row.spread_of_figure(name);
                figures[name] = {{"median", s.median},
                                 {"lowest", s.lowest},
                                 {"highest", s.highest},
                                 {"rounds", row.values_of(name)}};
            }
    return figures;
}

json to_json(const run& row) {
    json result{{"scenario", row.scenario->name}, {"model", row.model}, {"label", row.label}};
    for (const auto& [name, value] : row.parameters)
        result[name] = value;
    if (row.threads_given > 0)
        result["threads_given"] = row.threads_given;
    result["rounds"] = row.rounds;
    result["rounds_done"] = row.samples.size();
    result["figures"] = figures_of(row);
    result["limit"] = row.limit();
    result["failure"] = row.failure;
    return result;
}

// The kind of each call that was counted.
json calls_in(const std::vector<run>& rows) {
    constexpr std::string_view prefix = "call/";
    std::map<std::string, std::string> kinds;
    for (const run& row : rows)
        for (const sample& each : row.samples)
            for (const auto& [figure, value] : each.figures)
                if (figure.compare(0, prefix.size(), prefix) == 0) {
                    const std::string call = figure.substr(prefix.size());
                    kinds[call] = trace::name_of(trace::kind_of(call));
                }
    return kinds;
}

json to_json(const ranking& r) {
    json result{{"scenario", r.scenario}};
    for (const auto& [name, value] : r.parameters)
        result[name] = value;
    result["figure"] = r.figure;
    result["better"] = r.better;
    result["order"] = r.order;
    return result;
}

template <class Things>
json array_of(const Things& things) {
    json array = json::array();
    for (const auto& each : things)
        array.push_back(to_json(each));
    return array;
}

// Replaces what is not UTF-8: a server may have said anything.
std::string to_text(const json& value) {
    constexpr bool ascii_only = true;
    return value.dump(-1, ' ', ascii_only, json::error_handler_t::replace);
}

std::filesystem::path new_file(const std::filesystem::path& file) {
    std::filesystem::path fresh = file;
    fresh += L".new";
    return fresh;
}

void write_new_file(const std::filesystem::path& file, const std::string& content) {
    const std::filesystem::path fresh = new_file(file);
    std::ofstream stream{fresh, std::ios::binary | std::ios::trunc};
    stream << content;
    stream.close();
    if (!stream)
        throw std::runtime_error("cannot write " + win32::to_utf8(fresh.native()));
}

void replace_file(const std::filesystem::path& file, const std::string& content) {
    write_new_file(file, content);
    if (!::MoveFileExW(new_file(file).c_str(), file.c_str(), MOVEFILE_REPLACE_EXISTING))
        win32::throw_last_error("MoveFileExW", win32::to_utf8(file.native()));
}

} // namespace

std::string to_json(const results& all) {
    json document{{"format", 1}, {"environment", to_json(all.where)}};
    document["environment"]["mode"] = all.mode;
    document["environment"]["command"] = all.command;
    document["environment"]["complete"] = all.complete;
    document["models"] = array_of(all_models());
    document["scenarios"] = array_of(all.scenarios);
    document["calls"] = calls_in(all.rows);
    document["runs"] = array_of(all.rows);
    document["rankings"] = array_of(rankings_of(all.rows));

    // Write one line for each run, so that people can read the file and a diff of it.
    std::string text;
    for (const auto& [name, value] : document.items()) {
        text += text.empty() ? "{\n" : ",\n";
        text += json(name).dump() + ": ";
        if (!value.is_array()) {
            text += to_text(value);
            continue;
        }
        text += '[';
        for (std::size_t i = 0; i < value.size(); ++i)
            text += (i == 0 ? "\n " : ",\n ") + to_text(value[i]);
        text += "\n]";
    }
    text += "\n}\n";

    // Escape "<": inside a page, "</script>" would end the results.
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;)
        text.replace(at, 1, "\\u003c");
    return text;
}

std::string report_page(const std::string& template_page, const std::string& json_text) {
    constexpr std::string_view place = "id=\"results\">{}</script>";
    constexpr std::string_view braces = "{}</script>";
    const std::size_t at = template_page.find(place);
    if (at == std::string::npos)
        throw std::runtime_error("the report's template has no place for the results");
    std::string page = template_page;
    return page.replace(at + place.size() - braces.size(), 2, json_text);
}

result_place::result_place(const std::filesystem::path& template_file, std::filesystem::path folder)
    : template_page_{files::content_of(template_file)}, folder_{std::move(folder)} {
    static_cast<void>(report_page(template_page_, "{}"));
    std::filesystem::create_directories(folder_);
    const std::filesystem::path trial = folder_ / L"results.json";
    write_new_file(trial, ""); // fails without the right to write
    std::filesystem::remove(new_file(trial));
}

void result_place::write(const results& all) const {
    const std::string text = to_json(all);
    replace_file(folder_ / L"results.json", text);
    replace_file(folder_ / L"report.html", report_page(template_page_, text));
}

} // namespace comparison
