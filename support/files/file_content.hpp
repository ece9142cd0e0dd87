/// \file
/// The bytes of a file, as a string.
#pragma once

#include "win32/text.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace files {

/// All bytes of `file`. Throws std::runtime_error when it cannot be opened.
[[nodiscard]] inline std::string content_of(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    if (!stream)
        throw std::runtime_error("cannot read " + win32::to_utf8(file.native()));
    return {std::istreambuf_iterator<char>{stream}, {}};
}

} // namespace files
