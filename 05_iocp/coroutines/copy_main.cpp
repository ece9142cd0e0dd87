#include "copy_file.hpp"

#include "program/program.hpp"
#include "program/progress_line.hpp"

int wmain(int argc, wchar_t** argv) {
    CLI::App app{"Copies a file with coroutines on a completion port."};
    program::copy_arguments arguments;
    program::add_copy_arguments(app, arguments);

    return program::run(app, argc, argv, [&] {
        program::progress_line progress;
        coroutines::copy_file(arguments.source_path(), arguments.destination_path(),
                              {.overwrite = arguments.overwrite, .progress = std::ref(progress)});
    });
}
