#include "server/server.hpp"

#include "files/new_file.hpp"
#include "program/program.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/winsock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

constexpr std::size_t longest_line = 64; // with its end
constexpr std::uint64_t largest_file = 16 * 1024 * 1024;

// Allows what is a plain name on every Windows. A list of what is dangerous would never be
// complete: `..`, `\`, `C:`, `a:stream`, `nul.txt`, a dot at the end.
bool is_good_name(const std::string& name) {
    static const std::regex good{"(?!(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\.|$))"
                                 "[a-z0-9_-]{1,32}(\\.[a-z0-9]{1,8})?"};
    return std::regex_match(name, good);
}

// A file that is being received, and its write, of which one at a time is in flight. Until
// publish() it has a temporary name, and it is deleted with this object.
class upload : public iocp::session_operation {
public:
    // Throws std::system_error.
    upload(const std::filesystem::path& name, std::uint64_t size)
        : upload{std::make_unique<files::new_file>(name, false, nullptr, FILE_FLAG_OVERLAPPED),
                 size} {}

    [[nodiscard]] HANDLE handle() const noexcept { return file_->get(); }
    [[nodiscard]] std::uint64_t left() const noexcept { return left_; }

    // Starts to write `bytes`, the next ones, and returns as session::start() does.
    // Lifetime: from here until on_operation(), Windows reads the block and uses this object.
    [[nodiscard]] DWORD write(iocp::session& self, std::string bytes) {
        block_ = std::move(bytes);
        clear();
        Offset = static_cast<DWORD>(offset_); // no file needs OffsetHigh
        return self.start(*this, [this]() noexcept {
            return ::WriteFile(handle(), block_.data(), static_cast<DWORD>(block_.size()), nullptr,
                               this);
        });
    }

    // Returns whether all of the block was written, of which `bytes` were.
    [[nodiscard]] bool end_write(std::size_t bytes) noexcept {
        offset_ += bytes;
        left_ -= bytes;
        return bytes == block_.size();
    }

    // Gives the file its name. Throws std::system_error, also if there is such a file by now.
    void publish() { file_->publish(); }

private:
    upload(std::unique_ptr<files::new_file> file, std::uint64_t size)
        : session_operation{file->get()}, file_{std::move(file)}, left_{size} {}

    std::unique_ptr<files::new_file> file_;
    std::string block_;
    std::uint64_t offset_ = 0;
    std::uint64_t left_; // the bytes that are not written yet
};

// The data of one connection.
struct sender : iocp::session_data {
    std::string unread;           // received, and neither obeyed nor written yet
    std::unique_ptr<upload> file; // null: between two files
    bool is_writing = false;
    bool has_ended = false; // whether the client sends no more
};

class file_drop : public iocp::handler {
public:
    explicit file_drop(std::filesystem::path folder) : folder_{std::move(folder)} {}

private:
    void on_open(iocp::session& self) override { self.data = std::make_unique<sender>(); }

    void on_receive(iocp::session& self, std::span<const std::byte> bytes) override {
        sender_of(self).unread.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        go_on(self);
    }

    void on_end(iocp::session& self) override {
        sender_of(self).has_ended = true;
        go_on(self);
    }

    void on_operation(iocp::session& self, iocp::session_operation&, std::error_code why,
                      std::size_t bytes) override {
        sender& from = sender_of(self);
        from.is_writing = false;
        if (why || !from.file->end_write(bytes))
            refuse(self, "disk");
        else
            go_on(self);
    }

    // Goes on as far as possible. While a block is being written nothing is received: so a client
    // costs one receive and one block, however fast it sends and however slow the disk is.
    void go_on(iocp::session& self) {
        sender& from = sender_of(self);
        try {
            while (!from.is_writing && (from.file ? take_bytes(self) : take_line(self))) {
            }
        } catch (const std::system_error& error) {
            const bool exists = error.code() == win32::make_error(ERROR_FILE_EXISTS) ||
                                error.code() == win32::make_error(ERROR_ALREADY_EXISTS);
            refuse(self, exists ? "exists" : "disk");
            return;
        }
        if (from.is_writing)
            self.pause();
        else if (from.has_ended && (from.file || !from.unread.empty()))
            refuse(self, "short");
        else if (from.has_ended)
            self.close();
        else if (self.is_paused())
            self.resume();
    }

    // Begins the next file. Returns false if its line has not come yet, or was refused.
    bool take_line(iocp::session& self) {
        std::string& unread = sender_of(self).unread;
        const std::size_t end = unread.find('\n');
        if (end == std::string::npos && unread.size() < longest_line)
            return false;
        static const std::regex put{"PUT ([^ ]+) ([0-9]{1,8})"};
        std::smatch words;
        const std::string line = unread.substr(0, std::min(end, longest_line));
        if (line.size() == longest_line || !std::regex_match(line, words, put)) {
            refuse(self, "line");
            return false;
        }
        const std::uint64_t size = std::stoul(words.str(2));
        if (!is_good_name(words.str(1)) || size > largest_file) {
            refuse(self, is_good_name(words.str(1)) ? "size" : "name");
            return false;
        }
        auto file = std::make_unique<upload>(folder_ / words.str(1), size);
        self.associate(file->handle());
        sender_of(self).file = std::move(file);
        unread.erase(0, end + 1);
        return true;
    }

    // Writes the bytes that are there, or ends the file. Returns false if there are none.
    bool take_bytes(iocp::session& self) {
        sender& from = sender_of(self);
        if (from.file->left() == 0) {
            from.file->publish();
            from.file.reset();
            answer(self, "OK\n");
            return true;
        }
        if (from.unread.empty())
            return false;
        std::string bytes = std::move(from.unread);
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), from.file->left()));
        from.unread = bytes.substr(count);
        bytes.resize(count);
        const DWORD error = from.file->write(self, std::move(bytes));
        if (error != ERROR_SUCCESS)
            win32::throw_error(error, "WriteFile");
        from.is_writing = true;
        return true;
    }

    // Says why the client is sent away. The session sends that, and drops what still comes.
    void refuse(iocp::session& self, std::string_view why) {
        sender& from = sender_of(self);
        from.file.reset(); // no write is in flight: the file is deleted
        from.unread.clear();
        answer(self, "ERROR " + std::string{why} + '\n');
        self.close();
    }

    static void answer(iocp::session& self, std::string_view line) noexcept {
        if (self.send(line) == iocp::send_result::full)
            self.abort();
    }

    static sender& sender_of(iocp::session& self) noexcept {
        return static_cast<sender&>(*self.data);
    }

    const std::filesystem::path folder_;
};

} // namespace

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Takes files over TCP, and puts them into a folder."};
    iocp::server_options options;
    options.idle_timeout = std::chrono::minutes{1};
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
