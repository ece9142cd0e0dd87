/// \file
/// What every copy of a file must keep, whatever its I/O model.
///
/// A chapter's tests/copy_file_test.cpp gives a model type and instantiates both suites with it:
/// \code
/// namespace blocking {
/// struct copy_model {
///     static constexpr std::size_t block_size = copy_block_size;
///     static void copy(const std::filesystem::path& source,
///                      const std::filesystem::path& destination, bool overwrite,
///                      const harness::copy_progress& progress) {
///         copy_file(source, destination, {.overwrite = overwrite, .progress = progress});
///     }
/// };
/// } // namespace blocking
///
/// namespace harness {
/// INSTANTIATE_TYPED_TEST_SUITE_P(blocking_copy, copy_contract, blocking::copy_model);
/// INSTANTIATE_TYPED_TEST_SUITE_P(blocking_copy, copy_contract_large, blocking::copy_model);
/// } // namespace harness
/// \endcode
#pragma once

#include "testing/facts.hpp"
#include "testing/latch.hpp"
#include "testing/machine/process_usage.hpp"
#include "testing/machine/watchdog.hpp"
#include "testing/machine/wine_differences.hpp"
#include "trace/hooks/import_table.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"
#include "win32/under_wine.hpp"
#include "win32/unique_resource.hpp"

#include <gtest/gtest.h>

// FSCTL_SET_SPARSE, which windows.h leaves out when it is lean.
#include <winioctl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace harness {

using copy_progress = std::function<void(std::uint64_t copied, std::uint64_t size)>;
using copy_bytes = std::vector<std::byte>;

/// Bytes without a pattern that a block moved to another place would fit into. The same `seed`
/// gives the same bytes.
inline copy_bytes make_copy_bytes(std::size_t size, std::uint64_t seed) {
    copy_bytes bytes(size);
    std::uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    for (std::byte& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<std::byte>(state >> 32);
    }
    return bytes;
}

/// Writes `bytes` at `offset` of an open file that is not overlapped.
inline void write_bytes(HANDLE file, std::uint64_t offset, const copy_bytes& bytes) {
    LARGE_INTEGER position;
    position.QuadPart = static_cast<LONGLONG>(offset);
    DWORD written = 0;
    if (!::SetFilePointerEx(file, position, nullptr, FILE_BEGIN) ||
        !::WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr))
        win32::throw_last_error("write a test's file");
}

/// `size` bytes at `offset` of an open file, fewer at its end.
inline copy_bytes read_bytes(HANDLE file, std::uint64_t offset, std::size_t size) {
    LARGE_INTEGER position;
    position.QuadPart = static_cast<LONGLONG>(offset);
    copy_bytes bytes(size);
    DWORD read = 0;
    if (!::SetFilePointerEx(file, position, nullptr, FILE_BEGIN) ||
        !::ReadFile(file, bytes.data(), static_cast<DWORD>(size), &read, nullptr))
        win32::throw_last_error("read a test's file");
    bytes.resize(read);
    return bytes;
}

/// Opens an existing file; an owner of nothing when it cannot be opened so.
inline win32::unique_file open_file(const std::filesystem::path& name, DWORD access, DWORD share) {
    return win32::unique_file{
        ::CreateFileW(name.c_str(), access, share, nullptr, OPEN_EXISTING, 0, nullptr)};
}

/// Makes `name` hold `bytes`.
inline void make_file(const std::filesystem::path& name, const copy_bytes& bytes) {
    const win32::unique_file file{::CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr,
                                                CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file)
        win32::throw_last_error("CreateFileW", win32::to_utf8(name.native()));
    write_bytes(file.get(), 0, bytes);
}

