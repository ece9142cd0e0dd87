#include "stop.hpp"

#include "win32/error.hpp"

#include <utility>

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

void pause(std::chrono::milliseconds time, const stop_token& stop) {
    if (::WaitForSingleObject(stop.event(), static_cast<DWORD>(time.count())) == WAIT_OBJECT_0)
        throw interrupted{};
}

} // namespace comparison
