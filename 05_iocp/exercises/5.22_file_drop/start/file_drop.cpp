// Prediction:

#include "server/server.hpp"

#include "files/new_file.hpp"
#include "program/program.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace {

/// The file drop: one handler for all clients.
class file_drop : public iocp::handler {
public:
    explicit file_drop(std::filesystem::path folder) : folder_{std::move(folder)} {
        throw std::logic_error("the file drop is not written yet");
    }

private:
    void on_open(iocp::session&) override {}

    void on_receive(iocp::session&, std::span<const std::byte>) override {}

    void on_end(iocp::session& self) override { self.close(); }

    void on_operation(iocp::session&, iocp::session_operation&, std::error_code,
                      std::size_t) override {}

    const std::filesystem::path folder_;
};

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Takes files over TCP, and puts them into a folder."};
    iocp::server_options options;
    program::add_endpoint(app, options.address, options.port);
    std::string folder;
    app.add_option("--folder", folder, "the folder that the files go into")->required();
    return program::run(app, argc, argv, [&] {
        const win32::winsock winsock;
        file_drop drop{win32::to_wide(folder)};
        iocp::server server{drop, options};
        program::wait_until_stopped(server.address());
        server.stop();
    });
}
