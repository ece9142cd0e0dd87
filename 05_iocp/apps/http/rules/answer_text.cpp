#include "answer_text.hpp"

#include "date.hpp"

#include <cstdint>
#include <utility>

namespace http {

namespace {

// Builds the head of an answer, field by field.
class head {
public:
    // "no-cache" lets a cache keep the answer, but makes it ask each time whether that is still
    // valid. Without the field a cache may guess for how long it need not ask, even for a 301 or
    // 404.
    head(const answer_context& context, status what, std::string_view cache_control = "no-cache") {
        text_ = "HTTP/1.1 " + std::to_string(static_cast<unsigned>(what)) + ' ';
        text_ += reason_of(what);
        text_ += "\r\n";
        add("Date", to_date(context.now));
        add("Server", "05_iocp_http");
        // Without the field a connection stays in HTTP/1.1, and ends in HTTP/1.0.
        if (!context.keeps_alive)
            add("Connection", "close");
        else if (context.version < 11)
            add("Connection", "keep-alive");
        add("Cache-Control", cache_control);
    }

    head& add(std::string_view name, std::string_view value) {
        text_ += name;
        text_ += ": ";
        text_ += value;
        text_ += "\r\n";
        return *this;
    }
    head& add(std::string_view name, std::uint64_t value) {
        return add(name, std::to_string(value));
    }

    // "nosniff" keeps a browser from guessing another type, one that it would run.
    head& add_type(std::string_view type) {
        return add("Content-Type", type).add("X-Content-Type-Options", "nosniff");
    }

    [[nodiscard]] std::string end() { return std::move(text_) + "\r\n"; }

    [[nodiscard]] std::string end_with_text(const answer_context& context, status what) {
        std::string body = std::to_string(static_cast<unsigned>(what)) + ' ';
        body += reason_of(what);
        body += '\n';
        add_type("text/plain; charset=utf-8").add("Content-Length", body.size());
        return context.is_head ? end() : end() + body;
    }

private:
    std::string text_;
};

std::string content_range(const selection& chosen, std::uint64_t size) {
    return "bytes " + std::to_string(chosen.first) + '-' +
           std::to_string(chosen.first + chosen.size - 1) + '/' + std::to_string(size);
}

} // namespace

std::string status_text(const answer_context& context, status what) {
    head result{context, what};
    if (what == status::method_not_allowed)
        result.add("Allow", "GET, HEAD");
    return result.end_with_text(context, what);
}

std::string redirect_text(const answer_context& context, std::string_view location) {
    return head{context, status::moved_permanently}
        .add("Location", location)
        .end_with_text(context, status::moved_permanently);
}

std::string file_text(const answer_context& context, const selection& chosen, const entity& what,
                      const validators& known, const presentation& shown) {
    if (chosen.result == status::range_not_satisfiable)
        return head{context, chosen.result}
            .add("Content-Range", "bytes */" + std::to_string(what.size))
            .end_with_text(context, chosen.result);
    if (chosen.result == status::precondition_failed)
        return status_text(context, chosen.result);
    head result{context, chosen.result, shown.cache_control};
    if (chosen.result != status::not_modified)
        result.add_type(shown.type)
            .add("Content-Length", chosen.size)
            .add("Accept-Ranges", "bytes");
    if (chosen.result == status::partial_content)
        result.add("Content-Range", content_range(chosen, what.size));
    return result.add("ETag", known.tag).add("Last-Modified", to_date(known.last_modified)).end();
}

} // namespace http
