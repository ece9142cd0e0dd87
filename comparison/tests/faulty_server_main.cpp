// The servers that go wrong, for the tests of comparison: the first argument says how.
#include "tiny_server.hpp"

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace {

BOOL WINAPI ignore_console_events(DWORD) {
    return TRUE;
}

BOOL WINAPI end_well(DWORD) {
    ::ExitProcess(0);
}

BOOL WINAPI end_badly(DWORD) {
    ::ExitProcess(5);
}

int serve(std::string_view how) {
    const win32::winsock winsock;
    std::atomic<int> messages{0};
    std::mutex mutex;
    std::vector<std::string> hoard;
    const comparison::tests::tiny_server server{[&](SOCKET socket, unsigned number) {
        if (how == "takes-eight" && number >= 8) {
            if (number == 8) {
                std::puts("eight is enough");
                std::fflush(stdout);
            }
            return; // and its connection is closed
        }
        std::vector<char> message(64);
        while (comparison::tests::receive_all(socket, message)) {
            const int count = ++messages;
            if (how == "wrong-byte" && count == 20)
                message[5] = static_cast<char>(message[5] ^ 1);
            if (how == "hoards") {
                const std::lock_guard lock{mutex};
                hoard.emplace_back(std::size_t{1} << 20, 'x');
            }
            if (!comparison::tests::send_all(socket, {message.data(), message.size()}))
                return;
        }
    }};
    std::printf("hello\nlistening on 127.0.0.1:%u\n", static_cast<unsigned>(server.port()));
    std::fflush(stdout);
    ::Sleep(INFINITE); // until it is terminated
    return 0;
}

// Serves one connection, and dies in the middle of it. One thread does all: under Wine (8.0) a
// process of several threads that ends abruptly may linger for seconds.
int die_under_load() {
    const win32::winsock winsock;
    const win32::unique_socket listener = win32::listen_on("127.0.0.1", 0);
    std::printf("listening on 127.0.0.1:%u\n",
                static_cast<unsigned>(win32::local_port(listener.get())));
    std::fflush(stdout);
    const win32::unique_socket client{::accept(listener.get(), nullptr, nullptr)};
    std::vector<char> message(64);
    for (int i = 0; i < 20 && comparison::tests::receive_all(client.get(), message); ++i)
        comparison::tests::send_all(client.get(), {message.data(), message.size()});
    std::fputs("out of luck\n", stderr);
    return 9;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view how = argc > 1 ? argv[1] : "";
    if (how == "dies") {
        std::fputs("no such luck\n", stderr);
        return 3;
    }
    if (how == "dies-under-load")
        return die_under_load();
    if (how == "prints-junk") {
        std::puts("listening on 127.0.0.1:99999");
        std::fflush(stdout);
        ::Sleep(INFINITE);
    }
    if (how == "never-listens") {
        std::puts("thinking");
        std::fflush(stdout);
        ::Sleep(INFINITE);
    }
    if (how == "talks-much") { // more than a pipe holds
        const std::string line(1023, '.');
        for (int i = 0; i < 1024; ++i)
            std::puts(line.c_str());
        return 7;
    }
    if (how == "crashes")
        ::ExitProcess(0xC0000005);
    // A process ignores Ctrl+C if the one that started it does, until it is asked not to.
    ::SetConsoleCtrlHandler(nullptr, FALSE);
    // Without a handler Ctrl+C ends a process with an exit code of its own.
    ::SetConsoleCtrlHandler(how == "deaf"         ? ignore_console_events
                            : how == "fails-late" ? end_badly
                                                  : end_well,
                            TRUE);
    return serve(how);
}
