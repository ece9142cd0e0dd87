#include "demos.hpp"

#include "program/program.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace {

struct demonstration {
    const char* name;
    void (*show)(bool mended);
    const char* sentence;
};

const demonstration demonstrations[] = {
    {"torn", what_breaks::torn,
     "Two threads send on one socket, each its message by two calls, and\n"
     "               one message ends up inside the other."},
    {"reordered", what_breaks::reordered,
     "Three receives are in flight on one socket, and four workers handle\n"
     "               them in another order than that of the stream."},
    {"recursion", what_breaks::recursion,
     "In skip mode a handler calls itself for each message that is there\n"
     "               already, and each of them takes more of the stack."},
    {"early-touch", what_breaks::early_touch,
     "A session is used after the call that started its receive, when another\n"
     "               thread has freed it: the program crashes, with exit code 3."},
};

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Makes a mistake with a completion port, and prints what comes of it."};
    std::vector<std::string> names;
    std::string footer = "The mistakes:";
    for (const demonstration& each : demonstrations) {
        names.emplace_back(each.name);
        footer +=
            "\n  " + names.back() + std::string(13 - names.back().size(), ' ') + each.sentence;
    }
    app.footer(footer);

    std::string name;
    bool mended = false;
    app.add_option("NAME", name, "the mistake")->required()->check(CLI::IsMember(names));
    app.add_flag("--mended", mended, "do the same work without the mistake");

    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        std::find_if(std::begin(demonstrations), std::end(demonstrations),
                     [&](const demonstration& each) { return each.name == name; })
            ->show(mended);
    });
}
