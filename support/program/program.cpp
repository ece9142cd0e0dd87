#include "program.hpp"

#include "ctrl_c.hpp"
#include "trace/program_trace.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <vector>

namespace program {

namespace {

// A console keeps its code page when the program has ended, for the next program that runs in it.
class utf8_output {
public:
    utf8_output() : before_{::GetConsoleOutputCP()} { ::SetConsoleOutputCP(CP_UTF8); }
    ~utf8_output() {
        if (before_ != 0) // 0: there is no console
            ::SetConsoleOutputCP(before_);
    }
    utf8_output(const utf8_output&) = delete;
    utf8_output& operator=(const utf8_output&) = delete;

private:
    UINT before_;
};

// The values of --trace and --trace-overwrite.
struct trace_options {
    std::string file;
    bool overwrite = false;
};

void add_trace_options(CLI::App& app, trace_options& options) {
    app.add_option("--trace", options.file,
                   "record the I/O calls and write them to FILE at the end, for a trace\n"
                   "viewer (https://ui.perfetto.dev); - prints a summary instead. Of the\n"
                   "files that are there only an earlier recording is replaced")
        ->type_name("FILE")
        ->check([](const std::string& file) { return file.empty() ? "a name is wanted" : ""; }, "");
    app.add_flag("--trace-overwrite", options.overwrite, "let it replace any file")
        ->needs("--trace");
}

// The recording is written last, and would replace a file that the program has written.
void require_a_file_of_its_own(const CLI::App& app, const trace_options& options) {
    for (const CLI::Option* const each : app.get_options()) {
        const std::vector<std::string>& given = each->results();
        if (each->get_positional() && !options.file.empty() &&
            std::find(given.begin(), given.end(), options.file) != given.end())
            throw CLI::ValidationError("--trace", "FILE is " + each->get_name(true) + ", too");
    }
}

} // namespace

int run(CLI::App& app, int argc, const wchar_t* const* argv, const std::function<void()>& body) {
    // On a pipe and a console the C library would write letter by letter.
    std::setvbuf(stdout, nullptr, _IOFBF, 64 * 1024);
    const utf8_output utf8;

    const std::string name = win32::to_utf8(std::filesystem::path{argv[0]}.stem().native());
    app.name(name);
    // Else CLI11 takes the path /home/me/a.txt for an option on Windows.
    app.allow_windows_style_options(false);
    trace_options tracing;
    add_trace_options(app, tracing);

    // CLI11 takes its arguments last first, without the program's name.
    std::vector<std::string> arguments;
    arguments.reserve(static_cast<std::size_t>(argc));
    for (int i = argc - 1; i > 0; --i)
        arguments.push_back(win32::to_utf8(argv[i]));
    const auto succeeds = [&](const std::function<void()>& work) {
        try {
            work();
            return true;
        } catch (const std::exception& error) {
            std::cerr << name << ": " << error.what() << std::endl;
            return false;
        }
    };
    try {
        app.parse(std::move(arguments));
        require_a_file_of_its_own(app, tracing);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            app.exit(error); // prints the help
            return succeeds(flush_output) ? 0 : 1;
        }
        std::cerr << name << ": " << error.what() << "\n\n" << app.help() << std::flush;
        return 2;
    }

    std::optional<trace::program_trace> recording;
    if (!tracing.file.empty() &&
        !succeeds([&] { recording.emplace(tracing.file, name, tracing.overwrite); }))
        return 1;
    bool good = succeeds(body);
    // A program that has failed, or was interrupted, writes its recording, too.
    if (recording)
        good = succeeds([&] { recording->write(); }) && good;
    good = good && succeeds(flush_output);
    wait_for_the_handler();
    return good ? 0 : 1;
}

void flush_output() {
    const bool flushed = std::fflush(stdout) == 0;
    const unsigned long error = _doserrno; // Windows' own code, which errno has lost
    if (!flushed)
        win32::throw_error(error, "write to the standard output");
    if (std::ferror(stdout) != 0) // an earlier write, whose code is gone
        throw std::runtime_error("the standard output could not be written");
}

void add_endpoint(CLI::App& app, std::string& address, std::uint16_t& port) {
    app.add_option("--address", address,
                   "IPv4 or IPv6 address to listen on, or a name;\n"
                   "0.0.0.0 is every IPv4 address of this machine, :: is these and\n"
                   "every IPv6 address")
        ->capture_default_str();
    app.add_option("--port", port, "port to listen on; 0 picks a free one")
        ->transform(whole_number(0, 65'535))
        ->capture_default_str();
}

void wait_until_stopped(const SOCKADDR_INET& address) {
    // Never closed, because Ctrl+C may come until the process is gone.
    const HANDLE stop_requested = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    if (stop_requested == nullptr)
        win32::throw_last_error("CreateEventW");
    hear_ctrl_c();
    handle_ctrl_c([stop_requested] { ::SetEvent(stop_requested); }, second_ctrl_c::is_ignored);
    std::printf("listening on %s\n", win32::to_text(address).c_str());
    flush_output();
    ::WaitForSingleObject(stop_requested, INFINITE);
}

void add_copy_arguments(CLI::App& app, copy_arguments& arguments) {
    app.add_option("SOURCE", arguments.source, "the file to copy")->required();
    app.add_option("DESTINATION", arguments.destination, "the name of the copy")->required();
    app.add_flag("--overwrite", arguments.overwrite,
                 "replace DESTINATION if it exists, and keep its permissions");
    app.footer(
        "The copy has the bytes that SOURCE has when the copying begins, and the time of its\n"
        "last write. Nothing else is copied: no attributes, no permissions, no named streams;\n"
        "and the gaps of a sparse file are written as zeros.");
}

} // namespace program
