// comparison_ctrl_c PROCESS_ID: presses Ctrl+C in the console of another process.
//
// A process can send Ctrl+C only into its own console, and has one at most. comparison would have
// to give up its own, and the output that goes there. So this program does it. Source:
// https://learn.microsoft.com/windows/console/generateconsolectrlevent
#include "win32/windows.hpp"

#include <cwchar>

int wmain(int argc, wchar_t** argv) {
    const DWORD process = argc == 2 ? std::wcstoul(argv[1], nullptr, 10) : 0;
    ::FreeConsole();
    // Ignore Ctrl+C here: every process of the console gets it, and this one has to return the
    // result.
    const bool good = process != 0 && ::AttachConsole(process) &&
                      ::SetConsoleCtrlHandler(nullptr, TRUE) &&
                      ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    return good ? 0 : 1;
}
