/// \file
/// The contract about files of any size, under any name.
#pragma once

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace harness {

TYPED_TEST_P(copy_contract, EmptyFile) {
    this->expect_exact_copy(0);
}

TYPED_TEST_P(copy_contract, OneByte) {
    this->expect_exact_copy(1);
}

TYPED_TEST_P(copy_contract, BlockLessOneByte) {
    this->expect_exact_copy(this->block_size - 1);
}

TYPED_TEST_P(copy_contract, OneBlock) {
    this->expect_exact_copy(this->block_size);
}

TYPED_TEST_P(copy_contract, BlockAndOneByte) {
    this->expect_exact_copy(this->block_size + 1);
}

TYPED_TEST_P(copy_contract, ManyWholeBlocks) {
    this->expect_exact_copy(20 * this->block_size);
}

TYPED_TEST_P(copy_contract, ManyBlocksAndABit) {
    this->expect_exact_copy(37 * this->block_size + 4099);
}

TYPED_TEST_P(copy_contract, NamesInAnyScript) {
    for (const wchar_t* name : {L"한국어 이름.txt", L"日本語のファイル", L"файл с пробелами.bin",
                                L"ملف", L"שם", L"Übergröße", L"😀 🎉.data", L"e\u0301 decomposed"})
        this->expect_name_survives(name);
}

TYPED_TEST_P(copy_contract, NamesWithSpacesAndSigns) {
    for (const wchar_t* name : {L"two  spaces", L" leads", L"a;b,c=d+e", L"100% & $HOME `x` 'y'",
                                L"-dash", L"--overwrite", L".dot", L"[a](b){c}#d!e@f~g^h"})
        this->expect_name_survives(name);
}

// A copy may not make its temporary name out of the file's own: there is no room for even one more
// letter. (Korean is shorter here because Wine 8 cuts a path of more than 256 bytes of UTF-8 in
// silence, unless it is ASCII.)
TYPED_TEST_P(copy_contract, LongNames) {
    const std::filesystem::path root = long_form(this->folder.path());
    const std::string bytes = make_message(this->block_size + 1, 3);
    const std::filesystem::path source = root / std::wstring(200, L's');
    make_file(source, bytes);
    for (const std::wstring& name :
         {std::wstring(205, L'd'), std::wstring(255, L'e'), std::wstring(60, L'한')}) {
        SCOPED_TRACE(name.size());
        this->copy(source, root / name);
        EXPECT_TRUE(holds(root / name, bytes));
        this->copy(source, root / name, true);
        EXPECT_TRUE(holds(root / name, bytes));
    }
    EXPECT_EQ(this->folder.look().size(), 4u);
}

// A name without a folder means one in the current folder.
TYPED_TEST_P(copy_contract, RelativeNames) {
    struct in_folder {
        explicit in_folder(const std::filesystem::path& name) {
            std::filesystem::current_path(name);
        }
        ~in_folder() { std::filesystem::current_path(before); }
        std::filesystem::path before = std::filesystem::current_path();
    };
    const std::string bytes = make_message(1000, 4);
    make_file(this->source(), bytes);
    std::filesystem::create_directory(this->folder / L"deeper");
    {
        const in_folder here{this->folder.path()};
        this->copy(L"source", L"destination");
        this->copy(L"source", L"destination", true);
        this->copy(L"source", L"deeper/destination");
        this->copy(L"deeper\\destination", L".\\deeper\\..\\third");
        expect_failure(this->copying(L"source", L"third"), L"third",
                       {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    }
    EXPECT_TRUE(holds(this->folder / L"destination", bytes));
    EXPECT_TRUE(holds(this->folder / L"deeper" / L"destination", bytes));
    EXPECT_TRUE(holds(this->folder / L"third", bytes));
    EXPECT_EQ(this->folder.look().size(), 5u);
}

} // namespace harness
