#include "report.hpp"
#include "server_program.hpp"

#include "testing/machine/watchdog.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

namespace exercise {

namespace {

void print_sentence(const char* label, std::string text) {
    const bool begins_with_call = text.find("()") < text.find(' '); // its name stays as it is
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z' && !begins_with_call)
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    while (!text.empty() && (text.back() == '\n' || text.back() == '.'))
        text.pop_back();
    std::printf("  %-9s ", label);
    for (const char letter : text) {
        std::putchar(letter);
        if (letter == '\n') // GoogleTest's messages have several lines
            std::fputs("            ", stdout);
    }
    std::fputs(".\n", stdout);
}

void (*at_each_test)(std::string_view test) = nullptr;
std::atomic<void (*)()> at_failure{nullptr};

// Takes the words of a failed assertion of GoogleTest's: the contracts are made of them.
class printer : public ::testing::EmptyTestEventListener {
    void OnTestPartResult(const ::testing::TestPartResult& result) override {
        if (result.failed())
            end_with_got(words_of(result.message()));
    }

    // In plain words what GoogleTest says of an exception that leaves a test.
    static std::string words_of(std::string_view message) {
        constexpr std::string_view before = "C++ exception with description \"";
        const std::size_t end = message.rfind("\" thrown in ");
        if (!message.starts_with(before) || end == std::string_view::npos)
            return std::string{message};
        return "an exception, thrown by the check's client or by your code: " +
               std::string{message.substr(before.size(), end - before.size())};
    }

    void OnTestStart(const ::testing::TestInfo& test) override {
        if (at_each_test != nullptr)
            at_each_test(test.name());
    }

    void OnTestEnd(const ::testing::TestInfo& test) override {
        end_step();
        std::printf("ok      %s%s\n", test.name(),
                    test.result()->Skipped() ? " (skipped here: Wine differs)" : "");
        std::fflush(stdout);
    }
};

// A thread whose stack is full has no room left to say so; another one waits to do it.
HANDLE stack_is_full = nullptr;

DWORD WINAPI report_full_stack(void*) {
    ::WaitForSingleObject(stack_is_full, INFINITE);
    end_with_got("the program crashed: a thread's stack is full, as when a function calls itself");
}

// A vectored handler comes first of all, where there is still some stack.
LONG WINAPI on_full_stack(EXCEPTION_POINTERS* what) {
    if (what->ExceptionRecord->ExceptionCode != EXCEPTION_STACK_OVERFLOW)
        return EXCEPTION_CONTINUE_SEARCH;
    ::SetEvent(stack_is_full);
    ::Sleep(INFINITE);
    return EXCEPTION_CONTINUE_SEARCH;
}

// Windows would show a message and wait until somebody reads it.
LONG WINAPI on_crash(EXCEPTION_POINTERS* what) {
    const EXCEPTION_RECORD& record = *what->ExceptionRecord;
    char text[120];
    if (record.ExceptionCode == EXCEPTION_ACCESS_VIOLATION)
        std::snprintf(text, sizeof text,
                      "the program crashed: it used memory at %p, which is not its own (any more)",
                      reinterpret_cast<void*>(record.ExceptionInformation[1]));
    else
        std::snprintf(text, sizeof text, "the program crashed with exception %08lx",
                      record.ExceptionCode);
    end_with_got(text);
}

[[noreturn]] void on_terminate() {
    std::string got = "the program ended itself (std::terminate): was a std::thread destroyed "
                      "before it was joined?";
    if (const std::exception_ptr thrown = std::current_exception()) {
        got = "an exception that nothing has caught";
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
            got += std::string{": "} + error.what();
        } catch (...) {
        }
    }
    end_with_got(got);
}

// Microsoft's library keeps the function of std::set_terminate for one thread only; in another one
// an exception that nothing catches comes here, as does assert().
void on_abort(int) {
    end_with_got(
        "the program ended itself (abort): by an assertion, or an exception in a thread that "
        "nothing has caught");
}

// The console's code page, which outlives the program; 0: there is no console.
UINT code_page_before = 0;

[[noreturn]] void end_program_with(unsigned code) {
    std::fflush(stdout);
    if (code_page_before != 0)
        ::SetConsoleOutputCP(code_page_before);
    // At once: threads of the learner's may still run, and must not meet what exit() destroys.
    ::TerminateProcess(::GetCurrentProcess(), code);
    std::abort(); // never: it has ended this thread, too
}

[[noreturn]] void on_hang(const std::string& what) {
    end_with_got(what + " hangs");
}

} // namespace

void call_at_each_test(void (*call)(std::string_view test)) {
    at_each_test = call;
}

void call_at_failure(void (*call)()) {
    at_failure = call;
}

void begin_report() {
    static std::atomic<DWORD> reporting{0};
    DWORD first = 0;
    if (reporting.compare_exchange_strong(first, ::GetCurrentThreadId()))
        return;
    if (first == ::GetCurrentThreadId()) {
        std::fputs("  (and it crashed again while that was said)\n", stdout);
        end_program_with(1);
    }
    ::WaitForSingleObject(::GetCurrentProcess(), 10'000);
    harness::end_program();
}

void end_with(const failure& what) {
    const ::testing::TestInfo* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::printf("FAILED  %s\n", test != nullptr ? test->name() : "BeforeTheTests");
    if (!what.expected.empty())
        print_sentence("Expected:", what.expected);
    print_sentence("Got:", what.got);
    if (what.about != nullptr) {
        print_sentence("Rule:", std::string{what.about->text});
        std::printf("            Read again: %s, \"%s\"\n", std::string{what.about->lesson}.c_str(),
                    std::string{what.about->heading}.c_str());
    }
    std::fflush(stdout);
    if (void (*const call)() = at_failure)
        call();
    end_program_with(1);
}

} // namespace exercise

int main(int argc, char** argv) {
    if (argc == 3 && argv[1] == std::string_view{"--press-ctrl-c"})
        return exercise::press_ctrl_c_in(std::strtoul(argv[2], nullptr, 10));
    // What a check prints is UTF-8.
    exercise::code_page_before = ::GetConsoleOutputCP();
    ::SetConsoleOutputCP(CP_UTF8);
    // No window that waits for somebody, where Windows ends the program without asking us, nor in
    // the program that we start.
    ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    exercise::stack_is_full = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    ::CloseHandle(::CreateThread(nullptr, 0, exercise::report_full_stack, nullptr, 0, nullptr));
    ::AddVectoredExceptionHandler(1, exercise::on_full_stack);
    ::SetUnhandledExceptionFilter(exercise::on_crash);
    std::set_terminate(exercise::on_terminate);
    std::signal(SIGABRT, exercise::on_abort);
    harness::report_hangs_with(exercise::on_hang);
    ::testing::InitGoogleTest(&argc, argv);
    ::testing::UnitTest& tests = *::testing::UnitTest::GetInstance();
    delete tests.listeners().Release(tests.listeners().default_result_printer());
    tests.listeners().Append(new exercise::printer);
    const win32::winsock winsock;
    // Now, so that the thread which watches the steps is there before anybody counts threads.
    exercise::expect("the first test begins", std::chrono::seconds{60});
    std::atexit([] {
        exercise::end_with_got("the program ended itself by exit(), in the middle of its check");
    });
    const int failed = RUN_ALL_TESTS();
    const int count = tests.test_to_run_count();
    if (count == 0)
        std::puts("FAILED  there is no test of that name");
    exercise::end_program_with(failed == 0 && count > 0 ? exercise::all_passed : 1);
}
