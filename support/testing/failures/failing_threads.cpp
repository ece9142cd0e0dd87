#include "failing_threads.hpp"

#include "planned_failures.hpp"
#include "win32/windows.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <span>

namespace harness {

namespace {

std::atomic<thread_failure> planned{thread_failure::refused};
planned_failures failures;

std::atomic<void*> original_begin_thread{nullptr};
std::atomic<void*> original_create_thread{nullptr};

unsigned __stdcall end_at_once(void*) {
    return 0;
}

DWORD WINAPI end_at_once_too(void*) {
    return 0;
}

// Stands for _beginthreadex, with which the library of MinGW-w64 starts threads.
using routine = unsigned(__stdcall*)(void*);
std::uintptr_t begin_thread(void* security, unsigned stack, routine begin, void* argument,
                            unsigned flags, unsigned* id) {
    const bool fails = failures.is_due();
    if (fails && planned == thread_failure::refused) {
        errno = EAGAIN;
        return 0;
    }
    using function = std::uintptr_t (*)(void*, unsigned, routine, void*, unsigned, unsigned*);
    return reinterpret_cast<function>(original_begin_thread.load())(
        security, stack, fails ? end_at_once : begin, argument, flags, id);
}

// Stands for CreateThread, which Visual Studio's library calls from a _beginthreadex of its own.
HANDLE WINAPI create_thread(SECURITY_ATTRIBUTES* security, SIZE_T stack,
                            LPTHREAD_START_ROUTINE begin, void* argument, DWORD flags, DWORD* id) {
    const bool fails = failures.is_due();
    if (fails && planned == thread_failure::refused) {
        ::SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
    return reinterpret_cast<decltype(&::CreateThread)>(original_create_thread.load())(
        security, stack, fails ? end_at_once_too : begin, argument, flags, id);
}

const std::array<trace::hook, 2> hooks{{
    {"_beginthreadex", L"msvcrt.dll", reinterpret_cast<void*>(begin_thread),
     &original_begin_thread},
    {"CreateThread", L"kernel32.dll", reinterpret_cast<void*>(create_thread),
     &original_create_thread},
}};
const std::span<const trace::hook> group{hooks};

} // namespace

failing_threads::failing_threads(thread_failure how, unsigned first, unsigned count) {
    planned = how;
    failures.plan(first, count);
    patch_.emplace(std::span{&group, 1});
}

unsigned failing_threads::happened() const noexcept {
    return failures.happened();
}

} // namespace harness
