// Prediction:

#include "server/server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <cstddef>
#include <span>
#include <stdexcept>
#include <system_error>

namespace {

/// The lobby: one handler for all players.
class lobby : public iocp::handler {
public:
    lobby() { throw std::logic_error("the lobby is not written yet"); }

private:
    void on_open(iocp::session&) override {}

    void on_receive(iocp::session&, std::span<const std::byte>) override {}

    void on_end(iocp::session& self) override { self.close(); }

    void on_close(iocp::session&, std::error_code) override {}
};

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"A lobby over TCP, with rooms in which players talk."};
    iocp::server_options options;
    program::add_endpoint(app, options.address, options.port);
    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        lobby players;
        iocp::server server{players, options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
