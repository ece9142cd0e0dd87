// The promise of the gate: when stop() cancels, no start() is between its look at the gate and its
// call. The cancel would miss that operation, and stop() would wait for its callback for ever.
#include "echo_server.hpp"
#include "pool_facts.hpp"

#include "testing/client.hpp"
#include "testing/machine/watchdog.hpp"
#include "trace/hooks/import_table.hpp"

#include <array>
#include <atomic>
#include <span>

namespace {

using pool_facts::has_come;

// The first WSARecv of a server, which is held just before it does its work.
struct held_receive {
    std::atomic<bool> has_begun{false};
    std::atomic<bool> has_returned{false};
    std::atomic<bool> was_missed{false}; // by a cancel
    win32::unique_handle is_held = pool_facts::make_event();
    win32::unique_handle may_go_on = pool_facts::make_event();
};
std::atomic<held_receive*> held{nullptr};
std::atomic<DWORD> stopping_thread{0};

std::atomic<void*> original_receive{nullptr};
std::atomic<void*> original_cancel{nullptr};
std::atomic<void*> original_acquire{nullptr};

int WSAAPI hold_first_receive(SOCKET socket, WSABUF* buffers, DWORD count, DWORD* bytes,
                              DWORD* flags, WSAOVERLAPPED* overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    held_receive& receive = *held.load();
    const bool is_first = !receive.has_begun.exchange(true);
    if (is_first) {
        ::SetEvent(receive.is_held.get());
        EXPECT_TRUE(has_come(receive.may_go_on));
    }
    int result = SOCKET_ERROR;
    if (receive.was_missed)
        ::WSASetLastError(WSAECONNRESET); // fails: the real one would let stop() hang
    else
        result = reinterpret_cast<decltype(&::WSARecv)>(original_receive.load())(
            socket, buffers, count, bytes, flags, overlapped, routine);
    if (is_first)
        receive.has_returned = true;
    return result;
}

BOOL WINAPI look_before_cancel(HANDLE file, OVERLAPPED* overlapped) {
    held_receive& receive = *held.load();
    if (!receive.has_returned)
        receive.was_missed = true;
    ::SetEvent(receive.may_go_on.get());
    return reinterpret_cast<decltype(&::CancelIoEx)>(original_cancel.load())(file, overlapped);
}

// Lets the receive go on when stop() has to wait for a lock. If stop() gets the lock, it goes on to
// its cancels, with the receive still held.
void WINAPI look_before_waiting(SRWLOCK* lock) {
    if (stopping_thread == ::GetCurrentThreadId()) {
        if (::TryAcquireSRWLockExclusive(lock))
            return;
        ::SetEvent(held.load()->may_go_on.get());
    }
    reinterpret_cast<decltype(&::AcquireSRWLockExclusive)>(original_acquire.load())(lock);
}

const std::array<trace::hook, 3> hooks{{
    {"WSARecv", L"ws2_32.dll", reinterpret_cast<void*>(hold_first_receive), &original_receive},
    {"CancelIoEx", L"kernel32.dll", reinterpret_cast<void*>(look_before_cancel), &original_cancel},
    {"AcquireSRWLockExclusive", L"kernel32.dll", reinterpret_cast<void*>(look_before_waiting),
     &original_acquire},
}};
const std::span<const trace::hook> group{hooks};

TEST(thread_pool_operation_gate, StopCancelsOnlyWhenNoThreadIsBeforeItsCall) {
    const harness::watchdog limit{"stop()"};
    held_receive receive;
    held = &receive;
    const trace::import_patch patch{std::span{&group, 1}};
    thread_pool::echo_server server;
    const harness::client visitor{server.port()};
    ASSERT_TRUE(has_come(receive.is_held));
    stopping_thread = ::GetCurrentThreadId();
    server.stop();
    stopping_thread = 0;
    EXPECT_FALSE(receive.was_missed);
    EXPECT_TRUE(receive.has_returned);
}

} // namespace
