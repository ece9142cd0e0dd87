#include "apps/command_line.hpp"
#include "http/file_server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <cstdio>
#include <string>

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Serves the files of a folder over HTTP/1.1."};
    std::string root;
    app.add_option("--root", root, "the folder whose files are served")
        ->required()
        ->type_name("FOLDER");
    http::file_server_options options;
    program::add_endpoint(app, options.server.address, options.server.port);
    apps::add_pool(app, options.server);
    apps::add_seconds(app, "--head-timeout", options.head_timeout,
                      "for the head of a request; 0 is for ever");
    apps::add_seconds(app, "--idle-timeout", options.server.idle_timeout,
                      "without a byte in either direction; 0 is for ever");
    bool stats = false;
    app.add_flag("--stats", stats, "print the server's figures at the end");

    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        http::file_server server{root, options};
        program::wait_until_stopped(server.address());
        server.stop();
        if (stats)
            std::fputs(iocp::to_text(server.figures()).c_str(), stdout);
    });
}
