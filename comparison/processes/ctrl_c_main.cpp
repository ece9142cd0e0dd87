// comparison_ctrl_c PROCESS_ID: presses Ctrl+C in the console of another process.
//
// A process can send Ctrl+C only into its own console, and has one at most. So comparison leaves it
// to this program, which gives up its own: comparison could not get its own back with the output
// that goes there. Source:
// https://learn.microsoft.com/windows/console/generateconsolectrlevent
#include "win32/windows.hpp"

#include <cwchar>

int wmain(int argc, wchar_t** argv) {
    const DWORD process = argc == 2 ? std::wcstoul(argv[1], nullptr, 10) : 0;
    ::FreeConsole();
    // All that share the console get it, also this process, which has to live on and say how it
    // went.
    const bool good = process != 0 && ::AttachConsole(process) &&
                      ::SetConsoleCtrlHandler(nullptr, TRUE) &&
                      ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    return good ? 0 : 1;
}
