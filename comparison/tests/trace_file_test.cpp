#include "scenarios/trace_file.hpp"

#include "testing/loopback.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

using namespace comparison;
using namespace std::chrono_literals;

class trace_files : public ::testing::Test {
protected:
    [[nodiscard]] std::filesystem::path file_with(const std::string& text) const {
        std::ofstream file{folder_.path() / L"a.json", std::ios::binary};
        file << text;
        return folder_.path() / L"a.json";
    }

    [[nodiscard]] std::string failure_of(const std::filesystem::path& file) const {
        try {
            static_cast<void>(read_trace(file));
            return "no failure";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

private:
    harness::temporary_folder folder_;
};

std::string recording_of(const std::string& events, int dropped = 0) {
    return R"({"displayTimeUnit":"ms","otherData":{"program":"a","dropped":)" +
           std::to_string(dropped) + R"(},"traceEvents":[)" + events + "]}";
}

TEST_F(trace_files, HaveTheCallsInTheOrderOfTime) {
    const trace_file trace = read_trace(file_with(recording_of(
        R"({"ph":"M","name":"thread_name","pid":8,"tid":9,"args":{"name":"main"}},)"
        R"({"ph":"X","cat":"call","name":"send","pid":8,"tid":9,"ts":30,"dur":1.5,)"
        R"("args":{"handle":"0x3c","result":"ok","bytes":64}},)"
        R"({"ph":"X","cat":"routine","name":"completion routine","pid":8,"tid":9,"ts":5,"dur":1,)"
        R"("args":{"of":"WSARecv"}},)"
        R"({"ph":"X","cat":"call","name":"recv","pid":8,"tid":9,"ts":10.001,"dur":0.25,)"
        R"("args":{"handle":"0x3c","result":"ok","bytes":64}})")));
    ASSERT_EQ(trace.calls.size(), 2u);
    EXPECT_EQ(trace.calls[0].name, "recv");
    EXPECT_EQ(trace.calls[0].begin, 10'001ns);
    EXPECT_EQ(trace.calls[0].end, 10'251ns);
    EXPECT_EQ(trace.calls[1].name, "send");
    EXPECT_EQ(trace.calls[1].end, 31'500ns);
}

TEST_F(trace_files, HaveTheBytesOfCallsAndOfOperations) {
    const trace_file trace = read_trace(file_with(recording_of(
        R"({"ph":"X","cat":"call","name":"recv","pid":8,"tid":9,"ts":1,"dur":1,)"
        R"("args":{"result":"ok","bytes":64}},)"
        R"({"ph":"X","cat":"call","name":"recv","pid":8,"tid":9,"ts":3,"dur":1,)"
        R"("args":{"result":"ok","bytes":36}},)"
        R"({"ph":"b","cat":"operation","name":"WSARecv","pid":8,"tid":9,"ts":5,"id":"0x1",)"
        R"("args":{"handle":"0x3c"}},)"
        R"({"ph":"X","cat":"call","name":"WSARecv","pid":8,"tid":9,"ts":5,"dur":1,)"
        R"("args":{"handle":"0x3c","result":"pending","operation":"0x1"}},)"
        R"({"ph":"e","cat":"operation","name":"WSARecv","pid":8,"tid":9,"ts":7,"id":"0x1",)"
        R"("args":{"bytes":7,"error":0,"by":"GetQueuedCompletionStatus"}})")));
    EXPECT_EQ(trace.bytes.at("recv"), 100u);
    EXPECT_EQ(trace.bytes.at("WSARecv"), 7u);
    EXPECT_EQ(trace.calls.size(), 3u);
}

TEST_F(trace_files, ThatLackCallsAreRefused) {
    const std::string failure = failure_of(file_with(recording_of("", 3)));
    EXPECT_NE(failure.find("a.json: not all calls are in it"), std::string::npos) << failure;
}

TEST_F(trace_files, ThatAreNoRecordingAreRefused) {
    for (const std::string text : {"", "{}", "[]", "{\"otherData\":{\"dropped\":0}}", "nonsense"}) {
        const std::string failure = failure_of(file_with(text));
        EXPECT_NE(failure.find("a.json: "), std::string::npos) << text << ": " << failure;
    }
    const std::string failure = failure_of(file_with("") += L".none");
    EXPECT_NE(failure.find("a.json.none: cannot be read"), std::string::npos) << failure;
}

} // namespace
