/// \file
/// Putting wrappers into the program's import table, and taking them out again.
#pragma once

#include "hooks.hpp"

#include <span>
#include <vector>

namespace trace {

/// While one lives, the functions that the running program imports go to the wrappers.
///
/// A program calls another module's function through a table of pointers, which the loader has
/// filled in. Only the program's own table is changed: calls within the system, and those of other
/// modules, stay what they are. Source:
/// https://learn.microsoft.com/windows/win32/debug/pe-format#import-address-table
class import_patch {
public:
    /// Patches. Throws std::system_error, and then nothing is patched.
    explicit import_patch(std::span<const std::span<const hook>> hooks);

    /// Restores. Other threads may still be in a wrapper, or about to enter one: the wrappers work
    /// without a recording, too.
    ~import_patch();

    import_patch(const import_patch&) = delete;
    import_patch& operator=(const import_patch&) = delete;

private:
    struct patch {
        void** slot;
        void* original;
    };

    void restore() noexcept;

    std::vector<patch> patches_;
};

} // namespace trace
