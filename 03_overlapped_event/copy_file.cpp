#include "copy_file.hpp"

#include "operation.hpp"

#include "files/new_file.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <array>
#include <utility>
#include <vector>

namespace overlapped_event {

namespace {

/// A buffer and the operation that fills or empties it.
class block {
public:
    block() : data_(copy_block_size) {}

    //! [block-destructor]
    /// Lifetime: whatever went wrong, Windows may still write to the buffer while an operation is
    /// in flight. So it is cancelled, and its completion collected, before the buffer goes.
    ~block() {
        if (in_flight_on_ == nullptr)
            return;
        DWORD bytes = 0;
        ::CancelIoEx(in_flight_on_, &operation_);
        ::GetOverlappedResult(in_flight_on_, &operation_, &bytes, TRUE);
    }
    //! [block-destructor]

    block(const block&) = delete;
    block& operator=(const block&) = delete;

    void start_read(HANDLE file, std::uint64_t offset, DWORD size, const std::string& name);
    DWORD finish_read(const std::string& name);
    void start_write(HANDLE file, std::uint64_t offset, DWORD size, const std::string& name);
    void finish_write(const std::string& name);

private:
    operation operation_;
    std::vector<std::byte> data_;
    HANDLE in_flight_on_ = nullptr; // the file of the operation in flight, or null
    DWORD write_size_ = 0;          // the number of bytes to write
};

bool is_end(DWORD error) {
    return error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE;
}

//! [start-read]
void block::start_read(HANDLE file, std::uint64_t offset, DWORD size, const std::string& name) {
    if (size == 0)
        return; // nothing is left to be read
    operation_.prepare(offset);
    const BOOL done = ::ReadFile(file, data_.data(), size, nullptr, &operation_);
    const DWORD error = done ? ERROR_SUCCESS : ::GetLastError();
    // Done at once or pending: either way the event will be signaled and the result be there.
    if (done || error == ERROR_IO_PENDING)
        in_flight_on_ = file;
    else if (!is_end(error))
        win32::throw_error(error, "ReadFile", name);
}
//! [start-read]

//! [finish-read]
// Waits for the read. Returns how many bytes it brought; 0 is the end of the source.
DWORD block::finish_read(const std::string& name) {
    if (in_flight_on_ == nullptr)
        return 0; // no read was started: the end was known
    DWORD bytes = 0;
    if (::GetOverlappedResult(std::exchange(in_flight_on_, nullptr), &operation_, &bytes, TRUE))
        return bytes;
    const DWORD error = ::GetLastError();
    if (!is_end(error))
        win32::throw_error(error, "ReadFile", name);
    return 0;
}
//! [finish-read]

void block::start_write(HANDLE file, std::uint64_t offset, DWORD size, const std::string& name) {
    operation_.prepare(offset);
    const BOOL done = ::WriteFile(file, data_.data(), size, nullptr, &operation_);
    const DWORD error = done ? ERROR_SUCCESS : ::GetLastError();
    if (!done && error != ERROR_IO_PENDING)
        win32::throw_error(error, "WriteFile", name);
    in_flight_on_ = file;
    write_size_ = size;
}

// Waits for the write, if there is one.
void block::finish_write(const std::string& name) {
    if (in_flight_on_ == nullptr)
        return;
    DWORD bytes = 0;
    if (!::GetOverlappedResult(std::exchange(in_flight_on_, nullptr), &operation_, &bytes, TRUE))
        win32::throw_last_error("WriteFile", name);
    if (bytes != write_size_)
        win32::throw_error(ERROR_DISK_FULL, "WriteFile", name);
}

} // namespace

void copy_file(const std::filesystem::path& source, const std::filesystem::path& destination,
               const copy_options& options) {
    const std::string source_name = win32::to_utf8(source.native());
    const std::string destination_name = win32::to_utf8(destination.native());

    const files::source_file input{source, FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN};
    files::new_file output{destination, options.overwrite, &input, FILE_FLAG_OVERLAPPED};
    output.set_size(input.size());

    //! [copy-loop]
    // Declared after the files, so that they go first: their destructors need the open files.
    std::array<block, 2> blocks;
    block* full = &blocks[0];
    block* empty = &blocks[1];
    std::uint64_t copied = 0;
    full->start_read(input.get(), 0, input.wanted(0, copy_block_size), source_name);
    while (const DWORD read = full->finish_read(source_name)) {
        empty->finish_write(destination_name); // before the next read may use its buffer
        // The read comes first: Windows may carry out a write to a new file inside the call.
        const std::uint64_t next = copied + read;
        empty->start_read(input.get(), next, input.wanted(next, copy_block_size), source_name);
        full->start_write(output.get(), copied, read, destination_name);
        copied = next;
        std::swap(full, empty);
        if (options.progress)
            options.progress(copied, input.size());
    }
    empty->finish_write(destination_name);
    //! [copy-loop]

    input.require_whole(copied);
    if (copied != input.size())
        output.set_size(copied); // a pipe: it had no size to begin with
    output.publish();
}

} // namespace overlapped_event
