/// \file
/// Annotations of locks, which Clang checks (-Wthread-safety). To other compilers they are empty.
/// Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#if defined(__clang__)
#define WIN32_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
/// Has no meaning here; to Clang it is the attribute.
#define WIN32_THREAD_ANNOTATION(attribute)
#endif

/// Marks a class whose objects are locks.
#define CAPABILITY(name) WIN32_THREAD_ANNOTATION(capability(name))

/// Marks a class whose objects hold a lock, or hold it open, as long as they live.
#define SCOPED_CAPABILITY WIN32_THREAD_ANNOTATION(scoped_lockable)

/// Marks a member that may be used only under the lock.
#define GUARDED_BY(lock) WIN32_THREAD_ANNOTATION(guarded_by(lock))

/// Marks a function that must be called under the lock.
#define REQUIRES(...) WIN32_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))

/// Marks a function that takes the lock, and returns with it held.
#define ACQUIRE(...) WIN32_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))

/// Marks a function that must be called under the lock, and returns with it open.
#define RELEASE(...) WIN32_THREAD_ANNOTATION(release_capability(__VA_ARGS__))

/// As ACQUIRE, for a lock that several threads hold together.
#define ACQUIRE_SHARED(...) WIN32_THREAD_ANNOTATION(acquire_shared_capability(__VA_ARGS__))

/// As RELEASE, for a lock that several threads hold together.
#define RELEASE_SHARED(...) WIN32_THREAD_ANNOTATION(release_shared_capability(__VA_ARGS__))
