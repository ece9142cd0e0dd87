/// \file
/// The contract of every copy of a file, whatever its I/O model.
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

#include "testing/contracts/copy/at_once.hpp"
#include "testing/contracts/copy/changing_source.hpp"
#include "testing/contracts/copy/destination.hpp"
#include "testing/contracts/copy/large.hpp"
#include "testing/contracts/copy/pipe.hpp"
#include "testing/contracts/copy/progress.hpp"
#include "testing/contracts/copy/refusals.hpp"
#include "testing/contracts/copy/sizes_and_names.hpp"

namespace harness {

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

REGISTER_TYPED_TEST_SUITE_P(copy_contract_large, OffsetsBeyondFourGibibytes);

} // namespace harness
