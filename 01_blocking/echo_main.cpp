#include "echo_server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Echoes over TCP with blocking calls: a thread waits for each connection."};
    blocking::echo_options options;
    program::add_endpoint(app, options.address, options.port);
    app.add_option("--threads", options.threads,
                   "serve with N threads, a client each, while the others wait;\n"
                   "0 starts a thread for every client")
        ->transform(program::whole_number(0, program::most_threads))
        ->capture_default_str();
    app.add_option("--max-threads", options.max_threads,
                   "with --threads 0: say goodbye to a client beyond N at once")
        ->transform(program::whole_number(1, 20'000)) // a process has no more sockets under Wine
        ->capture_default_str();

    //! [run]
    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        blocking::echo_server server{options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
    //! [run]
}
