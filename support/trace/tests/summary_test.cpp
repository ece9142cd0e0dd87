// The output of `--trace -`, and the file of `--trace FILE`.

#include "files/file_content.hpp"
#include "files/temporary_folder.hpp"
#include "trace/chrome_trace.hpp"
#include "trace/program_trace.hpp"
#include "trace/summary.hpp"

#include "testing/loopback.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace {

using trace::recording;
using trace::summary_of;

// The numbers in the line that begins with `name`.
std::vector<double> numbers(const std::string& text, const std::string& name) {
    std::smatch line;
    std::vector<double> result;
    if (!std::regex_search(text, line, std::regex{"(^|\n)" + name + " +([^\n]*)"})) {
        ADD_FAILURE() << "no line for " << name << " in\n" << text;
        return result;
    }
    const std::string rest = line[2];
    const std::regex number{"[0-9]+(\\.[0-9]+)?"};
    for (std::sregex_iterator i{rest.begin(), rest.end(), number}, end; i != end; ++i)
        result.push_back(std::stod(i->str()));
    return result;
}

// Comparisons count by these lists: another kind would change published figures.
TEST(calls, HaveTheirKinds) {
    std::string moving;
    std::string waiting;
    for (const trace::call_info& each : trace::call_table) {
        if (moves_bytes(each.kind))
            moving += std::string{each.name} + " ";
        if (each.kind == trace::call_kind::wait)
            waiting += std::string{each.name} + " ";
    }
    EXPECT_EQ(moving, "ReadFile ReadFileEx WriteFile WriteFileEx recv send WSARecv WSASend "
                      "TransmitFile ");
    EXPECT_EQ(waiting, "GetQueuedCompletionStatus GetQueuedCompletionStatusEx WaitForSingleObject "
                       "WaitForSingleObjectEx WaitForMultipleObjects WaitForMultipleObjectsEx "
                       "SleepEx WaitOnAddress select WSAPoll WSAWaitForMultipleEvents ");
}

// A recording made by hand, so that the numbers of its summary are known beforehand.
TEST(summary, CountsTotalsAndSharesAreThoseOfTheRecording) {
    recording what;
    what.frequency = 1000; // a tick is a millisecond
    what.end = 400;
    trace::thread_info main;
    main.number = 1;
    main.name = "main";
    main.begin = 0;
    main.end = 400;
    main.waiting = 300;
    main.totals[static_cast<std::size_t>(trace::call::recv)] = {3, 300, 200};
    trace::thread_info other = main;
    other.name = "thread 2";
    other.begin = 200;
    other.waiting = 50;
    what.threads = {main, other};
    trace::event receive{};
    receive.kind = trace::event_kind::call;
    receive.which = trace::call::recv;
    receive.bytes = 10;
    trace::event send = receive;
    send.which = trace::call::send;
    trace::event end = receive;
    end.bytes = 0;
    what.events = {&receive, &send, &send, &end};
    what.dropped = 12;

    const std::string text = summary_of(what);
    EXPECT_EQ(numbers(text, "recv"), (std::vector<double>{6, 600, 200}));
    EXPECT_EQ(numbers(text, "main"), (std::vector<double>{400, 75}));
    EXPECT_EQ(numbers(text, "thread 2"), (std::vector<double>{200, 25}));
    EXPECT_NE(text.find("1 requests, 4.00 calls each"), std::string::npos) << text;
    EXPECT_NE(text.find("12 events dropped, the oldest first"), std::string::npos) << text;
    EXPECT_EQ(text.find("send"), std::string::npos) << "no sums, no line";
}

TEST(summary, AnOverlappedReceiveIsARequestWhenItsBytesHaveCome) {
    const harness::socket_pair pair = harness::make_socket_pair();
    trace::recorder recorder{16};
    std::array<char, 64> buffer;
    WSABUF part{static_cast<ULONG>(buffer.size()), buffer.data()};
    DWORD flags = 0;
    DWORD bytes = 0;
    for (int i = 0; i < 4; ++i) {
        OVERLAPPED overlapped{};
        ASSERT_EQ(::send(pair.client.get(), "hello", 5, 0), 5);
        static_cast<void>(
            ::WSARecv(pair.server.get(), &part, 1, nullptr, &flags, &overlapped, nullptr));
        ASSERT_TRUE(::WSAGetOverlappedResult(pair.server.get(), &overlapped, &bytes, TRUE, &flags));
    }
    const std::string text = summary_of(recorder.stop());
    EXPECT_NE(text.find("4 requests, 3.00 calls each"), std::string::npos) << text;
}

TEST(summary, AThreadWaitsInItsWaitsAndNotInTheRoutinesThatRunThere) {
    struct busy : OVERLAPPED {
        busy() : OVERLAPPED{} {}
        std::uint64_t ticks = 0;
    };
    const auto work = [](DWORD, DWORD, OVERLAPPED* overlapped) {
        const std::uint64_t begin = trace::now();
        LARGE_INTEGER frequency;
        ::QueryPerformanceFrequency(&frequency);
        while (trace::now() - begin < static_cast<std::uint64_t>(frequency.QuadPart) / 20) {
        }
        static_cast<busy*>(overlapped)->ticks = trace::now() - begin;
    };
    const harness::pipe_pair pipe = harness::make_pipe_pair(FILE_FLAG_OVERLAPPED);
    trace::recorder recorder{16};
    busy operation;
    char buffer[16];
    DWORD written = 0;
    ASSERT_TRUE(::WriteFile(pipe.writer.get(), "hello", 5, &written, nullptr));
    ASSERT_TRUE(::ReadFileEx(pipe.reader.get(), buffer, sizeof buffer, &operation,
                             static_cast<LPOVERLAPPED_COMPLETION_ROUTINE>(work)));
    ASSERT_EQ(::SleepEx(harness::deadline, TRUE), static_cast<DWORD>(WAIT_IO_COMPLETION));
    const recording what = recorder.stop();
    const trace::thread_info& main = what.threads[0];
    const trace::call_total& sleep = main.totals[static_cast<std::size_t>(trace::call::SleepEx)];
    EXPECT_GE(sleep.time, operation.ticks);
    EXPECT_LE(main.waiting, main.end - main.begin - operation.ticks);
}