/// All of a file of the tests' sizes. Nothing when it is not there or may not be read.
inline std::optional<copy_bytes> contents_of(const std::filesystem::path& name) {
    const win32::unique_file file =
        open_file(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    LARGE_INTEGER size;
    if (!file || !::GetFileSizeEx(file.get(), &size))
        return std::nullopt;
    return read_bytes(file.get(), 0, static_cast<std::size_t>(size.QuadPart));
}

/// True when `name` holds `bytes` and no other; else says where the first difference is.
inline ::testing::AssertionResult holds(const std::filesystem::path& name,
                                        const copy_bytes& bytes) {
    const std::string text = win32::to_utf8(name.native());
    const std::optional<copy_bytes> contents = contents_of(name);
    if (!contents)
        return ::testing::AssertionFailure() << text << " is not there";
    if (contents->size() != bytes.size())
        return ::testing::AssertionFailure()
               << text << " has " << contents->size() << " bytes, not " << bytes.size();
    const auto [first, second] = std::mismatch(bytes.begin(), bytes.end(), contents->begin());
    if (first != bytes.end())
        return ::testing::AssertionFailure()
               << text << " differs from byte " << first - bytes.begin() << " on";
    return ::testing::AssertionSuccess();
}

/// A name that Windows takes beyond 260 characters, and that means what it says ("." is a file).
inline std::filesystem::path long_form(const std::filesystem::path& name) {
    return L"\\\\?\\" + std::filesystem::absolute(name).make_preferred().native();
}

/// A folder of the test's own, with nothing in it. Gone with its object, whatever the test left.
class scratch_folder {
public:
    explicit scratch_folder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
        static std::atomic<unsigned> count{0};
        path_ = parent / (L"tutorial " + std::to_wstring(::GetCurrentProcessId()) + L" " +
                          std::to_wstring(++count));
        // A process of the same number may have been killed here before.
        remove();
        std::filesystem::create_directory(path_);
    }
    ~scratch_folder() {
        if (!remove())
            ADD_FAILURE() << "cannot remove " << win32::to_utf8(path_.native())
                          << ": something in it is still open";
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const {
        return path_ / name;
    }

    /// What is in the folder, at any depth: each name with its size and a digest of its contents.
    /// A folder that looks the same twice has lost nothing and gained nothing.
    [[nodiscard]] std::map<std::string, std::string> look() const {
        std::map<std::string, std::string> result;
        const std::filesystem::path root = long_form(path_);
        for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
            const std::string name =
                win32::to_utf8(entry.path().native().substr(root.native().size() + 1));
            if (entry.is_directory())
                result[name] = "a folder";
            else if (const std::optional<copy_bytes> bytes = contents_of(entry.path()))
                result[name] = std::to_string(bytes->size()) + " bytes, digest " +
                               std::to_string(std::hash<std::string_view>{}(
                                   {reinterpret_cast<const char*>(bytes->data()), bytes->size()}));
            else
                result[name] = "a file that is held open";
        }
        return result;
    }

private:
    bool remove() const noexcept {
        std::error_code error;
        const std::filesystem::path root = long_form(path_);
        if (!std::filesystem::exists(root, error))
            return true;
        // Windows does not delete a file that is read-only.
        for (std::filesystem::recursive_directory_iterator entry{root, error}, end;
             !error && entry != end; entry.increment(error))
            ::SetFileAttributesW(entry->path().c_str(), FILE_ATTRIBUTE_NORMAL);
        std::filesystem::remove_all(root, error);
        return !error;
    }

    std::filesystem::path path_;
};

/// Runs `copy`, which must fail with std::system_error, of this category, with one of `codes` when
/// there are any, and with a text of one line that names one of `names` in full.
/// Returns the code.
template <class Copy>
std::error_code expect_failure(const Copy& copy, std::initializer_list<std::filesystem::path> names,
                               std::initializer_list<DWORD> codes = {}) {
    try {
        copy();
    } catch (const std::system_error& error) {
        const std::string_view text = error.what();
        const bool named =
            std::any_of(names.begin(), names.end(), [&](const std::filesystem::path& name) {
                return text.find('"' + win32::to_utf8(name.native()) + '"') != text.npos;
            });
        EXPECT_TRUE(named) << "the text names the file by no name that the caller knows: " << text;
        EXPECT_EQ(text.find_first_of("\r\n"), text.npos) << "more than one line: " << text;
        EXPECT_EQ(&error.code().category(), &win32::category());
        const auto value = static_cast<DWORD>(error.code().value());
        EXPECT_TRUE(codes.size() == 0 || std::count(codes.begin(), codes.end(), value) > 0)
            << "not the error that was expected: " << text;
        return error.code();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "not a std::system_error: " << error.what();
        return {};
    }
    ADD_FAILURE() << "the copy went through";
    return {};
}

/// After this long, two copies that wait for one another for ever are a failure.
inline constexpr std::chrono::seconds copy_deadline{30};

/// While one lives, every file that the program opens is shared with writers. A copy shares its
/// source with readers only, and Windows and Wine heed that; a server that is no Windows, and a
/// program of Linux' own beside Wine, do not.
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

/// Part of a file's security descriptor.
inline copy_bytes security_of(const std::filesystem::path& name, SECURITY_INFORMATION part) {
    DWORD size = 0;
    ::GetFileSecurityW(name.c_str(), part, nullptr, 0, &size);
    copy_bytes result(size);
    if (!::GetFileSecurityW(name.c_str(), part, result.data(), size, &size))
        win32::throw_last_error("GetFileSecurityW", win32::to_utf8(name.native()));
    return result;
}

/// A file's permissions, to be compared.
inline copy_bytes permissions_of(const std::filesystem::path& name) {
    return security_of(name, DACL_SECURITY_INFORMATION);
}

/// The fixture. Each test has a folder of its own.
template <class Model>
class copy_contract : public facts {
protected:
    static constexpr std::size_t block_size = Model::block_size;

    static void copy(const std::filesystem::path& source, const std::filesystem::path& destination,
                     bool overwrite = false, const copy_progress& progress = {}) {
        Model::copy(source, destination, overwrite, progress);
    }

    /// A call for expect_failure().
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

