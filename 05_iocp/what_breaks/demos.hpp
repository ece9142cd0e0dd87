/// \file
/// The demonstrations. Each makes one mistake with a completion port, and prints what comes of it.
/// With `mended`, it does the same work without the mistake.
///
/// Each needs Winsock started, and throws std::system_error when a call fails that has nothing to
/// do with the mistake.
#pragma once

namespace what_breaks {

/// Two threads send on one socket, each its message by two calls.
void torn(bool mended);

/// Three receives are in flight on one socket, and four workers handle them.
void reordered(bool mended);

/// In skip mode, the handler of a receive calls itself when the next one is done at once.
void recursion(bool mended);

/// A session is touched after the call that started its receive. Unless mended, this ends the
/// program, with exit code 3.
void early_touch(bool mended);

} // namespace what_breaks
