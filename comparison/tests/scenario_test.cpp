#include "copy_scenario.hpp"
#include "echo_scenario.hpp"
#include "interrupt.hpp"
#include "system_figures.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

std::filesystem::path test_server() {
    return std::filesystem::path{program_folder()} / L"comparison_test_server.exe";
}

echo_options options_for(const wchar_t* how) {
    echo_options options;
    options.connections = 4;
    options.duration = 50ms;
    options.arguments = {how};
    return options;
}

std::string failure_of(const echo_options& options) {
    try {
        static_cast<void>(measure_echo(test_server(), options));
        return "no failure";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(echo_scenario, GivesEveryFigure) {
    const echo_sample sample = measure_echo(test_server(), options_for(L"echo"));
    EXPECT_GT(sample.requests_per_second, 0.0);
    EXPECT_GT(sample.median_ms, 0.0);
    EXPECT_GE(sample.p99_ms, sample.median_ms);
    EXPECT_GE(sample.threads, 6.0) << "main, one that accepts, one for each connection";
    EXPECT_GT(sample.idle_mib, 0.0);
    EXPECT_GT(sample.memory_mib, 0.0);
}

TEST(echo_scenario, SaysThatTheServerDied) {
    EXPECT_EQ(failure_of(options_for(L"dies")),
              "did not say where it listens; it ended with exit code 3; its last words: no "
              "such luck");
}

TEST(echo_scenario, SaysThatTheServerNeverListened) {
    echo_options options = options_for(L"never-listens");
    options.patience = 300ms;
    EXPECT_EQ(failure_of(options).rfind("did not say where it listens", 0), 0u);
}

TEST(echo_scenario, SaysThatTheServerNamedNoPort) {
    EXPECT_EQ(failure_of(options_for(L"prints-junk")).rfind("listens on no port: 99999", 0), 0u);
}

TEST(echo_scenario, SaysThatTheServerDiedUnderLoad) {
    echo_options options = options_for(L"dies-under-load");
    options.connections = 1;
    options.duration = 1h; // it dies before that
    const std::string failure = failure_of(options);
    EXPECT_NE(failure.find("it ended with exit code 9"), std::string::npos) << failure;
    EXPECT_NE(failure.find("out of luck"), std::string::npos) << failure;
}

TEST(echo_scenario, SaysThatAByteIsWrong) {
    echo_options options = options_for(L"wrong-byte");
    options.duration = 1h; // it goes wrong before that
    const std::string failure = failure_of(options);
    EXPECT_NE(failure.find("wrong byte: byte 5 "), std::string::npos) << failure;
}

TEST(echo_scenario, StopsWhenItIsTold) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(
        static_cast<void>(measure_echo(test_server(), options_for(L"echo"), source.get_token())),
        interrupted);
}

TEST(copy_scenario, CopiesWithCopyFileEx) {
    const copy_files files{3'000'000};
    EXPECT_EQ(std::filesystem::file_size(files.large()), 3'000'000u);
    EXPECT_EQ(std::filesystem::file_size(files.empty()), 0u);
    const copy_sample sample = measure_copy(copyfileex(), files);
    EXPECT_GT(sample.empty_ms, 0.0);
    EXPECT_GT(sample.large_ms, 0.0);
    EXPECT_FALSE(std::filesystem::exists(files.destination()));
}

TEST(copy_scenario, SaysThatACopyDiffers) {
    const copy_files files{3'000'000};
    const copier copyfile = copyfileex();
    const copier wrong = [&](const std::filesystem::path& from, const std::filesystem::path& to) {
        copyfile(from, to);
        std::fstream file{to, std::ios::binary | std::ios::in | std::ios::out};
        file.seekg(2'999'999);
        const int last = file.get();
        file.seekp(2'999'999);
        file.put(static_cast<char>(last ^ 1));
    };
    const copier cut = [&](const std::filesystem::path& from, const std::filesystem::path& to) {
        copyfile(from, to);
        if (std::filesystem::file_size(to) > 0)
            std::filesystem::resize_file(to, 2'999'999);
    };
    EXPECT_THROW(static_cast<void>(measure_copy(wrong, files)), std::runtime_error);
    EXPECT_THROW(static_cast<void>(measure_copy(cut, files)), std::runtime_error);
}

TEST(copy_scenario, SaysWhyAProgramFailed) {
    const copy_files files{1000};
    // A program that takes no two names.
    const std::filesystem::path program =
        std::filesystem::path{program_folder()} / L"comparison.exe";
    try {
        static_cast<void>(measure_copy(copier_of(program, 20s, {}), files));
        FAIL() << "no exception";
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(std::string{error.what()}.rfind("exit code 2: comparison: ", 0), 0u)
            << error.what();
    }
}

TEST(copy_scenario, NamesAProgramThatIsMissing) {
    const copy_files files{1000};
    const copier missing =
        copier_of(std::filesystem::path{program_folder()} / L"no_such_program.exe", 20s, {});
    try {
        static_cast<void>(measure_copy(missing, files));
        FAIL() << "no exception";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string{error.what()}.find("no_such_program.exe"), std::string::npos)
            << error.what();
    }
}

TEST(copy_scenario, GivesUpOnAProgramThatDoesNotEnd) {
    const copy_files files{1000};
    // The test server serves, whatever its arguments.
    const copier stuck = copier_of(test_server(), 200ms, {});
    try {
        static_cast<void>(measure_copy(stuck, files));
        FAIL() << "no exception";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "did not end in time");
    }
}

TEST(copy_scenario, RemovesItsFiles) {
    std::filesystem::path large;
    {
        const copy_files files{1000};
        large = files.large();
        EXPECT_TRUE(std::filesystem::exists(large));
    }
    EXPECT_FALSE(std::filesystem::exists(large.parent_path()));
}

} // namespace
