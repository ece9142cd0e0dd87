#include "trace/program_trace.hpp"

#include "trace/chrome_trace.hpp"
#include "trace/summary.hpp"

#include "win32/error.hpp"
#include "win32/text.hpp"

#include <cstdio>
#include <string_view>
#include <utility>

namespace trace {

namespace {

// What is in the file stays there until the recording is written. (It is no win32::new_file, which
// is renamed at the end: NUL and a pipe are good names, too.)
win32::unique_file open_output(const std::string& name) {
    if (name == "-")
        return {};
    win32::unique_file file{::CreateFileW(win32::to_wide(name).c_str(), GENERIC_WRITE,
                                          FILE_SHARE_READ, nullptr, OPEN_ALWAYS,
                                          FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file)
        win32::throw_last_error("CreateFileW", name);
    return file;
}

} // namespace

program_trace::program_trace(const std::string& file, std::string program)
    : program_{std::move(program)}, file_{file}, output_{open_output(file)} {}

void program_trace::write() {
    const recording what = recorder_.stop();
    if (!output_) {
        std::fputs(summary_of(what).c_str(), stdout);
        std::fflush(stdout);
        return;
    }
    if (::GetFileType(output_.get()) == FILE_TYPE_DISK && !::SetEndOfFile(output_.get()))
        win32::throw_last_error("SetEndOfFile", file_);
    write_chrome_trace(what, program_, [this](std::string_view text) {
        DWORD written = 0;
        if (!::WriteFile(output_.get(), text.data(), static_cast<DWORD>(text.size()), &written,
                         nullptr))
            win32::throw_last_error("WriteFile", file_);
    });
}

} // namespace trace
