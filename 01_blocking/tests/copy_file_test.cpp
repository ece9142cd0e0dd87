#include "copy_file.hpp"

#include "testing/contracts/copy_contract.hpp"

namespace blocking {

struct copy_model {
    static constexpr std::size_t block_size = copy_block_size;

    static void copy(const std::filesystem::path& source, const std::filesystem::path& destination,
                     bool overwrite, const harness::copy_progress& progress) {
        copy_file(source, destination, {.overwrite = overwrite, .progress = progress});
    }
};

} // namespace blocking

namespace harness {

INSTANTIATE_TYPED_TEST_SUITE_P(blocking_copy, copy_contract, blocking::copy_model);
INSTANTIATE_TYPED_TEST_SUITE_P(blocking_copy, copy_contract_large, blocking::copy_model);

} // namespace harness
