/// \file
/// The contract about a file beyond 4 GiB.
#pragma once

#include "files.hpp"
#include "testing/client.hpp"
#include "testing/facts.hpp"
#include "win32/under_wine.hpp"

#include <gtest/gtest.h>

// FSCTL_SET_SPARSE, which windows.h leaves out when it is lean.
#include <winioctl.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

namespace harness {

/// A folder with room for files of some GiB. The disk of a virtual machine may take 20 s to write
/// them, so under Wine they go into Linux' memory file system when that has plenty of room.
inline std::filesystem::path place_for_large_files() {
    constexpr std::uint64_t plenty = std::uint64_t{10} << 30;
    std::filesystem::path memory = L"Z:\\dev\\shm";
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    std::error_code error;
    if (win32::under_wine() && ::GlobalMemoryStatusEx(&status) && status.ullAvailPhys > plenty &&
        std::filesystem::space(memory, error).available > plenty && !error)
        return memory;
    return std::filesystem::temp_directory_path();
}

/// The fixture for offsets beyond 4 GiB. It is a suite of its own because it writes more than 4
/// GiB, and ctest therefore runs one such suite at a time.
template <class Model>
class copy_contract_large : public facts {
protected:
    scratch_folder folder{place_for_large_files()};
};

TYPED_TEST_SUITE_P(copy_contract_large);

TYPED_TEST_P(copy_contract_large, OffsetsBeyondFourGibibytes) {
    constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;
    constexpr std::uint64_t four = 4 * gibibyte;
    constexpr std::uint64_t block = TypeParam::block_size;
    constexpr std::uint64_t size = four + 3 * block + 4099;
    const std::filesystem::path source = this->folder / L"source";
    const std::filesystem::path destination = this->folder / L"destination";

    const std::uint64_t available =
        std::filesystem::space(this->folder.path()).available / gibibyte;
    if (available < 10)
        GTEST_SKIP() << "this test wants 10 GiB of free disk for its files; "
                     << win32::to_utf8(this->folder.path().native()) << " has " << available;

    // The marks lie where an offset that is cut to 32 bits, or taken for a signed number, leads:
    // such a block would land on another mark, or on zeros that are compared, too.
    struct mark {
        std::uint64_t offset;
        std::string bytes;
    };
    std::vector<mark> marks;
    for (const std::uint64_t offset :
         {std::uint64_t{0}, 2 * gibibyte - 100, four - block, four - 100, four + block, size - 100})
        marks.push_back({offset, make_message(200, offset + 1)});
    marks.back().bytes.resize(100);
    {
        const win32::unique_file file{::CreateFileW(source.c_str(), GENERIC_WRITE, 0, nullptr,
                                                    CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr)};
        ASSERT_TRUE(file);
        // Windows would otherwise write zeros up to the first mark. A file system without sparse
        // files only makes the test slower.
        DWORD unused = 0;
        ::DeviceIoControl(file.get(), FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &unused, nullptr);
        for (const mark& each : marks)
            write_bytes(file.get(), each.offset, each.bytes);
    }

    std::uint64_t last = 0;
    TypeParam::copy(source, destination, false, [&](std::uint64_t copied, std::uint64_t whole) {
        EXPECT_EQ(whole, size);
        EXPECT_GE(copied, last);
        last = copied;
    });
    EXPECT_EQ(last, size);

    ASSERT_EQ(std::filesystem::file_size(destination), size);
    const win32::unique_file from = open_file(source, GENERIC_READ, FILE_SHARE_READ);
    const win32::unique_file to = open_file(destination, GENERIC_READ, FILE_SHARE_READ);
    ASSERT_TRUE(from && to);
    for (const mark& each : marks)
        EXPECT_TRUE(read_bytes(to.get(), each.offset, each.bytes.size()) == each.bytes)
            << "the mark at " << each.offset << " is not in the copy";
    // The places around the limits are compared, two blocks to either side.
    for (const std::uint64_t middle : {2 * block, 2 * gibibyte, four}) {
        const auto length = static_cast<std::size_t>(6 * block);
        EXPECT_TRUE(read_bytes(to.get(), middle - 2 * block, length) ==
                    read_bytes(from.get(), middle - 2 * block, length))
            << "the copy differs near " << middle;
    }
}

} // namespace harness
