#include "reader.hpp"

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/exercise/check.hpp"
#include "testing/loopback.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
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

void expect_file(std::size_t size) {
    exercise::expect("a file of " + std::to_string(size) + " bytes is read to its end");
    const harness::temporary_folder folder;
    const std::string text = harness::make_message(size);
    const win32::unique_file file = open(folder.make_file(L"output", text), GENERIC_READ);
    expect_text(file.get(), text);
}

TEST(output, FileIsReadToItsEnd) {
    exercise::about(failed_at_once);
    for (const std::size_t size : {1, 1023, 1025, 10'000})
        expect_file(size);
}

TEST(output, StopEndsTheRead) {
    exercise::about(failed_at_once);
    exercise::expect("while the writer is silent, a stop ends the read; what has come is returned");
    const harness::pipe_pair pipe = make_pipe();
    write(pipe.writer, "hello");
    expect_text(pipe.reader.get(), "hello", make_stop_event(true).release());
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
    for (const std::size_t size : {0, 1024, 4096})
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

} // namespace
