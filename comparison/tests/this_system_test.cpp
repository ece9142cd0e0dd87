#include "processes/this_system.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace comparison;

TEST(system_figures, NamesTheSystem) {
    const std::string name = system_name();
    EXPECT_EQ(name.rfind(under_wine() ? "Wine " : "Windows ", 0), 0u) << name;
    EXPECT_EQ(under_wine(), wine_version().has_value());
}

} // namespace
