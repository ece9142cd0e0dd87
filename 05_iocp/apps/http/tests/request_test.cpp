#include "apps/http/rules/request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using http::request;
using http::request_reader;
using http::status;
using state = request_reader::state;

constexpr std::string_view whole = "GET /a?b HTTP/1.1\r\n"
                                   "Host: localhost:80\r\n"
                                   "If-None-Match: \"1\"\r\n"
                                   "Range: bytes=0-1\r\n"
                                   "if-none-match: W/\"2\"\r\n"
                                   "\r\n";

// Reads one request that is all there.
state read(std::string_view text, request& asked) {
    request_reader reader;
    const request_reader::outcome result = reader.read(text);
    asked = reader.asked();
    return result.now;
}

status check(std::string_view text) {
    request asked;
    EXPECT_EQ(read(text, asked), state::finished) << text;
    return http::check(asked);
}

void expect_whole(const request& asked) {
    EXPECT_EQ(asked.method, "GET");
    EXPECT_EQ(asked.target, "/a?b");
    EXPECT_EQ(asked.host, "localhost:80");
    EXPECT_EQ(asked.if_none_match, "\"1\", W/\"2\"");
    EXPECT_EQ(asked.range, "bytes=0-1");
    EXPECT_EQ(asked.version, 11u);
    EXPECT_TRUE(asked.keeps_alive);
    EXPECT_FALSE(asked.has_body);
    EXPECT_EQ(http::check(asked), status::ok);
}

TEST(http_request, ReadsItsHead) {
    request asked;
    EXPECT_EQ(read(whole, asked), state::finished);
    expect_whole(asked);
}

TEST(http_request, UsesNoMoreThanItsHead) {
    request_reader reader;
    std::string text{whole};
    text += "GET /next";
    const request_reader::outcome result = reader.read(text);
    EXPECT_EQ(result.now, state::finished);
    EXPECT_EQ(result.used, whole.size());
}

TEST(http_request, MayComeInPieces) {
    for (std::size_t split = 1; split < whole.size(); ++split) {
        request_reader reader;
        const request_reader::outcome first = reader.read(whole.substr(0, split));
        ASSERT_EQ(first.now, state::unfinished) << split;
        ASSERT_EQ(reader.read(whole.substr(first.used)).now, state::finished) << split;
        expect_whole(reader.asked());
    }
}

TEST(http_request, MayComeByteByByte) {
    request_reader reader;
    std::size_t used = 0;
    for (std::size_t have = 1; have < whole.size(); ++have) {
        const request_reader::outcome result = reader.read(whole.substr(used, have - used));
        ASSERT_EQ(result.now, state::unfinished);
        used += result.used;
    }
    EXPECT_EQ(reader.read(whole.substr(used)).now, state::finished);
    expect_whole(reader.asked());
}

TEST(http_request, EmptyLinesBeforeItDoNotMatter) {
    request asked;
    EXPECT_EQ(read("\r\n\r\n" + std::string{whole}, asked), state::finished);
    expect_whole(asked);
    EXPECT_EQ(read("\r", asked), state::unfinished);
    EXPECT_EQ(read("\r\n", asked), state::unfinished);
}

TEST(http_request, ConnectionStaysOrNot) {
    const auto stays = [](std::string_view version, std::string_view field) {
        request asked;
        EXPECT_EQ(
            read("GET / " + std::string{version} + "\r\n" + std::string{field} + "\r\n", asked),
            state::finished);
        return asked.keeps_alive;
    };
    EXPECT_TRUE(stays("HTTP/1.1", ""));
    EXPECT_FALSE(stays("HTTP/1.1", "Connection: close\r\n"));
    EXPECT_FALSE(stays("HTTP/1.1", "Connection: x, Close\r\n"));
    EXPECT_FALSE(stays("HTTP/1.0", ""));
    EXPECT_TRUE(stays("HTTP/1.0", "Connection: keep-alive\r\n"));
}

TEST(http_request, Malformed) {
    for (const char* const text :
         {"\x16\x03\x01\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
          "GET / HTTP/1.1 \r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "G@T / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
          // Two opinions on where the request ends.
          "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"}) {
        request asked;
        EXPECT_EQ(read(text, asked), state::malformed) << text;
    }
}

TEST(http_request, TooLarge) {
    request asked;
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(read("GET /" + std::string(request_reader::head_limit, 'a'), asked),
              state::too_large);
    EXPECT_EQ(read(start + "X: " + std::string(request_reader::head_limit, 'a'), asked),
              state::too_large);
    std::string many = start;
    while (many.size() < request_reader::head_limit)
        many += "X: y\r\n";
    EXPECT_EQ(read(many, asked), state::too_large);
    EXPECT_EQ(
        read(start + "X: " + std::string(request_reader::head_limit / 2, 'a') + "\r\n\r\n", asked),
        state::finished);
}

TEST(http_request, LimitIsForAllPiecesTogether) {
    const std::string line = "If-None-Match: \"x\"\r\n";
    std::string text = "GET / HTTP/1.1\r\n";
    request_reader reader;
    request_reader::outcome result{state::unfinished, 0};
    for (std::size_t used = 0; result.now == state::unfinished; used += result.used) {
        text += line;
        ASSERT_LT(text.size(), 2 * request_reader::head_limit);
        result = reader.read(std::string_view{text}.substr(used));
    }
    EXPECT_EQ(result.now, state::too_large);
    EXPECT_GT(text.size() + line.size(), request_reader::head_limit);
}

TEST(http_request, OtherMethodsAreNotAllowed) {
    for (const char* const method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "FOO"})
        EXPECT_EQ(check(std::string{method} + " / HTTP/1.1\r\nHost: a\r\n\r\n"),
                  status::method_not_allowed)
            << method;
    EXPECT_EQ(check("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), status::method_not_allowed);
    EXPECT_EQ(check("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), status::method_not_allowed);
    EXPECT_EQ(check("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), status::ok);
}

TEST(http_request, BodyIsRefused) {
    for (const char* const field : {"Content-Length: 1", "Content-Length: 00",
                                    "Content-Length: 99999999999", "Transfer-Encoding: chunked"})
        EXPECT_EQ(check(std::string{"GET / HTTP/1.1\r\nHost: a\r\n"} + field + "\r\n\r\n"),
                  status::bad_request)
            << field;
    // From Boost 1.92 on Beast refuses these by itself. The client is told the same.
    for (const char* const field : {"Transfer-Encoding: gzip", "Transfer-Encoding: identity"}) {
        request asked;
        EXPECT_TRUE(read(std::string{"GET / HTTP/1.1\r\nHost: a\r\n"} + field + "\r\n\r\n",
                         asked) == state::malformed ||
                    http::check(asked) == status::bad_request)
            << field;
    }
    EXPECT_EQ(check("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), status::ok);
}

TEST(http_request, NeedsOneHost) {
    EXPECT_EQ(check("GET / HTTP/1.1\r\n\r\n"), status::bad_request);
    EXPECT_EQ(check("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), status::bad_request);
    EXPECT_EQ(check("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), status::bad_request);
    EXPECT_EQ(check("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), status::bad_request);
    EXPECT_EQ(check("GET / HTTP/1.1\r\nHost:\r\n\r\n"), status::ok);
    EXPECT_EQ(check("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), status::ok);
    EXPECT_EQ(check("GET / HTTP/1.0\r\n\r\n"), status::ok);
}

} // namespace
