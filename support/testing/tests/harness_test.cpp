// The tests' own instruments must measure right, and notice failures.

#include "testing/client.hpp"
#include "testing/failures/failing_allocation.hpp"
#include "testing/held_port.hpp"
#include "testing/latch.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/live_memory.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/machine/watchdog.hpp"
#include "win32/ntdll.hpp"
#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace {

using harness::measure_process;
using harness::process_usage;

// There are many, since the system's libraries may open or close a handle of theirs at any time.
TEST(process_usage_of_tests, AnEventIsOneHandle) {
    constexpr std::size_t count = 200;
    constexpr double few = 20;
    const process_usage before = measure_process();
    std::vector<win32::unique_handle> events(count);
    for (win32::unique_handle& event : events)
        event.reset(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    const process_usage with_events = measure_process();
    EXPECT_NEAR(static_cast<double>(with_events.handles),
                static_cast<double>(before.handles + count), few);
    EXPECT_EQ(with_events.sockets, before.sockets);
    events.clear();
    EXPECT_NEAR(static_cast<double>(measure_process().handles), static_cast<double>(before.handles),
                few);
}

TEST(process_usage_of_tests, ASocketIsASocketAndAHandle) {
    const process_usage before = measure_process();
    std::vector<win32::unique_socket> sockets(100);
    for (win32::unique_socket& socket : sockets)
        socket = win32::make_tcp_socket();
    const process_usage with_sockets = measure_process();
    EXPECT_GT(with_sockets.handles, before.handles + sockets.size() / 2);
    EXPECT_EQ(with_sockets.sockets, before.sockets + sockets.size());
    sockets.clear();
    EXPECT_EQ(measure_process().sockets, before.sockets);
}

TEST(process_usage_of_tests, AThreadCountsUntilItHasEnded) {
    const win32::unique_handle go{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const std::size_t before = measure_process().threads;
    std::thread thread{[&] {
        ::WaitForSingleObject(go.get(), INFINITE);
    }};
    EXPECT_EQ(measure_process().threads, before + 1);
    // This thread begins in the program, without the run-time library.
    const win32::unique_handle plain{::CreateThread(
        nullptr, 0, [](void* event) { return ::WaitForSingleObject(event, INFINITE); }, go.get(), 0,
        nullptr)};
    EXPECT_EQ(measure_process().threads, before + 2);
    ::SetEvent(go.get());
    thread.join();
    EXPECT_EQ(::WaitForSingleObject(plain.get(), harness::deadline), DWORD{WAIT_OBJECT_0});
    EXPECT_EQ(measure_process().threads, before);
}

// A thread that begins in `function` of a DLL of the system, and is there but does not run yet.
win32::unique_handle thread_that_begins_in(const wchar_t* library, const char* function) {
    const auto start = reinterpret_cast<LPTHREAD_START_ROUTINE>(
        reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleW(library), function)));
    return win32::unique_handle{
        ::CreateThread(nullptr, 0, start, nullptr, CREATE_SUSPENDED, nullptr)};
}

TEST(process_usage_of_tests, ThreadsOfTheSystemsLibrariesDoNotCount) {
    const std::size_t before = measure_process().threads;
    // htonl takes one argument and returns, so a thread can run it.
    const win32::unique_handle of_winsock = thread_that_begins_in(L"ws2_32.dll", "htonl");
    ASSERT_TRUE(of_winsock);
    EXPECT_EQ(measure_process().threads, before);
    ::ResumeThread(of_winsock.get());
    EXPECT_EQ(::WaitForSingleObject(of_winsock.get(), harness::deadline), DWORD{WAIT_OBJECT_0});
}

