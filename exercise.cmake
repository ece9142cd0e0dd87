# The exercises, from the command line: `cmake -P exercise.cmake help`. On Linux `./tutorial exercise`
# comes here, after it has installed what is missing.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/cmake/exercise/main.cmake)
