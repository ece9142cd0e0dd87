#include "frame_reader.hpp"

#include "protocol.hpp"

#include <algorithm>

namespace chat {

frame_status frame_reader::next(std::string_view& bytes) {
    if (!frame_.empty()) {
        frame_ = {};
        std::string{}.swap(begun_); // frees the memory, which clear() would keep
    }
    if (begun_.empty() && bytes.size() >= length_bytes) {
        const std::size_t length = read_length(bytes);
        if (const frame_status fault = check(length); fault != frame_status::whole)
            return fault;
        if (bytes.size() - length_bytes >= length) {
            frame_ = bytes.substr(length_bytes, length);
            bytes.remove_prefix(length_bytes + length);
            return frame_status::whole;
        }
    }
    if (!collect(bytes, length_bytes))
        return frame_status::incomplete;
    const std::size_t length = read_length(begun_);
    if (const frame_status fault = check(length); fault != frame_status::whole)
        return fault; // before the frame takes any memory
    if (!collect(bytes, length_bytes + length))
        return frame_status::incomplete;
    frame_ = std::string_view{begun_}.substr(length_bytes);
    return frame_status::whole;
}

frame_status frame_reader::check(std::size_t length) const noexcept {
    if (length == 0)
        return frame_status::empty;
    return length > longest_ ? frame_status::too_long : frame_status::whole;
}

// Moves bytes into begun_ until it has `size`. Returns false if there are not enough.
bool frame_reader::collect(std::string_view& bytes, std::size_t size) {
    if (begun_.size() < size) {
        const std::size_t count = std::min(bytes.size(), size - begun_.size());
        begun_.append(bytes.substr(0, count));
        bytes.remove_prefix(count);
    }
    return begun_.size() >= size;
}

} // namespace chat
