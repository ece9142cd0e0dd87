#include "wine_differences.hpp"

#include "win32/under_wine.hpp"
#include "win32/windows.hpp"

#include <charconv>
#include <string>

namespace harness {

namespace {

// Sorted by test. A test that is named here must exist: main() checks the names of its own suites.
constexpr wine_difference differences[] = {
    {"blocking_facts.RecvAfterAResetFailsWithConnReset",
     "recv returns 0 after a reset that came in before the call, as after an orderly end",
     {8, 21}},
    {"blocking_facts.RecvFromAPeerThatIsGoneFailsWithConnAbortedOrConnReset",
     "recv returns 0, for the peer had finished sending",
     {10, 0}},
    {"blocking_facts.ReuseAddrOnBothSocketsLetsThemShareAPort",
     "a port that a socket listens on is refused, as on Linux"},
    {"callback_facts.ReadFileExIsRefusedOnAHandleOfAPort",
     "ReadFileEx accepts the handle of a port"},
    {"callback_wait_facts.BlockingAcceptIsAnAlertableWait",
     "accept does not wait alertably",
     {8, 10}},
    {"callback_wait_facts.QueuedCallbackGoesBeforeASignaledEventOfWinsock",
     "a signaled event goes first, and the callback waits for the next wait"},
    {"callback_wait_facts.QueuedCallbackGoesBeforeASignaledObject",
     "a signaled object goes first, and the callback waits for the next wait"},
    {"callback_wait_facts.WsaPollIsAnAlertableWait", "WSAPoll does not wait alertably", {8, 10}},
    {"event_ending_facts.CancelledSendThenLingerZeroResetsTheConnection",
     "recv returns 0 after a reset that came in before the call, as after an orderly end",
     {8, 21}},
    {"event_ending_facts.ClosingTheSocketAbortsAPendingReceive",
     "a receive whose socket is closed ends with error 676"},
    {"event_ending_facts.ClosingTheSocketAbortsAPendingSend",
     "a send whose socket is closed ends with error 6"},
    {"event_ending_facts.ClosingWithASendPendingResetsTheConnection",
     "what fits into the buffers is sent, and then an orderly end"},
    {"http_folder.LinkThatLeadsOutLeadsNowhere",
     "CreateSymbolicLinkW says that it has made a link, and has not"},
    {"inside_port_facts/windows.AtTheLimitAPacketStaysInTheQueue",
     "a port's concurrency value is ignored"},
    {"inside_port_facts/windows.ClosingEndsEveryWait",
     "closing a port does not wake the threads that wait on it",
     {9, 21}},
    {"inside_port_facts/windows.LimitHoldsForTheThreadsThatRun",
     "a port's concurrency value is ignored"},
    {"inside_port_facts/windows.ThreadThatGoesOnMayBeOneMoreThanTheLimit",
     "a port's concurrency value is ignored"},
    {"inside_port_facts/windows.WaitingThreadsAreReleasedLastInFirstOut",
     "waiting threads are released in turn",
     {9, 21}},
    {"iocp_accept_facts.AcceptedSocketNeedsUpdateAcceptContext",
     "getpeername knows an accepted socket at once"},
    {"iocp_accept_facts.DisconnectedSocketCanBeAcceptedIntoAgain",
     "DisconnectEx says that the socket can be used again, and the next connection cannot send"},
    {"iocp_facts.ClosingASocketEndsItsReceiveWith1236", "the receive ends with 676"},
    {"iocp_facts.HasOverlappedIoCompletedIsFalseUntilThePacketIsTaken",
     "the OVERLAPPED is filled in before the packet is taken"},
    {"iocp_receive_facts.ReceiveWithoutAnyWsabufIsRefused",
     "a receive without any WSABUF is taken for one of no bytes",
     {10, 0}},
    {"iocp_thread_facts.ClosingThePortWakesItsWaiters",
     "closing a port does not wake the threads that wait on it",
     {9, 21}},
    {"iocp_thread_facts.ExFormRunsApcsBeforeItsThreadsFirstPacket",
     "the packet goes before the APC",
     {10, 0}},
    {"iocp_thread_facts.PortConcurrencyLimitsRunningThreads",
     "a port's concurrency value is ignored"},
    {"iocp_thread_facts.WaitingThreadsAreReleasedLastInFirstOut",
     "waiting threads are released in turn",
     {9, 21}},
    {"nonblocking_facts.NonblockingSendTakesAllOrNothing",
     "a send takes what fits into the buffers, as on Linux",
     {10, 0}},
    {"nonblocking_poll_facts.WsaPollCallsAFailedConnectWritableToo",
     "WSAPoll reports a failed connect as POLLERR alone"},
    {"nonblocking_poll_facts.WsaPollCallsASocketInvalidThatWasClosedMeanwhile",
     "WSAPoll is no alertable wait, so nothing tells when its thread waits",
     {8, 10}},
    {"nonblocking_poll_facts.WsaPollRefusesToBeAskedForErrors",
     "WSAPoll takes these flags and ignores them"},
};

} // namespace

std::span<const wine_difference> wine_differences() noexcept {
    return differences;
}

std::string_view reason_to_skip(std::string_view suite, std::string_view test) {
    wchar_t wish[8] = L"";
    ::GetEnvironmentVariableW(L"TUTORIAL_WINE_DIFFERENCES", wish,
                              static_cast<DWORD>(std::size(wish)));
    const wine_version running = running_wine();
    if (running.major == 0 || std::wstring_view{wish} == L"run")
        return {};
    const std::string name = std::string{suite}.append(".").append(test);
    for (const wine_difference& difference : differences)
        if (difference.test == name && running.is_before(difference.gone_since))
            return difference.reason;
    return {};
}

wine_version running_wine() noexcept {
    const char* const name = win32::wine_version();
    if (name == nullptr)
        return {};
    const std::string_view text = name;
    const char* const end = text.data() + text.size();
    wine_version version{1, 0}; // whatever it calls itself, it is Wine
    const auto [dot, error] = std::from_chars(text.data(), end, version.major);
    if (error == std::errc{} && dot != end)
        std::from_chars(dot + 1, end, version.minor);
    return version;
}

} // namespace harness
