#include "echo_server.hpp"

#include "program/program.hpp"

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Echoes over TCP with coroutines on a completion port."};
    coroutines::echo_options options;
    program::add_endpoint(app, options.address, options.port);
    app.add_option("--threads", options.threads, "size of the pool; 0 is twice the processors")
        ->transform(program::whole_number(0, program::most_threads))
        ->capture_default_str();

    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        coroutines::echo_server server{options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
