// The copies that go wrong, for the tests of comparison: the name of the program says how.
#include "win32/unique_resource.hpp"

#include <cwchar>

int wmain(int argc, wchar_t** argv) {
    if (argc < 3 || !::CopyFileW(argv[1], argv[2], TRUE))
        return 1;
    const win32::unique_file file{::CreateFileW(argv[2], GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                                OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
    LARGE_INTEGER last{};
    last.QuadPart = -1;
    if (!file || !::SetFilePointerEx(file.get(), last, nullptr, FILE_END))
        return 0; // an empty file is copied well
    if (std::wcsstr(argv[0], L"short") != nullptr)
        return ::SetEndOfFile(file.get()) ? 0 : 1;
    char byte = 0;
    DWORD bytes = 0;
    if (!::ReadFile(file.get(), &byte, 1, &bytes, nullptr) ||
        !::SetFilePointerEx(file.get(), last, nullptr, FILE_END))
        return 1;
    byte = static_cast<char>(byte ^ 1);
    return ::WriteFile(file.get(), &byte, 1, &bytes, nullptr) ? 0 : 1;
}
