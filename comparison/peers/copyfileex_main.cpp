#include "program/program.hpp"
#include "win32/error.hpp"

// CopyFileExW does all of a copy in one call. In a program of its own it pays for its start and its
// end, as the chapters' copies do. Source:
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-copyfileexw
int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Copies a file with one call of CopyFileExW, to hold the chapters against."};
    program::copy_arguments arguments;
    program::add_copy_arguments(app, arguments);
    app.footer("The copy has the attributes and the named streams of SOURCE, too.");

    return program::run(app, argc, argv, [&] {
        const std::filesystem::path source = arguments.source_path();
        const std::filesystem::path destination = arguments.destination_path();
        if (!::CopyFileExW(source.c_str(), destination.c_str(), nullptr, nullptr, nullptr,
                           arguments.overwrite ? 0 : COPY_FILE_FAIL_IF_EXISTS))
            // Which of the two it could not open the call does not say.
            win32::throw_last_error("CopyFileExW",
                                    arguments.source + "\" to \"" + arguments.destination);
    });
}
