#include "date.hpp"

#include "ascii.hpp"

#include <array>
#include <cstdio>
#include <span>

namespace http {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Takes one piece after the other off the beginning of a text. After a failure all further pieces
// fail, so that only the end has to be checked.
class cursor {
public:
    explicit cursor(std::string_view text) noexcept : rest_{text} {}

    cursor& skip(std::string_view text) noexcept {
        if (rest_.starts_with(text))
            rest_.remove_prefix(text.size());
        else
            good_ = false;
        return *this;
    }

    // Takes exactly `size` digits.
    cursor& number(std::size_t size, int& value) noexcept {
        value = 0;
        if (rest_.size() < size)
            good_ = false;
        for (std::size_t i = 0; i < size && good_; ++i) {
            good_ = is_digit(rest_[i]);
            value = value * 10 + (rest_[i] - '0');
        }
        if (good_)
            rest_.remove_prefix(size);
        return *this;
    }

    // Takes two digits, or a blank and a digit.
    cursor& day(int& value) noexcept {
        return rest_.starts_with(' ') ? skip(" ").number(1, value) : number(2, value);
    }

    cursor& month(unsigned& value) noexcept {
        for (value = 1; value <= months.size(); ++value)
            if (rest_.starts_with(months[value - 1]))
                return skip(months[value - 1]);
        good_ = false;
        return *this;
    }

    cursor& weekday(bool whole) noexcept {
        for (const std::string_view each : days) {
            const std::string_view name = whole ? each : each.substr(0, 3);
            if (rest_.starts_with(name))
                return skip(name);
        }
        good_ = false;
        return *this;
    }

    cursor& time(seconds& value) noexcept {
        int h = 0;
        int m = 0;
        int s = 0;
        number(2, h).skip(":").number(2, m).skip(":").number(2, s);
        good_ = good_ && h < 24 && m < 60 && s <= 60; // 60 is a leap second
        value = hours{h} + minutes{m} + seconds{s};
        return *this;
    }

    [[nodiscard]] bool at_end() const noexcept { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::optional<sys_seconds> make(int y, unsigned m, int d, seconds time) {
    const year_month_day date{year{y}, month{m}, day{static_cast<unsigned>(d)}};
    if (!date.ok())
        return std::nullopt;
    return sys_days{date} + time;
}

int whole_year(int two_digits, sys_seconds now) {
    const int this_year = static_cast<int>(year_month_day{floor<std::chrono::days>(now)}.year());
    int result = this_year / 100 * 100 + two_digits;
    if (result > this_year + 50)
        result -= 100;
    return result;
}

} // namespace

std::string to_date(sys_seconds time) {
    const sys_days midnight = floor<std::chrono::days>(time);
    const year_month_day date{midnight};
    const hh_mm_ss clock{time - midnight};
    std::array<char, 40> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%.3s, %02u %.3s %04d %02d:%02d:%02d GMT",
        days[weekday{midnight}.c_encoding()].data(), static_cast<unsigned>(date.day()),
        months[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<sys_seconds> parse_date(std::string_view text, sys_seconds now) {
    int d = 0;
    unsigned m = 0;
    int y = 0;
    seconds time{};
    if (cursor{text}
            .weekday(false)
            .skip(", ")
            .number(2, d)
            .skip(" ")
            .month(m)
            .skip(" ")
            .number(4, y)
            .skip(" ")
            .time(time)
            .skip(" GMT")
            .at_end())
        return make(y, m, d, time);
    if (cursor{text}
            .weekday(true)
            .skip(", ")
            .number(2, d)
            .skip("-")
            .month(m)
            .skip("-")
            .number(2, y)
            .skip(" ")
            .time(time)
            .skip(" GMT")
            .at_end())
        return make(whole_year(y, now), m, d, time);
    if (cursor{text}
            .weekday(false)
            .skip(" ")
            .month(m)
            .skip(" ")
            .day(d)
            .skip(" ")
            .time(time)
            .skip(" ")
            .number(4, y)
            .at_end())
        return make(y, m, d, time);
    return std::nullopt;
}

} // namespace http
