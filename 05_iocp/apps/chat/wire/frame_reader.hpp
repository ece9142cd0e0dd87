/// \file
/// The frames in a stream of bytes. Needs no Windows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chat {

/// The result of frame_reader::next().
enum class frame_status {
    incomplete, ///< All bytes are used, and the end of the frame has not come yet.
    whole,      ///< frame_reader::frame() is a frame.
    empty,      ///< The stream is faulty: a frame has no bytes, not even its type.
    too_long,   ///< The stream is faulty: a frame is longer than the limit.
};

/// Finds the frames in a stream that comes in pieces. TCP has no messages: one receive may bring
/// half a length, or ten frames and the beginning of an eleventh.
///
/// \code
/// while (reader.next(bytes) == frame_status::whole)
///     use(reader.frame());
/// \endcode
///
/// A frame that lies whole in one piece is not copied. Of any other frame the bytes that have come
/// are kept, and no more: a length that is only announced takes no memory. Between two frames no
/// memory is held.
///
/// Threads: one at a time.
class frame_reader {
public:
    /// Makes a reader of frames of up to `longest` bytes, their lengths not counted.
    explicit frame_reader(std::size_t longest) noexcept : longest_{longest} {}
    frame_reader(const frame_reader&) = delete;
    frame_reader& operator=(const frame_reader&) = delete;

    /// Takes bytes off the front of `bytes`, up to the end of one frame. A faulty stream stays
    /// faulty, since the beginning of its next frame is not known. Throws std::bad_alloc.
    [[nodiscard]] frame_status next(std::string_view& bytes);

    /// Returns the type and body of the frame that next() has found.
    /// Lifetime: valid until next() is called again, and no longer than the bytes given to it.
    [[nodiscard]] std::string_view frame() const noexcept { return frame_; }

private:
    [[nodiscard]] frame_status check(std::size_t length) const noexcept;
    [[nodiscard]] bool collect(std::string_view& bytes, std::size_t size);

    const std::size_t longest_;
    std::string begun_; // a frame that comes in several pieces, from its length on
    std::string_view frame_;
};

} // namespace chat
