// Prediction:

#include "echo_server.hpp"

#include <stdexcept>

namespace overlapped_event {

echo_server::echo_server(const echo_options&) {
    throw std::logic_error("the server is not written yet");
}

echo_server::~echo_server() {
    stop();
}

void echo_server::stop() noexcept {}

} // namespace overlapped_event
