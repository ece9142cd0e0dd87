#include "copy_file.hpp"

#include "testing/contracts/copy_contract.hpp"
#include "trace/hooks/import_table.hpp"

#include <atomic>

namespace coroutines {

struct copy_model {
    static constexpr std::size_t block_size = copy_block_size;

    static void copy(const std::filesystem::path& source, const std::filesystem::path& destination,
                     bool overwrite, const harness::copy_progress& progress) {
        copy_file(source, destination, {.overwrite = overwrite, .progress = progress});
    }
};

} // namespace coroutines

namespace harness {

INSTANTIATE_TYPED_TEST_SUITE_P(coroutine_copy, copy_contract, coroutines::copy_model);
INSTANTIATE_TYPED_TEST_SUITE_P(coroutine_copy, copy_contract_large, coroutines::copy_model);

} // namespace harness

namespace coroutines {

namespace {

std::atomic<unsigned> writes{0};
std::atomic<void*> real_write{};

// Fails the third write, and no other.
BOOL WINAPI write_hook(HANDLE file, LPCVOID data, DWORD size, LPDWORD written,
                       LPOVERLAPPED overlapped) {
    if (++writes == 3) {
        ::SetLastError(ERROR_DISK_FULL);
        return FALSE;
    }
    return reinterpret_cast<decltype(&::WriteFile)>(real_write.load())(file, data, size, written,
                                                                       overlapped);
}

const trace::hook hook{"WriteFile", L"kernel32.dll", reinterpret_cast<void*>(write_hook),
                       &real_write};
const std::span<const trace::hook> hooks[] = {{&hook, 1}};

} // namespace

// One block fails, and the others are cancelled: they fail by ERROR_OPERATION_ABORTED.
TEST(coroutine_copy, FirstFailureIsTheOneThatIsThrown) {
    const files::temporary_folder folder;
    const std::filesystem::path source = folder.path() / L"source";
    harness::make_file(source, harness::make_message(20 * copy_block_size));
    const trace::import_patch patch{hooks};
    writes = 0;
    harness::expect_failure([&] { coroutines::copy_file(source, folder.path() / L"new"); },
                            folder.path() / L"new", {ERROR_DISK_FULL});
    EXPECT_EQ(writes, 3u) << "a block went on after the failure";
    EXPECT_FALSE(std::filesystem::exists(folder.path() / L"new"));
}

} // namespace coroutines
