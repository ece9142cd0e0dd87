#include "transfer.hpp"

#include "../routines_in_flight.hpp"
#include "testing/client.hpp"
#include "testing/exercise/check.hpp"
#include "testing/exercise/counted_calls.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/deadline.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>

namespace {

const exercise::rule every_operation{
    "the work is done when the routine of every operation has run, that of the last write too; and "
    "a wait that ends because a routine has run does not say which one it was",
    "04_overlapped_callback/README.md", "The copy"};

const exercise::rule only_alertable{
    "routines run in an alertable wait, and in no other: while run() waits in another way, the "
    "routines of its caller are held up",
    "04_overlapped_callback/README.md", "No alertable wait, no call"};
const exercise::rule the_memory_is_lent{
    "a cancel only asks; the memory of an operation is lent until its routine has been called, and "
    "that takes an alertable wait",
    "04_overlapped_callback/README.md", "The copy"};

using exercise::routines_in_flight;
using writes = exercise::counted_calls<decltype(::WriteFileEx)>;
using results = exercise::counted_calls<decltype(::GetOverlappedResult)>;
using results_ex = exercise::counted_calls<decltype(::GetOverlappedResultEx)>;

// Queues a routine of the caller's when it goes: it runs in the next alertable wait, and ends it.
struct own_routine {
    own_routine() = default;
    ~own_routine() {
        ::QueueUserAPC([](ULONG_PTR) {}, ::GetCurrentThread(), 0);
    }

    own_routine(const own_routine&) = delete;
    own_routine& operator=(const own_routine&) = delete;
};

// A transfer on a thread of its own, and the reader of its pipe, which is played by the test.
class scene {
public:
    explicit scene(std::size_t size)
        : content_{harness::make_message(size)}, file_{folder_.make_file(L"report", content_)} {
        thread_ = std::thread{&scene::transfer, this};
    }

    ~scene() { thread_.join(); }

    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    // Returns when the file's only block is being written, and the transfer has either returned or
    // waits for something. Several of the caller's own routines have run in that wait.
    void wait_until_it_waits() {
        writes::wait_until_begun(writes_before_ + 1);
        for (int i = 0; i < 3; ++i) {
            routines_run_ = false;
            ::QueueUserAPC(
                [](ULONG_PTR self) { reinterpret_cast<scene*>(self)->routines_run_ = true; },
                handle_.load(), reinterpret_cast<ULONG_PTR>(this));
            harness::wait_until([this] {
                return routines_run_ || has_returned_ || results_begun() > results_before_;
            });
        }
    }

    // All bytes up to the end of the pipe.
    void require_whole() {
        std::string come;
        std::array<char, 4096> buffer;
        DWORD bytes = 0;
        while (::ReadFile(pipe_.reader.get(), buffer.data(), static_cast<DWORD>(buffer.size()),
                          &bytes, nullptr) &&
               bytes != 0)
            come.append(buffer.data(), bytes);
        exercise::require(come.size() == content_.size(),
                          "the reader has " + std::to_string(come.size()) + " of " +
                              std::to_string(content_.size()) + " bytes, and then comes the end");
        exercise::require(come == content_, "the reader has other bytes than the file");
    }

    void close_reader() { pipe_.reader.reset(); }

    // The operations whose routine had not been called when the transfer was gone.
    [[nodiscard]] std::size_t left_in_flight() {
        harness::wait_until([this] { return has_returned_.load(); });
        return left_in_flight_;
    }

    // What the transfer has thrown; empty if nothing.
    [[nodiscard]] std::string thrown() {
        harness::wait_until([this] { return has_returned_.load(); });
        return thrown_;
    }

private:
    // The waits in which no routine need run.
    [[nodiscard]] static unsigned results_begun() { return results::begun() + results_ex::begun(); }

