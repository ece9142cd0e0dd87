#include "coroutine_fixture.hpp"
#include "testing/failures/failing_allocation.hpp"
#include "testing/latch.hpp"
#include "testing/machine/live_memory.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace coroutines {

class coroutine_task : public coroutine_test {};

static_assert(std::is_nothrow_destructible_v<task<>>);
static_assert(std::is_nothrow_destructible_v<task<std::string>>);
static_assert(!std::is_copy_constructible_v<task<>>);

namespace {

task<int> number(int value) {
    co_return value;
}

task<std::string> name_of(int value) {
    const int known = co_await number(value);
    co_return std::to_string(known);
}

task<> note(std::string& into, int value) {
    const std::string name = co_await name_of(value);
    into += name;
}

task<> fail(const char* why) {
    throw std::runtime_error{why};
    co_return; // makes it a coroutine
}

task<> fail_deeper(const char* why, counted held) {
    co_await fail(why);
    held.ends = nullptr; // not reached
}

} // namespace

TEST_F(coroutine_task, ResultGoesToTheCoroutineThatAwaits) {
    std::string noted;
    all.spawn(note(noted, 17));
    EXPECT_EQ(all.running(), 0u);
    EXPECT_EQ(noted, "17");
}

TEST_F(coroutine_task, TaskThatIsNotAwaitedDoesNotStart) {
    std::string noted;
    { const task<> unused = note(noted, 17); }
    EXPECT_EQ(noted, "");
}

namespace {

task<> note_failure(std::string& into, int& ends) {
    try {
        const task<> work = fail_deeper("deep", counted{ends});
        co_await work;
    } catch (const std::runtime_error& error) {
        into = error.what();
    }
}

} // namespace

TEST_F(coroutine_task, ExceptionGoesToTheCoroutineThatAwaits) {
    std::string noted;
    int ends = 0;
    all.spawn(note_failure(noted, ends));
    EXPECT_EQ(noted, "deep");
    EXPECT_EQ(ends, 1);
}

TEST_F(coroutine_task, ExceptionThatNobodyCatchesEndsItsTaskAlone) {
    std::string noted;
    all.spawn(fail("alone"));
    all.spawn(note(noted, 4));
    EXPECT_EQ(all.running(), 0u);
    EXPECT_EQ(noted, "4");
}

namespace {

task<> hold(counted parameter, int& ends) {
    const counted local{ends};
    static_cast<void>(co_await number(1));
    static_cast<void>(parameter);
}

} // namespace

// GCC has had faults here: a parameter, or a temporary, destroyed twice or never.
TEST_F(coroutine_task, ParametersAndLocalsAreDestroyedOnce) {
    int ends = 0;
    {
        const task<> unused = hold(counted{ends}, ends);
        EXPECT_EQ(ends, 0);
    }
    EXPECT_EQ(ends, 1); // the parameter
    all.spawn(hold(counted{ends}, ends));
    EXPECT_EQ(ends, 3);
}

class coroutine_task_without_memory : public harness::allocation_failures {};

// The first allocation is the frame of the task, the second one that of the scope's coroutine.
TEST_F(coroutine_task_without_memory, TaskThatGetsNoFrameIsGoneAndDoesNotCount) {
    scope all;
    for (const unsigned nth : {1u, 2u}) {
        int ends = 0;
        bool failed = false;
        const harness::failing_allocation failure{nth};
        std::thread other{[&] { // this thread is spared
            try {
                all.spawn(hold(counted{ends}, ends));
            } catch (const std::bad_alloc&) {
                failed = true;
            }
        }};
        other.join();
        EXPECT_TRUE(failed);
        EXPECT_EQ(ends, 1) << "the parameter, when allocation " << nth << " fails";
        EXPECT_EQ(all.running(), 0u);
    }
}

