#include "copy_file.hpp"

#include "testing/contracts/copy_contract.hpp"

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
