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

std::unique_ptr<win32::new_file> make_output(const std::string& file) {
    if (file == "-")
        return nullptr;
    return std::make_unique<win32::new_file>(win32::to_wide(file), true, nullptr,
                                             FILE_ATTRIBUTE_NORMAL);
}

} // namespace

program_trace::program_trace(const std::string& file, std::string program)
    : program_{std::move(program)}, file_{file}, output_{make_output(file)} {}

void program_trace::write() {
    const recording what = recorder_.stop();
    if (!output_) {
        std::fputs(summary_of(what).c_str(), stdout);
        std::fflush(stdout);
        return;
    }
    write_chrome_trace(what, program_, [this](std::string_view text) {
        DWORD written = 0;
        if (!::WriteFile(output_->get(), text.data(), static_cast<DWORD>(text.size()), &written,
                         nullptr))
            win32::throw_last_error("WriteFile", file_);
    });
    output_->publish();
}

} // namespace trace
