#include "apps/http/rules/conditions.hpp"
#include "apps/http/rules/content_type.hpp"
#include "apps/http/rules/date.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono;
using http::request;
using http::selection;
using http::status;

constexpr sys_seconds now = sys_days{2024y / February / 29} + 12h;

class http_conditions : public ::testing::Test {
protected:
    http_conditions() {
        asked.method = "GET";
        file.size = 1000;
        file.modified = now - 1h;
    }

    [[nodiscard]] std::string tag() const { return http::validators_of(file, now).tag; }
    [[nodiscard]] static std::string date(seconds before_now) {
        return http::to_date(now - before_now);
    }

    [[nodiscard]] selection chosen() const {
        return http::select(asked, file, http::validators_of(file, now), now);
    }
    [[nodiscard]] status result() const { return chosen().result; }

    http::entity file;
    request asked;
};

TEST_F(http_conditions, NoneMeansTheWhole) {
    EXPECT_EQ(result(), status::ok);
    EXPECT_EQ(chosen().first, 0u);
    EXPECT_EQ(chosen().size, 1000u);
}

TEST_F(http_conditions, TagChangesWithSizeAndTime) {
    const std::string first = tag();
    file.size = 1001;
    const std::string second = tag();
    file.modified += http::file_ticks{1};
    EXPECT_NE(first, second);
    EXPECT_NE(second, tag());
    EXPECT_TRUE(first.starts_with('"') && first.ends_with('"')) << first;
}

TEST_F(http_conditions, TagOfAFreshFileIsWeak) {
    const std::string strong = tag();
    EXPECT_TRUE(http::validators_of(file, now).is_strong);
    const sys_seconds written = now - 1h;
    EXPECT_EQ(http::validators_of(file, written + 2s).tag, strong);
    const http::validators fresh = http::validators_of(file, written + 1s);
    EXPECT_FALSE(fresh.is_strong);
    EXPECT_EQ(fresh.tag, "W/" + strong);
}

TEST_F(http_conditions, FileOfTheFutureWasWrittenNow) {
    file.modified = now + 1h;
    EXPECT_EQ(http::validators_of(file, now).last_modified, now);
    EXPECT_FALSE(http::validators_of(file, now).is_strong);
}

TEST_F(http_conditions, KnownTagIsNotSentAgain) {
    for (const std::string& list : {tag(), "W/" + tag(), "\"x\", " + tag(), "\"a,b\"," + tag(),
                                    " ,, \"x\"\t,W/" + tag(), std::string{"*"}}) {
        asked.if_none_match = list;
        EXPECT_EQ(result(), status::not_modified) << list;
    }
}

TEST_F(http_conditions, UnknownTagIsSent) {
    const std::string bare = tag().substr(1, tag().size() - 2);
    for (const std::string& list : {std::string{"\"x\""}, bare, '"' + bare, "x, " + tag(),
                                    std::string{"W/"}, std::string{"\""}, std::string{"\"*\""}}) {
        asked.if_none_match = list;
        EXPECT_EQ(result(), status::ok) << list;
    }
}

TEST_F(http_conditions, ModifiedSince) {
    asked.if_modified_since = date(1h);
    EXPECT_EQ(result(), status::not_modified);
    asked.if_modified_since = date(30min);
    EXPECT_EQ(result(), status::not_modified);
    asked.if_modified_since = date(1h + 1s);
    EXPECT_EQ(result(), status::ok);
    asked.if_modified_since = "never";
    EXPECT_EQ(result(), status::ok);
}

TEST_F(http_conditions, TagCountsMoreThanDate) {
    asked.if_modified_since = date(0s);
    asked.if_none_match = "\"x\"";
    EXPECT_EQ(result(), status::ok);
}

TEST_F(http_conditions, OnlyTheWantedState) {
    asked.if_match = tag();
    EXPECT_EQ(result(), status::ok);
    asked.if_match = "*";
    EXPECT_EQ(result(), status::ok);
    asked.if_match = "W/" + tag(); // this comparison is the strong one
    EXPECT_EQ(result(), status::precondition_failed);
    asked.if_match = "\"x\"";
    EXPECT_EQ(result(), status::precondition_failed);
    asked.if_match = {};
    asked.if_unmodified_since = date(1h);
    EXPECT_EQ(result(), status::ok);
    asked.if_unmodified_since = date(2h);
    EXPECT_EQ(result(), status::precondition_failed);
    asked.if_unmodified_since = "never";
    EXPECT_EQ(result(), status::ok);
}

TEST_F(http_conditions, Part) {
    asked.range = "bytes=10-19";
    EXPECT_EQ(result(), status::partial_content);
    EXPECT_EQ(chosen().first, 10u);
    EXPECT_EQ(chosen().size, 10u);
    asked.range = "bytes=1000-";
    EXPECT_EQ(result(), status::range_not_satisfiable);
    EXPECT_EQ(chosen().size, 0u);
}

TEST_F(http_conditions, PartIsForGetOnly) {
    asked.range = "bytes=10-19";
    asked.method = "HEAD";
    EXPECT_EQ(result(), status::ok);
    EXPECT_EQ(chosen().size, 1000u);
}

TEST_F(http_conditions, PartOfTheSameStateOnly) {
    asked.range = "bytes=10-19";
    asked.if_range = tag();
    EXPECT_EQ(result(), status::partial_content);
    for (const std::string& other :
         {std::string{"\"x\""}, "W/" + tag(), date(1h), date(2h), std::string{"x"}}) {
        asked.if_range = other;
        EXPECT_EQ(result(), status::ok) << other;
    }
}

TEST_F(http_conditions, NoPartsOfAFreshFile) {
    file.modified = now - 1s;
    asked.range = "bytes=10-19";
    asked.if_range = tag();
    EXPECT_EQ(result(), status::ok);
}

TEST(http_content_type, GoesByTheEnding) {
    EXPECT_EQ(http::content_type_of("a/index.html"), "text/html; charset=utf-8");
    EXPECT_EQ(http::content_type_of("A.JPG"), "image/jpeg");
    EXPECT_EQ(http::content_type_of("a.tar.gz"), "application/gzip");
    for (const char* const name : {"a", "a.", "a.unknown", "html", "a.html/b", ""})
        EXPECT_EQ(http::content_type_of(name), "application/octet-stream") << name;
}

} // namespace
