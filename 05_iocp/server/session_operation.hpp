/// \file
/// Operations that a handler starts itself.
#pragma once

#include "server/pool/operation.hpp"

namespace iocp {

class session;

/// An operation of a session on another handle than its socket, such as the read of a file. Its end
/// is told by handler::on_operation(), in turn with the other calls for the session, and the
/// session does not end before it.
///
/// \code
/// const DWORD error = self.start(read, [&]() noexcept { // read: derived from session_operation
///     return ::ReadFile(file, buffer, size, nullptr, &read);
/// });
/// if (error != ERROR_SUCCESS)
///     self.abort(error); // failed at once: on_operation() will not be called
/// \endcode
///
/// The file must be on the server's port (session::associate, server::associate), and stay open
/// until on_operation(). Set no skip mode on it: a read that is done at once must queue a packet
/// too. A session that is aborted cancels the operation.
class session_operation : public operation {
public:
    /// Makes an operation on `file`.
    explicit session_operation(HANDLE file) noexcept;

private:
    friend class session;

    HANDLE file_;
    // Guarded by the session's lock.
    session* of_ = nullptr;
    session_operation* next_ = nullptr; // in session::operations_
    session_operation* previous_ = nullptr;
};

} // namespace iocp
