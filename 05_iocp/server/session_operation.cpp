// The operations of a session that are the handler's own.
#include "session.hpp"

#include <mutex>

namespace iocp {

session_operation::session_operation(HANDLE file) noexcept
    : operation{session::on_operation}, file_{file} {}

void session::begin(session_operation& what) noexcept {
    const std::lock_guard lock{lock_};
    what.of_ = this;
    what.previous_ = nullptr;
    what.next_ = operations_;
    if (operations_ != nullptr)
        operations_->previous_ = &what;
    operations_ = &what;
}

void session::cannot_begin(session_operation& what) noexcept {
    const std::lock_guard lock{lock_};
    take_out(what);
}

void session::take_out(session_operation& what) noexcept {
    (what.previous_ != nullptr ? what.previous_->next_ : operations_) = what.next_;
    if (what.next_ != nullptr)
        what.next_->previous_ = what.previous_;
}

void session::on_operation(operation& what, DWORD bytes) noexcept {
    session& self = *static_cast<session_operation&>(what).of_;
    self.lock_.lock();
    self.ended_operations_.push(what, bytes);
    self.turn();
}

} // namespace iocp
