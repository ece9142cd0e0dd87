/// \file
/// What must hold for every input.
#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the program, and so lets the fuzzer keep the input, unless `condition` holds.
#define REQUIRE(condition)                                                                         \
    ((condition)                                                                                   \
         ? void()                                                                                  \
         : (std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition), std::abort()))
