#include "testing/machine/needs.hpp"
#include "testing/machine/wine_differences.hpp"
#include "win32/ntdll.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>
#include <string_view>

namespace {

// A line of a list that names no test, since one was renamed, would stay there unseen.
bool every_line_names_a_test() {
    std::set<std::string> suites;
    std::set<std::string> tests;
    const ::testing::UnitTest& unit = *::testing::UnitTest::GetInstance();
    for (int s = 0; s < unit.total_test_suite_count(); ++s) {
        const ::testing::TestSuite& suite = *unit.GetTestSuite(s);
        suites.insert(suite.name());
        for (int t = 0; t < suite.total_test_count(); ++t)
            tests.insert(std::string{suite.name()} + "." + suite.GetTestInfo(t)->name());
    }
    bool good = true;
    const auto check = [&](const char* file, std::string_view test) {
        const std::string name{test};
        if (suites.contains(name.substr(0, name.find('.'))) && !tests.contains(name)) {
            std::fprintf(stderr, "%s names %s, which is no test\n", file, name.c_str());
            good = false;
        }
    };
    for (const harness::wine_difference& difference : harness::wine_differences())
        check("wine_differences.cpp", difference.test);
    for (const harness::test_need& need : harness::test_needs())
        check("needs.cpp", need.test);
    return good;
}

std::string system_name() {
    if (const harness::wine_version wine = harness::running_wine(); wine.major != 0)
        return "Wine " + std::to_string(wine.major) + "." + std::to_string(wine.minor);
    // GetVersionEx tells a program without a manifest that this is Windows 8.
    const auto get_version = win32::ntdll_function<LONG WINAPI(OSVERSIONINFOW*)>("RtlGetVersion");
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    get_version(&version);
    return "Windows " + std::to_string(version.dwMajorVersion) + "." +
           std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber);
}

// Adds to the report of --gtest_output where the tests ran: cmake/run_facts.cmake collects it.
void record_where() {
    ::testing::Test::RecordProperty("system", system_name());
    ::testing::Test::RecordProperty("compiler", TUTORIAL_COMPILER);
    ::testing::Test::RecordProperty("build", TUTORIAL_BUILD);
}

// Ends a program that crashes, with a code that says so. Otherwise Windows may show a message and
// wait until somebody reads it, and Wine starts its debugger, after which the code is 0, as if all
// tests had passed.
LONG WINAPI on_crash(EXCEPTION_POINTERS* what) {
    const EXCEPTION_RECORD& record = *what->ExceptionRecord;
    std::fflush(stdout); // it ends with the name of the test
    std::fprintf(stderr, "[  FAILED  ] crashed: exception %08lx at %p\n", record.ExceptionCode,
                 record.ExceptionAddress);
    std::fflush(stderr);
    ::TerminateProcess(::GetCurrentProcess(), record.ExceptionCode);
    return EXCEPTION_CONTINUE_SEARCH;
}

} // namespace

int main(int argc, char** argv) {
    // stdout may have no buffer where it is no console: a call of WriteFile for each letter.
    // GoogleTest flushes when a test begins and when it ends.
    std::setvbuf(stdout, nullptr, _IOFBF, 64 * 1024);
    ::SetUnhandledExceptionFilter(on_crash);
    ::testing::InitGoogleTest(&argc, argv);
    if (!every_line_names_a_test())
        return 1;
    record_where();
    const win32::winsock winsock;
    const int result = RUN_ALL_TESTS();
    const int skipped = ::testing::UnitTest::GetInstance()->skipped_test_count();
    if (skipped > 0)
        std::printf("%d skipped: see wine_differences.cpp and needs.cpp in support/testing\n",
                    skipped);
    return result;
}
