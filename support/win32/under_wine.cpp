#include "under_wine.hpp"

#include "ntdll.hpp"

namespace win32 {

const char* wine_version() noexcept {
    // Wine's ntdll exports this function for just this question.
    const auto get = ntdll_function<const char*()>("wine_get_version");
    return get == nullptr ? nullptr : get();
}

} // namespace win32
