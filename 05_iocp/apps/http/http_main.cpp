#include "apps/command_line.hpp"
#include "file_server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace {

// Refuses line breaks above all: one would end the field and begin another.
std::string is_field_value(const std::string& text) {
    const bool is_printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return is_printable && !text.empty() ? "" : "must be printable ASCII, and not empty";
}

} // namespace

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
                      "for the head of a request, else 408 and the end; 0 is for ever");
    apps::add_timeouts(app, options.server);
    app.add_flag("--dotfiles", options.shows_dotfiles,
                 "serve names that begin with a dot, too; else only /.well-known/");
    app.add_option("--cache-control", options.cache_control,
                   "what caches are told about files; no-cache: ask each time whether it is new")
        ->check(is_field_value)
        ->capture_default_str();
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
