// The answers of the file server.
#include "visitor.hpp"

#include <string>
#include <string_view>

namespace {

using namespace http_test;

class http_file_server : public served_folder {
protected:
    // Sets times that are old enough for strong tags.
    void make_old_file(std::wstring_view name, std::string_view content) const {
        const std::filesystem::path path = make_file(name, content);
        std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) -
                                                   std::chrono::hours{24});
    }
};

TEST_F(http_file_server, FileAndItsHead) {
    make_file(L"hello.txt", "Hello!");
    start();
    visitor user = visit();
    const response answer = user.get("/hello.txt?x=y");
    EXPECT_EQ(answer.status, 200u);
    EXPECT_TRUE(answer.head.starts_with("HTTP/1.1 200 OK\r\n")) << answer.head;
    EXPECT_EQ(answer.body, "Hello!");
    EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.field("Accept-Ranges"), "bytes");
    EXPECT_EQ(answer.field("Connection"), "");
    EXPECT_EQ(answer.field("Server"), "05_iocp_http");
    for (const char* const name : {"Date", "ETag", "Last-Modified"})
        EXPECT_NE(answer.field(name), "") << name;
    EXPECT_EQ(user.get("http://test/hello.txt").body, "Hello!");
}

TEST_F(http_file_server, HeadIsTheSameWithoutTheFile) {
    make_old_file(L"hello.txt", "Hello!");
    start();
    visitor user = visit();
    const response whole = user.get("/hello.txt");
    user.ask("/hello.txt", {}, "HEAD");
    const response answer = user.read(false);
    EXPECT_EQ(answer.status, 200u);
    for (const char* const name : {"Content-Length", "Content-Type", "ETag", "Last-Modified"})
        EXPECT_EQ(answer.field(name), whole.field(name)) << name;
    user.ask("/none", {}, "HEAD");
    EXPECT_EQ(user.read(false).status, 404u);
    EXPECT_EQ(user.get("/hello.txt").body, "Hello!"); // no bytes are left in between
}

TEST_F(http_file_server, EmptyFile) {
    make_file(L"empty", "");
    start();
    visitor user = visit();
    const response answer = user.get("/empty", "Range: bytes=0-9\r\n");
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.field("Content-Length"), "0");
    EXPECT_EQ(user.get("/empty").status, 200u);
}

