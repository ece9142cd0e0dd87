/// \file
/// Starting threads.
#pragma once

#include <system_error>
#include <thread>
#include <utility>

namespace win32 {

/// A std::thread that runs the function with its arguments. When the system gives none, throws a
/// std::system_error whose text says so; the text of std::thread's own names nothing.
template <class... Arguments>
[[nodiscard]] std::thread make_thread(Arguments&&... arguments) {
    try {
        return std::thread{std::forward<Arguments>(arguments)...};
    } catch (const std::system_error& error) {
        throw std::system_error{error.code(), "cannot start a thread"};
    }
}

} // namespace win32
