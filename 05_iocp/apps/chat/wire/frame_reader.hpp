/// \file
/// Frames out of a stream of bytes. Free of Windows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chat {

/// What frame_reader::next() has found.
enum class frame_status {
    incomplete, ///< the bytes are used up, and the frame's end has not come yet
    whole,      ///< a frame: frame_reader::frame()
    empty,      ///< the stream is at fault: a frame of no bytes, not even its type
    too_long,   ///< the stream is at fault: a frame beyond the limit
};

/// Finds the frames in a stream that comes in pieces. TCP knows no messages: one receive may bring
/// half a length, or ten frames and the beginning of an eleventh.
///
/// \code
/// while (reader.next(bytes) == frame_status::whole)
///     use(reader.frame());
/// \endcode
///
/// A frame that lies whole in its piece is not copied. Of another one the bytes that have come are
/// kept, and never more than that: a length that is only announced costs nothing, and between two
/// frames nothing is held.
///
/// Threads: one at a time.
class frame_reader {
public:
    /// `longest`: bytes of a frame at most, its length not counted.
    explicit frame_reader(std::size_t longest) noexcept : longest_{longest} {}
    frame_reader(const frame_reader&) = delete;
    frame_reader& operator=(const frame_reader&) = delete;

    /// Takes bytes away from the front of `bytes`, up to the end of one frame. A faulty stream
    /// stays faulty: nobody knows where its next frame would begin. Throws std::bad_alloc.
    [[nodiscard]] frame_status next(std::string_view& bytes);

    /// Type and body of the frame that next() has found.
    /// Lifetime: until next() is called again, and no longer than the bytes it was given.
    [[nodiscard]] std::string_view frame() const noexcept { return frame_; }

private:
    [[nodiscard]] frame_status check(std::size_t length) const noexcept;
    [[nodiscard]] bool collect(std::string_view& bytes, std::size_t size);

    const std::size_t longest_;
    std::string begun_; // a frame from its length on, if it has not come in one piece
    std::string_view frame_;
};

} // namespace chat
