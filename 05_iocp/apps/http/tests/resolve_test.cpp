#include "apps/http/rules/resolve.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using http::place;
using http::resolve;
using http::status;

void expect_path(std::string_view target, std::string_view path, bool is_folder = false) {
    const place result = resolve(target);
    EXPECT_EQ(result.result, status::ok) << target;
    EXPECT_EQ(result.path, path) << target;
    EXPECT_EQ(result.is_folder, is_folder) << target;
}

void expect_refused(std::string_view target, status why) {
    EXPECT_EQ(resolve(target).result, why) << target;
}

TEST(http_resolve, PathsOfFilesAndFolders) {
    expect_path("/", "", true);
    expect_path("/a.txt", "a.txt");
    expect_path("/a/b/c.txt", "a/b/c.txt");
    expect_path("/a/", "a", true);
    expect_path("/a/b/", "a/b", true);
    expect_path("/a..b/c", "a..b/c");
}

// Files that lie beside the page: passwords, the history, keys.
TEST(http_resolve, NamesThatBeginWithADot) {
    for (const char* const target :
         {"/.git", "/.git/", "/.git/config", "/a/.env", "/%2egit/config", "/.a/b/c", "/...c",
          "/.WELL-KNOWN/x", "/a/.well-known/x", "/.well-known/.x", "http://localhost/.git/config"})
        expect_refused(target, status::not_found);
    expect_path("/.well-known/a/b", ".well-known/a/b");
    expect_path("/.well-known/", ".well-known", true);
    expect_path("/a.b", "a.b");
}

TEST(http_resolve, NamesThatBeginWithADotMayBeShown) {
    for (const char* const name : {".git/config", "a/.env", ".well-known/.x", "...c"}) {
        const place shown = resolve(std::string{"/"} + name, true);
        EXPECT_EQ(shown.result, status::ok) << name;
        EXPECT_EQ(shown.path, name);
    }
    for (const char* const target : {"/.", "/..", "/...", "/.git/../a"})
        EXPECT_NE(resolve(target, true).result, status::ok) << target;
}

TEST(http_resolve, QueryIsKeptApart) {
    const place result = resolve("/a/b?x=/../c?d");
    EXPECT_EQ(result.result, status::ok);
    EXPECT_EQ(result.path, "a/b");
    EXPECT_EQ(result.query, "?x=/../c?d");
    expect_path("/?", "", true);
    expect_path("/a/?b", "a", true);
}

TEST(http_resolve, AbsoluteFormMeansTheSame) {
    expect_path("http://localhost:8080/a/b", "a/b");
    expect_path("HTTP://localhost/a/", "a", true);
    expect_path("https://example.org", "", true);
    expect_path("http://localhost?x", "", true);
}

TEST(http_resolve, DecodesOnce) {
    expect_path("/a%20b", "a b");
    expect_path("/%61%2e%54", "a.T");
    expect_path("/%C3%BC%e4%b8%ad", "\xc3\xbc\xe4\xb8\xad");
    expect_path("/\xc3\xbc", "\xc3\xbc"); // some clients do not encode
    expect_path("/%252e", "%2e");
    expect_path("/100%25", "100%");
}

TEST(http_resolve, NoTargets) {
    for (const char* const target : {"", "*", "a", "a/b", "localhost:80", "?", "ftp://host/a",
                                     "http:/a", "\\a", "C:/a", "%2fa"})
        expect_refused(target, status::bad_request);
}

TEST(http_resolve, WrongEncodings) {
    for (const char* const target : {"/%", "/%4", "/%zz", "/%4g", "/a%", "/%%20", "/%u0041"})
        expect_refused(target, status::bad_request);
}

TEST(http_resolve, ControlCharacters) {
    for (const char* const target :
         {"/%00", "/a.txt%00", "/a%00.txt", "/%0a", "/a%0d%0ab", "/%1f", "/%7f", "/\x01"})
        expect_refused(target, status::bad_request);
}

TEST(http_resolve, WhatIsNotUtf8) {
    for (const char* const target : {
             "/%ff",
             "/%80",
             "/%c3",
             "/%c3%28",
             "/%e4%b8",
             "/%f0%9f%98",
             "/%c0%ae%c0%ae/secret", // longer forms of a dot
             "/%c0%af",
             "/%e0%80%af",
             "/%f0%80%80%af",
             "/%ed%a0%80",    // a surrogate
             "/%f4%90%80%80", // above U+10FFFF
             "/%f8%88%80%80%80",
         })
        expect_refused(target, status::bad_request);
}

TEST(http_resolve, WayUp) {
    for (const char* const target :
         {"/..", "/../", "/../secret", "/a/../../secret", "/%2e%2e/secret", "/%2E./secret",
          "/.%2e/secret", "/a/..", "/a/%2e%2e/b", "http://localhost/../secret"})
        expect_refused(target, status::forbidden);
}

TEST(http_resolve, NamesThatMeanSomethingElse) {
    for (const char* const target : {
             "/./a",
             "/.",
             "/%2e",
             "/a.",
             "/a.txt.",
             "/a.txt%20",
             "/a%20/b",
             "/...",
             "/..%20/a",
             "/..%2fsecret",
             "/%2f",
             "/a%2fb", // a slash that was encoded
             "/..\\secret",
             "/..%5csecret",
             "/a\\b",
             "/%5c", // a backslash
             "/C:",
             "/C:/windows",
             "/C%3A/windows",
             "/c:a", // a drive
             "/a.txt::$DATA",
             "/a.txt:stream",
             "/a.txt%3a%3a$DATA",
             "//",
             "//a",
             "/a//b",
             "//host/share",
             "/a//", // an empty name
             "/*",
             "/%3f",
             "/a%22",
             "/%3ca",
             "/a%3e",
             "/a|b",
         })
        expect_refused(target, status::not_found);
}

TEST(http_resolve, Devices) {
    for (const char* const target :
         {"/con",       "/CON",    "/Con.txt", "/con.tar.gz", "/a/nul",
          "/NUL.html",  "/aux/b",  "/prn",     "/COM1",       "/com0",
          "/com9.txt",  "/lpt1",   "/LPT9",    "/COM%C2%B9",  "/lpt%C2%B2.txt",
          "/com%c2%b3", "/CONIN$", "/conout$", "/con%20.txt", "/con%20%20"})
        expect_refused(target, status::not_found);
}

TEST(http_resolve, NamesLikeDevicesAreFiles) {
    for (const char* const name : {"console", "con1", "com", "com10", "lpt", "lptx", "nula",
                                   "auxiliary.txt", "icon", "a.con", "com1x", "conin"})
        expect_path(std::string{"/"} + name, name);
}

TEST(http_resolve, EncodedPathResolvesToItself) {
    for (const char* const path :
         {"a", "a/b", "a b/c", "\xc3\xbc/\xe4\xb8\xad", "100%/%2e", "#", "a;b=c&d", "~a-b_c.d"})
        expect_path(http::encode(path), path);
    EXPECT_EQ(http::encode("a b/\xc3\xbc.txt"), "/a%20b/%C3%BC.txt");
}

} // namespace
