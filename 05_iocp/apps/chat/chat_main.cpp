#include "apps/chat/wire/protocol.hpp"
#include "apps/command_line.hpp"
#include "chat_server.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <cstdio>
#include <string>

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Serves chat rooms over TCP with the full completion-port server."};
    chat::chat_options options;
    program::add_endpoint(app, options.server.address, options.server.port);
    apps::add_pool(app, options.server);
    app.add_option("--max-frame", options.longest_frame,
                   "bytes of a client's frame; a client that sends a longer one is sent away")
        ->transform(program::whole_number(chat::least_longest_frame, chat::greatest_longest_frame))
        ->capture_default_str();
    app.add_option("--max-members", options.most_members, "members of one room")
        ->transform(program::whole_number(1, chat::most_members))
        ->capture_default_str();
    app.add_option("--send-limit", options.send_limit,
                   "bytes that may wait for one client; from a quarter of it on its room waits")
        ->transform(program::whole_number(chat::least_send_limit, chat::greatest_send_limit))
        ->capture_default_str();
    apps::add_seconds(app, "--join-timeout", options.join_timeout,
                      "reset a client that is in no room for so long; 0: never");
    apps::add_seconds(app, "--stall-timeout", options.stall_timeout,
                      "reset a client that keeps its room waiting and takes nothing for so long; "
                      "0: never");
    apps::add_timeouts(app, options.server);
    bool stats = false;
    app.add_flag("--stats", stats, "print the server's figures at the end");
    app.footer(
        "The name of a person or a room has 1 to " + std::to_string(chat::longest_name) +
        " bytes, in UTF-8 and normal form C, no blanks, nothing invisible, and no * in front.");

    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        chat::chat_server server{options};
        program::wait_until_stopped(server.address());
        server.stop();
        if (stats)
            std::printf("%s%-20s %14llu\n", iocp::to_text(server.figures()).c_str(),
                        "slow readers reset",
                        static_cast<unsigned long long>(server.slow_readers()));
    });
}
