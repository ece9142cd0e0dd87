// Torn: two threads send on one socket without a queue, each its message by two calls.
//
// Documented (WSASend): the order of the calls is the order of the bytes; and two threads must not
// call at the same time, since a provider may split a large send. Nothing joins two calls.
#include "demos.hpp"
#include "setting.hpp"

#include "win32/thread.hpp"

#include <charconv>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace what_breaks {

namespace {

// A message in the stream: its header, four digits that tell the length of the body; and the body.
struct message {
    explicit message(const char* text) : body{text} {
        const std::string digits = std::to_string(body.size());
        header.replace(header.size() - digits.size(), digits.size(), digits);
    }

    [[nodiscard]] std::size_t size() const { return header.size() + body.size(); }

    std::string header = "0000";
    std::string body;
    OVERLAPPED first{};  // the operation that sends the header, or all
    OVERLAPPED second{}; // the one that sends the body
};

WSABUF as_buffer(std::string& text) {
    return {static_cast<ULONG>(text.size()), text.data()};
}

std::mutex one_at_a_time;

//! [torn]
// Lifetime: `what` is lent to Windows until the packets of its operations have been taken.
// `others_run` is where the scheduler stops this thread, and lets the other one run.
void send_in_two_calls(SOCKET socket, message& what, const std::function<void()>& others_run) {
    WSABUF header = as_buffer(what.header);
    WSABUF body = as_buffer(what.body);
    require_started(::WSASend(socket, &header, 1, nullptr, 0, &what.first, nullptr), "WSASend");
    others_run(); // and may send, too: between this header and its body
    require_started(::WSASend(socket, &body, 1, nullptr, 0, &what.second, nullptr), "WSASend");
}
//! [torn]

//! [one-call]
void send_in_one_call(SOCKET socket, message& what, const std::function<void()>& others_run) {
    WSABUF parts[] = {as_buffer(what.header), as_buffer(what.body)};
    others_run();
    const std::lock_guard lock{one_at_a_time};
    require_started(::WSASend(socket, parts, 2, nullptr, 0, &what.first, nullptr), "WSASend");
}
//! [one-call]

// Reads the stream as every receiver of such messages does.
void print_messages(std::string_view stream) {
    while (!stream.empty()) {
        const std::string header{stream.substr(0, 4)};
        std::size_t length = 0;
        const char* const end = header.data() + header.size();
        if (std::from_chars(header.data(), end, length).ptr != end) {
            std::printf("header \"%s\": no number, and the stream is lost\n", header.c_str());
            return;
        }
        const std::string body{stream.substr(4, length)};
        std::printf("header \"%s\": body \"%s\"\n", header.c_str(), body.c_str());
        stream.remove_prefix(4 + body.size());
    }
}

} // namespace

void torn(bool mended) {
    connection ends = connect_to_self();
    const SOCKET ours = ends.ours.get();
    const win32::unique_handle port = make_port(ours);
    const auto send = mended ? send_in_one_call : send_in_two_calls;
    message from_a{"hello"};
    message from_b{"good morning"};
    const win32::unique_handle a_stops = make_event();
    const win32::unique_handle b_is_done = make_event();

    std::thread b = win32::make_thread([&] {
        ::WaitForSingleObject(a_stops.get(), INFINITE);
        send(ours, from_b, [] {});
        ::SetEvent(b_is_done.get());
    });
    // This thread is A.
    send(ours, from_a,
         [&] { ::SignalObjectAndWait(a_stops.get(), b_is_done.get(), INFINITE, FALSE); });
    b.join();

    for (int in_flight = mended ? 2 : 4; in_flight != 0; --in_flight) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* sent = nullptr;
        if (!::GetQueuedCompletionStatus(port.get(), &bytes, &key, &sent, INFINITE))
            give_up(::GetLastError(), "GetQueuedCompletionStatus");
    }
    std::string stream(from_a.size() + from_b.size(), ' ');
    if (::recv(ends.peer.get(), stream.data(), static_cast<int>(stream.size()), MSG_WAITALL) < 0)
        win32::throw_last_socket_error("recv");
    std::printf("the stream: %s\n", stream.c_str());
    print_messages(stream);
}

} // namespace what_breaks
