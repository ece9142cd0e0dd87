/// \file
/// The fixture of the contract: a server for each test, and the account of its threads and sockets.
#pragma once

#include "testing/client.hpp"
#include "testing/echo_clients.hpp"
#include "testing/facts.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/machine/watchdog.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

namespace harness {

/// A server that serves, and the account of the threads and sockets that it has taken.
template <class Model>
class echo_contract : public facts {
public:
    using server_type = typename Model::server;

    // Winsock, the run-time library and Wine open much at its first use and keep it for good. All
    // of that happens here, so that no test finds it in its account. (So does the thread that
    // GoogleTest starts for whatever belongs to the main thread, such as a trace.)
    static void SetUpTestSuite() {
        SCOPED_TRACE("warm-up");
        const std::size_t threads_at_start = count_threads();
        {
            const std::unique_ptr<server_type> server = Model::start();
            client visitor{server->port()};
            static_cast<void>(visitor.exchange(make_message(64 * 1024)));
            stop(*server);
        }
        before_ = measure_process();
        // A thread that a server left may be there now and gone at the next measurement. So the
        // account has the number from before all servers.
        before_.threads = threads_at_start;
    }

protected:
    void SetUp() override {
        facts::SetUp();
        if (IsSkipped())
            return;
        server_ = Model::start();
    }

    // Ends every test of the contract with this check. The test's own clients are gone by now. The
    // next test starts from what is left, so that one fault does not fail them all.
    void TearDown() override {
        if (IsSkipped())
            return;
        stop_and_destroy();
        const process_usage after = expect_nothing_left();
        before_.sockets = after.sockets;
        before_.handles = after.handles;
    }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] const process_usage& before() const { return before_; }

    /// Calls stop(), which the contract wants to return within a second. The watchdog allows more,
    /// for a machine under load. These clients never leave by themselves, so a stop() that waited
    /// for one of them would never return, however long the limit.
    static void stop(server_type& server) {
        const watchdog limit{"stop()"};
        server.stop();
    }
    void stop() { stop(*server_); }

    void stop_and_destroy() {
        if (!server_)
            return;
        stop();
        const watchdog limit{"the destructor"};
        server_.reset();
    }

    /// Checks after stop() that every thread has been joined, and that nobody listens. Whatever
    /// belongs to the object, such as a completion port, may stay until the object goes.
    void expect_stopped() const {
        EXPECT_LE(count_threads(), before_.threads) << "stop() left threads behind";
        EXPECT_TRUE(listeners_on(port()).empty()) << "stop() left the listener open";
    }

    /// Checks, when the server is gone, that its threads and sockets are, too; returns the numbers.
    process_usage expect_nothing_left(std::size_t own_sockets = 0) const {
        const process_usage after = measure_process();
        EXPECT_LE(after.threads, before_.threads) << "the server left threads behind";
        EXPECT_LE(after.sockets, before_.sockets + own_sockets) << "the server left sockets behind";
        return after;
    }

    static void expect_serves(std::uint16_t port, const std::string& address = "127.0.0.1") {
        client visitor{port, address};
        EXPECT_EQ(visitor.exchange("are you there?"), "are you there?") << address;
    }

    /// Checks that no server can be started there, and that the exception has `name` in its text.
    /// Returns the error.
    static std::error_code expect_refusal(const std::string& address, std::uint16_t port,
                                          const std::string& name) {
        try {
            Model::start(address, port);
            ADD_FAILURE() << "listens on \"" << address << "\", port " << port;
            return {};
        } catch (const std::system_error& error) {
            EXPECT_NE(std::string{error.what()}.find(name), std::string::npos) << error.what();
            return error.code();
        }
    }

private:
    inline static process_usage before_;
    std::unique_ptr<server_type> server_;
};

/// The tests that need hundreds of clients at once.
template <class Model>
class echo_crowd_contract : public echo_contract<Model> {};

/// Names each instance of a suite by its model.
struct model_names {
    template <class Model>
    static std::string GetName(int) {
        return Model::name;
    }
};

TYPED_TEST_SUITE_P(echo_contract);
TYPED_TEST_SUITE_P(echo_crowd_contract);

} // namespace harness
