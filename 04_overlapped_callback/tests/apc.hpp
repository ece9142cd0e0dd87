/// \file
/// APCs of our own, for the tests of this chapter: they wait in the queue that completion routines
/// wait in.
#pragma once

#include "win32/windows.hpp"

#include <gtest/gtest.h>

#include <string>

namespace overlapped_callback_test {

/// QueueUserAPC for this thread.
inline void queue_to_this_thread(PAPCFUNC routine, void* context) {
    ASSERT_TRUE(
        ::QueueUserAPC(routine, ::GetCurrentThread(), reinterpret_cast<ULONG_PTR>(context)));
}

/// A routine that appends its letter to the std::string that is its context.
template <char letter>
void CALLBACK append(ULONG_PTR context) {
    reinterpret_cast<std::string*>(context)->push_back(letter);
}

} // namespace overlapped_callback_test
