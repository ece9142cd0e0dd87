#include "asio_echo_server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <string>

namespace {

std::string asio_version() {
    return std::to_string(ASIO_VERSION / 100000) + "." + std::to_string(ASIO_VERSION / 100 % 1000) +
           "." + std::to_string(ASIO_VERSION % 100);
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Echoes over TCP with standalone Asio " + asio_version() +
                 ", to hold the chapters against."};
    peers::echo_options options;
    program::add_endpoint(app, options.address, options.port);
    app.add_option("--threads", options.threads,
                   "that run the io_context; 0 is twice the processors")
        ->transform(program::whole_number(0, program::most_threads))
        ->capture_default_str();

    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        peers::asio_echo_server server{options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
