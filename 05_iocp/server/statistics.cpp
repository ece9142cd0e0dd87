#include "statistics.hpp"

#include <cstdio>

namespace iocp {

statistics counters::read() const noexcept {
    statistics now;
    now.accepted = accepted.read();
    now.open = open.read();
    now.refused = refused.read();
    now.timed_out = timed_out.read();
    now.handler_faults = handler_faults.read();
    now.bytes_received = bytes_received.read();
    now.bytes_sent = bytes_sent.read();
    now.queued_bytes = queued_bytes.read();
    now.packets = pool.packets.read();
    now.wakeups = pool.wakeups.read();
    now.inline_completions = inline_completions.read();
    return now;
}

namespace {

void add_line(std::string& text, const char* name, std::uint64_t value) {
    char line[64];
    std::snprintf(line, sizeof line, "%-20s %14llu\n", name,
                  static_cast<unsigned long long>(value));
    text += line;
}

} // namespace

std::string to_text(const statistics& figures) {
    std::string text;
    add_line(text, "accepted", figures.accepted);
    add_line(text, "open", figures.open);
    add_line(text, "refused", figures.refused);
    add_line(text, "timed out", figures.timed_out);
    add_line(text, "handler faults", figures.handler_faults);
    add_line(text, "bytes received", figures.bytes_received);
    add_line(text, "bytes sent", figures.bytes_sent);
    add_line(text, "bytes queued", figures.queued_bytes);
    add_line(text, "ready", figures.ready);
    add_line(text, "packets", figures.packets);
    add_line(text, "wake-ups", figures.wakeups);
    add_line(text, "inline completions", figures.inline_completions);
    char line[64];
    const double each = figures.wakeups == 0 ? 0.0
                                             : static_cast<double>(figures.packets) /
                                                   static_cast<double>(figures.wakeups);
    std::snprintf(line, sizeof line, "%-20s %14.2f\n", "packets a wake-up", each);
    return text + line;
}

} // namespace iocp
