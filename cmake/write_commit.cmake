# Writes FILE, a header that defines NAME as the commit that is checked out (commit.cmake). Leaves the
# file alone when it says so already, so that nothing is compiled again.
#
#   cmake -D NAME=... -D FILE=... -D SOURCE=... -P write_commit.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/commit.cmake)
tutorial_commit(${SOURCE} commit)
file(CONFIGURE OUTPUT ${FILE} CONTENT "#define @NAME@ \"${commit}\"\n" @ONLY)
