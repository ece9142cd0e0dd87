#include "buffer_pool.hpp"

#include <new>
#include <utility>

namespace iocp {

namespace {

void destroy(void* memory) noexcept {
    ::operator delete(memory);
}

} // namespace

buffer_pool::~buffer_pool() {
    while (free_ != nullptr)
        destroy(std::exchange(free_, free_->next_));
}

buffer_pool::handle buffer_pool::take() noexcept {
    buffer* taken = nullptr;
    {
        const win32::scoped_lock lock{lock_};
        if (free_ != nullptr) {
            taken = std::exchange(free_, free_->next_);
            --count_;
        }
    }
    if (taken == nullptr) {
        void* const memory = ::operator new(sizeof(buffer) + size_, std::nothrow);
        if (memory != nullptr)
            taken = ::new (memory) buffer{size_, *this};
    }
    return handle{taken};
}

void buffer_pool::put(buffer* what) noexcept {
    {
        const win32::scoped_lock lock{lock_};
        if (count_ < kept_) {
            what->next_ = std::exchange(free_, what);
            ++count_;
            return;
        }
    }
    destroy(what);
}

} // namespace iocp
