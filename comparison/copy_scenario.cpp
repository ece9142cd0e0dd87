#include "copy_scenario.hpp"

#include "child_process.hpp"
#include "clock.hpp"
#include "win32/error.hpp"
#include "win32/text.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace comparison {

namespace {

constexpr std::size_t block = 1024 * 1024;

double milliseconds_of(const copier& copy, const std::filesystem::path& source,
                       const std::filesystem::path& destination) {
    const std::chrono::nanoseconds begin = now();
    copy(source, destination);
    return std::chrono::duration<double, std::milli>(now() - begin).count();
}

bool same_content(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::ifstream first{a, std::ios::binary};
    std::ifstream second{b, std::ios::binary};
    std::vector<char> x(block);
    std::vector<char> y(block);
    while (first && second) {
        first.read(x.data(), static_cast<std::streamsize>(block));
        second.read(y.data(), static_cast<std::streamsize>(block));
        if (first.gcount() != second.gcount() ||
            !std::equal(x.begin(), x.begin() + first.gcount(), y.begin()))
            return false;
    }
    // Both are at their end, or one could not be read.
    return first.eof() && second.eof();
}

} // namespace

copy_files::copy_files(std::uint64_t size)
    : folder_{std::filesystem::temp_directory_path() /
              (L"comparison-" + std::to_wstring(::GetCurrentProcessId()))} {
    std::filesystem::remove_all(folder_); // of a process that had this number and was killed
    std::filesystem::create_directory(folder_);
    // Random, so that no block equals another and no file system can store one for all.
    std::mt19937_64 random{1};
    std::vector<std::uint64_t> numbers(block / sizeof(std::uint64_t));
    std::ofstream large_file{large(), std::ios::binary};
    for (std::uint64_t done = 0; done < size; done += block) {
        for (std::uint64_t& number : numbers)
            number = random();
        const std::uint64_t bytes = std::min<std::uint64_t>(block, size - done);
        large_file.write(reinterpret_cast<const char*>(numbers.data()),
                         static_cast<std::streamsize>(bytes));
    }
    large_file.close();
    std::ofstream empty_file{empty(), std::ios::binary};
    empty_file.close();
    if (!large_file || !empty_file) {
        // The destructor does not run for an object that was never whole.
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
        throw std::runtime_error("cannot write the file to copy in " +
                                 win32::to_utf8(folder_.native()));
    }
}

copy_files::~copy_files() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

copier copier_of(const std::filesystem::path& program, std::chrono::milliseconds patience,
                 const std::stop_token& stop) {
    return [=](const std::filesystem::path& source, const std::filesystem::path& copy) {
        child_process process{program, {source.native(), copy.native()}};
        const std::optional<DWORD> code = process.wait(patience, stop);
        if (!code)
            throw std::runtime_error("did not end in time");
        if (*code != 0) {
            const auto said = process.wait_for_line("", std::chrono::seconds{1}, stop);
            throw std::runtime_error("exit code " + std::to_string(*code) +
                                     (said ? ": " + *said : std::string{}));
        }
    };
}

copier copyfileex() {
    return [](const std::filesystem::path& source, const std::filesystem::path& copy) {
        if (!::CopyFileExW(source.c_str(), copy.c_str(), nullptr, nullptr, nullptr,
                           COPY_FILE_FAIL_IF_EXISTS))
            win32::throw_last_error("CopyFileExW", win32::to_utf8(copy.native()));
    };
}

copy_sample measure_copy(const copier& copy, const copy_files& files) {
    const std::filesystem::path destination = files.destination();
    std::vector<double> empty_ms;
    std::vector<double> large_ms;
    for (unsigned i = 0; i < copies_a_sample; ++i) {
        std::filesystem::remove(destination);
        empty_ms.push_back(milliseconds_of(copy, files.empty(), destination));
        std::filesystem::remove(destination);
        large_ms.push_back(milliseconds_of(copy, files.large(), destination));
    }
    if (!same_content(files.large(), destination))
        throw std::runtime_error("the copy differs from its source");
    std::filesystem::remove(destination);
    return {*std::min_element(empty_ms.begin(), empty_ms.end()),
            *std::min_element(large_ms.begin(), large_ms.end())};
}

} // namespace comparison
