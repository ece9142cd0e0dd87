/// \file
/// The folder in which a test copies.
#pragma once

#include "files.hpp"
#include "files/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace harness {

/// A folder of the test's own. Files that the test leaves there must not be open any more.
class scratch_folder {
public:
    explicit scratch_folder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path())
        : folder_{parent} {}
    ~scratch_folder() {
        if (!folder_.remove())
            ADD_FAILURE() << "cannot remove " << win32::to_utf8(path().native())
                          << ": something in it is still open";
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }
    [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const {
        return path() / name;
    }

    /// The contents of the folder, at any depth: each name with the file's size and a digest of its
    /// bytes. A folder that looks the same twice has lost nothing and gained nothing.
    [[nodiscard]] std::map<std::string, std::string> look() const {
        std::map<std::string, std::string> result;
        const std::filesystem::path root = long_form(path());
        for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
            const std::string name =
                win32::to_utf8(entry.path().native().substr(root.native().size() + 1));
            if (entry.is_directory())
                result[name] = "a folder";
            else if (const std::optional<std::string> bytes = contents_of(entry.path()))
                result[name] = std::to_string(bytes->size()) + " bytes, digest " +
                               std::to_string(std::hash<std::string>{}(*bytes));
            else
                result[name] = "a file that is held open";
        }
        return result;
    }

private:
    files::temporary_folder folder_;
};

} // namespace harness
