/// \file
/// The contract about copies that must fail, and leave everything as it was.
#pragma once

#include "fixture.hpp"
#include "win32/under_wine.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace harness {

TYPED_TEST_P(copy_contract, MissingSource) {
    this->make_both();
    for (const std::filesystem::path& name :
         {this->folder / L"없는 파일", this->folder / L"no folder" / L"no file"})
        this->expect_refusal(name, this->folder / L"new", name,
                             {ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND});
    const std::filesystem::path none = this->folder / L"none";
    this->expect_refusal(none, this->destination(), none,
                         {ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND});
}

TYPED_TEST_P(copy_contract, MissingDestinationFolder) {
    this->make_both();
    const std::filesystem::path name = this->folder / L"없는 폴더" / L"destination";
    this->expect_refusal(this->source(), name, name, {ERROR_PATH_NOT_FOUND, ERROR_FILE_NOT_FOUND});
}

TYPED_TEST_P(copy_contract, FileWhereTheDestinationFolderShouldBe) {
    this->make_both();
    const std::filesystem::path name = this->destination() / L"below a file";
    this->expect_refusal(this->source(), name, name);
}

TYPED_TEST_P(copy_contract, FolderAsSource) {
    this->make_both();
    const std::filesystem::path name = this->folder / L"a folder";
    std::filesystem::create_directory(name);
    make_file(name / L"in it", this->old_bytes);
    this->expect_refusal(name, this->folder / L"new", name);
    this->expect_refusal(name, this->destination(), name);
}

TYPED_TEST_P(copy_contract, FolderAsDestination) {
    this->make_both();
    const std::filesystem::path empty = this->folder / L"empty";
    const std::filesystem::path full = this->folder / L"full";
    std::filesystem::create_directory(empty);
    std::filesystem::create_directory(full);
    make_file(full / L"in it", this->old_bytes);
    for (const std::filesystem::path& name : {empty, full, empty / L"", this->folder.path()})
        this->expect_refusal(this->source(), name, name);
}

// A copy that truncated its destination first would lose the only file there is.
TYPED_TEST_P(copy_contract, FileOntoItself) {
    this->make_both();
    std::filesystem::create_directory(this->folder / L"deeper");
    for (const std::filesystem::path& name :
         {this->source(), this->folder / L"." / L"source", this->folder / L"SOURCE",
          this->folder / L"deeper" / L".." / L"source", long_form(this->source())})
        this->expect_refusal(this->source(), name, name);
}

TYPED_TEST_P(copy_contract, FileOntoItsOtherName) {
    this->make_both();
    const std::filesystem::path link = this->folder / L"hard link";
    ASSERT_TRUE(::CreateHardLinkW(link.c_str(), this->source().c_str(), nullptr))
        << win32::make_error(::GetLastError()).message();
    this->expect_refusal(this->source(), link, link);
}

TYPED_TEST_P(copy_contract, DestinationThatIsHeldOpen) {
    this->make_both();
    struct opening {
        DWORD access;
        DWORD share;
    };
    for (const opening& each : {opening{GENERIC_READ | GENERIC_WRITE, 0},
                                opening{GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE}}) {
        const win32::unique_file held = open_file(this->destination(), each.access, each.share);
        ASSERT_TRUE(held);
        this->expect_failure_at_once(this->destination(), {ERROR_SHARING_VIOLATION});
    }
    EXPECT_TRUE(holds(this->destination(), this->old_bytes));
}

// A copy must not keep readers from the file that it is going to replace.
TYPED_TEST_P(copy_contract, DestinationCanBeReadDuringTheCopy) {
    this->make_both();
    bool read = false;
    this->copy(this->source(), this->destination(), true, [&](std::uint64_t, std::uint64_t) {
        // Most programs open a file in this way, without FILE_SHARE_DELETE.
        read = static_cast<bool>(open_file(this->destination(), GENERIC_READ, FILE_SHARE_READ));
        EXPECT_TRUE(read) << win32::make_error(::GetLastError()).message();
    });
    EXPECT_TRUE(read);
}

// Windows keeps these names for devices; con.txt is one in some releases only.
TYPED_TEST_P(copy_contract, DeviceAsDestination) {
    this->make_both();
    for (const bool overwrite : {false, true})
        for (const std::filesystem::path& name :
             {std::filesystem::path{L"NUL"}, std::filesystem::path{L"con"},
              std::filesystem::path{L"COM1"}, std::filesystem::path{L"\\\\.\\NUL"}})
            this->expect_failure_at_once(name, {ERROR_NOT_SUPPORTED}, overwrite);
}

TYPED_TEST_P(copy_contract, NameThatNoFileCanHave) {
    this->make_both();
    for (const wchar_t* name : {L"a?b", L"a*", L"a<b", L"a|b"})
        this->expect_failure_at_once(this->folder / name, {ERROR_INVALID_NAME});
}

// U+FFFD stands where a name was no Unicode text; a file of such a name would not be the one that
// the user asked for.
TYPED_TEST_P(copy_contract, NameThatCouldNotBeConverted) {
    this->make_both();
    for (const bool overwrite : {false, true})
        this->expect_failure_at_once(this->folder / L"caf\xfffd", {ERROR_NO_UNICODE_TRANSLATION},
                                     overwrite);
}

// Linux takes no name of more than 255 bytes, which are 85 letters of Korean; Windows takes 255
// letters, and no more. A name that is too long must not be cut.
TYPED_TEST_P(copy_contract, NameIsKeptWholeOrRefused) {
    this->make_both();
    const std::filesystem::path root = long_form(this->folder.path());
    const auto before = this->folder.look();
    for (const std::size_t length : {86u, 255u, 256u}) {
        SCOPED_TRACE(length);
        const std::filesystem::path name = root / std::wstring(length, L'한');
        if (length <= 255 && !win32::under_wine()) {
            this->copy(this->source(), name);
            EXPECT_EQ(this->folder.look().count(win32::to_utf8(name.filename().native())), 1u);
            ASSERT_TRUE(::DeleteFileW(name.c_str()));
        } else {
            expect_failure(this->copying(this->source(), name), name);
        }
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, DestinationThatIsReadOnly) {
    this->make_both();
    ASSERT_TRUE(::SetFileAttributesW(this->destination().c_str(), FILE_ATTRIBUTE_READONLY));
    this->expect_failure_at_once(this->destination(), {ERROR_ACCESS_DENIED});
    EXPECT_NE(::GetFileAttributesW(this->destination().c_str()) & FILE_ATTRIBUTE_READONLY, 0u);
}

TYPED_TEST_P(copy_contract, SourceThatIsHeldOpen) {
    this->make_both();
    const win32::unique_file held = open_file(this->source(), GENERIC_READ | GENERIC_WRITE, 0);
    ASSERT_TRUE(held);
    const auto before = this->folder.look();
    for (const std::filesystem::path& name : {this->destination(), this->folder / L"new"}) {
        expect_failure(this->copying(this->source(), name, true), this->source(),
                       {ERROR_SHARING_VIOLATION});
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, ReadOnlySourceIsCopied) {
    this->make_both();
    ASSERT_TRUE(::SetFileAttributesW(this->source().c_str(), FILE_ATTRIBUTE_READONLY));
    this->copy(this->source(), this->destination(), true);
    EXPECT_TRUE(holds(this->destination(), this->source_bytes));
}

} // namespace harness
