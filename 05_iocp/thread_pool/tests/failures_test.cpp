// The server without memory, and without an object of the pool.
#include "echo_server.hpp"

#include "testing/client.hpp"
#include "testing/failures/planned_failures.hpp"
#include "testing/failures/refused_sessions.hpp"
#include "testing/machine/process_usage.hpp"
#include "trace/hooks/import_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace {

using harness::client;
using thread_pool::echo_server;

// Fails calls of one function, as for want of memory, and passes the others on. One at a time.
template <class Function>
class failing {
public:
    failing(const char* name, unsigned first, unsigned count) {
        failures.plan(first, count);
        table[0].name = name;
        table[0].library = L"kernel32.dll";
        table[0].replacement = replacement(Function{});
        table[0].original = &original;
        patch_.emplace(std::span{&group, 1});
    }

    [[nodiscard]] unsigned happened() const noexcept { return failures.happened(); }

private:
    template <class Result, class... Arguments>
    static Result WINAPI call(Arguments... arguments) {
        if (!failures.is_due())
            return reinterpret_cast<Function>(original.load())(arguments...);
        ::SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return Result{};
    }

    // Deduces the types of call() from that of the function.
    template <class Result, class... Arguments>
    static void* replacement(Result(WINAPI*)(Arguments...)) {
        return reinterpret_cast<void*>(&call<Result, Arguments...>);
    }

    static inline harness::planned_failures failures;
    static inline std::atomic<void*> original{nullptr};
    static inline std::array<trace::hook, 1> table{};
    static inline const std::span<const trace::hook> group{table};

    std::optional<trace::import_patch> patch_;
};

// How many objects of the pool have been made and not closed, while counting_objects is patched in.
std::atomic<int> objects{0};

template <class Result, class... Arguments>
struct counted {
    static inline std::atomic<void*> original{nullptr};

    static Result WINAPI call(Arguments... arguments) {
        const auto pass_on = reinterpret_cast<Result(WINAPI*)(Arguments...)>(original.load());
        if constexpr (std::is_void_v<Result>) { // closes an object
            --objects;
            pass_on(arguments...);
        } else {
            const Result made = pass_on(arguments...);
            objects += made != nullptr ? 1 : 0;
            return made;
        }
    }
};

template <class Result, class... Arguments>
trace::hook count(const char* name, Result(WINAPI*)(Arguments...)) {
    using function = counted<Result, Arguments...>; // one for each, since all types differ
    return {name, L"kernel32.dll", reinterpret_cast<void*>(&function::call), &function::original};
}

const std::array<trace::hook, 6> counted_functions{{
    count("CreateThreadpool", &::CreateThreadpool),
    count("CreateThreadpoolIo", &::CreateThreadpoolIo),
    count("CreateThreadpoolTimer", &::CreateThreadpoolTimer),
    count("CloseThreadpool", &::CloseThreadpool),
    count("CloseThreadpoolIo", &::CloseThreadpoolIo),
    count("CloseThreadpoolTimer", &::CloseThreadpoolTimer),
}};
const std::span<const trace::hook> counting_objects{counted_functions};

template <class Function>
void expect_no_start_without(const char* name) {
    const harness::process_usage before = harness::measure_process();
    objects = 0;
    {
        const trace::import_patch counting{std::span{&counting_objects, 1}}; // beneath the next one
        const failing<Function> refused{name, 1, 1};
        try {
            const echo_server server;
            ADD_FAILURE() << "it serves without " << name;
        } catch (const std::system_error& error) {
            EXPECT_NE(std::string_view{error.what()}.find(name), std::string_view::npos)
                << error.what();
            EXPECT_EQ(error.code().value(), ERROR_NOT_ENOUGH_MEMORY) << name;
        }
        EXPECT_EQ(refused.happened(), 1u) << name;
    }
    const harness::process_usage after = harness::measure_process();
    EXPECT_LE(after.sockets, before.sockets) << name;
    EXPECT_EQ(objects, 0) << name;
}

TEST(thread_pool_failures, WithoutAnObjectOfThePoolItDoesNotStartAndSaysSo) {
    const win32::winsock winsock;
    expect_no_start_without<decltype(&::CreateThreadpool)>("CreateThreadpool");
    expect_no_start_without<decltype(&::SetThreadpoolThreadMinimum)>("SetThreadpoolThreadMinimum");
    expect_no_start_without<decltype(&::CreateThreadpoolIo)>("CreateThreadpoolIo");
    expect_no_start_without<decltype(&::CreateThreadpoolTimer)>("CreateThreadpoolTimer");
    expect_no_start_without<decltype(&::CreateEventW)>("CreateEventW");
}

// There are more refused clients than accepts: an accept that got lost with its client would be
// missed.
constexpr unsigned many = 10;

TEST(thread_pool_failures, ClientsThatGetNoIoObjectGoAndTheOthersStay) {
    const win32::winsock winsock;
    const failing<decltype(&::CreateThreadpoolIo)> refused{"CreateThreadpoolIo", 3, many};
    echo_server server; // the first call is for the listener
    client earlier{server.port()};
    EXPECT_EQ(earlier.exchange("earlier"), "earlier");
    for (unsigned i = 0; i < many; ++i) {
        client unlucky{server.port()};
        unlucky.wait_until_closed();
    }
    EXPECT_EQ(refused.happened(), many);
    for (unsigned i = 0; i < many; ++i)
        EXPECT_EQ(client{server.port()}.exchange("later"), "later");
    EXPECT_EQ(earlier.exchange("still"), "still");
    server.stop();
}

class thread_pool_without_memory : public harness::allocation_failures {};

TEST_F(thread_pool_without_memory, ClientsThatGetNoSessionGoAndTheOthersStay) {
    const win32::winsock winsock;
    echo_server server;
    harness::expect_clients_without_session_to_go(server.port());
}

} // namespace
