#include "testing/wine_differences.hpp"

#include "win32/windows.hpp"

#include <string>

namespace harness {

namespace {

// Sorted by test. A test that is named here must exist: main() checks the names of its own suites.
constexpr wine_difference differences[] = {
    {"blocking_facts.RecvAfterAResetFailsWithConnReset",
     "recv returns 0 after a reset that came in before the call, as after an orderly end"},
    {"blocking_facts.ReuseAddrLetsASecondSocketBindTheSamePort",
     "a port that a socket listens on is refused, as on Linux"},
    {"callback_facts.ReadFileExIsRefusedOnAHandleOfAPort",
     "ReadFileEx accepts the handle of a port"},
    {"http_folder.LinkThatLeadsOutLeadsNowhere",
     "CreateSymbolicLinkW says that it has made a link, and has not"},
    {"iocp_accept_facts.AcceptedSocketNeedsUpdateAcceptContext",
     "getpeername knows an accepted socket at once"},
    {"iocp_thread_facts.ClosingThePortWakesItsWaiters",
     "closing a port does not wake the threads that wait on it"},
    {"iocp_thread_facts.PortConcurrencyLimitsRunningThreads",
     "a port's concurrency value is ignored"},
    {"iocp_thread_facts.WaitingThreadsAreReleasedLastInFirstOut",
     "waiting threads are released in turn"},
};

} // namespace

std::span<const wine_difference> wine_differences() noexcept {
    return differences;
}

std::string_view reason_to_skip(std::string_view suite, std::string_view test) {
    wchar_t wish[8] = L"";
    ::GetEnvironmentVariableW(L"TUTORIAL_WINE_DIFFERENCES", wish,
                              static_cast<DWORD>(std::size(wish)));
    if (!running_under_wine() || std::wstring_view{wish} == L"run")
        return {};
    const std::string name = std::string{suite}.append(".").append(test);
    for (const wine_difference& difference : differences)
        if (difference.test == name)
            return difference.reason;
    return {};
}

bool running_under_wine() noexcept {
    // Wine's ntdll exports this function for just this question.
    return ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
}

} // namespace harness
