#include "program_trace.hpp"

#include "chrome_trace.hpp"
#include "summary.hpp"

#include "files/new_file.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace trace {

namespace {

constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// Opens a pipe or a device once, and keeps it: a look at a pipe uses up its one connection.
win32::unique_file open_device(const std::string& name) {
    if (name == "-")
        return {};
    win32::unique_file file{::CreateFileW(win32::to_wide(name).c_str(), GENERIC_WRITE, share_all,
                                          nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (file && ::GetFileType(file.get()) == FILE_TYPE_DISK)
        file.reset();
    return file;
}

files::new_file make_file(const std::string& name) {
    constexpr bool overwrite = true;
    return {win32::to_wide(name), overwrite, nullptr, FILE_ATTRIBUTE_NORMAL};
}

// Whether there is a file that is no recording.
bool is_other_file(const std::string& name) {
    const win32::unique_file file{::CreateFileW(win32::to_wide(name).c_str(), GENERIC_READ,
                                                share_all, nullptr, OPEN_EXISTING,
                                                FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file) {
        const DWORD error = ::GetLastError();
        if (error == ERROR_FILE_NOT_FOUND)
            return false;
        win32::throw_error(error, "CreateFileW", name);
    }
    char beginning[chrome_trace_beginning.size()];
    DWORD read = 0;
    if (!::ReadFile(file.get(), beginning, sizeof beginning, &read, nullptr))
        win32::throw_last_error("ReadFile", name);
    return std::string_view{beginning, read} != chrome_trace_beginning;
}

[[noreturn]] void refuse(const std::string& name, const char* why) {
    throw std::runtime_error("--trace \"" + name + "\": " + why);
}

// Refuses now the names that write() would refuse; returns whether write() may replace any file.
bool try_out(const std::string& name, bool overwrite) {
    make_file(name); // gone at once: it fails where there is no folder, or no right to write
    if (!is_other_file(name))
        return false;
    if (!overwrite)
        refuse(name, "a file is there that is no recording; --trace-overwrite replaces it");
    return true;
}

} // namespace

program_trace::program_trace(const std::string& file, std::string program, bool overwrite)
    : program_{std::move(program)},
      file_{file},
      device_{open_device(file)},
      overwrite_{file != "-" && !device_ && try_out(file, overwrite)} {}

void program_trace::write() {
    const recording what = recorder_.stop();
    const auto write_to = [&](HANDLE file) {
        write_chrome_trace(what, program_,
                           [&](std::string_view text) { files::write_all(file, file_, text); });
    };
    if (file_ == "-") {
        std::fputs(summary_of(what).c_str(), stdout);
    } else if (device_) {
        write_to(device_.get());
    } else {
        if (!overwrite_ && is_other_file(file_))
            refuse(file_, "a file is there by now that is no recording, and it stays");
        files::new_file fresh = make_file(file_);
        write_to(fresh.get());
        fresh.publish();
    }
}

} // namespace trace
