/// \file
/// What a lock guards, in words that Clang checks (-Wthread-safety). Other compilers see nothing.
/// Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#if defined(__clang__)
#define WIN32_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
#define WIN32_THREAD_ANNOTATION(attribute)
#endif

/// Of a class: it is a lock.
#define CAPABILITY(name) WIN32_THREAD_ANNOTATION(capability(name))

/// Of a class: its objects hold a lock, or hold it open, as long as they live.
#define SCOPED_CAPABILITY WIN32_THREAD_ANNOTATION(scoped_lockable)

/// Of a member: who uses it holds the lock.
#define GUARDED_BY(lock) WIN32_THREAD_ANNOTATION(guarded_by(lock))

/// Of a function: who calls it holds the lock, before and after.
#define REQUIRES(...) WIN32_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))

/// Of a function: it takes the lock, and the caller holds it then.
#define ACQUIRE(...) WIN32_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))

/// Of a function: who calls it holds the lock, and does not any more then.
#define RELEASE(...) WIN32_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
