#include "recorder.hpp"

#include <array>
#include <span>
#include <stdexcept>

namespace trace {

recorder::recorder(std::uint32_t chunks) : begin_{now()} {
    if (current_session.load() != 0)
        throw std::logic_error("a recording is under way");
    thread_logs::instance().start(chunks);
    try {
        const std::array<std::span<const hook>, 7> hooks{
            file_hooks(),
            port_hooks(),
            pool_hooks(),
            wait_hooks(),
            socket_hooks(),
            extension_hooks(),
            overlapped_socket_hooks(),
        };
        patch_.emplace(hooks);
    } catch (...) {
        thread_logs::instance().stop();
        throw;
    }
}

recorder::~recorder() {
    if (patch_) {
        patch_.reset();
        thread_logs::instance().stop();
    }
}

recording recorder::stop() {
    thread_logs& logs = thread_logs::instance();
    patch_.reset();
    logs.stop();

    LARGE_INTEGER frequency;
    ::QueryPerformanceFrequency(&frequency);
    recording result;
    result.frequency = static_cast<std::uint64_t>(frequency.QuadPart);
    result.begin = begin_;
    result.end = now();
    result.dropped = logs.store().dropped();
    result.events = logs.store().events();
    result.unfinished = logs.unfinished_calls(result.end);
    result.threads = logs.threads(result.end);
    return result;
}

} // namespace trace
