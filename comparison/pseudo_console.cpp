#include "pseudo_console.hpp"

#include "win32/error.hpp"

namespace comparison {

namespace {

struct pipe_ends {
    win32::unique_handle read;
    win32::unique_handle write;
};

pipe_ends make_pipe() {
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    if (!::CreatePipe(&read, &write, nullptr, 0))
        win32::throw_last_error("CreatePipe");
    return {win32::unique_handle{read}, win32::unique_handle{write}};
}

} // namespace

pseudo_console::pseudo_console() {
    pipe_ends keyboard = make_pipe();
    pipe_ends screen = make_pipe();
    constexpr COORD size{80, 25};
    const HRESULT result =
        ::CreatePseudoConsole(size, keyboard.read.get(), screen.write.get(), 0, &console_);
    if (FAILED(result))
        win32::throw_error(static_cast<DWORD>(HRESULT_CODE(result)), "CreatePseudoConsole");
    // The console has copies of the two other ends.
    keyboard_ = std::move(keyboard.write);
    screen_ = std::move(screen.read);
}

pseudo_console::~pseudo_console() {
    // Before Windows 11 24H2 ClosePseudoConsole waits until its last words are read, or cannot be.
    screen_.reset();
    ::ClosePseudoConsole(console_);
}

void pseudo_console::press_ctrl_c() {
    constexpr char ctrl_c = '\x03';
    DWORD written = 0;
    if (!::WriteFile(keyboard_.get(), &ctrl_c, 1, &written, nullptr))
        win32::throw_last_error("WriteFile", "console");
}

} // namespace comparison
