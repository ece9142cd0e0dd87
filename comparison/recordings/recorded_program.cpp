#include "recorded_program.hpp"

#include "files/file_content.hpp"
#include "files/temporary_folder.hpp"
#include "paced_client.hpp"
#include "processes/started_program.hpp"
#include "slow_pipe.hpp"

#include "win32/text.hpp"

#include <array>
#include <future>
#include <stdexcept>
#include <string>
#include <system_error>

namespace comparison {

namespace {

using std::chrono::milliseconds;

// A message larger than the system buffers for a client that does not read: a server on Linux can
// send 2.2 MiB of its echo before it has to wait, a server on Windows far less.
constexpr std::size_t more_than_fits = std::size_t{3} << 20;

// Returns the scripts of the three clients. The last one is slow to read.
std::array<client_script, 3> scripts() {
    const auto ms = [](int count) {
        return milliseconds{count};
    };
    return {{
        {ms(0), false, {{ms(20)}, {ms(35)}, {ms(110)}}},
        {ms(10), false, {{ms(25)}, {ms(60)}, {ms(90)}}},
        {ms(20), true, {{ms(25)}, {ms(15), more_than_fits, ms(100)}, {ms(25)}}},
    }};
}

// Returns the scripts of three clients that are busy at the same times.
std::array<client_script, 3> busy_scripts() {
    const paced_message next{milliseconds{0}};
    const client_script busy{
        .messages = {{milliseconds{20}}, next, next, {milliseconds{30}}, next, next}};
    return {busy, busy, busy};
}

constexpr std::size_t copy_size = 512 * 1024;
constexpr std::size_t copy_part = 64 * 1024;
constexpr milliseconds copy_pause{20};

std::vector<std::wstring> with_trace(const recorded_program& what) {
    std::vector<std::wstring> arguments = what.arguments;
    arguments.emplace_back(L"--trace");
    arguments.push_back(what.file.native());
    return arguments;
}

void require_file(const recorded_program& what) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(what.file, error);
    if (error || size == 0)
        throw std::runtime_error("left no recording in " + win32::to_utf8(what.file.native()));
}

std::uint64_t play_all(const std::array<client_script, 3>& all, std::uint16_t port,
                       milliseconds patience, const stop_token& stop) {
    std::vector<std::future<std::uint64_t>> clients;
    for (const client_script& script : all)
        clients.push_back(std::async(std::launch::async, [&script, port, patience, &stop] {
            return play(script, port, patience, stop);
        }));
    std::uint64_t bytes = 0;
    for (std::future<std::uint64_t>& each : clients)
        bytes += each.get();
    return bytes;
}

} // namespace

std::uint64_t record_echo(const recorded_program& what, const stop_token& stop) {
    std::filesystem::remove(what.file); // so that an old one cannot pass for the new one
    child_process server{what.program, with_trace(what), console::own};
    return with_fate_of(server, [&] {
        const std::uint16_t port = wait_until_listening(server, what.patience, stop);
        const std::uint64_t bytes = play_all(what.with_busy_clients ? busy_scripts() : scripts(),
                                             port, what.patience, stop);
        stop_with_ctrl_c(server, what.patience);
        require_file(what);
        return bytes;
    });
}

std::uint64_t record_copy(const recorded_program& what, const stop_token& stop) {
    std::filesystem::remove(what.file); // as above
    const std::string bytes = random_bytes(copy_size);
    const files::temporary_folder folder;
    const std::filesystem::path copy = folder.path() / L"copy";
    slow_pipe pipe;
    std::vector<std::wstring> arguments = with_trace(what);
    arguments.insert(arguments.begin(), {pipe.name().native(), copy.native()});
    child_process copier{what.program, arguments, console::own};
    return with_fate_of(copier, [&] {
        pipe.give(bytes, {copy_part, copy_pause, what.patience}, copier.handle(), stop);
        require_success(copier, what.patience, stop);
        if (files::content_of(copy) != bytes)
            throw std::runtime_error("the copy differs from its source");
        require_file(what);
        return bytes.size();
    });
}

} // namespace comparison
