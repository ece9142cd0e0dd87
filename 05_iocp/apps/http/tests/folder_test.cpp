#include "apps/http/folder.hpp"

#include "testing/facts.hpp"
#include "testing/loopback.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace {

using http::folder;
using http::opened_file;
using http::status;

class http_folder : public harness::facts {
protected:
    http_folder() {
        std::filesystem::create_directory(outside.path() / L"root");
        std::filesystem::create_directory(outside.path() / L"root" / L"sub");
        outside.make_file(L"root\\a.txt", "12345");
        outside.make_file(L"root\\sub\\b.txt", "");
        outside.make_file(L"secret.txt", "secret");
    }

    [[nodiscard]] std::string root() const {
        return win32::to_utf8((outside.path() / L"root").native());
    }

    harness::temporary_folder outside;
};

TEST_F(http_folder, OpensWhatIsInIt) {
    const folder served{root()};
    const opened_file file = served.open("a.txt");
    EXPECT_EQ(file.result, status::ok);
    EXPECT_TRUE(file.file);
    EXPECT_FALSE(file.is_folder);
    EXPECT_EQ(file.what.size, 5u);
    const auto age = std::chrono::system_clock::now() - file.what.modified;
    EXPECT_LT(age, std::chrono::hours{1});
    EXPECT_GT(age, -std::chrono::hours{1});
    EXPECT_EQ(served.open("sub/b.txt").what.size, 0u);
    EXPECT_TRUE(served.open("sub").is_folder);
    EXPECT_TRUE(served.open("").is_folder);
}

TEST_F(http_folder, MayBeWrittenInAnyWay) {
    for (const std::string& same :
         {root() + "\\", root() + "/", root() + "/sub/..", root() + "\\.\\sub\\..\\"})
        EXPECT_EQ(folder{same}.open("a.txt").result, status::ok) << same;
}

TEST_F(http_folder, WhatIsNotThere) {
    const folder served{root()};
    for (const char* const path : {"none", "none/a.txt", "a.txt/b", "sub/none"})
        EXPECT_EQ(served.open(path).result, status::not_found) << path;
    EXPECT_EQ(served.open(std::string(300, 'a')).result, status::not_found);
}

// The second wall: names that resolve() might let through by mistake are not found, or lie outside.
TEST_F(http_folder, NamesAreTakenAsTheyAre) {
    const folder served{root()};
    for (const char* const path :
         {"..", "../secret.txt", "sub/../../secret.txt", "a.txt.", "a.txt ", "con", "NUL",
          "con.txt", "COM1", "a.txt::$DATA", "a.txt:x", "C:/windows/win.ini", "/secret.txt", "*"}) {
        const opened_file file = served.open(path);
        EXPECT_NE(file.result, status::ok) << path;
        EXPECT_FALSE(file.file) << path;
    }
}

TEST_F(http_folder, NameInOtherLettersIsNotThere) {
    outside.make_file(L"root\\\u00e9\ud55c\uae00.txt", "1"); // é한글
    const folder served{root()};
    EXPECT_EQ(served.open("\u00e9\ud55c\uae00.txt").result, status::ok);
    for (const char* const path :
         {"A.TXT", "a.Txt", "SUB", "Sub/b.txt", "sub/B.txt", "\u00c9\ud55c\uae00.txt",
          "e\u0301\ud55c\uae00.txt", "\u00e9\u1112\u1161\u11ab\u1100\u1173\u11af.txt"}) {
        const opened_file file = served.open(path);
        EXPECT_EQ(file.result, status::not_found) << path;
        EXPECT_FALSE(file.file) << path;
    }
}

// The name may be the last one or stand before others: a rule for the last one alone would not
// protect a folder.
TEST_F(http_folder, ShortNameIsNotThere) {
    const std::string wanted[] = {"a folder's name", "below all that", ".config file",
                                  "page.htmlx"};
    std::filesystem::path path = outside.path() / L"root";
    for (const std::string& name : {wanted[0], wanted[1], wanted[2]})
        std::filesystem::create_directory(path /= name);
    outside.make_file(L"root\\a folder's name\\below all that\\.config file\\page.htmlx", "1");
    const folder served{root()};
    const auto join = [](const std::string(&names)[4]) {
        return names[0] + '/' + names[1] + '/' + names[2] + '/' + names[3];
    };
    ASSERT_EQ(served.open(join(wanted)).result, status::ok);

    path = outside.path() / L"root";
    for (std::size_t i = 0; i < std::size(wanted); ++i) {
        path /= wanted[i];
        WIN32_FIND_DATAW found{};
        const HANDLE search = ::FindFirstFileW(path.c_str(), &found);
        ASSERT_NE(search, INVALID_HANDLE_VALUE) << path;
        ::FindClose(search);
        const std::wstring other = found.cAlternateFileName; // the name that `dir /x` shows
        ASSERT_FALSE(other.empty()) << path;
        ASSERT_TRUE(std::filesystem::exists(path.parent_path() / other)) << path;
        std::string asked[4] = {wanted[0], wanted[1], wanted[2], wanted[3]};
        asked[i] = win32::to_utf8(other);
        EXPECT_EQ(served.open(join(asked)).result, status::not_found) << join(asked);
    }
}

