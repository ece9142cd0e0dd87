#include "import_table.hpp"

#include "win32/error.hpp"
#include "win32/windows.hpp"

#include <cstddef>
#include <string_view>

namespace trace {

namespace {

// The table lies in memory that is read-only once the loader is done.
bool write_slot(void** slot, void* value) noexcept {
    DWORD before = 0;
    if (!::VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &before))
        return false;
    ::InterlockedExchangePointer(slot, value); // other threads may call through it
    ::VirtualProtect(slot, sizeof *slot, before, &before);
    return true;
}

void* exported(const wchar_t* library, const char* name) noexcept {
    const HMODULE module = ::GetModuleHandleW(library);
    return module != nullptr ? reinterpret_cast<void*>(::GetProcAddress(module, name)) : nullptr;
}

struct import_slot {
    void** slot;
    const char* name; // null for an import by number
};

std::vector<import_slot> import_slots() {
    auto* const base = reinterpret_cast<std::byte*>(::GetModuleHandleW(nullptr));
    const auto& dos = *reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
    const auto& nt = *reinterpret_cast<const IMAGE_NT_HEADERS*>(base + dos.e_lfanew);
    const IMAGE_DATA_DIRECTORY& imports =
        nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    std::vector<import_slot> result;
    if (imports.VirtualAddress == 0)
        return result;
    for (const auto* library =
             reinterpret_cast<const IMAGE_IMPORT_DESCRIPTOR*>(base + imports.VirtualAddress);
         library->FirstThunk != 0; ++library) {
        // Two tables lie side by side: the loader fills in the one by the names in the other.
        auto** slot = reinterpret_cast<void**>(base + library->FirstThunk);
        const auto* wish =
            reinterpret_cast<const IMAGE_THUNK_DATA*>(base + library->OriginalFirstThunk);
        for (; *slot != nullptr; ++slot, ++wish) {
            const bool named =
                library->OriginalFirstThunk != 0 && !IMAGE_SNAP_BY_ORDINAL(wish->u1.Ordinal);
            const auto* by_name =
                reinterpret_cast<const IMAGE_IMPORT_BY_NAME*>(base + wish->u1.AddressOfData);
            result.push_back(
                {slot, named ? reinterpret_cast<const char*>(by_name->Name) : nullptr});
        }
    }
    return result;
}

// Whether the slot is for the function of that hook. The name decides, if there is one: the address
// may be that of an alias, as WSAWaitForMultipleEvents is one under Wine. Visual Studio's
// ws2_32.lib imports by number; then the address has to do.
bool is_for(const hook& what, const import_slot& slot) {
    if (slot.name != nullptr)
        return std::string_view{slot.name} == what.name;
    return *slot.slot == exported(what.library, what.name);
}

} // namespace

import_patch::import_patch(std::span<const std::span<const hook>> hooks) {
    const std::vector<import_slot> slots = import_slots();
    for (const std::span<const hook> group : hooks) {
        for (const hook& each : group) {
            for (const import_slot& slot : slots) {
                if (!is_for(each, slot))
                    continue;
                void* const original = *slot.slot;
                each.original->store(original);
                patches_.reserve(patches_.size() + 1);
                if (!write_slot(slot.slot, each.replacement)) {
                    const DWORD error = ::GetLastError();
                    restore();
                    win32::throw_error(error, "VirtualProtect", each.name);
                }
                patches_.push_back({slot.slot, original});
            }
        }
    }
}

import_patch::~import_patch() {
    restore();
}

void import_patch::restore() noexcept {
    for (const patch& each : patches_)
        write_slot(each.slot, each.original);
    patches_.clear();
}

} // namespace trace
