// Prediction:

#include "outward.hpp"
#include "server/server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <cstddef>
#include <span>
#include <stdexcept>
#include <system_error>

namespace {

/// The proxy: one handler for all clients.
class proxy : public iocp::handler {
public:
    proxy() { throw std::logic_error("the proxy is not written yet"); }

private:
    void on_open(iocp::session&) override {}

    void on_receive(iocp::session&, std::span<const std::byte>) override {}

    void on_end(iocp::session& self) override { self.close(); }

    void on_operation(iocp::session&, iocp::session_operation&, std::error_code,
                      std::size_t) override {}

    void on_close(iocp::session&, std::error_code) override {}
};

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Connects clients over TCP with the address that each of them names."};
    iocp::server_options options;
    program::add_endpoint(app, options.address, options.port);
    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        proxy between;
        iocp::server server{between, options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
