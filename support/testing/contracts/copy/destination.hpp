/// \file
/// The contract about a file that stands at the destination, and its traits that the copy takes.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>

namespace harness {

TYPED_TEST_P(copy_contract, ExistingFileStaysWithoutOverwrite) {
    this->make_both();
    this->expect_failure_at_once(this->destination(), {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS},
                                 false);
}

TYPED_TEST_P(copy_contract, OverwriteReplacesAShorterFile) {
    this->make_both();
    this->copy(this->source(), this->destination(), true);
    EXPECT_TRUE(holds(this->destination(), this->source_bytes));
    EXPECT_EQ(this->folder.look().size(), 2u);
}

TYPED_TEST_P(copy_contract, OverwriteReplacesALongerFileWholly) {
    this->make_both();
    for (const std::size_t size : {this->block_size + 3, std::size_t{1}, std::size_t{0}}) {
        SCOPED_TRACE(size);
        const std::string bytes = make_message(size, 5);
        make_file(this->source(), bytes);
        this->copy(this->source(), this->destination(), true);
        EXPECT_TRUE(holds(this->destination(), bytes));
    }
    EXPECT_EQ(this->folder.look().size(), 2u);
}

TYPED_TEST_P(copy_contract, OverwriteIsNoDemandThatAFileExists) {
    const std::string bytes = make_message(10, 6);
    make_file(this->source(), bytes);
    this->copy(this->source(), this->destination(), true);
    EXPECT_TRUE(holds(this->destination(), bytes));
}

// A program that opens the destination during a copy sees the old file whole, or no file: never a
// part.
TYPED_TEST_P(copy_contract, DestinationAppearsOnlyWhenItIsWhole) {
    this->make_both();
    int looks = 0;
    this->copy(this->source(), this->destination(), true, [&](std::uint64_t, std::uint64_t) {
        if (looks++ < 3) {
            EXPECT_TRUE(holds(this->destination(), this->old_bytes));
        }
    });
    EXPECT_TRUE(holds(this->destination(), this->source_bytes));

    const std::filesystem::path fresh = this->folder / L"fresh";
    this->copy(this->source(), fresh, false, [&](std::uint64_t, std::uint64_t) {
        ++looks;
        EXPECT_FALSE(std::filesystem::exists(fresh));
    });
    EXPECT_TRUE(holds(fresh, this->source_bytes));
    EXPECT_GE(looks, 2) << "nobody looked";
}

// A copy that looked for the file before the copying, and not again after it, would destroy it.
TYPED_TEST_P(copy_contract, FileThatAppearsDuringTheCopyStays) {
    this->make_both();
    const std::filesystem::path fresh = this->folder / L"fresh";
    bool made = false;
    const auto make_it = [&](std::uint64_t, std::uint64_t) {
        if (!std::exchange(made, true))
            make_file(fresh, this->old_bytes);
    };
    expect_failure([&] { this->copy(this->source(), fresh, false, make_it); }, fresh,
                   {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    EXPECT_TRUE(made);
    EXPECT_TRUE(holds(fresh, this->old_bytes));
    EXPECT_EQ(this->folder.look().size(), 3u);
}

// The readers of the old file may read the new one, and nobody else may: a secret stays one.
TYPED_TEST_P(copy_contract, OverwriteKeepsThePermissions) {
    this->make_both();
    // A list for the owner and for nobody else, not even for those with a right to the folder.
    alignas(ACL) std::byte memory[256];
    ACL& list = *reinterpret_cast<ACL*>(memory);
    std::string owner = security_of(this->destination(), OWNER_SECURITY_INFORMATION);
    PSID sid = nullptr;
    BOOL defaulted = FALSE;
    SECURITY_DESCRIPTOR descriptor;
    ASSERT_TRUE(
        ::GetSecurityDescriptorOwner(owner.data(), &sid, &defaulted) &&
        ::InitializeAcl(&list, sizeof memory, ACL_REVISION) &&
        ::AddAccessAllowedAce(&list, ACL_REVISION, FILE_ALL_ACCESS, sid) &&
        ::InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) &&
        ::SetSecurityDescriptorDacl(&descriptor, TRUE, &list, FALSE) &&
        ::SetSecurityDescriptorControl(&descriptor, SE_DACL_PROTECTED, SE_DACL_PROTECTED) &&
        ::SetFileSecurityW(this->destination().c_str(), DACL_SECURITY_INFORMATION, &descriptor))
        << win32::make_error(::GetLastError()).message();
    const std::string before = permissions_of(this->destination());
    ASSERT_NE(before, permissions_of(this->source()));
    this->copy(this->source(), this->destination(), true);
    EXPECT_TRUE(holds(this->destination(), this->source_bytes));
    EXPECT_EQ(permissions_of(this->destination()), before);
    EXPECT_EQ(this->folder.look().size(), 2u);
}

TYPED_TEST_P(copy_contract, TimeOfTheLastWriteIsKept) {
    this->make_both();
    constexpr FILETIME then{1234567, 29000000};
    {
        const win32::unique_file file =
            open_file(this->source(), FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ);
        ASSERT_TRUE(file && ::SetFileTime(file.get(), nullptr, nullptr, &then));
    }
    for (const std::filesystem::path& name : {this->folder / L"new", this->destination()}) {
        this->copy(this->source(), name, true);
        WIN32_FILE_ATTRIBUTE_DATA data;
        ASSERT_TRUE(::GetFileAttributesExW(name.c_str(), GetFileExInfoStandard, &data));
        EXPECT_EQ(::CompareFileTime(&data.ftLastWriteTime, &then), 0);
    }
}

} // namespace harness
