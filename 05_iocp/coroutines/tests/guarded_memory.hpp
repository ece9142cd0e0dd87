/// \file
/// Frames on pages of their own, and a way to do without.
#pragma once

namespace coroutines {

/// Makes each later use of a freed session, operation or buffer crash at once. Called before the
/// tests begin.
void guard_memory() noexcept;

/// While it lives, new blocks are not guarded.
class ordinary_memory {
public:
    ordinary_memory() noexcept;
    ~ordinary_memory();
    ordinary_memory(const ordinary_memory&) = delete;
    ordinary_memory& operator=(const ordinary_memory&) = delete;
};

} // namespace coroutines
