// The load as a process of its own, which comparison starts. It prints a report in JSON.

#include "load.hpp"
#include "processes/watched_process.hpp"

#include "program/program.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

namespace {

using namespace comparison;

// Adds an option that takes a time in seconds.
template <class Duration>
CLI::Option* add_time(CLI::App& app, const char* name, Duration& time, const char* description) {
    const auto take = [&time](const double& seconds) {
        time = std::chrono::duration_cast<Duration>(std::chrono::duration<double>{seconds});
    };
    const auto preset = std::chrono::duration_cast<std::chrono::seconds>(time);
    return app.add_option_function<double>(name, take, description)
        ->transform(program::number(0.001, 3600))
        ->type_name("S")
        ->default_str(preset.count() == 0 ? "" : std::to_string(preset.count()));
}

struct settings {
    load_options load;
    DWORD watch = 0;
    std::string watch_name;
};

void run(const settings& s) {
    const win32::winsock winsock;
    std::optional<watched_process> server;
    std::optional<server_watch> watch;
    if (s.watch != 0) {
        server.emplace(s.watch, win32::to_wide(s.watch_name));
        watch = server_watch{[&] { return server->size(); },
                             [&] {
                                 return server->work();
                             }};
    }
    std::printf("%s\n", to_json(run_load(s.load, watch)).c_str());
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    settings s;
    s.load.duration = std::chrono::seconds{1};
    CLI::App app{
        "Loads an echo server on 127.0.0.1 and prints what came of it, as JSON: comparison "
        "starts it.\nEach client has one message under way and compares every byte that "
        "comes back.\nExit code: 0, 1 when the server or the load failed, 2 for bad "
        "arguments."};
    program::add_number(app, "--port", s.load.port, 1, 65'535, "of the server")->required();
    program::add_number(app, "--connections", s.load.connections, 1, 10'000,
                        "clients that send on and on")
        ->capture_default_str();
    program::add_number(app, "--message-size", s.load.message_size, 1, 16 << 20,
                        "bytes of a message")
        ->capture_default_str();
    CLI::Option* const seconds = add_time(app, "--seconds", s.load.duration, "measured time");
    CLI::Option* const fewest =
        program::add_number(app, "--fewest-replies", s.load.fewest_replies, 1, 1'000'000'000,
                            "measure longer until so many have come");
    add_time(app, "--longest", s.load.longest, "but no longer than this")->needs(fewest);
    program::add_number(app, "--requests", s.load.requests, 1, 1'000'000'000,
                        "measure until so many replies have come")
        ->excludes(seconds)
        ->excludes(fewest);
    program::add_number(app, "--silent", s.load.silent, 1, 15'000,
                        "further clients, served once and then silent");
    add_time(app, "--silent-patience", s.load.silent_patience,
             "give up connecting silent clients when none was served for so long");
    app.add_flag("--slow-clients", s.load.slow_clients,
                 "measure twice: first as ever, then with one client more that sends\n"
                 "and never reads, and one that sends a byte a second");
    add_time(app, "--patience", s.load.patience, "fail when nothing has come for so long");
    CLI::Option* const watch = program::add_number(app, "--watch", s.watch, 1, UINT32_MAX,
                                                   "the server's process: report threads, memory,\n"
                                                   "processor time and context switches, too")
                                   ->type_name("ID");
    app.add_option("--watch-name", s.watch_name,
                   "what its command line begins with: Wine needs it to find the process")
        ->type_name("TEXT")
        ->needs(watch);
    return program::run(app, argc, argv, [&] { run(s); });
}
