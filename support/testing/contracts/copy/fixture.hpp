/// \file
/// The fixture of the contract: a folder for each test, its files, and ways to copy.
#pragma once

#include "files.hpp"
#include "testing/client.hpp"
#include "testing/facts.hpp"
#include "trace/hooks/import_table.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace harness {

/// The function that a copy calls as it gets on, with numbers of bytes.
using copy_progress = std::function<void(std::uint64_t copied, std::uint64_t size)>;

/// Runs `copy`, which must fail with std::system_error of win32::category(), with one of `codes` if
/// there are any, and with a text of one line that names `name` in full.
template <class Copy>
void expect_failure(const Copy& copy, const std::filesystem::path& name,
                    std::initializer_list<DWORD> codes = {}) {
    try {
        copy();
        ADD_FAILURE() << "the copy went through";
    } catch (const std::system_error& error) {
        const std::string_view text = error.what();
        EXPECT_NE(text.find('"' + win32::to_utf8(name.native()) + '"'), text.npos)
            << "the text names the file by no name that the caller knows: " << text;
        EXPECT_EQ(text.find_first_of("\r\n"), text.npos) << "more than one line: " << text;
        EXPECT_EQ(&error.code().category(), &win32::category());
        const auto value = static_cast<DWORD>(error.code().value());
        EXPECT_TRUE(codes.size() == 0 || std::count(codes.begin(), codes.end(), value) > 0)
            << "not the error that was expected: " << text;
    } catch (const std::exception& error) {
        ADD_FAILURE() << "not a std::system_error: " << error.what();
    }
}

/// While one lives, every file that the program opens is shared with writers. A copy shares its
/// source with readers only. Windows and Wine heed that; a file server with another system, and a
/// program of Linux beside Wine, do not.
class without_share_modes {
public:
    without_share_modes() : patch_{hooks} {}

private:
    static HANDLE WINAPI create_file(LPCWSTR name, DWORD access, DWORD share,
                                     LPSECURITY_ATTRIBUTES attributes, DWORD disposition,
                                     DWORD flags, HANDLE sample) {
        return reinterpret_cast<decltype(&::CreateFileW)>(original.load())(
            name, access, share | FILE_SHARE_WRITE, attributes, disposition, flags, sample);
    }

    static inline std::atomic<void*> original{};
    static inline const trace::hook hook{"CreateFileW", L"kernel32.dll",
                                         reinterpret_cast<void*>(create_file), &original};
    static inline const std::span<const trace::hook> hooks[] = {{&hook, 1}};

    trace::import_patch patch_;
};

/// The fixture. Each test has a folder of its own.
template <class Model>
class copy_contract : public facts {
protected:
    static constexpr std::size_t block_size = Model::block_size;

    static void copy(const std::filesystem::path& source, const std::filesystem::path& destination,
                     bool overwrite = false, const copy_progress& progress = {}) {
        Model::copy(source, destination, overwrite, progress);
    }

    /// The copy as a function, for expect_failure().
    static auto copying(const std::filesystem::path& source,
                        const std::filesystem::path& destination, bool overwrite = false) {
        return [=] {
            copy(source, destination, overwrite);
        };
    }

    /// Copies the source, which `change` may write to after each piece that has been copied.
    void
    copy_while_it_changes(const std::function<void(HANDLE source, std::uint64_t copied)>& change) {
        const without_share_modes others_write;
        copy(source(), this->folder / L"new", false, [&](std::uint64_t copied, std::uint64_t) {
            const win32::unique_file writer =
                open_file(source(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE);
            ASSERT_TRUE(writer) << win32::make_error(::GetLastError()).message();
            change(writer.get(), copied);
        });
    }

    /// Checks that a copy of the source to `name` fails with one of `codes` before a byte is read.
    void expect_failure_at_once(const std::filesystem::path& name,
                                std::initializer_list<DWORD> codes, bool overwrite = true) {
        SCOPED_TRACE(win32::to_utf8(name.native()));
        const auto before = folder.look();
        expect_failure(
            [&] {
                copy(source(), name, overwrite, [](std::uint64_t, std::uint64_t) {
                    ADD_FAILURE() << "something was copied before";
                });
            },
            name, codes);
        EXPECT_EQ(folder.look(), before);
    }

    /// Checks that a copy fails, with `overwrite` and without, with one of `codes` if there are any
    /// and a text that names `name`, and that it changes nothing.
    void expect_refusal(const std::filesystem::path& from, const std::filesystem::path& to,
                        const std::filesystem::path& name,
                        std::initializer_list<DWORD> codes = {}) {
        const auto before = folder.look();
        for (const bool overwrite : {false, true}) {
            expect_failure(copying(from, to, overwrite), name, codes);
            EXPECT_EQ(folder.look(), before);
        }
    }

    /// Copies a file of `size` bytes, and compares.
    void expect_exact_copy(std::size_t size) {
        const std::string bytes = make_message(size, size);
        make_file(source(), bytes);
        copy(source(), destination());
        EXPECT_TRUE(holds(destination(), bytes));
        EXPECT_TRUE(holds(source(), bytes));
        EXPECT_EQ(folder.look().size(), 2u) << "something else was left in the folder";
    }

    /// Copies a file under the name `name` to `name` with "copy of " before it.
    void expect_name_survives(const std::wstring& name) {
        SCOPED_TRACE(win32::to_utf8(name));
        const std::filesystem::path source = folder / name;
        const std::filesystem::path destination = folder / (L"copy of " + name);
        const std::string bytes = make_message(1000, name.size());
        make_file(source, bytes);
        copy(source, destination);
        EXPECT_TRUE(holds(destination, bytes));
        expect_failure(copying(source, destination), destination,
                       {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    }

    /// Makes a source of many blocks and a bit, and a shorter old file at the destination.
    void make_both() {
        source_bytes = make_message(20 * block_size + 77, 1);
        old_bytes = make_message(3 * block_size + 5, 2);
        make_file(source(), source_bytes);
        make_file(destination(), old_bytes);
    }

    [[nodiscard]] std::filesystem::path source() const { return folder / L"source"; }
    [[nodiscard]] std::filesystem::path destination() const { return folder / L"destination"; }

    scratch_folder folder;
    std::string source_bytes;
    std::string old_bytes;
};

TYPED_TEST_SUITE_P(copy_contract);

} // namespace harness
