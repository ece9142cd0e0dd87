#include "sampler.hpp"

#include "../routines_in_flight.hpp"
#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/deadline.hpp"
#include "trace/hooks/import_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using shut_out::reading;
using shut_out::sampler;

const exercise::rule no_endless_chain{
    "a routine that is queued by a routine runs in the same wait; where routines start operations "
    "without an end, the wait does not return",
    "04_overlapped_callback/README.md", "A chain without an end holds the wait"};

const exercise::rule no_order{
    "when a routine is queued and an event is signaled, either may go first, each time; so a loop "
    "looks at all of its duties, whatever has ended the wait",
    "04_overlapped_callback/README.md", "Which goes first?"};

const exercise::rule the_memory_is_lent{
    "a cancel only asks; the memory of an operation is lent until its routine has been called, and "
    "that takes an alertable wait",
    "04_overlapped_callback/README.md", "Stop"};

// Files that play the devices.
class devices {
public:
    [[nodiscard]] win32::unique_file open(std::uint32_t value) {
        const std::wstring name = std::to_wstring(++count_);
        return open(folder_.make_file(name, {reinterpret_cast<const char*>(&value), sizeof value}));
    }

private:
    static win32::unique_file open(const std::filesystem::path& path) {
        win32::unique_file file{::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                              OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr)};
        if (!file)
            win32::throw_last_error("CreateFileW");
        return file;
    }

    harness::temporary_folder folder_;
    unsigned count_ = 0;
};

void wait_for_values(const reading& of, std::uint64_t count) {
    harness::wait_until([&of, count] { return of.count >= count; });
}

void require_value(const reading& of, std::uint32_t value) {
    exercise::require(of.value == value,
                      std::to_string(of.value) + " in place of " + std::to_string(value));
}

void wait_for_more(const reading& of) {
    wait_for_values(of, of.count + 3);
}

TEST(shut_out, StopReturnsWithoutDevices) {
    exercise::about(no_endless_chain);
    sampler tested;
    exercise::expect("stop() returns while there is no device");
    tested.stop();
}

TEST(shut_out, StopReturnsWhileADeviceIsRead) {
    exercise::about(no_endless_chain);
    devices all;
    sampler tested;
    exercise::expect("a device is read again and again");
    const reading& device = tested.add(all.open(7));
    wait_for_values(device, 10);
    require_value(device, 7);
    exercise::expect("stop() returns while a device is read");
    tested.stop();
}

TEST(shut_out, DeviceThatComesLaterIsRead) {
    exercise::about(no_endless_chain);
    devices all;
    sampler tested;
    std::vector<const reading*> known;
    for (std::uint32_t i = 1; i <= 5; ++i) {
        exercise::expect("device number " + std::to_string(i) +
                         " is read, which is added while the others are read");
        known.push_back(&tested.add(all.open(i)));
        wait_for_values(*known.back(), 3);
        require_value(*known.back(), i);
    }
    exercise::expect("all devices are still read");
    for (const reading* each : known)
        wait_for_more(*each);
    exercise::expect("stop() returns while five devices are read");
    tested.stop();
}

// Takes the place of the program's wait: routines go first, as Windows is expected to do it.
std::atomic<void*> real_wait;

DWORD WINAPI wait_where_routines_go_first(HANDLE object, DWORD timeout, BOOL alertable) {
    if (alertable && ::SleepEx(0, TRUE) == WAIT_IO_COMPLETION)
        return WAIT_IO_COMPLETION;
    return reinterpret_cast<decltype(&::WaitForSingleObjectEx)>(real_wait.load())(object, timeout,
                                                                                  alertable);
}

class other_wait {
    const std::array<trace::hook, 1> hooks_{
        {{"WaitForSingleObjectEx", L"kernel32.dll",
          reinterpret_cast<void*>(&wait_where_routines_go_first), &real_wait}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

TEST(shut_out, RoutinesThatGoFirstShutOutNothing) {
    exercise::about(no_order);
    const other_wait in_force;
    devices all;
    sampler tested;
    const std::string first = ", where a wait runs a queued routine before it looks at the event";
    exercise::expect("a device is read again and again" + first);
    const reading& early = tested.add(all.open(1));
    wait_for_values(early, 10);
    exercise::expect("a device that comes later is read as well" + first);
    const reading& late = tested.add(all.open(2));
    wait_for_values(late, 3);
    wait_for_more(early);
    exercise::expect("stop() returns while devices are read" + first);
    tested.stop();
}

TEST(shut_out, DeviceThatFailsIsLeftAlone) {
    exercise::about(no_endless_chain);
    devices all;
    sampler tested;
    const reading& broken = tested.add(win32::unique_file{});
    exercise::expect("a device is read while another one cannot be read");
    const reading& device = tested.add(all.open(7));
    wait_for_values(device, 10);
    exercise::require(broken.count == 0, "a value of the broken one is counted");
    exercise::expect("stop() returns");
    tested.stop();
}

TEST(shut_out, StopWaitsForEveryRoutine) {
    exercise::about(the_memory_is_lent);
    const exercise::routines_in_flight operations;
    devices all;
    sampler tested;
    for (std::uint32_t i = 0; i < 5; ++i) {
        exercise::expect("five devices are read");
        wait_for_values(tested.add(all.open(i)), 3);
    }
    exercise::expect("stop() returns while five devices are read");
    tested.stop();
    exercise::expect("the routine of every read has been called by then");
    exercise::require(operations.count() == 0, "it has not been called for " +
                                                   std::to_string(operations.count()) +
                                                   " of the reads, and the thread has ended");
}

TEST(shut_out, StopReturnsWheneverItComes) {
    exercise::about(no_endless_chain);
    devices all;
    for (std::uint32_t i = 0; i < 30; ++i) {
        sampler tested;
        tested.add(all.open(i));
        exercise::expect("stop() returns right after the start, each of 30 times");
        tested.stop();
    }
}

} // namespace
