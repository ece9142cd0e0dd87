#include "copy_file.hpp"

#include "files/new_file.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <vector>

namespace blocking {

namespace {

//! [read-block]
// Reads up to `size` bytes. Returns how many were read; 0 is the end.
DWORD read_block(HANDLE file, std::byte* data, DWORD size, const std::string& name) {
    DWORD read = 0;
    if (::ReadFile(file, data, size, &read, nullptr))
        return read; // at the end of a file ReadFile succeeds, with 0 bytes
    const DWORD error = ::GetLastError();
    if (error == ERROR_BROKEN_PIPE)
        return 0; // the end of a pipe
    win32::throw_error(error, "ReadFile", name);
}
//! [read-block]

void write_block(HANDLE file, const std::byte* data, DWORD size, const std::string& name) {
    DWORD written = 0;
    if (!::WriteFile(file, data, size, &written, nullptr))
        win32::throw_last_error("WriteFile", name);
    if (written != size)
        win32::throw_error(ERROR_DISK_FULL, "WriteFile", name);
}

} // namespace

//! [copy-file]
void copy_file(const std::filesystem::path& source, const std::filesystem::path& destination,
               const copy_options& options) {
    const std::string source_name = win32::to_utf8(source.native());
    const std::string destination_name = win32::to_utf8(destination.native());

    const files::source_file input{source, FILE_FLAG_SEQUENTIAL_SCAN};
    files::new_file output{destination, options.overwrite, &input, FILE_ATTRIBUTE_NORMAL};

    std::vector<std::byte> block(copy_block_size);
    std::uint64_t copied = 0;
    while (const DWORD wanted = input.wanted(copied, block.size())) {
        const DWORD read = read_block(input.get(), block.data(), wanted, source_name);
        if (read == 0)
            break;
        write_block(output.get(), block.data(), read, destination_name);
        copied += read;
        if (options.progress)
            options.progress(copied, input.size());
    }
    input.require_whole(copied);
    output.publish();
}
//! [copy-file]

} // namespace blocking
