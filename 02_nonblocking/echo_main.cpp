#include "echo_server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <map>

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Echoes over TCP with non-blocking calls: one thread asks every socket in turn."};
    nonblocking::echo_options options;
    program::add_endpoint(app, options.address, options.port);

    using nonblocking::wait_mode;
    const std::map<std::string, wait_mode> modes{
        {"poll", wait_mode::poll}, {"select", wait_mode::select}, {"spin", wait_mode::spin}};
    std::string wait = "poll";
    app.add_option("--wait", wait,
                   "poll: WSAPoll; select: at most 62 clients at once, the others wait;\n"
                   "spin: try every socket again and again, and burn a processor")
        ->check(CLI::IsMember(modes))
        ->capture_default_str();

    return program::run(app, argc, argv, [&] {
        options.wait = modes.at(wait);
        const win32::winsock winsock;
        nonblocking::echo_server server{options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
