#include "stop.hpp"

#include "program/ctrl_c.hpp"
#include "win32/error.hpp"

#include <utility>
#include <vector>

namespace comparison {

stop_token::stop_token() {
    static const stop_source nobody;
    event_ = nobody.get_token().event_;
}

stop_token::stop_token(std::shared_ptr<const win32::unique_handle> event) noexcept
    : event_{std::move(event)} {}

bool stop_token::stop_requested() const noexcept {
    return ::WaitForSingleObject(event(), 0) == WAIT_OBJECT_0;
}

stop_source::stop_source() {
    win32::unique_handle event{::CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    if (!event)
        win32::throw_last_error("CreateEventW");
    event_ = std::make_shared<const win32::unique_handle>(std::move(event));
}

stop_token stop_on_ctrl_c() {
    const stop_source source;
    program::hear_ctrl_c();
    program::handle_ctrl_c([source] { source.request_stop(); },
                           program::second_ctrl_c::ends_the_process);
    return source.get_token();
}

std::optional<std::size_t> wait_for_any(std::initializer_list<HANDLE> objects,
                                        std::chrono::milliseconds patience,
                                        const stop_token& stop) {
    std::vector<HANDLE> handles{objects};
    handles.push_back(stop.event());
    const DWORD result =
        ::WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), FALSE,
                                 static_cast<DWORD>(patience.count()));
    if (result == WAIT_FAILED)
        win32::throw_last_error("WaitForMultipleObjects");
    if (result == WAIT_TIMEOUT)
        return std::nullopt;
    if (result == WAIT_OBJECT_0 + objects.size())
        throw interrupted{};
    return result - WAIT_OBJECT_0;
}

void pause(std::chrono::milliseconds time, const stop_token& stop) {
    if (::WaitForSingleObject(stop.event(), static_cast<DWORD>(time.count())) == WAIT_OBJECT_0)
        throw interrupted{};
}

} // namespace comparison
