// Finds out which sockets are ready.
#include "echo_server.hpp"

namespace nonblocking {

// Yours: the one place where the thread waits.

} // namespace nonblocking