TEST(process_usage_of_tests, TheSystemsPoolOfThreadsDoesNotCount) {
    const std::size_t before = measure_process().threads;
    const win32::unique_handle runs{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle go{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    HANDLE events[] = {runs.get(), go.get()};
    const auto wait = [](PTP_CALLBACK_INSTANCE, void* both, PTP_WORK) {
        ::SetEvent(static_cast<HANDLE*>(both)[0]);
        ::WaitForSingleObject(static_cast<HANDLE*>(both)[1], INFINITE);
    };
    const PTP_WORK work = ::CreateThreadpoolWork(wait, events, nullptr);
    ASSERT_NE(work, nullptr);
    ::SubmitThreadpoolWork(work);
    EXPECT_EQ(::WaitForSingleObject(runs.get(), harness::deadline), DWORD{WAIT_OBJECT_0});
    EXPECT_EQ(measure_process().threads, before);
    ::SetEvent(go.get());
    ::WaitForThreadpoolWorkCallbacks(work, FALSE);
    ::CloseThreadpoolWork(work);
}

TEST(process_usage_of_tests, FindsTheListenerOfAPort) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const std::uint16_t port = win32::local_port(listener.get());
    harness::client connected{port}; // its socket has the port's number on the other side
    EXPECT_EQ(harness::listeners_on(port), std::vector<SOCKET>{listener.get()});
    EXPECT_TRUE(harness::listeners_on(win32::local_port(connected.native())).empty());
}

TEST(held_port, IsFreeAgainAndAgainAndNobodyElses) {
    const harness::held_port one;
    const harness::held_port other;
    EXPECT_NE(one.number(), other.number());
    for (int round = 0; round < 3; ++round) {
        const win32::unique_socket listener = win32::listen_on("127.0.0.1", one.number());
        const harness::held_port third;
        EXPECT_NE(third.number(), one.number());
        EXPECT_NE(third.number(), other.number());
    }
}

// This process reads from a pipe that another one has inherited. On Windows a question about the
// pipe in the other process waits until the read is done; Wine answers at once.
TEST(process_usage_of_tests, WhatTheProcessInheritedIsNotAsked) {
    const harness::pipe_pair pipe = harness::make_pipe_pair();
    ASSERT_TRUE(
        ::SetHandleInformation(pipe.reader.get(), HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    wchar_t program[MAX_PATH];
    ASSERT_NE(::GetModuleFileNameW(nullptr, program, MAX_PATH), DWORD{0});
    std::thread reader{[&] {
        char byte = 0;
        DWORD read = 0;
        ::ReadFile(pipe.reader.get(), &byte, 1, &read, nullptr);
    }};

    std::wstring command = L"test --gtest_brief=1 "
                           L"--gtest_filter=process_usage_of_tests.ASocketIsASocketAndAHandle";
    STARTUPINFOW start{};
    start.cb = sizeof start;
    PROCESS_INFORMATION process{};
    EXPECT_TRUE(::CreateProcessW(program, command.data(), nullptr, nullptr, TRUE, 0, nullptr,
                                 nullptr, &start, &process));
    const win32::unique_handle started{process.hProcess};
    const win32::unique_handle its_thread{process.hThread};
    DWORD code = 1;
    EXPECT_EQ(::WaitForSingleObject(started.get(), harness::deadline), DWORD{WAIT_OBJECT_0});
    EXPECT_TRUE(::GetExitCodeProcess(started.get(), &code));
    EXPECT_EQ(code, 0u);

    DWORD written = 0;
    EXPECT_TRUE(::WriteFile(pipe.writer.get(), "x", 1, &written, nullptr));
    reader.join();
}

TEST(live_memory, CountsEveryKindOfBlock) {
    struct alignas(256) wide {
        char bytes[1024];
    };
    const std::size_t before = harness::live_bytes();
    {
        const auto bytes = std::make_unique<char[]>(10'000);
        EXPECT_EQ(harness::live_bytes(), before + 10'000);
        const std::unique_ptr<wide> one = std::make_unique<wide>();
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one.get()) % 256, 0u);
        const std::unique_ptr<wide[]> three = std::make_unique<wide[]>(3);
        const std::unique_ptr<int> plain{new (std::nothrow) int{}};
        EXPECT_GE(harness::live_bytes(), before + 10'000 + 4 * sizeof(wide) + sizeof(int));
    }
    EXPECT_EQ(harness::live_bytes(), before);
}

TEST(live_memory, PeakOutlivesTheBlock) {
    harness::reset_peak_live_bytes();
    const std::size_t before = harness::peak_live_bytes();
    {
        const std::vector<char> block(1'000'000);
        EXPECT_GE(harness::live_bytes(), before + block.size());
    }
    EXPECT_GE(harness::peak_live_bytes(), before + 1'000'000);
    harness::reset_peak_live_bytes();
    EXPECT_LT(harness::peak_live_bytes(), before + 1'000'000);
}

TEST(live_memory, FreedBlockIsGone) {
    const auto state_of = [](std::uintptr_t where) {
        MEMORY_BASIC_INFORMATION about{};
        ::VirtualQuery(reinterpret_cast<const void*>(where), &about, sizeof about);
        return about.State;
    };
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    harness::unmap_freed_blocks(1'000);
    auto large = std::make_unique<char[]>(1'000);
    const auto small = std::make_unique<char[]>(999);
    harness::unmap_freed_blocks(none); // changes nothing for the blocks that are there
    // Atomic to hide from GCC whose address this is: it would warn of a use after the end.
    const std::atomic<std::uintptr_t> where{reinterpret_cast<std::uintptr_t>(large.get())};
    EXPECT_EQ(state_of(where), DWORD{MEM_COMMIT});
    const std::size_t before = harness::live_bytes();
    large.reset();
    EXPECT_EQ(state_of(where), DWORD{MEM_RESERVE});
    EXPECT_EQ(harness::live_bytes(), before - 1'000);
}

// A crash that nobody noticed would let its test pass (see main.cpp).
TEST(live_memory, UseAfterTheEndEndsTheProgram) {
    const auto use_after_end = [] {
        harness::unmap_freed_blocks(1'000);
        auto block = std::make_unique<char[]>(1'000);
        const std::atomic<char*> where{block.get()}; // atomic for the reason above
        block.reset();
        *where.load() = 1;
    };
    // A thread of its own, since GoogleTest may catch the crash of a test's own thread.
    EXPECT_DEATH(std::thread{use_after_end}.join(), "");
}

// A thread that hangs in its beginning or end holds this lock.
void hold_the_loaders_lock() {
    const auto lock =
        win32::ntdll_function<LONG WINAPI(ULONG, ULONG*, ULONG_PTR*)>("LdrLockLoaderLock");
    ULONG_PTR cookie = 0;
    lock(0, nullptr, &cookie);
}

TEST(watchdog, EndsAProgramWhoseLoaderIsLocked) {
    const auto end_under_lock = [] {
        harness::latch locked{1};
        std::thread holder{[&] {
            hold_the_loaders_lock();
            locked.count_down();
            ::Sleep(INFINITE);
        }};
        locked.wait();
        harness::end_program();
    };
    EXPECT_EXIT(end_under_lock(), ::testing::ExitedWithCode(1), "");
}

TEST(live_memory, GateLetsAllocationsFail) {
    static std::atomic<int> asked{0};
    harness::set_allocation_gate([]() noexcept { return ++asked != 2; });
    const std::unique_ptr<char> first{new (std::nothrow) char};
    const std::unique_ptr<char> second{new (std::nothrow) char};
    harness::set_allocation_gate(nullptr);
    EXPECT_NE(first, nullptr);
    EXPECT_EQ(second, nullptr);
    EXPECT_EQ(asked, 2);
}

class failing_allocations : public harness::allocation_failures {};

// Whether each of five allocations on a thread of its own succeeds. It calls operator new, since a
// compiler may leave out a pair of new and delete expressions.
std::vector<bool> allocate_on_another_thread() {
    std::vector<bool> result(5);
    std::thread{[&] {
        for (std::size_t i = 0; i < result.size(); ++i) {
            void* const block = ::operator new(1, std::nothrow);
            result[i] = block != nullptr;
            ::operator delete(block, std::nothrow);
        }
    }}.join();
    return result;
}

TEST_F(failing_allocations, FailOnOtherThreadsAsManyAsAsked) {
    const harness::failing_allocation failure{2, 3};
    const auto mine = std::make_unique<char[]>(100); // the thread that made it is spared
    EXPECT_FALSE(failure.has_happened());
    EXPECT_EQ(allocate_on_another_thread(), (std::vector<bool>{true, false, false, false, true}));
    EXPECT_TRUE(failure.has_happened());
}

TEST_F(failing_allocations, FailByAnExceptionToo) {
    const harness::failing_allocation failure{1};
    bool thrown = false;
    std::thread{[&] {
        try {
            ::operator delete(::operator new(1));
        } catch (const std::bad_alloc&) {
            thrown = true;
        }
    }}.join();
    EXPECT_TRUE(thrown);
}

TEST_F(failing_allocations, FailNoMoreAfterwards) {
    { const harness::failing_allocation failure{1, 1'000}; }
    EXPECT_EQ(allocate_on_another_thread(), std::vector<bool>(5, true));
}

} // namespace