    void transfer() {
        HANDLE own = nullptr;
        ::DuplicateHandle(::GetCurrentProcess(), ::GetCurrentThread(), ::GetCurrentProcess(), &own,
                          0, FALSE, DUPLICATE_SAME_ACCESS);
        handle_ = own;
        try {
            last_write::transfer tested{file_, pipe_.writer.get()};
            const own_routine in_the_last_wait;
            tested.run();
        } catch (const std::exception& error) {
            thrown_ = error.what();
        }
        left_in_flight_ = routines_in_flight::count();
        pipe_.writer.reset();
        has_returned_ = true;
    }

    const writes writes_{"WriteFileEx", L"kernel32.dll"};
    const results results_{"GetOverlappedResult", L"kernel32.dll"};
    const results_ex results_ex_{"GetOverlappedResultEx", L"kernel32.dll"};
    const unsigned writes_before_ = writes::begun();
    const unsigned results_before_ = results_begun();
    const harness::temporary_folder folder_;
    const std::string content_;
    const std::filesystem::path file_;
    harness::pipe_pair pipe_ = harness::make_pipe_pair(0, FILE_FLAG_OVERLAPPED);
    std::string thrown_;
    std::size_t left_in_flight_ = 0;
    std::atomic<bool> has_returned_ = false;
    std::atomic<bool> routines_run_ = false;
    std::atomic<HANDLE> handle_ = nullptr;
    std::thread thread_;
};

TEST(last_write, SmallFileArrives) {
    exercise::about(every_operation);
    for (const std::size_t size : {0u, 1u, 1000u}) {
        exercise::expect("all bytes of a file that fits into the pipe's buffer reach the reader");
        scene tested{size};
        tested.require_whole();
        exercise::expect("nothing is thrown");
        exercise::require(tested.thrown().empty(), tested.thrown());
    }
}

TEST(last_write, FileOfOneBlockArrives) {
    exercise::about(only_alertable);
    exercise::expect("the caller's own routines run while a write waits for a reader that takes "
                     "its time");
    scene tested{40'000};
    tested.wait_until_it_waits();
    exercise::about(every_operation);
    exercise::expect("all 40,000 bytes of the file reach the reader");
    tested.require_whole();
    exercise::expect("nothing is thrown");
    exercise::require(tested.thrown().empty(), tested.thrown());
}

TEST(last_write, ErrorOfTheLastWriteIsThrown) {
    exercise::about(every_operation);
    exercise::expect("run() throws when the reader leaves without the last block");
    scene tested{40'000};
    tested.wait_until_it_waits();
    tested.close_reader();
    exercise::require(!tested.thrown().empty(), "nothing is thrown, as if all had arrived");
}

TEST(last_write, ErrorOfAnEarlierWriteIsThrown) {
    exercise::about(every_operation);
    exercise::expect("run() throws when the reader leaves without the first block of many");
    scene tested{1'000'000};
    tested.wait_until_it_waits();
    tested.close_reader();
    exercise::require(!tested.thrown().empty(), "nothing is thrown, as if all had arrived");
}

TEST(last_write, NothingIsInFlightAfterAFailure) {
    exercise::about(the_memory_is_lent);
    const routines_in_flight operations;
    exercise::expect("run() throws when the second block cannot be read, and the reader leaves");
    operations.let_reads_fail_after(1);
    scene tested{1'000'000};
    tested.wait_until_it_waits();
    tested.close_reader();
    exercise::require(!tested.thrown().empty(), "nothing is thrown, as if all had arrived");
    exercise::expect("when the transfer is gone, the routine of every operation has been called, "
                     "though a cancel takes its time and a routine of the caller's ends the wait");
    exercise::require(tested.left_in_flight() == 0,
                      "an operation is in flight whose memory is gone");
}

TEST(last_write, LongFileArrives) {
    exercise::about(every_operation);
    constexpr std::size_t block = last_write::block_size;
    for (const std::size_t size : {block, 2 * block, 3 * block, std::size_t{1'000'000}}) {
        exercise::expect("all " + std::to_string(size) + " bytes of a file reach the reader");
        scene tested{size};
        tested.require_whole();
        exercise::expect("nothing is thrown");
        exercise::require(tested.thrown().empty(), tested.thrown());
    }
}

} // namespace