TEST_F(http_file_server, FolderIsItsIndex) {
    make_file(L"index.html", "top");
    make_folder(L"sub dir");
    make_file(L"sub dir\\index.html", "below");
    make_folder(L"bare");
    make_file(L"bare\\a.txt", "a");
    start();
    visitor user = visit();
    EXPECT_EQ(user.get("/").body, "top");
    EXPECT_EQ(user.get("/?q").field("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(user.get("/sub%20dir/").body, "below");
    EXPECT_EQ(user.get("/bare/").status, 404u);
    EXPECT_EQ(user.get("/bare/a.txt").body, "a");
    EXPECT_EQ(user.get("/bare/a.txt/").status, 404u);
    EXPECT_EQ(user.get("/bare/a.txt/b").status, 404u);
}

TEST_F(http_file_server, FolderWithoutSlashIsElsewhere) {
    make_folder(L"sub dir");
    start();
    visitor user = visit();
    const response answer = user.get("/sub%20dir?a=b");
    EXPECT_EQ(answer.status, 301u);
    EXPECT_EQ(answer.field("Location"), "/sub%20dir/?a=b");
    // Otherwise a browser would look for a host of that name.
    EXPECT_EQ(user.get("//sub%20dir").status, 404u);
}

TEST_F(http_file_server, NamesInAnyScript) {
    make_file(L"h\u00e9llo \u4e16\u754c \U0001F600.txt", "here");
    start();
    visitor user = visit();
    EXPECT_EQ(user.get("/h%C3%A9llo%20%E4%B8%96%E7%95%8C%20%F0%9F%98%80.txt").body, "here");
    EXPECT_EQ(user.get("/h\xc3\xa9llo%20\xe4\xb8\x96\xe7\x95\x8c%20\xf0\x9f\x98\x80.txt").body,
              "here");
    EXPECT_EQ(user.get("/h%E9llo.txt").status, 400u); // Latin-1
}

TEST_F(http_file_server, Parts) {
    make_old_file(L"digits", "0123456789");
    start();
    visitor user = visit();
    const response middle = user.get("/digits", "Range: bytes=2-4\r\n");
    EXPECT_EQ(middle.status, 206u);
    EXPECT_EQ(middle.body, "234");
    EXPECT_EQ(middle.field("Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(user.get("/digits", "Range: bytes=7-\r\n").body, "789");
    EXPECT_EQ(user.get("/digits", "Range: bytes=-2\r\n").body, "89");
    const response behind = user.get("/digits", "Range: bytes=10-\r\n");
    EXPECT_EQ(behind.status, 416u);
    EXPECT_EQ(behind.field("Content-Range"), "bytes */10");
    const response several = user.get("/digits", "Range: bytes=0-1,3-4\r\n");
    EXPECT_EQ(several.status, 200u);
    EXPECT_EQ(several.body, "0123456789");
    const std::string same = "If-Range: " + several.field("ETag") + "\r\n";
    EXPECT_EQ(user.get("/digits", same + "Range: bytes=0-0\r\n").body, "0");
    EXPECT_EQ(user.get("/digits", "If-Range: \"x\"\r\nRange: bytes=0-0\r\n").status, 200u);
}

TEST_F(http_file_server, WhatTheClientHasIsNotSentAgain) {
    const std::filesystem::path path = make_file(L"a.txt", "first");
    start();
    visitor user = visit();
    const response first = user.get("/a.txt");
    const std::string tag = "If-None-Match: " + first.field("ETag") + "\r\n";
    const response same = user.get("/a.txt", tag);
    EXPECT_EQ(same.status, 304u);
    EXPECT_NE(same.field("ETag"), "");
    EXPECT_EQ(same.field("Content-Length"), "");
    EXPECT_EQ(
        user.get("/a.txt", "If-Modified-Since: " + first.field("Last-Modified") + "\r\n").status,
        304u);
    EXPECT_EQ(user.get("/a.txt", "If-Match: \"x\"\r\n").status, 412u);
    make_file(L"a.txt", "second");
    const response changed = user.get("/a.txt", tag);
    EXPECT_EQ(changed.status, 200u);
    EXPECT_EQ(changed.body, "second");
}

// Otherwise a cache may guess for how long it need not ask, and a new page is not seen.
TEST_F(http_file_server, CachesAskEachTime) {
    make_old_file(L"a.txt", "first");
    make_folder(L"sub");
    start();
    visitor user = visit();
    const response first = user.get("/a.txt");
    EXPECT_EQ(first.field("Cache-Control"), "no-cache");
    EXPECT_EQ(user.get("/a.txt", "Range: bytes=1-2\r\n").field("Cache-Control"), "no-cache");
    const response same = user.get("/a.txt", "If-None-Match: " + first.field("ETag") + "\r\n");
    EXPECT_EQ(same.status, 304u);
    EXPECT_EQ(same.field("Cache-Control"), "no-cache");
    EXPECT_EQ(user.get("/sub").field("Cache-Control"), "no-cache"); // 301
    EXPECT_EQ(user.get("/none").field("Cache-Control"), "no-cache");
}

TEST_F(http_file_server, CachesMayBeToldOtherwiseOfFiles) {
    make_old_file(L"a.txt", "first");
    options.cache_control = "max-age=60";
    start();
    visitor user = visit();
    const response first = user.get("/a.txt");
    EXPECT_EQ(first.field("Cache-Control"), "max-age=60");
    const response same = user.get("/a.txt", "If-None-Match: " + first.field("ETag") + "\r\n");
    EXPECT_EQ(same.status, 304u);
    EXPECT_EQ(same.field("Cache-Control"), "max-age=60");
    EXPECT_EQ(user.get("/a.txt", "If-Match: \"x\"\r\n").field("Cache-Control"), "no-cache");
    EXPECT_EQ(user.get("/none").field("Cache-Control"), "no-cache");
}

TEST_F(http_file_server, NamesThatBeginWithADot) {
    make_folder(L".git");
    make_file(L".git\\config", "secret");
    make_folder(L".well-known");
    make_file(L".well-known\\security.txt", "known");
    for (const bool shown : {false, true}) {
        options.shows_dotfiles = shown;
        start();
        visitor user = visit();
        EXPECT_EQ(user.get("/.git/config").status, shown ? 200u : 404u);
        EXPECT_EQ(user.get("/.git").status, shown ? 301u : 404u); // 404, as if it were not there
        EXPECT_EQ(user.get("/.well-known/security.txt").body, "known");
        stop();
    }
}

TEST_F(http_file_server, OtherMethodsAreTold) {
    start();
    visitor user = visit();
    user.ask("/", {}, "DELETE");
    const response answer = user.read();
    EXPECT_EQ(answer.status, 405u);
    EXPECT_EQ(answer.field("Allow"), "GET, HEAD");
    EXPECT_EQ(user.get("/").status, 404u); // the connection stays
    user.ask("/", "Content-Length: 5\r\nExpect: 100-continue\r\n", "POST");
    const response posted = user.read();
    EXPECT_EQ(posted.status, 405u);
    EXPECT_EQ(posted.field("Connection"), "close");
    EXPECT_TRUE(user.is_at_end());
}

// The bytes behind the head must not be taken for a request.
TEST_F(http_file_server, BodyIsNoRequest) {
    make_file(L"a.txt", "a");
    start();
    for (const char* const field : {"Content-Length: 40\r\n", "Transfer-Encoding: chunked\r\n",
                                    "Content-Length: 40\r\nTransfer-Encoding: chunked\r\n"}) {
        visitor user = visit();
        user.send("GET /a.txt HTTP/1.1\r\nHost: a\r\n" + std::string{field} +
                  "\r\nGET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_EQ(user.read().status, 400u) << field;
        EXPECT_TRUE(user.is_at_end()) << field;
    }
}

TEST_F(http_file_server, WhatIsNoRequestEndsTheConnection) {
    start();
    for (const char* const text : {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                                   "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"}) {
        visitor user = visit();
        user.send(text);
        const response answer = user.read();
        EXPECT_EQ(answer.status, 400u) << text;
        EXPECT_EQ(answer.field("Connection"), "close") << text;
        EXPECT_TRUE(user.is_at_end()) << text;
    }
    visitor user = visit();
    user.send("GET / HTTP/1.1\r\nX: " + std::string(10'000, 'x'));
    EXPECT_EQ(user.read().status, 431u);
    EXPECT_TRUE(user.is_at_end());
}

TEST_F(http_file_server, OldClients) {
    make_file(L"a.txt", "a");
    start();
    visitor user = visit();
    user.send("GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(user.read().field("Connection"), "keep-alive");
    user.send("GET /a.txt HTTP/1.0\r\n\r\n");
    const response last = user.read();
    EXPECT_EQ(last.body, "a");
    EXPECT_EQ(last.field("Connection"), "close");
    EXPECT_TRUE(user.is_at_end());
}

TEST_F(http_file_server, NothingOutsideTheRoot) {
    outside.make_file(L"secret.txt", "secret");
    make_file(L"a.txt", "a");
    make_folder(L"sub");
    start();
    visitor user = visit();
    for (const char* const target : {
             "/../secret.txt",
             "/sub/../../secret.txt",
             "/%2e%2e/secret.txt",
             "/.%2E/secret.txt",
             "/..%2fsecret.txt",
             "/..\\secret.txt",
             "/..%5csecret.txt",
             "/%252e%252e/secret.txt",
             "/%c0%ae%c0%ae/secret.txt",
             "/..%00/secret.txt",
             "/..%20/secret.txt",
             "/.../secret.txt",
             "/sub/..",
             "//secret.txt",
             "/C:/windows/win.ini",
             "/c%3a%5cwindows%5cwin.ini",
             "/Z:/etc/passwd",
             "//localhost/C$/windows/win.ini",
             "/%5c%5c.%5cC:",
             "/a.txt::$DATA",
             "/a.txt:x",
             "/::$DATA",
             "/a.txt%00.html",
             "/a.txt.",
             "/a.txt%20",
             "/a.txt%20.",
             "/CON",
             "/con.txt",
             "/NUL",
             "/aux.html",
             "/COM1",
             "/lpt9.txt",
             "/CONIN$",
             "/sub/con",
             "/com%c2%b9",
             "/?/../../secret.txt",
             "http://test/../secret.txt",
         }) {
        const response answer = user.get(target);
        EXPECT_TRUE(answer.status == 400 || answer.status == 403 || answer.status == 404)
            << target << ' ' << answer.head;
        EXPECT_EQ(answer.body.find("secret"), std::string::npos) << target;
    }
    EXPECT_EQ(user.get("/a.txt").body, "a");
}

} // namespace
