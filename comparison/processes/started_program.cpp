#include "started_program.hpp"

#include <charconv>
#include <cstdio>
#include <optional>

namespace comparison {

using std::chrono::milliseconds;

namespace {

// Writes the code of a crash, an NTSTATUS, in hexadecimal digits, as it is known.
std::string exit_code_text(DWORD code) {
    if (code <= 0xFFFF)
        return std::to_string(code);
    char text[16];
    std::snprintf(text, sizeof text, "0x%08lX", code);
    return text;
}

} // namespace

std::string last_words_of(const child_process& program) {
    std::string text = program.output();
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    const std::string line = text.substr(text.find_last_of('\n') + 1);
    return line.starts_with("listening on ") ? "" : line;
}

std::string fate_of(child_process& program) {
    std::string result;
    // A connection breaks a little before its program has ended: wait for the exit code.
    if (const std::optional<DWORD> code = program.wait(milliseconds{500})) {
        result = "; it ended with exit code " + exit_code_text(*code);
        // Wait for the end of the output: no line begins with a line's end.
        static_cast<void>(program.wait_for_line("\n", milliseconds{500}));
    }
    if (const std::string words = last_words_of(program); !words.empty())
        result += "; its last words: " + words;
    return result;
}

void require_success(child_process& program, milliseconds patience, const stop_token& stop) {
    const std::optional<DWORD> code = program.wait(patience, stop);
    if (!code)
        throw std::runtime_error("did not end in time");
    if (*code != 0)
        throw std::runtime_error("failed");
}

std::uint16_t wait_until_listening(child_process& server, milliseconds patience,
                                   const stop_token& stop) {
    const std::optional<std::string> line =
        server.wait_for_line("listening on 127.0.0.1:", patience, stop);
    if (!line)
        throw std::runtime_error("did not say where it listens");
    std::uint16_t port = 0;
    const char* const end = line->data() + line->size();
    const auto [rest, error] = std::from_chars(line->data(), end, port);
    if (error != std::errc{} || rest != end || port == 0)
        throw std::runtime_error("listens on no port: " + *line);
    return port;
}

std::string stop_server(child_process& server, milliseconds patience) {
    if (const std::optional<DWORD> code = server.wait(milliseconds{0}))
        return "it ended by itself with exit code " + exit_code_text(*code);
    switch (server.stop(patience)) {
    case ending::did_not_respond:
        return "did not stop on Ctrl+Break: terminated";
    case ending::no_way_to_ask:
        return "";
    case ending::on_request:
        break;
    }
    // Get the exit code: the process has ended.
    const std::optional<DWORD> code = server.wait(milliseconds{0});
    return code && *code != 0
               ? "when it was stopped it ended with exit code " + exit_code_text(*code)
               : "";
}

void stop_with_ctrl_c(child_process& program, milliseconds patience) {
    if (program.stop(patience) != ending::on_request)
        throw std::runtime_error("did not stop after Ctrl+C");
    require_success(program, milliseconds{0}, {}); // it has ended
}

} // namespace comparison
