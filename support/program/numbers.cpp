#include "numbers.hpp"

#include <charconv>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>

namespace program {

namespace {

bool are_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string to_text(double number) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text.precision(10); // 1000000, not 1e+06
    text << number;
    return text.str();
}

std::string refusal(const std::string& text, const char* kind, const std::string& range) {
    return '"' + text + "\" is not a " + kind + " from " + range;
}

} // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    const std::string range = std::to_string(least) + " to " + std::to_string(most);
    return {[=](std::string& text) {
                std::uint64_t value = 0;
                const bool good =
                    are_digits(text) &&
                    std::from_chars(text.data(), text.data() + text.size(), value).ec ==
                        std::errc{};
                if (!good || value < least || value > most)
                    return refusal(text, "whole number", range);
                text = std::to_string(value); // CLI11 takes a leading zero for an octal number
                return std::string{};
            },
            range};
}

CLI::Validator number(double least, double most) {
    const std::string range = to_text(least) + " to " + to_text(most);
    return {[=](std::string& text) {
                const std::size_t point = text.find('.');
                const bool good =
                    are_digits(text.substr(0, point)) &&
                    (point == std::string::npos || are_digits(text.substr(point + 1)));
                std::istringstream digits{text};
                digits.imbue(std::locale::classic());
                double value = 0;
                if (!good || !(digits >> value) || value < least || value > most)
                    return refusal(text, "number", range);
                return std::string{};
            },
            range};
}

} // namespace program
