#include "apps/chat/wire/plain_text.hpp"
#include "apps/chat/wire/protocol.hpp"
#include "apps/utf8.hpp"
#include "client_connection.hpp"
#include "text_input.hpp"

#include "program/ctrl_c.hpp"
#include "program/program.hpp"
#include "win32/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

namespace {

using chat::client_connection;

struct client_options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::string room;
    std::string name;
};

// Leaves the room in good order at the first Ctrl+C; the main thread ends when the server has
// closed. If the server does not, a second Ctrl+C ends the process.
void leave_on_ctrl_c(const std::shared_ptr<client_connection>& connection) {
    program::hear_ctrl_c();
    program::handle_ctrl_c(
        [weak = std::weak_ptr{connection}] {
            if (const auto still_there = weak.lock())
                still_there->leave();
        },
        program::second_ctrl_c::ends_the_process);
}

// ---- What is shown ----

void print(const std::string& line) {
    const std::string whole = line + "\n";
    if (std::fwrite(whole.data(), 1, whole.size(), stdout) != whole.size() ||
        std::fflush(stdout) != 0)
        throw std::runtime_error{"the standard output takes no more"};
}

// ---- What is typed ----

// A thread of its own, for reading the console blocks. A line that is longer than the server's
// frames goes in pieces.
//
// Lifetime: nobody waits for the end of this thread, since nothing is sure to end a read of a
// console but the user. So it shares the connection, and touches nothing else of the main thread's;
// the end of the process ends it.
void send_lines(const std::shared_ptr<client_connection>& to, std::size_t longest_text) noexcept {
    try {
        chat::text_input input{::GetStdHandle(STD_INPUT_HANDLE)};
        if (input.is_console())
            print("* to leave, type /quit or press Ctrl+C (to say /quit, type //quit)");
        while (const std::optional<std::string> line = input.next()) {
            for (std::string_view rest = *line; !rest.empty();) {
                const std::size_t count = apps::whole_characters(rest, longest_text);
                if (!to->say(rest.substr(0, count)))
                    return; // the main thread finds out why
                rest.remove_prefix(count);
            }
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    to->leave();
}

// ---- What is said ----

// What the server says, and what it means here. The own words come back, too; they are on the
// screen already. What the server says itself begins with a star, and what a member says with a
// name, which does not; and a name has no blank. The server sees to that, and to it that nothing is
// invisible. All the same it is made visible here once more: the server may be another one.
class listener {
public:
    listener(client_connection& connection, const client_options& options)
        : connection_{connection}, options_{options} {}

    void operator()(const chat::welcome& message) const {
        std::string line = "* you are in " + options_.room;
        for (const std::string_view& each : message.others)
            line.append(&each == message.others.data() ? ", with " : ", ")
                .append(chat::make_visible(each));
        print(line);
    }
    void operator()(const chat::joined& message) const {
        print("* " + chat::make_visible(message.name) + " has joined");
    }
    void operator()(const chat::left& message) {
        if (message.name == options_.name)
            has_left_ = true;
        else
            print("* " + chat::make_visible(message.name) + " has left");
    }
    void operator()(const chat::said& message) const {
        if (message.name == options_.name)
            connection_.heard();
        else
            print(chat::make_visible(message.name) + ": " + chat::make_visible(message.text));
    }
    void operator()(const chat::refused& message) const {
        throw std::runtime_error{"the server refuses: " + chat::make_visible(message.text)};
    }

    [[nodiscard]] bool has_left() const noexcept { return has_left_; }

private:
    client_connection& connection_;
    const client_options& options_;
    bool has_left_ = false;
};

// On the main thread, to the end of the connection.
void converse(const client_options& options) {
    const auto connection = std::make_shared<client_connection>(options.address, options.port);
    connection->send(chat::encode(chat::join{options.room, options.name}));
    leave_on_ctrl_c(connection);
    listener listens{*connection, options};
    bool is_typing = false;
    while (const std::optional<chat::server_message> message = connection->receive()) {
        std::visit(listens, *message);
        const auto* entry = std::get_if<chat::welcome>(&*message);
        if (entry == nullptr || std::exchange(is_typing, true))
            continue;
        const std::size_t longest =
            std::max<std::size_t>(entry->longest_frame, chat::least_longest_frame);
        std::thread{send_lines, connection, longest - 1}.detach(); // 1: the type
    }
    if (!listens.has_left())
        throw std::runtime_error{"the server has gone"};
}

// ---- The command line ----

// Normal form C: the server takes no other. A text that has none stays as it is.
std::string to_normal_form(const std::string& name) {
    const std::wstring wide = win32::to_wide(name);
    const int size = static_cast<int>(wide.size());
    std::wstring normal(wide.size() * 4 + 16, L'\0'); // no character becomes longer than that
    const int count = ::NormalizeString(NormalizationC, wide.data(), size, normal.data(),
                                        static_cast<int>(normal.size()));
    return count > 0 ? win32::to_utf8({normal.data(), static_cast<std::size_t>(count)}) : name;
}

bool is_good_name(const std::string& name) {
    return name.size() <= chat::longest_name && chat::is_plain_text(name) && chat::is_name(name);
}

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Talks in a room of 05_iocp_chat: says each line that is typed, or piped in."};
    client_options options;
    app.add_option("--room", options.room, "the room")->required();
    app.add_option("--name", options.name, "who you are in the room")->required();
    app.add_option("--port", options.port, "the server's port")
        ->required()
        ->transform(program::whole_number(1, 65'535));
    app.add_option("--address", options.address, "the server's address, IPv4 or IPv6, or name")
        ->capture_default_str();
    for (const char* const each : {"--room", "--name"})
        app.get_option(each)->check(
            [](const std::string& name) {
                return is_good_name(to_normal_form(name))
                           ? std::string{}
                           : "1 to " + std::to_string(chat::longest_name) +
                                 " bytes of UTF-8, no blanks, nothing invisible, no * in front";
            },
            "NAME");
    app.footer("At a terminal, the line /quit leaves, and //quit says \"/quit\"; Ctrl+C leaves, "
               "too,\nand so does Ctrl+Z and Enter, but not on Linux. The end of a pipe leaves. "
               "What the\nserver says begins with a star.");

    return program::run(app, argc, argv, [&] {
        options.room = to_normal_form(options.room);
        options.name = to_normal_form(options.name);
        converse(options);
    });
}
