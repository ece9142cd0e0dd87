/// \file
/// The check of a fuzz target.
#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the program unless `condition` holds; the fuzzer keeps the input then.
#define REQUIRE(condition)                                                                         \
    ((condition)                                                                                   \
         ? void()                                                                                  \
         : (std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition), std::abort()))
