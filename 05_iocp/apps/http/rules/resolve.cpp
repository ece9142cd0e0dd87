#include "resolve.hpp"

#include "ascii.hpp"

#include "apps/utf8.hpp"

#include <algorithm>
#include <array>

namespace http {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

// -1: it is no hexadecimal digit.
int value_of(char c) noexcept {
    if (is_digit(c))
        return c - '0';
    const char letter = lower(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// False: a percent sign without two digits behind it.
bool decode(std::string_view text, std::string& name) {
    name.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            name += text[i];
            continue;
        }
        if (text.size() - i < 3)
            return false;
        const int high = value_of(text[i + 1]);
        const int low = value_of(text[i + 2]);
        if (high < 0 || low < 0)
            return false;
        name += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return true;
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// COM1, or COM and a superscript 1, which Windows takes for the same.
bool is_numbered_device(std::string_view stem) noexcept {
    if (!starts_ignoring_case(stem, "COM") && !starts_ignoring_case(stem, "LPT"))
        return false;
    const std::string_view number = stem.substr(3);
    return (number.size() == 1 && is_digit(number.front())) || number == "\xc2\xb9" ||
           number == "\xc2\xb2" || number == "\xc2\xb3";
}

// A device is found whatever follows behind a dot, and with blanks before that.
bool is_device(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 6> devices{"CON", "PRN",    "AUX",
                                                      "NUL", "CONIN$", "CONOUT$"};
    std::string_view stem = name.substr(0, name.find('.'));
    while (!stem.empty() && stem.back() == ' ')
        stem.remove_suffix(1);
    return is_numbered_device(stem) ||
           std::any_of(devices.begin(), devices.end(),
                       [&](std::string_view device) { return equals_ignoring_case(stem, device); });
}

status fault_of(std::string_view name) noexcept {
    if (std::any_of(name.begin(), name.end(), is_control) || !apps::is_utf8(name))
        return status::bad_request;
    if (name == "..")
        return status::forbidden;
    if (name.empty() || name.back() == '.' || name.back() == ' ' ||
        name.find_first_of("\\/:*?\"<>|") != std::string_view::npos || is_device(name))
        return status::not_found;
    return status::ok;
}

// What is left of `http://host/path` when the host is gone. The host is not looked at: this server
// has one folder for all.
std::string_view without_host(std::string_view target) noexcept {
    for (const std::string_view scheme : {"http://", "https://"})
        if (starts_ignoring_case(target, scheme)) {
            const std::size_t end = target.find_first_of("/?", scheme.size());
            return end == std::string_view::npos ? std::string_view{} : target.substr(end);
        }
    return target;
}

bool is_unreserved(char c) noexcept {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

} // namespace

place resolve(std::string_view target, bool shows_dotfiles) {
    place result;
    const auto refuse = [&](status why) {
        result.result = why;
        return result;
    };

    std::string_view path = without_host(target);
    const bool has_host = path.size() != target.size();
    const std::size_t question = std::min(path.find('?'), path.size());
    result.query = path.substr(question);
    path = path.substr(0, question);
    if (path.empty() && has_host)
        path = "/";
    if (path.empty() || path.front() != '/')
        return refuse(status::bad_request);

    std::string name;
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end == 0 && path.empty()) { // nothing behind the last slash
            result.is_folder = true;
            break;
        }
        if (!decode(path.substr(0, end), name))
            return refuse(status::bad_request);
        if (const status fault = fault_of(name); fault != status::ok)
            return refuse(fault);
        const bool is_well_known = result.path.empty() && name == ".well-known";
        if (!shows_dotfiles && name.front() == '.' && !is_well_known)
            return refuse(status::not_found);
        if (!result.path.empty())
            result.path += '/';
        result.path += name;
        path.remove_prefix(end);
    }
    return result;
}

std::string encode(std::string_view path) {
    std::string result = "/";
    for (const char c : path) {
        if (is_unreserved(c) || c == '/') {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += '%';
        result += digits[byte >> 4];
        result += digits[byte & 15];
    }
    return result;
}

} // namespace http
