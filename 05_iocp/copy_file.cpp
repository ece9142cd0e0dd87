#include "copy_file.hpp"

#include "files/new_file.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <array>
#include <utility>
#include <vector>

namespace iocp {

namespace {

//! [block]
/// A buffer, and the operation that fills or empties it. Each block goes its own way through the
/// file: it reads a part, writes it, and takes the next part that no block has taken.
struct block : OVERLAPPED {
    block() : OVERLAPPED{}, data(copy_block_size) {}

    std::vector<std::byte> data;
    std::uint64_t offset = 0; // place of data[0] in the file
    DWORD size = 0;           // the number of bytes in the part
    DWORD filled = 0;         // the number of them that have been read
};
//! [block]

// The keys under which the two files are known to the port.
enum : ULONG_PTR { from_source = 1, from_destination = 2 };

bool is_end(DWORD error) {
    return error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE;
}

void prepare(OVERLAPPED& self, std::uint64_t offset) {
    self = {};
    self.Offset = static_cast<DWORD>(offset);
    self.OffsetHigh = static_cast<DWORD>(offset >> 32);
}

/// Up to eight blocks are in flight, each with one operation.
class copy_job {
public:
    copy_job(const files::source_file& input, std::string input_name, HANDLE output,
             std::string output_name, const copy_options& options);
    ~copy_job();

    /// Returns when everything has been written. Throws the first failure.
    void run();

    [[nodiscard]] std::uint64_t copied() const { return copied_; }

private:
    void advance();
    void start_read(block& self);
    void on_read(block& self, DWORD error, DWORD bytes);
    void start_write(block& self);
    void on_written(block& self, DWORD error, DWORD bytes);
    void start_next(block& self);

    const files::source_file& input_;
    std::string input_name_;
    HANDLE output_;
    std::string output_name_;
    const copy_options& options_;
    win32::unique_handle port_;

    std::array<block, 8> blocks_;
    unsigned in_flight_ = 0;   // the number of packets that are to come
    std::uint64_t next_ = 0;   // offset of the first part that no block has taken
    std::uint64_t copied_ = 0; // the number of bytes written
    bool at_end_ = false;      // whether a read has met the end of the source
};

//! [associate]
copy_job::copy_job(const files::source_file& input, std::string input_name, HANDLE output,
                   std::string output_name, const copy_options& options)
    : input_{input},
      input_name_{std::move(input_name)},
      output_{output},
      output_name_{std::move(output_name)},
      options_{options},
      port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1)} {
    if (!port_)
        win32::throw_last_error("CreateIoCompletionPort");
    if (!::CreateIoCompletionPort(input_.get(), port_.get(), from_source, 0))
        win32::throw_last_error("CreateIoCompletionPort", input_name_);
    if (!::CreateIoCompletionPort(output_, port_.get(), from_destination, 0))
        win32::throw_last_error("CreateIoCompletionPort", output_name_);
}
//! [associate]

//! [drain]
// Lifetime: whatever went wrong, Windows may still write to the blocks. Each operation leaves the
// kernel as a packet, cancelled or not; the blocks may go when the last packet has been taken.
copy_job::~copy_job() {
    if (in_flight_ == 0)
        return; // nothing to cancel, and the output may have been closed since
    ::CancelIoEx(input_.get(), nullptr);
    ::CancelIoEx(output_, nullptr);
    for (; in_flight_ != 0; --in_flight_) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* overlapped = nullptr;
        ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &overlapped, INFINITE);
    }
}
//! [drain]

void copy_job::run() {
    // A pipe has no offsets: its bytes belong in the order of the reads, so one block has to do.
    const std::size_t count = input_.size() != 0 ? blocks_.size() : 1;
    for (std::size_t i = 0; i < count; ++i)
        start_next(blocks_[i]);
    while (in_flight_ != 0) {
        advance();
        if (options_.progress)
            options_.progress(copied_, input_.size());
    }
}

//! [advance]
// Takes the next packet. The key says which file it comes from, the OVERLAPPED which block.
void copy_job::advance() {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* overlapped = nullptr;
    const BOOL good = ::GetQueuedCompletionStatus(port_.get(), &bytes, &key, &overlapped, INFINITE);
    const DWORD error = good ? ERROR_SUCCESS : ::GetLastError();
    if (overlapped == nullptr)
        win32::throw_error(error, "GetQueuedCompletionStatus");
    //! [hand-on]
    --in_flight_;
    block& self = *static_cast<block*>(overlapped);
    if (key == from_source)
        on_read(self, error, bytes);
    else
        on_written(self, error, bytes);
    //! [hand-on]
}
//! [advance]

//! [start-read]
void copy_job::start_read(block& self) {
    prepare(self, self.offset + self.filled);
    const BOOL done = ::ReadFile(input_.get(), self.data.data() + self.filled,
                                 self.size - self.filled, nullptr, &self);
    const DWORD error = done ? ERROR_SUCCESS : ::GetLastError();
    // Done at once or pending: either way a packet will come.
    if (done || error == ERROR_IO_PENDING)
        ++in_flight_;
    else
        on_read(self, error, 0); // failed at once: no packet will come
}
//! [start-read]

//! [on-read]
void copy_job::on_read(block& self, DWORD error, DWORD bytes) {
    if (is_end(error))
        at_end_ = true;
    else if (error != ERROR_SUCCESS)
        win32::throw_error(error, "ReadFile", input_name_);
    self.filled += bytes;
    if (!is_end(error) && self.filled < self.size)
        start_read(self); // for the rest of the part
    else if (self.filled != 0)
        start_write(self);
}
//! [on-read]

//! [write]
void copy_job::start_write(block& self) {
    prepare(self, self.offset);
    const BOOL done = ::WriteFile(output_, self.data.data(), self.filled, nullptr, &self);
    const DWORD error = done ? ERROR_SUCCESS : ::GetLastError();
    if (!done && error != ERROR_IO_PENDING)
        win32::throw_error(error, "WriteFile", output_name_);
    ++in_flight_;
}

void copy_job::on_written(block& self, DWORD error, DWORD bytes) {
    if (error != ERROR_SUCCESS)
        win32::throw_error(error, "WriteFile", output_name_);
    if (bytes != self.filled)
        win32::throw_error(ERROR_DISK_FULL, "WriteFile", output_name_);
    copied_ += bytes;
    start_next(self);
}
//! [write]

// Starts to read the next part that no block has taken, if there is one.
void copy_job::start_next(block& self) {
    self.size = input_.wanted(next_, self.data.size());
    if (at_end_ || self.size == 0)
        return;
    self.offset = next_;
    self.filled = 0;
    next_ += self.size;
    start_read(self);
}

} // namespace

void copy_file(const std::filesystem::path& source, const std::filesystem::path& destination,
               const copy_options& options) {
    const files::source_file input{source, FILE_FLAG_OVERLAPPED};
    files::new_file output{destination, options.overwrite, &input, FILE_FLAG_OVERLAPPED};
    output.set_size(input.size());

    // Declared after the files, so that it goes first: its destructor needs the open files.
    copy_job job{input, win32::to_utf8(source.native()), output.get(),
                 win32::to_utf8(destination.native()), options};
    job.run();

    input.require_whole(job.copied());
    if (job.copied() != input.size())
        output.set_size(job.copied()); // a pipe: it had no size to begin with
    output.publish();
}

} // namespace iocp
