#include "reader.hpp"

#include "../waits.hpp"
#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"
#include "testing/machine/deadline.hpp"
#include "trace/hooks/import_table.hpp"
#include "trace/operations.hpp"
#include "trace/recorder.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace {

using output::reader;

const exercise::rule failed_at_once{
    "a call that fails at once has started nothing, and no event will tell of it; the end of a "
    "file or of a pipe may come in this way, or on completion",
    "03_overlapped_event/README.md", "The copy"};
const exercise::rule cancel_and_collect{
    "a thread waits for its operation and for what may end it, both in one wait; what is cancelled "
    "is still collected, since its memory is Windows' own until then",
    "03_overlapped_event/README.md", "Stop: cancel, collect, free, close"};
const exercise::rule sleep_in_the_wait{
    "a wait ends when its event is signaled; that time has passed says nothing about the writer",
    "03_overlapped_event/README.md", "The event"};

win32::unique_file open(const std::filesystem::path& path, DWORD access) {
    return win32::unique_file{::CreateFileW(path.c_str(), access, FILE_SHARE_READ, nullptr,
                                            OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr)};
}

harness::pipe_pair make_pipe() {
    return harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
}

void write(const win32::unique_file& pipe, std::string_view bytes) {
    DWORD written = 0;
    ASSERT_TRUE(
        ::WriteFile(pipe.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr));
    ASSERT_EQ(written, bytes.size());
}

win32::unique_handle make_stop_event(bool is_signaled = false) {
    return win32::unique_handle{::CreateEventW(nullptr, TRUE, is_signaled, nullptr)};
}

void expect_text(HANDLE source, std::string_view text, HANDLE stop = make_stop_event().release()) {
    const std::string read = reader{source}.read_all(stop);
    const ::testing::AssertionResult same = harness::same_bytes(text, read);
    exercise::require(same, same.message());
}

void expect_file(std::size_t size, const std::string& how = "") {
    exercise::expect("a file of " + std::to_string(size) + (size == 1 ? " byte" : " bytes") +
                     " is read to its end" + how);
    const harness::temporary_folder folder;
    const std::string text = harness::make_message(size);
    const win32::unique_file file = open(folder.make_file(L"output", text), GENERIC_READ);
    expect_text(file.get(), text);
}

// Reads all on a thread. The thread lives on afterwards: when one ends, Windows cancels what it has
// left in flight. Never destroyed.
class reading_thread {
public:
    explicit reading_thread(HANDLE source) : reader_{source} {
        std::thread{[this] {
            exercise::watched_waits::count_anew(); // a thread may wait before it begins
            has_begun_ = true;
            text_ = reader_.read_all(stop.get());
            has_returned_ = true;
            ::SleepEx(INFINITE, FALSE);
        }}.detach();
    }

    [[nodiscard]] bool has_begun() const { return has_begun_; }
    [[nodiscard]] bool has_returned() const { return has_returned_; }

    // The text that it has read. The step's limit ends this if it reads on.
    [[nodiscard]] const std::string& text() const {
        while (!has_returned_)
            ::SleepEx(1, FALSE);
        return text_;
    }

    const win32::unique_handle stop = make_stop_event();

private:
    reader reader_;
    std::string text_;
    std::atomic<bool> has_begun_ = false;
    std::atomic<bool> has_returned_ = false;
};

// While one lives, a read that begins at the end of a file fails at once. Windows may do so; under
// Wine 8 the end always comes on completion.
class ends_at_once {
private:
    static BOOL WINAPI read_file(HANDLE file, void* buffer, DWORD size, DWORD* count,
                                 OVERLAPPED* read) {
        LARGE_INTEGER end{};
        if (read != nullptr && ::GetFileType(file) == FILE_TYPE_DISK &&
            ::GetFileSizeEx(file, &end) &&
            (std::uint64_t{read->OffsetHigh} << 32) + read->Offset >=
                static_cast<std::uint64_t>(end.QuadPart)) {
            if (read->hEvent != nullptr)
                ::ResetEvent(read->hEvent); // as each start does
            ::SetLastError(ERROR_HANDLE_EOF);
            return FALSE;
        }
        return reinterpret_cast<decltype(&::ReadFile)>(original_.load())(file, buffer, size, count,
                                                                         read);
    }

    static inline std::atomic<void*> original_{nullptr};

    const std::array<trace::hook, 1> hooks_{
        {{"ReadFile", L"kernel32.dll", reinterpret_cast<void*>(&read_file), &original_}}};
    const std::array<std::span<const trace::hook>, 1> groups_{{hooks_}};
    const trace::import_patch patch_{groups_};
};

