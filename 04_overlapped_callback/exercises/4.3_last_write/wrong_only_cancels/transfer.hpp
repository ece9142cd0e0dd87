#pragma once

#include "win32/error.hpp"
#include "win32/unique_resource.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace last_write {

/// Bytes in one operation.
inline constexpr DWORD block_size = 64 * 1024;

/// Writes the contents of a file into a pipe: while one block is written, the next one is read.
class transfer {
public:
    /// Opens the file. `pipe` is overlapped, and open until the transfer is destroyed. Throws
    /// std::system_error.
    transfer(const std::filesystem::path& source, HANDLE pipe) : file_{open(source)}, pipe_{pipe} {}

    /// Lifetime: when run() has thrown, an operation may be in flight. Its memory is lent until its
    /// routine has run.
    ~transfer() {
        for (block& each : blocks_) {
            ::CancelIoEx(file_.get(), &each);
            ::CancelIoEx(pipe_, &each);
        }
    }

    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;

    /// Transfers all of the file, in alertable waits: the caller's own routines run, too. Throws
    /// std::system_error when it cannot be read, or when the reader of the pipe has gone. Call it
    /// once.
    void run() {
        for (std::size_t turn = 0;; turn = 1 - turn) {
            block& self = blocks_[turn];
            wait_for(self, "WriteFileEx"); // its write, two turns ago
            start_read(self);
            wait_for(self, "ReadFileEx");
            if (self.bytes == 0)
                break;
            start_write(self);
        }
        // The file has been read. It has been transferred when the last write is done, too.
        for (const block& each : blocks_)
            wait_for(each, "WriteFileEx");
    }

private:
    // A buffer, and the operation that fills or empties it.
    struct block : OVERLAPPED {
        block() : OVERLAPPED{}, data(block_size) {}

        std::vector<std::byte> data;
        DWORD bytes = 0; // of the last operation
        DWORD error = ERROR_SUCCESS;
        bool in_flight = false;
    };

    [[nodiscard]] static win32::unique_file open(const std::filesystem::path& source) {
        win32::unique_file file{::CreateFileW(source.c_str(), GENERIC_READ, FILE_SHARE_READ,
                                              nullptr, OPEN_EXISTING, FILE_FLAG_OVERLAPPED,
                                              nullptr)};
        if (!file)
            win32::throw_last_error("CreateFileW");
        return file;
    }

    void start_read(block& self) {
        static_cast<OVERLAPPED&>(self) = {};
        self.Offset = static_cast<DWORD>(read_);
        self.OffsetHigh = static_cast<DWORD>(read_ >> 32);
        self.in_flight = ::ReadFileEx(file_.get(), self.data.data(), block_size, &self, on_done);
        if (!self.in_flight)
            on_done(::GetLastError(), 0, &self);
    }

    void start_write(block& self) {
        read_ += self.bytes;
        static_cast<OVERLAPPED&>(self) = {};
        self.in_flight = ::WriteFileEx(pipe_, self.data.data(), self.bytes, &self, on_done);
        if (!self.in_flight)
            on_done(::GetLastError(), 0, &self);
    }

    static void CALLBACK on_done(DWORD error, DWORD bytes, OVERLAPPED* completed) {
        block& self = *static_cast<block*>(completed);
        self.in_flight = false;
        self.bytes = bytes;
        self.error = error == ERROR_HANDLE_EOF ? ERROR_SUCCESS : error;
    }

    static void wait_for(const block& self, const char* call) {
        while (self.in_flight)
            ::SleepEx(INFINITE, TRUE);
        if (self.error != ERROR_SUCCESS)
            win32::throw_error(self.error, call);
    }

    win32::unique_file file_;
    HANDLE pipe_;
    std::array<block, 2> blocks_;
    std::uint64_t read_ = 0; // the number of bytes read
};

} // namespace last_write
