#include "recorded_call.hpp"

#include "thread_logs.hpp"

#include <atomic>

namespace trace {

namespace {

// Numbers the order of causes: an operation is issued, then collected, then its OVERLAPPED is
// issued again, perhaps on three threads, and within one tick of the clock.
std::atomic<std::uint64_t> sequences{0};

std::uint64_t address_of(const OVERLAPPED* overlapped) noexcept {
    return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(overlapped));
}

class kept_error {
public:
    kept_error() noexcept : error_{::GetLastError()} {}
    ~kept_error() { ::SetLastError(error_); }
    kept_error(const kept_error&) = delete;
    kept_error& operator=(const kept_error&) = delete;

private:
    DWORD error_;
};

} // namespace

recorded_call::recorded_call(call which, std::uint64_t handle) noexcept
    : which_{which},
      waits_{info(which).kind != call_kind::other},
      error_{::GetLastError()},
      handle_{handle},
      log_{thread_logs::instance().mine()} {
    if (log_ != nullptr) {
        session_ = log_->session();
        if (log_->enter(session_)) {
            number_ = log_->next_number();
            if (!log_->open({now(), handle, 0, number_, event_kind::call, which, 0}))
                number_ = 0;
            log_->leave();
        }
        if (number_ == 0)
            log_ = nullptr;
    }
    ::SetLastError(error_);
}

void recorded_call::alertable(BOOL yes) noexcept {
    if (!yes || log_ == nullptr || !log_->enter(session_))
        return;
    flags_ |= event::alertable;
    log_->set_flags(flags_);
    log_->leave();
}

void recorded_call::issues(const OVERLAPPED* overlapped) noexcept {
    if (overlapped == nullptr || log_ == nullptr || !log_->enter(session_))
        return;
    event what{};
    what.begin = now();
    what.handle = handle_;
    what.overlapped = address_of(overlapped);
    what.sequence = operation_ = ++sequences;
    what.kind = event_kind::issued;
    what.which = which_;
    log_->append(what);
    log_->leave();
    waits_ = false;
    ::SetLastError(error_);
}

void recorded_call::ended(bool good) noexcept {
    error_ = ::GetLastError();
    if (!good)
        result_ =
            operation_ != 0 && error_ == ERROR_IO_PENDING ? outcome::pending : outcome::failed;
    end_ = now();
}

void recorded_call::moved(DWORD bytes) noexcept {
    bytes_ = bytes;
    flags_ |= event::has_bytes;
}

void recorded_call::collected(const OVERLAPPED* overlapped, DWORD bytes, DWORD error) noexcept {
    if (log_ == nullptr || !log_->enter(session_))
        return;
    event what{};
    what.begin = end_;
    what.overlapped = address_of(overlapped);
    what.sequence = ++sequences;
    what.number = number_;
    what.bytes = bytes;
    what.error = error;
    what.kind = event_kind::collected;
    what.which = which_;
    what.flags = event::has_bytes;
    log_->append(what);
    log_->leave();
}

recorded_call::~recorded_call() {
    if (log_ != nullptr && log_->enter(session_)) {
        // A call that fails because it would have had to wait has not waited.
        const bool waited = waits_ && !(result_ == outcome::failed && error_ == WSAEWOULDBLOCK);
        const open_span open = log_->close(end_, waited);
        event what{};
        what.begin = open.begin;
        what.end = end_;
        what.handle = handle_;
        what.sequence = operation_;
        what.number = number_;
        what.bytes = bytes_;
        what.error = result_ == outcome::failed ? error_ : 0;
        what.kind = event_kind::call;
        what.which = which_;
        what.result = result_;
        what.flags = flags_;
        log_->append(what);
        log_->leave();
    }
    ::SetLastError(error_);
}

recorded_routine::recorded_routine(const OVERLAPPED* overlapped, DWORD bytes,
                                   DWORD error) noexcept {
    const kept_error keep;
    // The log is there: this thread has started the operation, and put the routine into the log.
    found_ = thread_logs::instance().mine_if_any()->routines.take(overlapped);
    begin(overlapped, bytes, error);
}

recorded_routine::recorded_routine(const OVERLAPPED* overlapped, DWORD bytes, DWORD error,
                                   call agreed_by) noexcept {
    const kept_error keep;
    found_.issued_by = agreed_by;
    begin(overlapped, bytes, error);
}

void recorded_routine::begin(const OVERLAPPED* overlapped, DWORD bytes, DWORD error) noexcept {
    log_ = thread_logs::instance().mine();
    if (log_ == nullptr)
        return;
    session_ = log_->session();
    if (!log_->enter(session_)) {
        log_ = nullptr;
        return;
    }
    event what{};
    what.begin = now();
    what.overlapped = address_of(overlapped);
    what.sequence = sequence_ = ++sequences;
    what.bytes = bytes;
    what.error = error;
    what.kind = event_kind::collected;
    what.which = found_.issued_by;
    what.flags = event::has_bytes | event::by_routine;
    log_->append(what);
    const bool opened = log_->open({what.begin, 0, 0, 0, event_kind::routine, found_.issued_by, 0});
    log_->leave();
    if (!opened)
        log_ = nullptr;
}

recorded_routine::~recorded_routine() {
    const kept_error keep;
    if (log_ == nullptr || !log_->enter(session_))
        return;
    event what{};
    what.end = now();
    what.begin = log_->close(what.end, false).begin;
    what.sequence = sequence_;
    what.kind = event_kind::routine;
    what.which = found_.issued_by;
    log_->append(what);
    log_->leave();
}

bool remember_routine(const OVERLAPPED* overlapped, void* routine, call which) noexcept {
    const kept_error keep;
    thread_log* const log = thread_logs::instance().mine();
    return log != nullptr && log->routines.put({overlapped, routine, which});
}

void forget_routine(const OVERLAPPED* overlapped) noexcept {
    const kept_error keep;
    if (thread_log* const log = thread_logs::instance().mine_if_any())
        static_cast<void>(log->routines.take(overlapped));
}

} // namespace trace
