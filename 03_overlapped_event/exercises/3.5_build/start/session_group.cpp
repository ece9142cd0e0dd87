#include "session_group.hpp"

#include <stdexcept>

namespace overlapped_event {

session_group::session_group() {
    throw std::logic_error("the group is not written yet");
}

session_group::~session_group() = default;

bool session_group::add(win32::unique_socket&) {
    return false;
}

} // namespace overlapped_event
