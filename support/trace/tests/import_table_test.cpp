// The program's import table, before, during and after a recording.

#include "trace/recorder.hpp"

#include "win32/windows.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace {

// Every pointer of the table.
std::vector<void*> import_table() {
    auto* const base = reinterpret_cast<std::byte*>(::GetModuleHandleW(nullptr));
    const auto& dos = *reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
    const auto& nt = *reinterpret_cast<const IMAGE_NT_HEADERS*>(base + dos.e_lfanew);
    const IMAGE_DATA_DIRECTORY& table = nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IAT];
    const auto* const first = reinterpret_cast<void* const*>(base + table.VirtualAddress);
    return {first, first + table.Size / sizeof *first};
}

std::size_t differences(const std::vector<void*>& a, const std::vector<void*>& b) {
    std::size_t result = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        result += a[i] != b[i];
    return result;
}

TEST(import_table, IsAsItWasAfterEachRecording) {
    const std::vector<void*> before = import_table();
    ASSERT_FALSE(before.empty());
    for (int twice = 0; twice < 2; ++twice) {
        trace::recorder recorder{16};
        // The table has all calls but the extension functions, and WSAIoctl, which hands those out.
        EXPECT_EQ(differences(import_table(), before), trace::call_count - 4 + 1);
        static_cast<void>(recorder.stop());
        EXPECT_EQ(differences(import_table(), before), 0u);
    }
    { const trace::recorder never_stopped{16}; }
    EXPECT_EQ(differences(import_table(), before), 0u);
}

TEST(import_table, IsReadOnlyAgain) {
    static_cast<void>(trace::recorder{16}.stop());
    const auto table = import_table();
    ASSERT_FALSE(table.empty());
    auto* const base = reinterpret_cast<std::byte*>(::GetModuleHandleW(nullptr));
    const auto& dos = *reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
    const auto& nt = *reinterpret_cast<const IMAGE_NT_HEADERS*>(base + dos.e_lfanew);
    std::byte* const place =
        base + nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IAT].VirtualAddress;
    MEMORY_BASIC_INFORMATION during{};
    MEMORY_BASIC_INFORMATION after{};
    ::VirtualQuery(place, &after, sizeof after);
    const trace::recorder recorder{16};
    ::VirtualQuery(place, &during, sizeof during);
    EXPECT_EQ(during.Protect, after.Protect) << "no page is left writable that was not";
}

TEST(import_table, OnlyOneRecorderAtATime) {
    const trace::recorder first{16};
    EXPECT_THROW(trace::recorder{16}, std::logic_error);
}

} // namespace