TEST(output, StopEndsTheRead) {
    exercise::about(failed_at_once);
    exercise::expect("while the writer is silent, a stop ends the read; what has come is returned");
    const harness::pipe_pair pipe = make_pipe();
    write(pipe.writer, "hello");
    expect_text(pipe.reader.get(), "hello", make_stop_event(true).release());
}

TEST(output, StopEndsAReadThatWaits) {
    exercise::about(cancel_and_collect);
    const exercise::watched_waits waits;
    trace::recorder recorder;
    const harness::pipe_pair pipe = make_pipe();
    exercise::expect("a stop that comes when the thread already waits ends the read, too");
    const reading_thread& reading = *new reading_thread{pipe.reader.get()};
    harness::wait_until([&] { return reading.has_begun() && waits.begun() > 0; });
    ::SetEvent(reading.stop.get());
    exercise::require(reading.text().empty(), "the text \"" + reading.text() + "\"");
    exercise::expect("when it has returned, nothing is in flight: each read has been collected");
    for (const trace::operation& each : trace::match_operations(recorder.stop()))
        exercise::require(each.by == trace::ended_by::collected ||
                              each.by == trace::ended_by::own_call,
                          "read number " + std::to_string(each.id) + " has not");
}

TEST(output, EmptyOutputEnds) {
    exercise::about(failed_at_once);
    exercise::expect("a pipe whose writer has left and has written nothing is read to its end");
    harness::pipe_pair pipe = make_pipe();
    pipe.writer.reset();
    expect_text(pipe.reader.get(), "");
}

TEST(output, OutputOfWholeBlocksEnds) {
    exercise::about(failed_at_once);
    exercise::expect("a pipe whose writer has written 3 whole blocks and left is read to its end");
    harness::pipe_pair pipe = make_pipe();
    const std::string text = harness::make_message(3 * reader::block_size);
    write(pipe.writer, text);
    pipe.writer.reset();
    expect_text(pipe.reader.get(), text);
}

TEST(output, FileMayEndAtOnce) {
    exercise::about(failed_at_once);
    const ends_at_once windows;
    for (const std::size_t size : {0u, 5u, 1024u})
        expect_file(size, ", which shows in the call that starts a read");
}

TEST(output, FileIsReadToItsEnd) {
    exercise::about(failed_at_once);
    for (const std::size_t size : {1u, 1023u, 1025u, 10'000u})
        expect_file(size);
}

TEST(output, OutputInPiecesIsReadToItsEnd) {
    exercise::about(failed_at_once);
    exercise::expect("a pipe that is written in small pieces while it is read is read to its end");
    harness::pipe_pair pipe = make_pipe();
    const std::string text = harness::make_message(20'000);
    std::thread writer{[&pipe, &text] {
        for (std::size_t begin = 0; begin < text.size(); begin += 300)
            write(pipe.writer, std::string_view{text}.substr(begin, 300));
        pipe.writer.reset();
    }};
    expect_text(pipe.reader.get(), text);
    writer.join();
}

TEST(output, FileOfWholeBlocksEnds) {
    exercise::about(failed_at_once);
    for (const std::size_t size : {0u, 1024u, 4096u})
        expect_file(size);
}

TEST(output, FailureIsNoEnd) {
    exercise::about(failed_at_once);
    exercise::expect("a file that may not be read is an error, 5, and not an empty text");
    const harness::temporary_folder folder;
    const win32::unique_file file = open(folder.make_file(L"output", "hello"), GENERIC_WRITE);
    try {
        const std::string text = reader{file.get()}.read_all(make_stop_event().get());
        exercise::require(false, "the text \"" + text + "\"");
    } catch (const std::system_error& error) {
        exercise::require(error.code().value() == ERROR_ACCESS_DENIED, error.what());
    }
}

TEST(output, PauseIsNoEnd) {
    exercise::about(sleep_in_the_wait);
    const exercise::watched_waits waits;
    harness::pipe_pair pipe = make_pipe();
    exercise::expect("a writer that pauses, longer than any time limit, is read to its end");
    waits.let_limits_pass();
    const reading_thread& reading = *new reading_thread{pipe.reader.get()};
    harness::wait_until([&] {
        const bool is_patient = reading.has_begun() && waits.begun() > 0 && waits.last_limit() == 0;
        return is_patient || waits.begun() > 5 || reading.has_returned();
    });
    write(pipe.writer, "hello");
    pipe.writer.reset();
    exercise::require(reading.text() == "hello", "the text \"" + reading.text() + "\"");
}

} // namespace