// A name that looks like a short one may be the true one.
TEST_F(http_folder, NameLikeAShortOneIsThere) {
    outside.make_file(L"root\\ABCDEF~1.TXT", "1");
    EXPECT_EQ(folder{root()}.open("ABCDEF~1.TXT").result, status::ok);
    EXPECT_EQ(folder{root()}.open("abcdef~1.txt").result, status::not_found);
}

// Folders inside each other whose path is longer than 260 characters. Few programs can handle them,
// and std::filesystem may not.
class deep_folders {
public:
    explicit deep_folders(const std::filesystem::path& where) {
        std::wstring path = where.native();
        for (int i = 0; i < 3; ++i) {
            path += L"\\Folder " + std::wstring(100, L'x');
            if (!::CreateDirectoryW(in_long_form(path).c_str(), nullptr))
                win32::throw_last_error("CreateDirectoryW", win32::to_utf8(path));
            paths_.push_back(path);
        }
        file_ = in_long_form(path + L"\\a.txt");
        const win32::unique_file file{::CreateFileW(file_.c_str(), GENERIC_WRITE, 0, nullptr,
                                                    CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr)};
        DWORD written = 0;
        if (!file || !::WriteFile(file.get(), "12345", 5, &written, nullptr))
            win32::throw_last_error("make a file", win32::to_utf8(file_));
    }
    ~deep_folders() {
        ::DeleteFileW(file_.c_str());
        for (auto each = paths_.rbegin(); each != paths_.rend(); ++each)
            ::RemoveDirectoryW(in_long_form(*each).c_str());
    }
    deep_folders(const deep_folders&) = delete;
    deep_folders& operator=(const deep_folders&) = delete;

    [[nodiscard]] std::string deepest() const { return win32::to_utf8(paths_.back()); }

private:
    static std::wstring in_long_form(const std::wstring& path) { return LR"(\\?\)" + path; }

    std::vector<std::wstring> paths_;
    std::wstring file_;
};

TEST_F(http_folder, RootMayBeDeeperThan260Characters) {
    const deep_folders deep{outside.path()};
    std::string forward = deep.deepest();
    std::replace(forward.begin(), forward.end(), '\\', '/');
    for (const std::string& path :
         {deep.deepest(), forward, deep.deepest() + "\\",
          deep.deepest() + "\\..\\" + deep.deepest().substr(deep.deepest().rfind('\\') + 1),
          "\\\\?\\" + deep.deepest()}) {
        const folder served{path};
        const opened_file file = served.open("a.txt");
        EXPECT_EQ(file.result, status::ok) << path;
        EXPECT_EQ(file.what.size, 5u);
        EXPECT_EQ(served.open("A.TXT").result, status::not_found) << path;
        EXPECT_EQ(served.open("none").result, status::not_found) << path;
    }
}

TEST_F(http_folder, FilesMayLieDeeperThan260Characters) {
    const deep_folders deep{outside.path() / L"root"};
    std::string path = deep.deepest().substr(root().size() + 1);
    std::replace(path.begin(), path.end(), '\\', '/');
    const folder served{root()};
    EXPECT_TRUE(served.open(path).is_folder);
    EXPECT_EQ(served.open(path + "/a.txt").what.size, 5u);
    path.front() = 'f';
    EXPECT_EQ(served.open(path + "/a.txt").result, status::not_found);
}

TEST_F(http_folder, LinkThatLeadsOutLeadsNowhere) {
    const std::filesystem::path link = outside.path() / L"root" / L"link.txt";
    ASSERT_TRUE(::CreateSymbolicLinkW(link.c_str(), (outside.path() / L"secret.txt").c_str(),
                                      SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE))
        << ::GetLastError();
    EXPECT_EQ(folder{root()}.open("link.txt").result, status::forbidden);
}

TEST_F(http_folder, MustBeOne) {
    for (const std::string& path : {root() + "\\none", root() + "\\a.txt", std::string{}})
        try {
            const folder served{path};
            ADD_FAILURE() << path;
        } catch (const std::system_error& error) {
            EXPECT_NE(std::string_view{error.what()}.find(path), std::string_view::npos)
                << error.what();
        }
}

} // namespace
