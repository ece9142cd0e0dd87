#include "echo_server.hpp"

#include "program/program.hpp"

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Echoes over TCP with completion routines: everything on one thread."};
    overlapped_callback::echo_options options;
    program::add_endpoint(app, options.address, options.port);

    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        overlapped_callback::echo_server server{options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
