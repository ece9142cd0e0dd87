#include "copy_file.hpp"

#include "files/new_file.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <array>
#include <exception>
#include <utility>
#include <vector>

namespace overlapped_callback {

namespace {

class copy_job;

//! [block]
/// A buffer, and the operation that fills or empties it. Windows hands the OVERLAPPED back to the
/// completion routine. A block *is* one: so the routine finds the block, and through it the job.
struct block : OVERLAPPED {
    block() : OVERLAPPED{}, data(copy_block_size) {}

    copy_job* job = nullptr;
    std::vector<std::byte> data;
    std::uint64_t offset = 0; // place of data[0] in the file
    DWORD size = 0;           // the number of bytes to write
    bool in_flight = false;
};
//! [block]

bool is_end(DWORD error) {
    return error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE;
}

void prepare(OVERLAPPED& self, std::uint64_t offset) {
    self = {};
    self.Offset = static_cast<DWORD>(offset);
    self.OffsetHigh = static_cast<DWORD>(offset >> 32);
}

/// At most one read and one write are in flight.
class copy_job {
public:
    copy_job(const files::source_file& input, std::string input_name, HANDLE output,
             std::string output_name, const copy_options& options);
    ~copy_job();

    /// Returns when everything has been written. Throws the first failure.
    void run();

    [[nodiscard]] std::uint64_t copied() const { return copied_; }

private:
    void start_read(block& self);
    static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED* completed);
    void start_write(block& self);
    static void CALLBACK on_written(DWORD error, DWORD bytes, OVERLAPPED* completed);
    void start_next();
    void tell_progress();
    void fail(DWORD error, const char* call, const std::string& name);
    [[nodiscard]] bool in_flight() const { return blocks_[0].in_flight || blocks_[1].in_flight; }

    const files::source_file& input_;
    std::string input_name_;
    HANDLE output_;
    std::string output_name_;
    const copy_options& options_;

    std::array<block, 2> blocks_;
    std::uint64_t read_ = 0;   // the number of bytes read
    std::uint64_t copied_ = 0; // the number of bytes written
    bool reading_ = false;     // whether a read is in flight
    bool at_end_ = false;      // whether no more is to be read
    std::exception_ptr failure_;
};

copy_job::copy_job(const files::source_file& input, std::string input_name, HANDLE output,
                   std::string output_name, const copy_options& options)
    : input_{input},
      input_name_{std::move(input_name)},
      output_{output},
      output_name_{std::move(output_name)},
      options_{options} {
    for (block& each : blocks_)
        each.job = this;
}

//! [drain]
// Lifetime: whatever went wrong, Windows may still write to the buffers and call the routines. So
// the destructor waits, alertably, until the last routine has run.
copy_job::~copy_job() {
    if (!in_flight())
        return;     // nothing to cancel, and the output may have been closed since
    at_end_ = true; // routines that run from here on start nothing new
    ::CancelIoEx(input_.get(), nullptr);
    ::CancelIoEx(output_, nullptr);
    while (in_flight())
        ::SleepEx(INFINITE, TRUE);
}
//! [drain]

//! [run]
void copy_job::run() {
    start_read(blocks_[0]);
    // The routines run here, and after a failure in the destructor. A routine that is queued by
    // another one runs in the same SleepEx: so the first SleepEx may see the whole copy through.
    while (in_flight() && !failure_)
        ::SleepEx(INFINITE, TRUE);
    if (failure_)
        std::rethrow_exception(failure_);
}
//! [run]

//! [start-read]
void copy_job::start_read(block& self) {
    const DWORD wanted = input_.wanted(read_, self.data.size());
    if (wanted == 0) {
        at_end_ = true;
        return;
    }
    self.offset = read_;
    prepare(self, self.offset);
    // The return value only says whether the read was started. Even if it was done at once, the
    // routine runs later, when this thread waits alertably.
    self.in_flight = reading_ =
        ::ReadFileEx(input_.get(), self.data.data(), wanted, &self, on_read);
    if (!self.in_flight) {
        const DWORD error = ::GetLastError();
        at_end_ = true;
        if (!is_end(error))
            fail(error, "ReadFileEx", input_name_);
    }
}
//! [start-read]

//! [on-read]
void CALLBACK copy_job::on_read(DWORD error, DWORD bytes, OVERLAPPED* completed) {
    block& self = *static_cast<block*>(completed);
    copy_job& job = *self.job;
    self.in_flight = job.reading_ = false;
    if (is_end(error))
        job.at_end_ = true;
    else if (error != ERROR_SUCCESS)
        job.fail(error, "ReadFileEx", job.input_name_);
    if (error != ERROR_SUCCESS || job.at_end_)
        return;

    self.size = bytes;
    job.read_ += bytes;
    job.start_write(self);
    job.start_next();
}
//! [on-read]

//! [write]
void copy_job::start_write(block& self) {
    prepare(self, self.offset);
    self.in_flight = ::WriteFileEx(output_, self.data.data(), self.size, &self, on_written);
    if (!self.in_flight) {
        const DWORD error = ::GetLastError();
        fail(error, "WriteFileEx", output_name_);
    }
}

void CALLBACK copy_job::on_written(DWORD error, DWORD bytes, OVERLAPPED* completed) {
    block& self = *static_cast<block*>(completed);
    copy_job& job = *self.job;
    self.in_flight = false;
    if (error == ERROR_SUCCESS && bytes != self.size)
        error = ERROR_DISK_FULL;
    if (error != ERROR_SUCCESS) {
        job.fail(error, "WriteFileEx", job.output_name_);
        return;
    }
    job.copied_ += bytes;
    job.tell_progress();
    job.start_next();
}
//! [write]

// Starts a read if a block is free and no read is in flight.
void copy_job::start_next() {
    for (block& each : blocks_)
        if (!each.in_flight && !reading_ && !at_end_)
            start_read(each);
}

void copy_job::tell_progress() {
    try {
        if (options_.progress && !failure_)
            options_.progress(copied_, input_.size());
    } catch (...) {
        at_end_ = true;
        failure_ = std::current_exception();
    }
}

//! [fail]
// Keeps the first failure for run(), and lets nothing new start. An exception must not leave a
// completion routine: Windows' own code has called it, and cannot handle one.
void copy_job::fail(DWORD error, const char* call, const std::string& name) {
    at_end_ = true;
    try {
        win32::throw_error(error, call, name);
    } catch (...) {
        if (!failure_)
            failure_ = std::current_exception();
    }
}
//! [fail]

} // namespace

void copy_file(const std::filesystem::path& source, const std::filesystem::path& destination,
               const copy_options& options) {
    const files::source_file input{source, FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN};
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

} // namespace overlapped_callback
