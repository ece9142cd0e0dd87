/// \file
/// A handler's own operations, beside those on the socket.
#pragma once

#include "server/pool/operation.hpp"

namespace iocp {

class session;

/// An operation that belongs to a session and is not on its socket: a read of the file that the
/// client has asked for, say. Its end comes as handler::on_operation(), in turn with the session's
/// other calls, and the session does not end before it.
///
/// \code
/// const DWORD error = self.start(read, [&] { // read: derived from session_operation
///     return ::ReadFile(file, buffer, size, nullptr, &read);
/// });
/// if (error != ERROR_SUCCESS)
///     self.abort(error); // it has failed at once: on_operation() does not come
/// \endcode
///
/// The file must be on the server's port (session::associate, server::associate), and open until
/// on_operation(). Set no skip mode on it: a packet has to come, also of a read that is done at
/// once. When the session is broken off, it cancels the operation.
class session_operation : public operation {
public:
    /// Of `file`, on which it can be cancelled.
    explicit session_operation(HANDLE file) noexcept;

private:
    friend class session;

    HANDLE file_;
    session* of_ = nullptr;
    session_operation* next_ = nullptr; // among those of the session that are in flight
    session_operation* previous_ = nullptr;
};

} // namespace iocp
