// The wheel alone, with a time of the test's own, so that nothing waits.
#include "server/pool/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace {

using iocp::clock;
using std::chrono::hours;
using std::chrono::milliseconds;

struct alarm_clock : iocp::timer {
    explicit alarm_clock(int name = 0) : number{name} {}
    int number;
};

class timer_wheel : public ::testing::Test {
protected:
    static constexpr milliseconds tick{100};
    static constexpr milliseconds one_round = tick * iocp::timer_wheel::slots;

    // Returns the numbers of the timers that are due, in the order in which they come out.
    std::vector<int> due_at(clock::duration time) {
        std::vector<int> result;
        const auto get = [](iocp::timer& what) {
            return &static_cast<alarm_clock&>(what);
        };
        while (const alarm_clock* due = wheel.take_due(start + time, get))
            result.push_back(due->number);
        return result;
    }

    void set(alarm_clock& what, clock::duration time) { wheel.set(what, start + time); }

    const clock::time_point start{hours{1000}};
    iocp::timer_wheel wheel{tick, start};
    const std::vector<int> nothing{};
};

TEST_F(timer_wheel, DeadlineNeverComesEarlyAndAtMostATickLate) {
    for (const milliseconds deadline :
         {milliseconds{0}, milliseconds{1}, milliseconds{99}, milliseconds{100}, milliseconds{101},
          milliseconds{5'000}, one_round - tick, one_round, one_round + tick, 10 * one_round}) {
        iocp::timer_wheel fresh{tick, start};
        alarm_clock one;
        fresh.set(one, start + deadline);
        const auto get = [](iocp::timer& what) {
            return &what;
        };
        clock::duration came{-1};
        for (clock::duration now{0}; came.count() < 0 && now <= deadline + 2 * tick;
             now += milliseconds{50})
            if (fresh.take_due(start + now, get) != nullptr)
                came = now;
        EXPECT_GE(came, deadline);
        EXPECT_LE(came, deadline + tick) << deadline.count();
    }
}

TEST_F(timer_wheel, EachComesOnce) {
    alarm_clock one{1};
    set(one, milliseconds{250});
    EXPECT_EQ(due_at(milliseconds{200}), nothing);
    EXPECT_EQ(due_at(milliseconds{300}), std::vector{1});
    EXPECT_EQ(due_at(milliseconds{300}), nothing);
    EXPECT_EQ(due_at(10 * one_round), nothing);
}

TEST_F(timer_wheel, CancelledNeverComes) {
    alarm_clock one{1};
    alarm_clock two{2};
    alarm_clock three{3};
    for (alarm_clock* each : {&one, &two, &three}) // neighbours in one slot
        set(*each, milliseconds{250});
    wheel.cancel(two);
    wheel.cancel(two); // it is out already
    EXPECT_EQ(due_at(milliseconds{300}).size(), 2u);
    wheel.cancel(one); // it has come up already
    EXPECT_EQ(due_at(10 * one_round), nothing);
}

TEST_F(timer_wheel, SettingAgainMovesTheDeadline) {
    alarm_clock one{1};
    set(one, milliseconds{250});
    set(one, milliseconds{950});
    EXPECT_EQ(due_at(milliseconds{900}), nothing);
    EXPECT_EQ(due_at(milliseconds{1'000}), std::vector{1});
    set(one, milliseconds{5'000});
    set(one, milliseconds{1'500});
    EXPECT_EQ(due_at(milliseconds{1'600}), std::vector{1});
    EXPECT_EQ(due_at(milliseconds{6'000}), nothing);
}

TEST_F(timer_wheel, ManyTurnsAwayStaysForAsManyTurns) {
    alarm_clock soon{1};
    alarm_clock late{2};
    set(soon, milliseconds{250});
    set(late, milliseconds{250} + 3 * one_round); // the same slot
    EXPECT_EQ(due_at(milliseconds{300}), std::vector{1});
    for (int turn = 1; turn <= 2; ++turn)
        EXPECT_EQ(due_at(turn * one_round + milliseconds{300}), nothing) << "turn " << turn;
    EXPECT_EQ(due_at(3 * one_round + milliseconds{300}), std::vector{2});
}

TEST_F(timer_wheel, DeadlineInThePastComesWithTheNextTick) {
    EXPECT_EQ(due_at(milliseconds{5'000}), nothing);
    alarm_clock one{1};
    set(one, milliseconds{1'000});
    alarm_clock two{2};
    wheel.set(two, clock::time_point::min());
    EXPECT_EQ(due_at(milliseconds{5'100}).size(), 2u);
}

TEST_F(timer_wheel, AfterALongPauseAllThatAreDueCome) {
    std::vector<std::unique_ptr<alarm_clock>> alarms;
    for (int i = 0; i < 2'000; ++i) {
        alarms.push_back(std::make_unique<alarm_clock>(i));
        set(*alarms.back(), i * tick);
    }
    EXPECT_EQ(due_at(3'000 * tick).size(), 2'000u);
}

// Compares the wheel with a list that is searched for each tick.
TEST_F(timer_wheel, AgreesWithASearchedList) {
    struct entry {
        alarm_clock alarm;
        bool is_in = false;
        clock::duration deadline{};
    };
    std::vector<std::unique_ptr<entry>> entries;
    for (int i = 0; i < 300; ++i) {
        entries.push_back(std::make_unique<entry>());
        entries.back()->alarm.number = i;
    }
    std::minstd_rand engine{7};
    clock::duration now{0};
    for (int step = 0; step < 20'000; ++step) {
        entry& one = *entries[engine() % entries.size()];
        switch (engine() % 4) {
        case 0:
            wheel.cancel(one.alarm);
            one.is_in = false;
            break;
        case 1:
            now += milliseconds{engine() % 500};
            for (const int number : due_at(now)) {
                entry& due = *entries[static_cast<std::size_t>(number)];
                ASSERT_TRUE(due.is_in);
                ASSERT_LE(due.deadline, now);
                due.is_in = false;
            }
            for (const auto& each : entries)
                ASSERT_FALSE(each->is_in && each->deadline + tick <= now) << "forgotten";
            break;
        default:
            one.is_in = true;
            one.deadline = now + milliseconds{engine() % 200'000};
            set(one.alarm, one.deadline);
            break;
        }
    }
}

} // namespace
