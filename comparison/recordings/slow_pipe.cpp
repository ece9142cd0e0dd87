#include "slow_pipe.hpp"

#include "win32/error.hpp"

#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace comparison {

namespace {

win32::unique_handle make_event() {
    win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    if (!event)
        win32::throw_last_error("CreateEventW");
    return event;
}

// Waits for one of `objects`, which is a step of the reader, and returns its index.
std::size_t wait_for_step(std::initializer_list<HANDLE> objects, const slow_pipe_pace& pace,
                          const stop_token& stop) {
    const std::optional<std::size_t> index = wait_for_any(objects, pace.patience, stop);
    if (!index)
        throw std::runtime_error("nobody reads the pipe");
    return *index;
}

} // namespace

slow_pipe::slow_pipe() {
    for (instance& each : instances_) {
        each.done = make_event();
        each.pipe.reset(
            ::CreateNamedPipeW(name().c_str(), PIPE_ACCESS_OUTBOUND | FILE_FLAG_OVERLAPPED,
                               PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
                               static_cast<DWORD>(instances_.size()), 64 * 1024, 0, 0, nullptr));
        if (!each.pipe)
            win32::throw_last_error("CreateNamedPipeW");
        listen(each);
    }
}

slow_pipe::~slow_pipe() {
    // Lifetime: an operation uses its OVERLAPPED until it is collected, cancelled or not.
    for (instance& each : instances_) {
        if (!each.in_flight)
            continue;
        DWORD bytes = 0;
        ::CancelIoEx(each.pipe.get(), &each.operation);
        ::GetOverlappedResult(each.pipe.get(), &each.operation, &bytes, TRUE);
    }
}

std::filesystem::path slow_pipe::name() const {
    return L"\\\\.\\pipe\\comparison-" + std::to_wstring(::GetCurrentProcessId());
}

// Lifetime: from here until the completion is collected Windows may write to self.operation.
void slow_pipe::listen(instance& self) {
    for (;;) {
        self.operation = {};
        self.operation.hEvent = self.done.get();
        ::ResetEvent(self.done.get());
        const BOOL connected = ::ConnectNamedPipe(self.pipe.get(), &self.operation);
        const DWORD error = connected ? ERROR_PIPE_CONNECTED : ::GetLastError();
        self.in_flight = error == ERROR_IO_PENDING;
        if (self.in_flight)
            return;
        if (error == ERROR_PIPE_CONNECTED) { // a reader came before the call
            ::SetEvent(self.done.get());
            return;
        }
        if (error != ERROR_NO_DATA) // a reader came before the call, and has gone
            win32::throw_error(error, "ConnectNamedPipe");
        ::DisconnectNamedPipe(self.pipe.get());
    }
}

// Collects the completion of an operation that is done; returns the bytes that it has moved.
DWORD slow_pipe::collect(instance& self, const char* call, const char* object) {
    DWORD bytes = 0;
    self.in_flight = false;
    if (!::GetOverlappedResult(self.pipe.get(), &self.operation, &bytes, FALSE))
        win32::throw_last_error(call, object);
    return bytes;
}

slow_pipe::instance& slow_pipe::wait_for_reader(const slow_pipe_pace& pace, HANDLE reader,
                                                const stop_token& stop) {
    const std::size_t index =
        wait_for_step({instances_[0].done.get(), instances_[1].done.get(), reader}, pace, stop);
    if (index == instances_.size())
        throw std::runtime_error("ended before it has read the pipe");
    instance& self = instances_[index];
    if (self.in_flight)
        collect(self, "ConnectNamedPipe");
    return self;
}

// Lifetime: from here until the completion is collected Windows may read `part`. It is collected
// here, or, after an exception, in the destructor; `part` outlives both.
void slow_pipe::write(instance& self, std::string_view part, const slow_pipe_pace& pace,
                      const stop_token& stop) {
    self.operation = {};
    self.operation.hEvent = self.done.get();
    const BOOL written = ::WriteFile(self.pipe.get(), part.data(), static_cast<DWORD>(part.size()),
                                     nullptr, &self.operation);
    const DWORD error = written ? 0 : ::GetLastError();
    if (error != 0 && error != ERROR_IO_PENDING)
        win32::throw_error(error, "WriteFile", "pipe");
    self.in_flight = true;
    wait_for_step({self.done.get()}, pace, stop);
    if (collect(self, "WriteFile", "pipe") != part.size())
        throw std::runtime_error("the pipe took a part in pieces");
}

void slow_pipe::give(std::string_view bytes, const slow_pipe_pace& pace, HANDLE reader,
                     const stop_token& stop) {
    instance* self = &wait_for_reader(pace, reader, stop);
    for (std::size_t done = 0; done < bytes.size();) {
        pause(pace.pause, stop);
        const std::string_view part = bytes.substr(done, pace.part_size);
        try {
            write(*self, part, pace, stop);
            done += part.size();
        } catch (const std::system_error&) {
            if (done != 0)
                throw;
            // This reader asked only whether the file exists. Wait for the next one.
            ::DisconnectNamedPipe(self->pipe.get());
            listen(*self);
            self = &wait_for_reader(pace, reader, stop);
        }
    }
    // Close and do not disconnect: the reader still gets the bytes in the pipe, and then its end.
    self->pipe.reset();
}

} // namespace comparison
