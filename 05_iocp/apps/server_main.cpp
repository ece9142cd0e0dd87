#include "command_line.hpp"
#include "server/server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <cstdio>

namespace {

//! [echo-handler]
// Sends back the bytes that it receives. When the client sends no more, handler::on_end() sends the
// rest of the queue, and closes.
class echo_handler : public iocp::handler {
    void on_receive(iocp::session& self, std::span<const std::byte> bytes) override {
        if (self.send(bytes) == iocp::send_result::full)
            self.abort(); // no memory: no echo is better than one with a gap
    }
};
//! [echo-handler]

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Echoes over TCP with the full completion-port server."};
    iocp::server_options options;
    program::add_endpoint(app, options.address, options.port);
    apps::add_pool(app, options);
    apps::add_timeouts(app, options);
    apps::add_seconds(app, "--first-bytes-timeout", options.first_bytes_timeout,
                      "reset a client that sends nothing for so long at first; 0: never");
    bool stats = false;
    app.add_flag("--stats", stats, "print the server's figures at the end");

    return program::run(app, argc, argv, [&] {
        //! [serve]
        const win32::winsock winsock;
        echo_handler echo;
        iocp::server server{echo, options};
        program::wait_until_stopped(server.address());
        server.stop();
        //! [serve]
        if (stats)
            std::fputs(iocp::to_text(server.figures()).c_str(), stdout);
    });
}
