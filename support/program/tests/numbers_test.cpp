#include "program/numbers.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

// The value of --option, or nothing when it is refused; the refusal must name the option.
template <class Value>
std::optional<Value> parse(const CLI::Validator& validator, const std::string& text) {
    CLI::App app;
    Value value{};
    app.add_option("--option", value)->transform(validator);
    try {
        app.parse(std::vector{"--option=" + text}); // not as one line, which would be split
    } catch (const CLI::ParseError& error) {
        EXPECT_NE(std::string{error.what()}.find("--option"), std::string::npos) << error.what();
        return std::nullopt;
    }
    return value;
}

TEST(program_numbers, WholeNumbersWithinTheRangeAreTaken) {
    for (const std::uint64_t each : {0u, 1u, 8u, 1023u, 1024u})
        EXPECT_EQ(parse<unsigned>(program::whole_number(0, 1024), std::to_string(each)), each);
    EXPECT_EQ(parse<std::uint64_t>(program::whole_number(0, UINT64_MAX), "18446744073709551615"),
              UINT64_MAX);
}

TEST(program_numbers, LeadingZerosMakeNoOctalNumber) {
    EXPECT_EQ(parse<std::uint16_t>(program::whole_number(0, 65'535), "05000"), 5000);
    EXPECT_EQ(parse<std::uint16_t>(program::whole_number(0, 65'535), "0089"), 89);
    EXPECT_EQ(parse<std::uint16_t>(program::whole_number(0, 65'535), "00"), 0);
}

TEST(program_numbers, WholeNumbersBeyondTheRangeAreRefused) {
    for (const char* const each : {"0", "1025", "4294967295", "4294967296", "4294967297",
                                   "18446744073709551616", "99999999999999999999999999"})
        EXPECT_EQ(parse<unsigned>(program::whole_number(1, 1024), each), std::nullopt) << each;
}

TEST(program_numbers, NothingButDigitsIsAWholeNumber) {
    for (const char* const each : {"", " ", "-1", "+1", " 1", "1 ", "0x50", "0b1", "1e3", "1.0",
                                   "1'000", "1,000", "1\t", "one", "٣"})
        EXPECT_EQ(parse<unsigned>(program::whole_number(0, 1024), each), std::nullopt) << each;
}

TEST(program_numbers, FractionsWithinTheRangeAreTaken) {
    EXPECT_EQ(parse<double>(program::number(0, 60), "0"), 0.0);
    EXPECT_EQ(parse<double>(program::number(0, 60), "0.25"), 0.25);
    EXPECT_EQ(parse<double>(program::number(0, 60), "010.50"), 10.5);
    EXPECT_EQ(parse<double>(program::number(0, 60), "60"), 60.0);
}

TEST(program_numbers, NothingElseIsANumber) {
    for (const char* const each : {"", "-1", "+1", " 1", "1 ", "0x1p3", "1e1", "1.", ".5", "1.2.3",
                                   "1,5", "inf", "nan", "60.5", "1000000000000000000000"})
        EXPECT_EQ(parse<double>(program::number(0, 60), each), std::nullopt) << each;
}

} // namespace
