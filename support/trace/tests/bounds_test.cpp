// A recording stays within its memory, whatever the program does, and counts the events that it
// loses.

#include "parsed_trace.hpp"

#include "trace/log/event_store.hpp"
#include "trace/log/thread_logs.hpp"
#include "trace/recorder.hpp"

#include "testing/loopback.hpp"
#include "testing/run_at_once.hpp"
#include "win32/ntdll.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <thread>

namespace {

using trace::call;
using trace::event;
using trace::event_store;
using trace::recorder;
using trace::recording;

void sleep_not_at_all(unsigned times) {
    for (unsigned i = 0; i < times; ++i)
        ::SleepEx(0, FALSE);
}

std::uint64_t made(const recording& what, call which) {
    std::uint64_t result = 0;
    for (const trace::thread_info& each : what.threads)
        result += each.totals[static_cast<std::size_t>(which)].count;
    return result;
}

TEST(bounds_of_a_recording, TheOldestEventsAreDroppedAndCounted) {
    constexpr std::uint32_t chunks = 4;
    constexpr unsigned calls = 10 * chunks * event_store::chunk_size + 100;
    recorder recorder{chunks};
    sleep_not_at_all(calls);
    const recording what = recorder.stop();
    EXPECT_LE(what.events.size(), chunks * event_store::chunk_size);
    EXPECT_GT(what.events.size(), (chunks - 1) * event_store::chunk_size);
    EXPECT_EQ(what.events.size() + what.dropped, calls);
    EXPECT_EQ(made(what, call::SleepEx), calls) << "the sums are exact all the same";
    // The latest events are left, without a gap.
    std::set<std::uint32_t> numbers;
    for (const event* each : what.events)
        numbers.insert(each->number);
    EXPECT_EQ(numbers.size(), what.events.size());
    EXPECT_EQ(*numbers.rbegin(), calls);
    EXPECT_EQ(*numbers.begin(), calls - what.events.size() + 1);

    const trace_tests::parsed_trace parsed{what};
    EXPECT_EQ(parsed.whole()["otherData"]["dropped"], what.dropped);
    EXPECT_EQ(parsed.calls("SleepEx").size(), what.events.size());
}

TEST(bounds_of_a_recording, ThreadsThatOverwriteEachOtherLoseNothingUncounted) {
    constexpr std::uint32_t chunks = 8;
    constexpr unsigned calls = 6000;
    recorder recorder{chunks};
    harness::run_at_once(4, [](unsigned) { sleep_not_at_all(calls); });
    const recording what = recorder.stop();
    std::uint64_t all = 0;
    for (const trace::thread_info& thread : what.threads)
        for (const trace::call_total& total : thread.totals)
            all += total.count;
    EXPECT_EQ(made(what, call::SleepEx), 4 * calls);
    EXPECT_EQ(what.events.size() + what.dropped, all);
    EXPECT_LE(what.events.size(), chunks * event_store::chunk_size);
    const trace_tests::parsed_trace checked{what};
}

// With fewer chunks than threads, those without a chunk lose their events, and wait for nobody.
TEST(bounds_of_a_recording, AThreadThatFindsNoRoomGoesOn) {
    recorder recorder{1};
    sleep_not_at_all(1); // this thread holds the only chunk
    std::thread thread{[] {
        sleep_not_at_all(1000);
    }};
    thread.join();
    const recording what = recorder.stop();
    EXPECT_EQ(made(what, call::SleepEx), 1001u);
    EXPECT_GE(what.dropped, 1000u);
}

TEST(bounds_of_a_recording, FiveHundredThreadsThatComeAndGoAreAllThere) {
    constexpr int count = 500;
    recorder recorder{16};
    for (int i = 0; i < count; ++i)
        std::thread{[] {
            sleep_not_at_all(1);
        }}.join();
    const recording what = recorder.stop();
    EXPECT_EQ(what.dropped, 0u) << "short threads share chunks";
    EXPECT_EQ(made(what, call::SleepEx), count);
    EXPECT_EQ(what.threads.size(), 1u + count);
    // Windows gives the numbers of ended threads to new ones, yet no two share a track.
    const trace_tests::parsed_trace parsed{what};
    EXPECT_EQ(parsed.thread_names().size(), 1u + count);
    EXPECT_EQ(parsed.calls("SleepEx").size(), std::size_t{count});
}

TEST(bounds_of_a_recording, MoreThreadsThanLogsKeepTheirSums) {
    constexpr int count = 1200;
    recorder recorder{64};
    for (int i = 0; i < count; ++i)
        std::thread{[] {
            sleep_not_at_all(2);
        }}.join();
    const recording what = recorder.stop();
    EXPECT_EQ(made(what, call::SleepEx), 2 * count);
    EXPECT_LT(what.threads.size(), std::size_t{count});
    EXPECT_EQ(what.threads.back().name, "threads that ended long ago");
    const trace_tests::parsed_trace parsed{what};
    EXPECT_EQ(parsed.thread_names().size(), 1u + count);
}

TEST(bounds_of_a_recording, AThreadIsNamedByItsDescription) {
    using function = HRESULT(WINAPI*)(HANDLE, PCWSTR);
    const auto describe = reinterpret_cast<function>(reinterpret_cast<void*>(
        ::GetProcAddress(::GetModuleHandleW(L"kernel32.dll"), "SetThreadDescription")));
    ASSERT_NE(describe, nullptr);
    recorder recorder{16};
    std::thread thread{[&] {
        describe(::GetCurrentThread(), L"작업자");
        sleep_not_at_all(1);
    }};
    thread.join();
    const recording what = recorder.stop();
    ASSERT_EQ(what.threads.size(), 2u);
    EXPECT_EQ(what.threads[0].name, "main");
    EXPECT_EQ(what.threads[1].name, "작업자");
}

// The system holds the loader's lock while it tells DLLs of a thread's start or end. Thread A may
// hold it and wait for a lock that the system holds while it tells us of the end of thread B. So we
// must not take the loader's lock then. The first end of a thread in a process is the critical one.
//
// No document says that the system itself does not take the loader's lock before it tells us. But
// .NET builds on it: https://github.com/dotnet/runtime/pull/112809
TEST(bounds_of_a_recording, AThreadEndsWhileAnotherHoldsTheLoadersLock) {
    const auto lock =
        win32::ntdll_function<LONG NTAPI(ULONG, ULONG*, ULONG_PTR*)>("LdrLockLoaderLock");
    const auto unlock = win32::ntdll_function<LONG NTAPI(ULONG, ULONG_PTR)>("LdrUnlockLoaderLock");
    ASSERT_TRUE(lock != nullptr && unlock != nullptr);
    const win32::unique_handle inside{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle go{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const win32::unique_handle told{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};

    recorder recorder{16};
    // Made after the recorder's own, so its turn comes after that one.
    const DWORD at_end = ::FlsAlloc([](void* event) { ::SetEvent(event); });
    std::thread thread{[&] {
        ::FlsSetValue(at_end, told.get());
        ::SetEvent(inside.get());
        ::WaitForSingleObject(go.get(), INFINITE);
    }};
    ::WaitForSingleObject(inside.get(), INFINITE);
    ULONG_PTR cookie = 0;
    lock(0, nullptr, &cookie);
    ::SetEvent(go.get());
    EXPECT_EQ(::WaitForSingleObject(told.get(), harness::deadline), WAIT_OBJECT_0);
    unlock(0, cookie);
    thread.join();
    ::FlsFree(at_end);
    EXPECT_EQ(recorder.stop().threads.size(), 2u);
}

struct meeting {
    win32::unique_handle inside{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    win32::unique_handle go{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
};

void CALLBACK stay(ULONG_PTR context) {
    const auto& meeting = *reinterpret_cast<const struct meeting*>(context);
    ::SetEvent(meeting.inside.get());
    ::WaitForSingleObject(meeting.go.get(), INFINITE);
}

// The recording ends while another thread is in a call: the call is there, up to the end.
TEST(bounds_of_a_recording, ACallThatHasNotReturnedIsUnfinished) {
    const meeting meeting{};
    recorder recorder{16};
    std::thread thread{[&] {
        ::QueueUserAPC(stay, ::GetCurrentThread(), reinterpret_cast<ULONG_PTR>(&meeting));
        ::SleepEx(INFINITE, TRUE); // runs stay()
    }};
    ::WaitForSingleObject(meeting.inside.get(), INFINITE);
    const recording what = recorder.stop();
    ::SetEvent(meeting.go.get());
    thread.join();

    const trace_tests::parsed_trace parsed{what};
    const auto sleeps = parsed.calls("SleepEx");
    ASSERT_EQ(sleeps.size(), 1u);
    EXPECT_EQ(sleeps[0]["unfinished"], true);
    EXPECT_EQ(sleeps[0]["result"], "pending");
}

struct late_routine : OVERLAPPED {
    late_routine() : OVERLAPPED{} {}
    DWORD bytes = 0;
    bool called = false;
};

void CALLBACK note(DWORD, DWORD bytes, OVERLAPPED* overlapped) {
    auto& self = *static_cast<late_routine*>(overlapped);
    self.bytes = bytes;
    self.called = true;
}

// The routine of an operation that outlives the recording finds its way home, also into the next.
TEST(bounds_of_a_recording, ARoutineIsCalledWhenTheRecordingHasEnded) {
    for (const bool record_again : {false, true}) {
        const harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
        late_routine operation;
        char buffer[16];
        {
            recorder recorder{16};
            ASSERT_TRUE(::ReadFileEx(pipe.reader.get(), buffer, sizeof buffer, &operation, note));
        }
        std::optional<recorder> next;
        if (record_again)
            next.emplace(16u);
        DWORD written = 0;
        ASSERT_TRUE(::WriteFile(pipe.writer.get(), "hello", 5, &written, nullptr));
        while (!operation.called)
            ASSERT_EQ(::SleepEx(harness::deadline, TRUE), static_cast<DWORD>(WAIT_IO_COMPLETION));
        EXPECT_EQ(operation.bytes, 5u);
        if (record_again) {
            EXPECT_EQ(trace_tests::parsed_trace{next->stop()}.routines().size(), 1u);
        }
    }
}

} // namespace