TEST(summary, StartingAnOperationIsNoWait) {
    const harness::socket_pair pair = harness::make_socket_pair();
    std::array<char, 64> buffer;
    WSABUF part{static_cast<ULONG>(buffer.size()), buffer.data()};
    DWORD flags = 0;
    OVERLAPPED overlapped{};
    trace::recorder recorder{16};
    ASSERT_EQ(::WSARecv(pair.server.get(), &part, 1, nullptr, &flags, &overlapped, nullptr),
              SOCKET_ERROR);
    ASSERT_TRUE(::CancelIoEx(reinterpret_cast<HANDLE>(pair.server.get()), &overlapped));
    const recording what = recorder.stop();
    EXPECT_EQ(what.threads[0].waiting, 0u);
    DWORD bytes = 0;
    ::WSAGetOverlappedResult(pair.server.get(), &overlapped, &bytes, TRUE, &flags);
}

TEST(summary, LookingWithoutWaitingIsNoWait) {
    const harness::socket_pair pair = harness::make_socket_pair();
    const win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    trace::recorder recorder{16};
    u_long yes = 1;
    ASSERT_EQ(::ioctlsocket(pair.client.get(), static_cast<long>(FIONBIO), &yes), 0);
    char buffer[16];
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(::recv(pair.client.get(), buffer, sizeof buffer, 0), SOCKET_ERROR);
        ASSERT_EQ(::WaitForSingleObject(event.get(), 0), static_cast<DWORD>(WAIT_TIMEOUT));
        ASSERT_EQ(::SleepEx(0, TRUE), 0u);
    }
    EXPECT_EQ(recorder.stop().threads[0].waiting, 0u);
}

std::string to_string(const std::filesystem::path& name) {
    const std::u8string text = name.u8string();
    return {text.begin(), text.end()};
}

std::ptrdiff_t files_in(const files::temporary_folder& folder) {
    const std::filesystem::directory_iterator files{folder.path()};
    return std::distance(begin(files), end(files));
}

TEST(trace_file, TakesThePlaceOfAnEarlierOneAtTheEnd) {
    const files::temporary_folder folder;
    const std::filesystem::path name = folder.make_file(
        L"기록.json", std::string{trace::chrome_trace_beginning} + "\"earlier\"}}");
    const std::string earlier = files::content_of(name);
    trace::program_trace output{to_string(name), "the program"};
    ::SleepEx(0, FALSE);
    EXPECT_EQ(files::content_of(name), earlier) << "the old one stands until then";
    output.write();
    const nlohmann::json json = nlohmann::json::parse(files::content_of(name));
    EXPECT_EQ(json["otherData"]["program"], "the program");
    EXPECT_EQ(json["otherData"]["dropped"], 0);
    EXPECT_EQ(files_in(folder), 1);
}

TEST(trace_file, BeginsAsItIsKnownBy) {
    const files::temporary_folder folder;
    trace::program_trace{to_string(folder.path() / L"a"), "the program"}.write();
    EXPECT_EQ(files::content_of(folder.path() / L"a").rfind(trace::chrome_trace_beginning, 0), 0u);
}

TEST(trace_file, ReplacesNoOtherFile) {
    const files::temporary_folder folder;
    const std::string beginning{trace::chrome_trace_beginning};
    for (const std::string& content :
         {std::string{}, std::string(100'000, 'o'), beginning.substr(0, beginning.size() - 1)}) {
        const std::filesystem::path name = folder.make_file(L"a", content);
        EXPECT_THROW((trace::program_trace{to_string(name), "the program"}), std::runtime_error);
        EXPECT_EQ(trace::current_session.load(), 0u);
        EXPECT_EQ(files::content_of(name), content);
        trace::program_trace output{to_string(name), "the program", true};
        EXPECT_EQ(files::content_of(name), content);
        output.write();
        EXPECT_EQ(files::content_of(name).rfind(beginning, 0), 0u);
    }
    EXPECT_EQ(files_in(folder), 1);
}

// The program itself may have made it, as the copy that was to be recorded.
TEST(trace_file, ReplacesNoFileThatHasComeMeanwhile) {
    const files::temporary_folder folder;
    for (const bool overwrite : {false, true}) {
        const std::filesystem::path name = folder.path() / L"a";
        trace::program_trace output{to_string(name), "the program", overwrite};
        folder.make_file(L"a", "a copy");
        EXPECT_THROW(output.write(), std::runtime_error);
        EXPECT_EQ(files::content_of(name), "a copy");
        EXPECT_EQ(files_in(folder), 1);
        std::filesystem::remove(name);
    }
}

TEST(trace_file, ThatCannotBeWrittenIsRefusedBeforeAnythingIsRecorded) {
    const files::temporary_folder folder;
    const std::string name = to_string(folder.path() / L"없는 폴더" / L"file.json");
    try {
        const trace::program_trace output{name, "the program"};
        ADD_FAILURE() << "it was not refused";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string{error.what()}.find(name), std::string::npos) << error.what();
    }
    EXPECT_EQ(trace::current_session.load(), 0u);
    const trace::recorder possible{16};
}

} // namespace
