/// \file
/// A console without a window, to press Ctrl+C in.
#pragma once

#include "win32/unique_resource.hpp"

namespace comparison {

/// What a terminal is to Windows: a program that is started in it takes it for its console.
///
/// A process may send console events only to those that share its own console, and it may have
/// none. Whoever owns a pseudoconsole types into it instead, as a user would. Source:
/// https://learn.microsoft.com/windows/console/creating-a-pseudoconsole-session
class pseudo_console {
public:
    /// Throws std::system_error. The code of CreatePseudoConsole's HRESULT is passed on.
    pseudo_console();

    /// Ends the programs that are still in it, as closing a terminal does.
    ~pseudo_console();

    pseudo_console(const pseudo_console&) = delete;
    pseudo_console& operator=(const pseudo_console&) = delete;

    [[nodiscard]] HPCON get() const noexcept { return console_; }

    /// Throws std::system_error.
    void press_ctrl_c();

private:
    win32::unique_handle keyboard_;
    // Nobody reads it. The programs write to pipes of their own, and what the console itself says
    // of its colours fits into the pipe.
    win32::unique_handle screen_;
    HPCON console_ = nullptr;
};

} // namespace comparison