    /// Copying the source to `name` must fail with one of `codes` before a byte is read.
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
            {name}, codes);
        EXPECT_EQ(folder.look(), before);
    }

    /// Copies a file of `size` bytes and compares.
    void expect_exact_copy(std::size_t size) {
        const std::filesystem::path source = folder / L"source";
        const std::filesystem::path destination = folder / L"destination";
        const copy_bytes bytes = make_copy_bytes(size, size);
        make_file(source, bytes);
        copy(source, destination);
        EXPECT_TRUE(holds(destination, bytes));
        EXPECT_TRUE(holds(source, bytes));
        EXPECT_EQ(folder.look().size(), 2u) << "something else was left in the folder";
    }

    /// Copies a file under the name `name` to `name` with "copy of " before it.
    void expect_name_survives(const std::wstring& name) {
        SCOPED_TRACE(win32::to_utf8(name));
        const std::filesystem::path source = folder / name;
        const std::filesystem::path destination = folder / (L"copy of " + name);
        const copy_bytes bytes = make_copy_bytes(1000, name.size());
        make_file(source, bytes);
        copy(source, destination);
        EXPECT_TRUE(holds(destination, bytes));
        expect_failure(copying(source, destination), {destination},
                       {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    }

    /// A source of many blocks and a bit, and a shorter old file at the destination.
    void make_both() {
        source_bytes = make_copy_bytes(20 * block_size + 77, 1);
        old_bytes = make_copy_bytes(3 * block_size + 5, 2);
        make_file(source(), source_bytes);
        make_file(destination(), old_bytes);
    }

    [[nodiscard]] std::filesystem::path source() const { return folder / L"source"; }
    [[nodiscard]] std::filesystem::path destination() const { return folder / L"destination"; }

    scratch_folder folder;
    copy_bytes source_bytes;
    copy_bytes old_bytes;
};

/// A named pipe, which a thread of its own feeds to whoever opens it first.
class source_pipe {
public:
    /// `feed` runs when there is a reader, and writes to the handle that it is given. When it
    /// returns, the reader has got everything and finds the end of the pipe.
    explicit source_pipe(const std::function<void(HANDLE)>& feed) {
        static std::atomic<unsigned> count{0};
        name_ = L"\\\\.\\pipe\\tutorial " + std::to_wstring(::GetCurrentProcessId()) + L" " +
                std::to_wstring(++count);
        pipe_.reset(::CreateNamedPipeW(name_.c_str(), PIPE_ACCESS_OUTBOUND,
                                       PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096, 4096, 0, nullptr));
        if (!pipe_)
            win32::throw_last_error("CreateNamedPipeW");
        thread_ = std::thread{[this, feed] {
            if (::ConnectNamedPipe(pipe_.get(), nullptr) ||
                ::GetLastError() == ERROR_PIPE_CONNECTED) {
                feed(pipe_.get());
                ::FlushFileBuffers(pipe_.get());
            }
            pipe_.reset();
        }};
    }
    ~source_pipe() { thread_.join(); }
    source_pipe(const source_pipe&) = delete;
    source_pipe& operator=(const source_pipe&) = delete;

    [[nodiscard]] const std::wstring& name() const noexcept { return name_; }

private:
    std::wstring name_;
    win32::unique_file pipe_;
    std::thread thread_;
};

TYPED_TEST_SUITE_P(copy_contract);

// --- Sizes ---------------------------------------------------------------------------------------

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

// --- Names ---------------------------------------------------------------------------------------

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

// The temporary name may not be made of the file's own: there is no room for even one more letter.
// (Korean is shorter here, because Wine 8 cuts a path of more than 256 bytes of UTF-8 in silence,
// unless it is ASCII.)
TYPED_TEST_P(copy_contract, LongNames) {
    const std::filesystem::path root = long_form(this->folder.path());
    const copy_bytes bytes = make_copy_bytes(this->block_size + 1, 3);
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

// A name alone has no folder before it: the destination's folder is then the current one.
TYPED_TEST_P(copy_contract, RelativeNames) {
    struct in_folder {
        explicit in_folder(const std::filesystem::path& name) {
            std::filesystem::current_path(name);
        }
        ~in_folder() { std::filesystem::current_path(before); }
        std::filesystem::path before = std::filesystem::current_path();
    };
    const copy_bytes bytes = make_copy_bytes(1000, 4);
    make_file(this->source(), bytes);
    std::filesystem::create_directory(this->folder / L"deeper");
    {
        const in_folder here{this->folder.path()};
        this->copy(L"source", L"destination");
        this->copy(L"source", L"destination", true);
        this->copy(L"source", L"deeper/destination");
        this->copy(L"deeper\\destination", L".\\deeper\\..\\third");
        expect_failure(this->copying(L"source", L"third"), {L"third"},
                       {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    }
    EXPECT_TRUE(holds(this->folder / L"destination", bytes));
    EXPECT_TRUE(holds(this->folder / L"deeper" / L"destination", bytes));
    EXPECT_TRUE(holds(this->folder / L"third", bytes));
    EXPECT_EQ(this->folder.look().size(), 5u);
}

// --- A file that stands at the destination -------------------------------------------------------

TYPED_TEST_P(copy_contract, ExistingFileStaysWithoutOverwrite) {
    this->make_both();
    const auto before = this->folder.look();
    expect_failure(this->copying(this->source(), this->destination()), {this->destination()},
                   {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    EXPECT_EQ(this->folder.look(), before);
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
        const copy_bytes bytes = make_copy_bytes(size, 5);
        make_file(this->source(), bytes);
        this->copy(this->source(), this->destination(), true);
        EXPECT_TRUE(holds(this->destination(), bytes));
    }
    EXPECT_EQ(this->folder.look().size(), 2u);
}

TYPED_TEST_P(copy_contract, OverwriteIsNoDemandThatAFileExists) {
    const copy_bytes bytes = make_copy_bytes(10, 6);
    make_file(this->source(), bytes);
    this->copy(this->source(), this->destination(), true);
    EXPECT_TRUE(holds(this->destination(), bytes));
}

// Whoever opens the destination during a copy sees the old file whole, or no file: never a part.
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

// To ask for the file before the copy, and not again after it, would destroy this one.
TYPED_TEST_P(copy_contract, FileThatAppearsDuringTheCopyStays) {
    this->make_both();
    const std::filesystem::path fresh = this->folder / L"fresh";
    bool made = false;
    const auto make_it = [&](std::uint64_t, std::uint64_t) {
        if (!std::exchange(made, true))
            make_file(fresh, this->old_bytes);
    };
    expect_failure([&] { this->copy(this->source(), fresh, false, make_it); }, {fresh},
                   {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    EXPECT_TRUE(made);
    EXPECT_TRUE(holds(fresh, this->old_bytes));
    EXPECT_EQ(this->folder.look().size(), 3u);
}

// Who may read the old file may read the new one, and nobody else: a secret stays one.
TYPED_TEST_P(copy_contract, OverwriteKeepsThePermissions) {
    this->make_both();
    // For its owner, and for nobody else; also not for those who may use the folder.
    alignas(ACL) std::byte memory[256];
    ACL& list = *reinterpret_cast<ACL*>(memory);
    copy_bytes owner = security_of(this->destination(), OWNER_SECURITY_INFORMATION);
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
    const copy_bytes before = permissions_of(this->destination());
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

// --- A source that others write to --------------------------------------------------------------

TYPED_TEST_P(copy_contract, SourceThatBecomesShorterIsNotCopied) {
    this->make_both();
    const std::uint64_t size = this->source_bytes.size();
    // In the middle; and when all that there was has been copied.
    for (const std::uint64_t when : {std::uint64_t{1}, size}) {
        SCOPED_TRACE(when);
        make_file(this->source(), this->source_bytes);
        bool done = false;
        expect_failure(
            [&] {
                this->copy_while_it_changes([&](HANDLE source, std::uint64_t copied) {
                    if (copied >= when && !std::exchange(done, true)) {
                        EXPECT_TRUE(::SetEndOfFile(source)); // at the position of a new handle, 0
                    }
                });
            },
            {this->source()}, {ERROR_HANDLE_EOF});
        EXPECT_TRUE(done);
        EXPECT_EQ(this->folder.look().size(), 2u) << "half a copy was left";
    }
}

// What is appended does not belong to the copy, and however fast it comes, the copy ends.
TYPED_TEST_P(copy_contract, SourceThatGrowsIsCopiedAsItWas) {
    for (const std::size_t size : {20 * this->block_size + 77, this->block_size, std::size_t{1}}) {
        SCOPED_TRACE(size);
        const copy_bytes bytes = make_copy_bytes(size, 9);
        const copy_bytes more = make_copy_bytes(this->block_size + 5, 10);
        make_file(this->source(), bytes);
        std::uint64_t end = size;
        // A copy that does not end would do so after some rounds, and be too long.
        this->copy_while_it_changes([&](HANDLE source, std::uint64_t) {
            if (end < size + 50 * more.size()) {
                write_bytes(source, end, more);
                end += more.size();
            }
        });
        EXPECT_GT(end, size);
        EXPECT_TRUE(holds(this->folder / L"new", bytes));
        ASSERT_TRUE(::DeleteFileW((this->folder / L"new").c_str()));
    }
}

// --- What cannot be copied -----------------------------------------------------------------------

TYPED_TEST_P(copy_contract, MissingSource) {
    this->make_both();
    const auto before = this->folder.look();
    for (const bool overwrite : {false, true}) {
        for (const std::filesystem::path& name :
             {this->folder / L"없는 파일", this->folder / L"no folder" / L"no file"}) {
            expect_failure(this->copying(name, this->folder / L"new", overwrite), {name},
                           {ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND});
            EXPECT_EQ(this->folder.look(), before);
        }
        const std::filesystem::path none = this->folder / L"none";
        expect_failure(this->copying(none, this->destination(), overwrite), {none},
                       {ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND});
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, MissingDestinationFolder) {
    this->make_both();
    const auto before = this->folder.look();
    const std::filesystem::path name = this->folder / L"없는 폴더" / L"destination";
    for (const bool overwrite : {false, true}) {
        expect_failure(this->copying(this->source(), name, overwrite), {name},
                       {ERROR_PATH_NOT_FOUND, ERROR_FILE_NOT_FOUND});
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, FileWhereTheDestinationFolderShouldBe) {
    this->make_both();
    const auto before = this->folder.look();
    const std::filesystem::path name = this->destination() / L"below a file";
    for (const bool overwrite : {false, true}) {
        expect_failure(this->copying(this->source(), name, overwrite), {name});
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, FolderAsSource) {
    this->make_both();
    const std::filesystem::path name = this->folder / L"a folder";
    std::filesystem::create_directory(name);
    make_file(name / L"in it", this->old_bytes);
    const auto before = this->folder.look();
    for (const bool overwrite : {false, true}) {
        expect_failure(this->copying(name, this->folder / L"new", overwrite), {name});
        EXPECT_EQ(this->folder.look(), before);
        expect_failure(this->copying(name, this->destination(), overwrite), {name});
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, FolderAsDestination) {
    this->make_both();
    const std::filesystem::path empty = this->folder / L"empty";
    const std::filesystem::path full = this->folder / L"full";
    std::filesystem::create_directory(empty);
    std::filesystem::create_directory(full);
    make_file(full / L"in it", this->old_bytes);
    const auto before = this->folder.look();
    for (const bool overwrite : {false, true})
        for (const std::filesystem::path& name : {empty, full, empty / L"", this->folder.path()}) {
            expect_failure(this->copying(this->source(), name, overwrite), {name});
            EXPECT_EQ(this->folder.look(), before);
        }
}

// A copy that truncates its destination first would lose the only copy there is.
TYPED_TEST_P(copy_contract, FileOntoItself) {
    this->make_both();
    std::filesystem::create_directory(this->folder / L"deeper");
    const auto before = this->folder.look();
    for (const bool overwrite : {false, true})
        for (const std::filesystem::path& name :
             {this->source(), this->folder / L"." / L"source", this->folder / L"SOURCE",
              this->folder / L"deeper" / L".." / L"source", long_form(this->source())}) {
            expect_failure(this->copying(this->source(), name, overwrite), {name});
            EXPECT_EQ(this->folder.look(), before);
        }
}

TYPED_TEST_P(copy_contract, FileOntoItsOtherName) {
    this->make_both();
    const std::filesystem::path link = this->folder / L"hard link";
    ASSERT_TRUE(::CreateHardLinkW(link.c_str(), this->source().c_str(), nullptr))
        << win32::make_error(::GetLastError()).message();
    const auto before = this->folder.look();
    for (const bool overwrite : {false, true}) {
        expect_failure(this->copying(this->source(), link, overwrite), {link});
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, DestinationThatIsHeldOpen) {
    this->make_both();
    {
        const win32::unique_file held =
            open_file(this->destination(), GENERIC_READ | GENERIC_WRITE, 0);
        ASSERT_TRUE(held);
        this->expect_failure_at_once(this->destination(), {ERROR_SHARING_VIOLATION});
    }
    {
        const win32::unique_file read =
            open_file(this->destination(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE);
        ASSERT_TRUE(read);
        this->expect_failure_at_once(this->destination(), {ERROR_SHARING_VIOLATION});
    }
    EXPECT_TRUE(holds(this->destination(), this->old_bytes));
}

// A copy must not keep its readers from the file that it is going to replace.
TYPED_TEST_P(copy_contract, DestinationCanBeReadDuringTheCopy) {
    this->make_both();
    bool read = false;
    this->copy(this->source(), this->destination(), true, [&](std::uint64_t, std::uint64_t) {
        // As most programs open a file: without FILE_SHARE_DELETE.
        read = static_cast<bool>(open_file(this->destination(), GENERIC_READ, FILE_SHARE_READ));
        EXPECT_TRUE(read) << win32::make_error(::GetLastError()).message();
    });
    EXPECT_TRUE(read);
}

// Windows keeps these names for devices. (Whether con.txt is one depends on its release.)
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

// U+FFFD stands where a name was no Unicode text; a file that has it for a name is not the one that
// was asked for.
TYPED_TEST_P(copy_contract, NameThatCouldNotBeConverted) {
    this->make_both();
    for (const bool overwrite : {false, true})
        this->expect_failure_at_once(this->folder / L"caf\xfffd", {ERROR_NO_UNICODE_TRANSLATION},
                                     overwrite);
}

// Linux takes no name of more than 255 bytes, which are 85 letters of Korean; Windows takes 255 of
// them, and no more. What is too long must not be cut.
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
            expect_failure(this->copying(this->source(), name), {name});
        }
        EXPECT_EQ(this->folder.look(), before);
    }
}

TYPED_TEST_P(copy_contract, DestinationThatIsReadOnly) {
    this->make_both();
    ASSERT_TRUE(::SetFileAttributesW(this->destination().c_str(), FILE_ATTRIBUTE_READONLY));
    const auto before = this->folder.look();
    expect_failure(this->copying(this->source(), this->destination(), true), {this->destination()},
                   {ERROR_ACCESS_DENIED});
    EXPECT_EQ(this->folder.look(), before);
    EXPECT_NE(::GetFileAttributesW(this->destination().c_str()) & FILE_ATTRIBUTE_READONLY, 0u);
}

TYPED_TEST_P(copy_contract, SourceThatIsHeldOpen) {
    this->make_both();
    const win32::unique_file held = open_file(this->source(), GENERIC_READ | GENERIC_WRITE, 0);
    ASSERT_TRUE(held);
    const auto before = this->folder.look();
    for (const std::filesystem::path& name : {this->destination(), this->folder / L"new"}) {
        expect_failure(this->copying(this->source(), name, true), {this->source()},
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

// --- Progress ------------------------------------------------------------------------------------

TYPED_TEST_P(copy_contract, ProgressRisesToTheSize) {
    for (const std::size_t size : {std::size_t{1}, this->block_size, this->block_size + 1,
                                   20 * this->block_size, 20 * this->block_size + 77}) {
        SCOPED_TRACE(size);
        make_file(this->source(), make_copy_bytes(size, 7));
        std::vector<std::uint64_t> seen;
        this->copy(this->source(), this->destination(), true,
                   [&](std::uint64_t copied, std::uint64_t whole) {
                       EXPECT_EQ(whole, size);
                       seen.push_back(copied);
                   });
        ASSERT_FALSE(seen.empty());
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
        EXPECT_EQ(seen.back(), size);
        if (size > this->block_size) {
            EXPECT_LT(seen.front(), size) << "a long copy tells of its end only";
        }
    }
}

TYPED_TEST_P(copy_contract, ProgressOfAnEmptyFileIsNothingOfNothing) {
    make_file(this->source(), {});
    this->copy(this->source(), this->destination(), false,
               [](std::uint64_t copied, std::uint64_t size) {
                   EXPECT_EQ(copied, 0u);
                   EXPECT_EQ(size, 0u);
               });
    EXPECT_TRUE(holds(this->destination(), {}));
}

// However far the copy has come, and whether or not a file stood at the destination. Afterwards
// nothing is in flight: the files can be opened with nobody beside us, which fails while any handle
// to them is open.
TYPED_TEST_P(copy_contract, ExceptionFromProgressUndoesTheCopy) {
    struct cancelled {
        std::uint64_t at;
    };
    this->make_both();
    const auto before = this->folder.look();
    const std::uint64_t size = this->source_bytes.size();
    for (const std::filesystem::path& name : {this->folder / L"new", this->destination()}) {
        for (const std::uint64_t when : {std::uint64_t{1}, size / 2, size - 1, size}) {
            SCOPED_TRACE(when);
            std::uint64_t thrown_at = 0;
            int calls_after = 0;
            const auto cancel = [&](std::uint64_t copied, std::uint64_t) {
                calls_after += thrown_at != 0;
                if (copied >= when && thrown_at == 0) {
                    thrown_at = copied;
                    throw cancelled{copied};
                }
            };
            try {
                this->copy(this->source(), name, true, cancel);
                ADD_FAILURE() << "the exception is lost";
            } catch (const cancelled& exception) {
                EXPECT_EQ(exception.at, thrown_at);
            }
            if (when <= size / 2) {
                EXPECT_LT(thrown_at, size) << "nobody was asked before the end";
            }
            EXPECT_EQ(calls_after, 0) << "progress went on after it had thrown";
            EXPECT_TRUE(open_file(this->source(), GENERIC_READ | GENERIC_WRITE | DELETE, 0));
            EXPECT_TRUE(open_file(this->destination(), GENERIC_READ | GENERIC_WRITE | DELETE, 0));
            EXPECT_EQ(this->folder.look(), before);
        }
    }
    EXPECT_TRUE(::DeleteFileW(this->source().c_str()));
    EXPECT_FALSE(std::filesystem::exists(this->source()));
    // A later copy starts afresh, with nothing of the cancelled one.
    make_file(this->source(), this->source_bytes);
    this->copy(this->source(), this->folder / L"new");
    EXPECT_TRUE(holds(this->folder / L"new", this->source_bytes));
}

// --- What is left over ---------------------------------------------------------------------------

// Every way out of a copy, many times over: the first round is not counted, for the run-time
// library opens things of its own then.
TYPED_TEST_P(copy_contract, NothingStaysOpen) {
    struct cancelled {};
    this->make_both();
    const auto every_way = [this] {
        const std::filesystem::path fresh = this->folder / L"fresh";
        this->copy(this->source(), fresh);
        expect_failure(this->copying(this->source(), fresh), {fresh});
        expect_failure(this->copying(fresh, fresh, true), {fresh});
        expect_failure(this->copying(fresh, this->folder.path()), {this->folder.path()});
        EXPECT_THROW(this->copy(this->source(), fresh, true,
                                [](std::uint64_t, std::uint64_t) { throw cancelled{}; }),
                     cancelled);
        const win32::unique_file held = open_file(fresh, GENERIC_READ, FILE_SHARE_READ);
        ASSERT_TRUE(held);
        expect_failure(this->copying(this->source(), fresh, true), {fresh});
        expect_failure(this->copying(fresh, this->folder / L"no folder" / L"x"),
                       {this->folder / L"no folder" / L"x"});
    };
    const auto round = [&] {
        every_way();
        ASSERT_TRUE(::DeleteFileW((this->folder / L"fresh").c_str()));
    };
    round();
    constexpr std::size_t rounds = 10;
    const process_usage before = measure_process();
    for (std::size_t i = 0; i < rounds; ++i)
        round();
    const process_usage after = measure_process();
    EXPECT_LT(after.handles, before.handles + rounds) << before << " became " << after;
    EXPECT_EQ(after.threads, before.threads) << before << " became " << after;
}

// --- Several at once -----------------------------------------------------------------------------

TYPED_TEST_P(copy_contract, TwoCopiesAtOnce) {
    const watchdog limit{"two copies at once", copy_deadline};
    this->make_both();
    latch both_have_begun{2};
    const auto run = [&](const std::filesystem::path& from, const std::filesystem::path& to) {
        bool met = false;
        this->copy(from, to, false, [&](std::uint64_t, std::uint64_t) {
            if (!std::exchange(met, true))
                both_have_begun.arrive_and_wait();
        });
    };
    std::future<void> other =
        std::async(std::launch::async, run, this->destination(), this->folder / L"second");
    EXPECT_NO_THROW(run(this->source(), this->folder / L"first"));
    EXPECT_NO_THROW(other.get());
    EXPECT_TRUE(holds(this->folder / L"first", this->source_bytes));
    EXPECT_TRUE(holds(this->folder / L"second", this->old_bytes));
    EXPECT_EQ(this->folder.look().size(), 4u);
}

// One is whole while the other has half begun: neither may disturb the other's unfinished file.
TYPED_TEST_P(copy_contract, TwoCopiesToOneDestination) {
    const watchdog limit{"two copies at once", copy_deadline};
    this->make_both();
    const std::filesystem::path other = this->folder / L"other";
    make_file(other, make_copy_bytes(7 * this->block_size + 1, 8));
    const std::filesystem::path fresh = this->folder / L"fresh";
    bool inner = false;
    const auto copy_the_other = [&](std::uint64_t, std::uint64_t) {
        if (!std::exchange(inner, true))
            std::async(std::launch::async, [&] { this->copy(other, fresh, false); }).get();
    };

    expect_failure([&] { this->copy(this->source(), fresh, false, copy_the_other); }, {fresh},
                   {ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS});
    EXPECT_TRUE(inner);
    EXPECT_TRUE(holds(fresh, *contents_of(other)));

    ASSERT_TRUE(::DeleteFileW(fresh.c_str()));
    inner = false;
    this->copy(this->source(), fresh, true, copy_the_other);
    EXPECT_TRUE(inner);
    EXPECT_TRUE(holds(fresh, this->source_bytes));
    EXPECT_EQ(this->folder.look().size(), 4u);
}

TYPED_TEST_P(copy_contract, OneSourceCopiedTwiceAtOnce) {
    const watchdog limit{"two copies at once", copy_deadline};
    this->make_both();
    bool inner = false;
    this->copy(this->source(), this->folder / L"first", false, [&](std::uint64_t, std::uint64_t) {
        if (!std::exchange(inner, true))
            std::async(std::launch::async, [&] {
                this->copy(this->source(), this->folder / L"second");
            }).get();
    });
    EXPECT_TRUE(holds(this->folder / L"first", this->source_bytes));
    EXPECT_TRUE(holds(this->folder / L"second", this->source_bytes));
}

// --- A pipe has no size and no offsets, and gives what it has
// ---------------------------------------

TYPED_TEST_P(copy_contract, PipeAsSource) {
    // Pieces smaller than a block, as large, and larger; none of them is a round number of blocks.
    const copy_bytes bytes = make_copy_bytes(3 * this->block_size + 4099, 7);
    const source_pipe pipe{[&](HANDLE writer) {
        std::size_t piece = 1;
        for (std::size_t at = 0; at < bytes.size(); at += piece, piece = piece * 3 + 1) {
            piece = std::min(piece, bytes.size() - at);
            DWORD written = 0;
            EXPECT_TRUE(::WriteFile(writer, bytes.data() + at, static_cast<DWORD>(piece), &written,
                                    nullptr));
        }
    }};
    std::uint64_t last = 0;
    this->copy(pipe.name(), this->destination(), false,
               [&](std::uint64_t copied, std::uint64_t size) {
                   EXPECT_EQ(size, 0u) << "nobody knows how much will come";
                   EXPECT_GE(copied, last);
                   last = copied;
               });
    EXPECT_EQ(last, bytes.size());
    EXPECT_TRUE(holds(this->destination(), bytes));
}

TYPED_TEST_P(copy_contract, PipeThatEndsAtOnce) {
    const source_pipe pipe{[](HANDLE) {
    }};
    this->copy(pipe.name(), this->destination());
    EXPECT_TRUE(holds(this->destination(), {}));
}

// The writer holds the pipe open and says no more: whoever waited for a read in flight would wait
// for ever.
TYPED_TEST_P(copy_contract, ExceptionDoesNotWaitForASilentPipe) {
    struct cancelled {};
    latch copy_ended{1};
    const auto before = this->folder.look();
    const copy_bytes bytes = make_copy_bytes(this->block_size, 8);
    const source_pipe pipe{[&](HANDLE writer) {
        DWORD written = 0;
        ::WriteFile(writer, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr);
        copy_ended.wait();
    }};
    {
        const watchdog guard{"a copy that has failed"};
        EXPECT_THROW(this->copy(pipe.name(), this->destination(), false,
                                [](std::uint64_t, std::uint64_t) { throw cancelled{}; }),
                     cancelled);
    }
    copy_ended.count_down();
    EXPECT_EQ(this->folder.look(), before);
}

REGISTER_TYPED_TEST_SUITE_P(
    copy_contract, //
    EmptyFile, OneByte, BlockLessOneByte, OneBlock, BlockAndOneByte, ManyWholeBlocks,
    ManyBlocksAndABit, NamesInAnyScript, NamesWithSpacesAndSigns, LongNames, RelativeNames,
    ExistingFileStaysWithoutOverwrite, OverwriteReplacesAShorterFile,
    OverwriteReplacesALongerFileWholly, OverwriteIsNoDemandThatAFileExists,
    DestinationAppearsOnlyWhenItIsWhole, FileThatAppearsDuringTheCopyStays,
    OverwriteKeepsThePermissions, TimeOfTheLastWriteIsKept, SourceThatBecomesShorterIsNotCopied,
    SourceThatGrowsIsCopiedAsItWas, MissingSource, MissingDestinationFolder,
    FileWhereTheDestinationFolderShouldBe, FolderAsSource, FolderAsDestination, FileOntoItself,
    FileOntoItsOtherName, DestinationThatIsHeldOpen, DestinationCanBeReadDuringTheCopy,
    DeviceAsDestination, NameThatNoFileCanHave, NameThatCouldNotBeConverted,
    NameIsKeptWholeOrRefused, DestinationThatIsReadOnly, SourceThatIsHeldOpen,
    ReadOnlySourceIsCopied, ProgressRisesToTheSize, ProgressOfAnEmptyFileIsNothingOfNothing,
    ExceptionFromProgressUndoesTheCopy, NothingStaysOpen, TwoCopiesAtOnce,
    TwoCopiesToOneDestination, OneSourceCopiedTwiceAtOnce, PipeAsSource, PipeThatEndsAtOnce,
    ExceptionDoesNotWaitForASilentPipe);

/// Where there is room for files of some GiB. The disk of a virtual machine may take 20 s to write
/// them; so under Wine they go into Linux' memory file system when that has plenty of room.
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

/// Offsets beyond 4 GiB, apart from the rest: it writes more than 4 GiB, so ctest runs one of them
/// at a time.
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

    // The marks lie where an offset cut to 32 bits, or taken for a signed number, would lead: each
    // such block would land on another mark, or on zeros that are looked at too.
    struct mark {
        std::uint64_t offset;
        copy_bytes bytes;
    };
    std::vector<mark> marks;
    for (const std::uint64_t offset :
         {std::uint64_t{0}, 2 * gibibyte - 100, four - block, four - 100, four + block, size - 100})
        marks.push_back({offset, make_copy_bytes(200, offset + 1)});
    marks.back().bytes.resize(100);
    {
        const win32::unique_file file{::CreateFileW(source.c_str(), GENERIC_WRITE, 0, nullptr,
                                                    CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr)};
        ASSERT_TRUE(file);
        // Or else Windows would write zeros up to the first mark. A file system that has no sparse
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
    // The surroundings: two blocks to either side.
    for (const std::uint64_t middle : {2 * block, 2 * gibibyte, four}) {
        const auto length = static_cast<std::size_t>(6 * block);
        EXPECT_TRUE(read_bytes(to.get(), middle - 2 * block, length) ==
                    read_bytes(from.get(), middle - 2 * block, length))
            << "the copy differs near " << middle;
    }
}

REGISTER_TYPED_TEST_SUITE_P(copy_contract_large, OffsetsBeyondFourGibibytes);

} // namespace harness
