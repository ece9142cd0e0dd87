#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace output {

/// Reads what a program has written: into a file, or into a pipe while it runs.
class reader {
public:
    /// The most bytes that one read brings.
    static constexpr std::size_t block_size = 1024;

    /// `source` is a file, or the reading end of a pipe, and is opened for overlapped calls. It
    /// stays open longer than this object. Throws std::system_error.
    explicit reader(HANDLE source)
        : source_{source}, event_{::CreateEventW(nullptr, TRUE, FALSE, nullptr)} {
        if (!event_)
            win32::throw_last_error("CreateEventW");
    }

    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    /// Reads up to the end of the file, or until the pipe's other end is closed and all is read;
    /// or until `stop`, an event, is signaled. Returns what it has read. Throws std::system_error.
    [[nodiscard]] std::string read_all(HANDLE stop) {
        std::string text;
        for (;;) {
            if (!start_read(is_file_ ? text.size() : 0))
                return text;
            const std::array<HANDLE, 2> events{event_.get(), stop};
            if (::WaitForMultipleObjects(2, events.data(), FALSE, 1000) != WAIT_OBJECT_0)
                ::CancelIoEx(source_, &read_);
            const std::size_t bytes = finish_read();
            if (bytes == 0)
                return text;
            text.append(block_.data(), bytes);
        }
    }

private:
    // Lifetime: from here until finish_read() Windows may write to read_ and block_.
    //
    // Returns false when the end has shown at once: then nothing is in flight.
    [[nodiscard]] bool start_read(std::uint64_t offset) {
        read_ = {};
        read_.Offset = static_cast<DWORD>(offset);
        read_.OffsetHigh = static_cast<DWORD>(offset >> 32);
        read_.hEvent = event_.get();
        const BOOL done =
            ::ReadFile(source_, block_.data(), static_cast<DWORD>(block_.size()), nullptr, &read_);
        const DWORD error = done ? ERROR_SUCCESS : ::GetLastError();
        // Done at once or pending: either way the event is signaled in the end.
        if (done || error == ERROR_IO_PENDING)
            return true;
        if (is_end(error))
            return false;
        win32::throw_error(error, "ReadFile");
    }

    // Waits for the read, if need be, and returns how many bytes it has brought: 0 at the end, and
    // when it was cancelled.
    [[nodiscard]] std::size_t finish_read() {
        DWORD bytes = 0;
        if (::GetOverlappedResult(source_, &read_, &bytes, TRUE))
            return bytes;
        const DWORD error = ::GetLastError();
        if (is_end(error) || error == ERROR_OPERATION_ABORTED)
            return 0;
        win32::throw_error(error, "ReadFile");
    }

    // Whether a read that failed with `error` has met the end of a file, or of a pipe.
    [[nodiscard]] static bool is_end(DWORD error) noexcept {
        return error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE;
    }

    const HANDLE source_;
    // A file is read at a place; a pipe has only a next byte.
    const bool is_file_ = ::GetFileType(source_) == FILE_TYPE_DISK;
    const win32::unique_handle event_; // signaled when the read has completed
    OVERLAPPED read_{};
    std::array<char, block_size> block_;
};

} // namespace output