TEST_F(coroutine_task, TasksOfSeveralThreadsAreCounted) {
    std::array<std::thread, 4> threads;
    harness::latch all_are_here{4};
    for (std::thread& each : threads)
        each = std::thread{[&] {
            all_are_here.count_down();
            all_are_here.wait();
            int ends = 0;
            for (int i = 0; i < 10'000; ++i)
                all.spawn(hold(counted{ends}, ends));
            EXPECT_EQ(ends, 20'000);
        }};
    for (std::thread& each : threads)
        each.join();
    EXPECT_EQ(all.running(), 0u);
}

namespace {

task<> pause_often(completion_port& port, ULONGLONG& lasted) {
    constexpr DWORD milliseconds = 30;
    const ULONGLONG begin = ::GetTickCount64();
    co_await pause{port, milliseconds};
    for (int i = 0; i < 100; ++i)
        co_await pause{port, 0}; // counts as 1
    co_await pause{port, milliseconds};
    lasted = ::GetTickCount64() - begin;
}

// Brings one packet after another, so that the threads look at the pauses all the time.
task<> exchange_until_alone(const scope& all, SOCKET client, SOCKET server,
                            const std::stop_token& stop, harness::latch& alone) {
    char byte = 0;
    while (all.running() != 1) {
        EXPECT_EQ(::send(client, &byte, 1, 0), 1);
        static_cast<void>(co_await receive{server, {&byte, 1}, stop});
    }
    alone.count_down();
}

} // namespace

// Each thread that takes packets may end any of the pauses, and a coroutine that goes on pauses
// again at once.
TEST_F(coroutine_task, PausesEndOnAnyThreadAndNoneIsLost) {
    const harness::watchdog limit{"the pauses"};
    std::array<ULONGLONG, 50> lasted{};
    harness::latch ended{1};
    for (ULONGLONG& each : lasted)
        all.spawn(pause_often(port, each));
    EXPECT_EQ(all.running(), lasted.size());
    all.spawn(exchange_until_alone(all, connection.client.get(), server(), stop, ended));
    std::array<std::thread, 3> threads;
    for (std::thread& each : threads)
        each = std::thread{[&] {
            while (port.run_one()) {
            }
        }};
    ended.wait();
    for (std::size_t i = 0; i < threads.size(); ++i)
        port.post_stop();
    for (std::thread& each : threads)
        each.join();
    EXPECT_EQ(all.running(), 0u);
    for (const ULONGLONG each : lasted)
        EXPECT_GE(each, 160u);
}

namespace {

task<> pause_until(completion_port& port, const bool& done) {
    while (!done)
        co_await pause{port, 0};
}

task<> pause_once(completion_port& port, bool& resumed) {
    co_await pause{port, 1};
    resumed = true;
}

} // namespace

TEST_F(coroutine_task, CoroutineThatPausesAgainAndAgainLetsTheThreadGo) {
    const harness::watchdog limit{"run_one()"};
    bool done = false;
    all.spawn(pause_until(port, done));
    EXPECT_TRUE(port.run_one());
    EXPECT_EQ(all.running(), 1u);
    done = true;
    run();
}

// A thread that took a stop packet may never run the port again. A coroutine that it resumed could
// pause once more, and no thread would know of that.
TEST_F(coroutine_task, ThreadThatIsStoppedEndsNoPause) {
    const harness::watchdog limit{"the pause"};
    bool resumed = false;
    all.spawn(pause_once(port, resumed));
    for (const ULONGLONG made = ::GetTickCount64(); ::GetTickCount64() <= made;) {
    } // now it is due
    port.post_stop();
    EXPECT_FALSE(port.run_one());
    EXPECT_FALSE(resumed);
    run();
    EXPECT_TRUE(resumed);
}

// Who frees a detached coroutine? It frees itself: final_suspend() does not suspend.
TEST_F(coroutine_task, DetachedTasksLeaveNoFrameBehind) {
    std::string noted;
    all.spawn(note(noted, 0));
    const std::size_t before = harness::live_bytes();
    for (int i = 0; i < 100; ++i) {
        all.spawn(note(noted, 1));
        noted.clear();
    }
    EXPECT_EQ(harness::live_bytes(), before);
}

namespace {

struct asks_at_its_end {
    explicit asks_at_its_end(const scope& asked, std::size_t& answer)
        : all{asked}, running{answer} {}
    ~asks_at_its_end() { running = all.running(); }
    asks_at_its_end(const asks_at_its_end&) = delete;
    asks_at_its_end& operator=(const asks_at_its_end&) = delete;

    const scope& all;
    std::size_t& running;
};

task<> use(const scope& all, std::size_t& answer) {
    const asks_at_its_end owner{all, answer};
    static_cast<void>(co_await number(1));
}

task<> own(std::unique_ptr<asks_at_its_end> parameter) {
    static_cast<void>(co_await number(1));
    static_cast<void>(parameter);
}

} // namespace

// A scope that counted earlier would let a server go while a frame still closes its socket.
TEST_F(coroutine_task, TaskCountsUntilAllThatItOwnsIsGone) {
    std::size_t running = 99;
    all.spawn(use(all, running));
    EXPECT_EQ(running, 1u);
    running = 99;
    all.spawn(own(std::make_unique<asks_at_its_end>(all, running)));
    EXPECT_EQ(running, 1u); // a parameter lives as long as the frame
}

namespace {

// Fewer bytes than 1000 calls within each other take on the stack.
constexpr std::intptr_t few = 1000 * 16;

#if defined(_MSC_VER)
__declspec(noinline)
#else
[[gnu::noinline]]
#endif
    std::intptr_t stack_here() {
    volatile char local = 0;
    volatile std::intptr_t here = reinterpret_cast<std::intptr_t>(&local);
    return here;
}

task<std::intptr_t> stack_of_a_task() {
    co_return stack_here();
}

task<> measure_tasks(int rounds, std::intptr_t& used) {
    const std::intptr_t first = co_await stack_of_a_task();
    std::intptr_t last = first;
    for (int i = 0; i < rounds; ++i)
        last = co_await stack_of_a_task();
    used = first - last;
}

task<> measure_failures(int rounds, const std::stop_token& stop, std::intptr_t& used) {
    const std::intptr_t first = stack_here();
    char byte = 0;
    int failed = 0;
    for (int i = 0; i < rounds; ++i) {
        try {
            static_cast<void>(co_await receive{INVALID_SOCKET, {&byte, 1}, stop});
        } catch (const std::system_error&) {
            ++failed;
        }
    }
    EXPECT_EQ(failed, rounds);
    used = first - stack_here();
}

} // namespace

// The tasks are done at once, one after another. Each would stand on the stack below the next one
// if its end called the coroutine that awaits it.
TEST_F(coroutine_task, TasksThatAreDoneAtOnceTakeNoStack) {
    std::intptr_t used = few;
    all.spawn(measure_tasks(1000, used));
    EXPECT_LT(used, few);
}

// Likewise, for operations whose call fails.
TEST_F(coroutine_task, OperationsThatFailAtOnceTakeNoStack) {
    std::intptr_t used = few;
    all.spawn(measure_failures(1000, stop, used));
    EXPECT_LT(used, few);
}

} // namespace coroutines
