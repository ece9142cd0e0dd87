#include "copy_file.hpp"

#include "completion_port.hpp"
#include "files/new_file.hpp"
#include "operation.hpp"
#include "scope.hpp"
#include "task.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <exception>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace coroutines {

namespace {

constexpr unsigned blocks = 8; // the number of blocks in flight

/// An open file, the name for its errors, and the token that ends its operations.
struct open_file {
    HANDLE handle;
    std::string name;
    std::stop_token stop;
};

//! [file-operation]
/// The common part of a read and a write: a place in the file.
class file_operation : public operation {
protected:
    file_operation(start_function start, const open_file& file, std::uint64_t offset, void* data,
                   DWORD size) noexcept
        : operation{start, file.stop}, file_{file}, data_{data}, size_{size} {
        Offset = static_cast<DWORD>(offset);
        OffsetHigh = static_cast<DWORD>(offset >> 32);
    }

    const open_file& file_;
    void* data_;
    DWORD size_;
};

/// The result of a read: bytes, or the end of the file. (A pipe may bring 0 bytes and not end.)
struct read_result {
    DWORD bytes;
    bool at_end;
};

/// `co_await read{…}` is a read_result.
class read : public file_operation {
public:
    read(const open_file& file, std::uint64_t offset, void* data, DWORD size) noexcept
        : file_operation{start, file, offset, data, size} {}

    [[nodiscard]] read_result await_resume() const {
        if (error() == ERROR_HANDLE_EOF || error() == ERROR_BROKEN_PIPE)
            return {0, true};
        if (error() != ERROR_SUCCESS)
            win32::throw_error(error(), "ReadFile", file_.name);
        return {bytes(), false};
    }

private:
    static DWORD start(operation& base) noexcept {
        read& self = static_cast<read&>(base);
        if (::ReadFile(self.file_.handle, self.data_, self.size_, nullptr, &self))
            return ERROR_SUCCESS; // done at once: a packet will come all the same
        return ::GetLastError();
    }
};
//! [file-operation]

/// `co_await write{…}` returns when all bytes have been written.
class write : public file_operation {
public:
    write(const open_file& file, std::uint64_t offset, void* data, DWORD size) noexcept
        : file_operation{start, file, offset, data, size} {}

    void await_resume() const {
        if (error() != ERROR_SUCCESS)
            win32::throw_error(error(), "WriteFile", file_.name);
        if (bytes() != size_)
            win32::throw_error(ERROR_DISK_FULL, "WriteFile", file_.name);
    }

private:
    static DWORD start(operation& base) noexcept {
        write& self = static_cast<write&>(base);
        if (::WriteFile(self.file_.handle, self.data_, self.size_, nullptr, &self))
            return ERROR_SUCCESS;
        return ::GetLastError();
    }
};

/// The coroutines of one copy. They all run on one thread, that of run(): so they share the members
/// without a lock.
class copy_job {
public:
    copy_job(const files::source_file& input, std::string input_name, HANDLE output,
             std::string output_name);
    ~copy_job();

    /// Returns when everything has been written. Throws the first failure.
    void run(const copy_options& options);

    [[nodiscard]] std::uint64_t copied() const { return copied_; }

private:
    task<> copy_parts();
    task<> copy_parts_or_stop();

    const files::source_file& input_;
    completion_port port_{1};
    std::stop_source stop_;
    open_file source_;
    open_file destination_;
    std::stop_callback<cancel_io> cancel_reads_;
    std::stop_callback<cancel_io> cancel_writes_;
    scope blocks_;
    std::exception_ptr failure_; // the first one
    std::uint64_t next_ = 0;     // offset of the first part that no block has taken
    std::uint64_t copied_ = 0;   // the number of bytes written
    bool at_end_ = false;        // whether a read has met the end of the source
};

copy_job::copy_job(const files::source_file& input, std::string input_name, HANDLE output,
                   std::string output_name)
    : input_{input},
      source_{input.get(), std::move(input_name), stop_.get_token()},
      destination_{output, std::move(output_name), stop_.get_token()},
      cancel_reads_{stop_.get_token(), cancel_io{input.get()}},
      cancel_writes_{stop_.get_token(), cancel_io{output}} {
    port_.associate(input.get());
    port_.associate(output);
}

//! [drain]
// A destructor cannot await. It can run the port: each coroutine meets the stop at its next
// operation, and ends by itself, before the members that it uses go.
copy_job::~copy_job() {
    if (blocks_.running() == 0)
        return; // and the output may have been closed since
    stop_.request_stop();
    while (blocks_.running() != 0)
        port_.run_one();
}
//! [drain]

//! [run]
void copy_job::run(const copy_options& options) {
    // A pipe has no offsets: its bytes belong in the order of the reads, so one block has to do.
    const unsigned count = input_.size() != 0 ? blocks : 1;
    for (unsigned i = 0; i < count; ++i)
        blocks_.spawn(copy_parts_or_stop());
    while (blocks_.running() != 0) {
        port_.run_one();
        if (failure_ == nullptr && options.progress)
            options.progress(copied_, input_.size());
    }
    if (failure_ != nullptr)
        std::rethrow_exception(failure_);
}
//! [run]

//! [copy-parts]
// Copies one part of the source after another, each that no other block has taken.
task<> copy_job::copy_parts() {
    std::vector<std::byte> data(copy_block_size);
    while (!at_end_) {
        const DWORD size = input_.wanted(next_, data.size());
        if (size == 0)
            co_return;
        const std::uint64_t offset = next_;
        next_ += size; // before the await: then the other blocks look

        DWORD filled = 0;
        for (bool ended = false; filled != size && !ended;) {
            const read_result result =
                co_await read{source_, offset + filled, data.data() + filled, size - filled};
            filled += result.bytes;
            ended = result.at_end;
            at_end_ = at_end_ || ended;
        }
        if (filled != 0)
            co_await write{destination_, offset, data.data(), filled};
        copied_ += filled;
    }
}
//! [copy-parts]

//! [first-failure]
// When one block fails, the others are cancelled. They then fail as well, by the cancel: so the
// first failure is the one to keep.
task<> copy_job::copy_parts_or_stop() {
    try {
        const task<> parts = copy_parts();
        co_await parts;
    } catch (...) {
        if (failure_ == nullptr)
            failure_ = std::current_exception();
        stop_.request_stop();
    }
}
//! [first-failure]

} // namespace

void copy_file(const std::filesystem::path& source, const std::filesystem::path& destination,
               const copy_options& options) {
    const files::source_file input{source, FILE_FLAG_OVERLAPPED};
    files::new_file output{destination, options.overwrite, &input, FILE_FLAG_OVERLAPPED};
    output.set_size(input.size());

    // Declared after the files, so that it goes first: its destructor needs the open files.
    copy_job job{input, win32::to_utf8(source.native()), output.get(),
                 win32::to_utf8(destination.native())};
    job.run(options);

    input.require_whole(job.copied());
    if (job.copied() != input.size())
        output.set_size(job.copied()); // a pipe: it had no size to begin with
    output.publish();
}

} // namespace coroutines
