// The tests' own instruments: what they measure, and that they notice.

#include "testing/client.hpp"
#include "testing/failing_allocation.hpp"
#include "testing/live_memory.hpp"
#include "testing/process_usage.hpp"

#include "win32/winsock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace {

using harness::measure_process;
using harness::process_usage;

TEST(process_usage_of_tests, AnEventIsOneHandle) {
    const process_usage before = measure_process();
    win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const process_usage with_event = measure_process();
    EXPECT_EQ(with_event.handles, before.handles + 1);
    EXPECT_EQ(with_event.sockets, before.sockets);
    event.reset();
    EXPECT_EQ(measure_process().handles, before.handles);
}

TEST(process_usage_of_tests, ASocketIsASocketAndAHandle) {
    static_cast<void>(win32::make_tcp_socket()); // the first one makes Winsock open what it needs
    const process_usage before = measure_process();
    win32::unique_socket socket = win32::make_tcp_socket();
    const process_usage with_socket = measure_process();
    EXPECT_GE(with_socket.handles, before.handles + 1);
    EXPECT_EQ(with_socket.sockets, before.sockets + 1);
    socket.reset();
    EXPECT_EQ(measure_process().sockets, before.sockets);
}

TEST(process_usage_of_tests, AThreadCountsUntilItHasEnded) {
    const win32::unique_handle go{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const std::size_t before = measure_process().threads;
    std::thread thread{[&] {
        ::WaitForSingleObject(go.get(), INFINITE);
    }};
    EXPECT_EQ(measure_process().threads, before + 1);
    ::SetEvent(go.get());
    thread.join();
    EXPECT_EQ(measure_process().threads, before);
}

TEST(process_usage_of_tests, FindsTheListenerOfAPort) {
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    const std::uint16_t port = win32::local_port(listener.get());
    harness::client connected{port}; // has the port's number too, but on the other side
    EXPECT_EQ(harness::listeners_on(port), std::vector<SOCKET>{listener.get()});
    EXPECT_TRUE(harness::listeners_on(win32::local_port(connected.native())).empty());
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
    harness::unmap_freed_blocks(none); // it stays what it is for those that are there
    // Atomic only that GCC may not see whose address this is: it warns of the use after the end.
    const std::atomic<std::uintptr_t> where{reinterpret_cast<std::uintptr_t>(large.get())};
    EXPECT_EQ(state_of(where), DWORD{MEM_COMMIT});
    const std::size_t before = harness::live_bytes();
    large.reset();
    EXPECT_EQ(state_of(where), DWORD{MEM_RESERVE});
    EXPECT_EQ(harness::live_bytes(), before - 1'000);
}

// Were it not noticed, a test that crashes would pass (see main.cpp).
TEST(live_memory, UseAfterTheEndEndsTheProgram) {
    const auto use_after_end = [] {
        harness::unmap_freed_blocks(1'000);
        auto block = std::make_unique<char[]>(1'000);
        const std::atomic<char*> where{block.get()}; // atomic for the reason above
        block.reset();
        *where.load() = 1;
    };
    // On a thread of its own: where GoogleTest catches what a test's own thread does, it is not to.
    EXPECT_DEATH(std::thread{use_after_end}.join(), "");
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

// Whether each of five allocations on a thread of its own succeeds. Not by `new`: a compiler may
// leave out a pair of new and delete.
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
