#include "check.hpp"

#include "report.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace exercise {

namespace {

using clock = std::chrono::steady_clock;

// The present step, and the thread that ends the program when the step takes too long.
class present_step {
public:
    // Nothing is freed under the lock: a broken heap may crash there, and the report needs the
    // lock.
    void begin(std::string expected, std::chrono::seconds limit) {
        {
            const std::lock_guard lock{mutex_};
            expected_.swap(expected);
            limit_ = limit;
            deadline_ = clock::now() + limit;
            if (!watcher_.joinable())
                watcher_ = std::thread{&present_step::watch, this};
        }
        changed_.notify_one();
    }

    void end() {
        const std::lock_guard lock{mutex_};
        expected_.clear();
        about_ = nullptr;
        deadline_ = clock::time_point::max();
    }

    void about(const rule* what) {
        const std::lock_guard lock{mutex_};
        about_ = what;
    }

    [[nodiscard]] failure with(std::string got) {
        const std::lock_guard lock{mutex_};
        return failure{expected_, std::move(got), about_};
    }

private:
    void watch() {
        std::unique_lock lock{mutex_};
        while (clock::now() < deadline_)
            if (deadline_ == clock::time_point::max())
                changed_.wait(lock);
            else
                changed_.wait_until(lock, deadline_);
        failure late{expected_,
                     "it has not come within " + std::to_string(limit_.count()) +
                         " seconds; the program still waits",
                     about_};
        lock.unlock();
        begin_report();
        end_with(late);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string expected_;
    std::chrono::seconds limit_{0};
    clock::time_point deadline_ = clock::time_point::max();
    const rule* about_ = nullptr;
    std::thread watcher_; // runs until the program is ended: it is never joined
};

// Never destroyed: the watcher and the learner's threads may use it to the end.
present_step& step() {
    static present_step& only = *new present_step;
    return only;
}

} // namespace

void about(const rule& of_test) {
    step().about(&of_test);
}

void expect(std::string what, std::chrono::seconds limit) {
    step().begin(std::move(what), limit);
}

void require(bool holds, const std::string& got) {
    if (!holds)
        end_with_got(got);
}

void end_step() {
    step().end();
}

void end_with_got(const std::string& got) {
    begin_report();
    end_with(step().with(got));
}

} // namespace exercise
