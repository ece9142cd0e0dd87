#include "request.hpp"

#include "ascii.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/version.hpp>

#include <algorithm>
#include <cstdint>

namespace http {

namespace {

namespace beast = boost::beast;

using beast_text = beast::string_view; // Boost's type, or std's in newer versions

std::string_view to_std(beast_text text) noexcept {
    return {text.data(), text.size()};
}

void append(std::string& list, std::string_view value) {
    if (!list.empty())
        list += ", ";
    list += value;
}

// Whether `text` has only characters that a host and a port can have.
bool is_host(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
               std::string_view{"-._~!$&'()*+,;=:[]%"}.find(c) != std::string_view::npos;
    });
}

} // namespace

// Gets the pieces of the head from Beast, and keeps those that are used.
class request_reader::parser : public beast::http::basic_parser<true> {
public:
    parser() {
        header_limit(static_cast<std::uint32_t>(head_limit));
        skip(true); // the request ends with its head: check() refuses bodies
    }

    request asked;

private:
    using field = beast::http::field;
    using error_code = beast::error_code;

    void on_request_impl(beast::http::verb, beast_text method, beast_text target, int version,
                         error_code&) override {
        asked.method = to_std(method);
        asked.target = to_std(target);
        asked.version = static_cast<unsigned>(version);
    }

    void on_field_impl(field name, beast_text, beast_text value, error_code&) override {
        switch (name) {
        case field::host:
            ++asked.hosts;
            append(asked.host, to_std(value));
            break;
        case field::transfer_encoding:
            asked.has_body = true;
            break;
        case field::content_length:
            asked.has_body |= to_std(value) != "0";
            break;
        case field::if_match:
            append(asked.if_match, to_std(value));
            break;
        case field::if_none_match:
            append(asked.if_none_match, to_std(value));
            break;
        case field::if_modified_since:
            append(asked.if_modified_since, to_std(value));
            break;
        case field::if_unmodified_since:
            append(asked.if_unmodified_since, to_std(value));
            break;
        case field::if_range:
            append(asked.if_range, to_std(value));
            break;
        case field::range:
            append(asked.range, to_std(value));
            break;
        default:
            break;
        }
    }

    // Beast never calls the rest here: they are for a response's lines, and for a body.
    void on_response_impl(int, beast_text, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(beast_text body, error_code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, beast_text, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast_text body, error_code&) override {
        return body.size();
    }
#if BOOST_BEAST_VERSION >= 359 // Boost 1.90
    void on_trailer_field_impl(field, beast_text, beast_text, error_code&) override {}
#endif
    void on_finish_impl(error_code&) override {}
};

request_reader::request_reader() : parser_{std::make_unique<parser>()} {}
request_reader::~request_reader() = default;

const request& request_reader::asked() const noexcept {
    return parser_->asked;
}

request_reader::outcome request_reader::read(std::string_view bytes) {
    std::size_t used = 0;
    // Old clients sent an empty line behind a request, which Beast would take for the next one.
    if (!parser_->got_some())
        while (bytes.substr(used).starts_with("\r\n"))
            used += 2;
    bytes.remove_prefix(used);
    if (bytes.empty() || bytes == "\r")
        return {state::unfinished, used};

    beast::error_code error;
    const std::size_t put =
        parser_->put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
    used += put;
    used_ += put;
    const bool is_unfinished = error == beast::http::error::need_more;
    // Beast's own limit is for the bytes of one call: in Boost 1.74 it does not limit a head that
    // comes line by line.
    if (error == beast::http::error::header_limit ||
        used_ + (is_unfinished ? bytes.size() - put : 0) > head_limit)
        return {state::too_large, used};
    if (is_unfinished)
        return {state::unfinished, used};
    if (error || !parser_->is_done())
        return {state::malformed, used};
    parser_->asked.keeps_alive = parser_->keep_alive();
    return {state::finished, used};
}

status check(const request& asked) noexcept {
    if (asked.method != "GET" && asked.method != "HEAD")
        return status::method_not_allowed;
    if (asked.has_body)
        return status::bad_request;
    // With no Host, or with several, a proxy and this server may not mean the same one.
    if (asked.hosts > 1 || (asked.hosts == 0 && asked.version > 10) || !is_host(asked.host))
        return status::bad_request;
    return status::ok;
}

} // namespace http
