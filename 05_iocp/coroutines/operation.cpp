#include "operation.hpp"

#include <cstdio>
#include <exception>

namespace coroutines {

//! [await-suspend]
// Not inline: the compilers have had faults that let an inlined await_suspend write to the frame
// after the call, when another thread may have resumed the coroutine and freed it.
bool operation::await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter; // before the call: the packet may be taken before the call returns
    in_flight_ = true;
    const DWORD result = stop_.stop_requested() ? ERROR_OPERATION_ABORTED : start_(*this);
    if (result == ERROR_SUCCESS || result == ERROR_IO_PENDING)
        return true; // suspended; nothing of *this is touched any more
    in_flight_ = false;
    error_ = result;
    return false; // no packet will come: the coroutine goes on, on the same level of the stack
}
//! [await-suspend]

//! [complete]
void operation::complete(DWORD result, DWORD transferred) noexcept {
    in_flight_ = false;
    error_ = result;
    bytes_ = transferred;
    waiter_.resume(); // *this is gone when it returns
}
//! [complete]

//! [destructor]
// A destructor can neither await the packet nor throw. Windows would write to memory that is freed.
operation::~operation() {
    if (!in_flight_)
        return;
    std::fputs("a coroutine was destroyed while its operation was in flight\n", stderr);
    std::terminate();
}
//! [destructor]

} // namespace coroutines
