/// \file
/// Numbers on the command line.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>

namespace program {

/// The most threads that a program takes for one job. Each has a stack, and costs the system memory
/// whether it runs or not; no pool that waits for I/O gains from more than a few for each
/// processor.
inline constexpr unsigned most_threads = 1024;

/// For CLI::Option::transform(): the option takes a whole number from `least` to `most`, in decimal
/// digits and nothing else. CLI11 by itself takes 0x50 for 80, and 05000 for 2560, in octal; here
/// the first is refused, and the second is 5000.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// The same for a number that may have a fraction, as 0.25 has.
[[nodiscard]] CLI::Validator number(double least, double most);

/// Adds an option that takes a whole number N from `least` to `most`, or several of them.
template <class Value>
CLI::Option* add_number(CLI::App& app, const char* name, Value& value, std::uint64_t least,
                        std::uint64_t most, const char* description) {
    return app.add_option(name, value, description)
        ->transform(whole_number(least, most))
        ->type_name("N");
}

} // namespace program
