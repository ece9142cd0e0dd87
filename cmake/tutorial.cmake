# Included by every chapter: the compiler's settings, the libraries from outside, and helpers for
# targets. Included once, whether a chapter is configured alone or from the top.
include_guard(GLOBAL)

if(NOT WIN32)
  message(FATAL_ERROR
    "These are Windows programs. On Linux, cross-compile them and run them under Wine: "
    "use ./tutorial, or add --toolchain cmake/toolchains/mingw-w64-wine.cmake")
endif()

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH TUTORIAL_ROOT)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

# All programs go into one folder, also with a generator that has several configurations (there
# $<1:…> keeps it from appending the configuration's name). So a build folder is for one
# configuration: a second one would put its programs in the place of the first one's. The presets
# let such a generator have one only.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/$<1:>)

# Visual Studio's AddressSanitizer. Everything is compiled with it, GoogleTest too: the linker
# refuses to mix. Use it with RelWithDebInfo; Debug has run-time checks that exclude it.
option(TUTORIAL_ASAN "Compile with AddressSanitizer (Visual Studio)" OFF)
if(TUTORIAL_ASAN)
  if(NOT MSVC)
    message(FATAL_ERROR "TUTORIAL_ASAN is for Visual Studio: MinGW-w64 has no AddressSanitizer")
  endif()
  add_compile_options(/fsanitize=address)
  add_link_options(/INCREMENTAL:NO)
  # The programs need this DLL; outside Visual Studio's own command prompt it is not on the path.
  cmake_path(GET CMAKE_CXX_COMPILER PARENT_PATH asan_folder)
  foreach(place IN ITEMS bin exercises)
    file(COPY ${asan_folder}/clang_rt.asan_dynamic-x86_64.dll
      DESTINATION ${CMAKE_BINARY_DIR}/${place})
  endforeach()
endif()

include(${CMAKE_CURRENT_LIST_DIR}/dependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/drive.cmake)
include(GoogleTest)
enable_testing()

add_library(tutorial_options INTERFACE)
target_compile_definitions(tutorial_options INTERFACE
  UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN _WIN32_WINNT=0x0A00)
target_include_directories(tutorial_options INTERFACE ${TUTORIAL_ROOT}/support)
target_link_libraries(tutorial_options INTERFACE ws2_32 mswsock)
# A warning is an error, apart from targets with the property TUTORIAL_WARNINGS_PASS.
set(tutorial_strict "$<NOT:$<BOOL:$<TARGET_PROPERTY:TUTORIAL_WARNINGS_PASS>>>")
if(MSVC)
  # Two warnings are left out. C4324: a class was padded to keep an alignas, which is its purpose.
  # C4702: code is never reached. The compiler's back end says so of a library's template, too, when it
  # has put that into our function, though a library's headers are spared all other warnings.
  target_compile_options(tutorial_options INTERFACE
    /W4 $<${tutorial_strict}:/WX> /wd4324 /wd4702 /permissive- /utf-8 /Zc:__cplusplus)
else()
  # Clang counts changes of sign among the conversions and GCC does not; Windows' own macros
  # (FIONBIO, FD_SET) are full of them.
  target_compile_options(tutorial_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<${tutorial_strict}:-Werror>
    $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
  # Programs that need nothing but the system's DLLs: no compiler's run-time to ship or to find.
  target_link_options(tutorial_options INTERFACE -static)
endif()

# Three quarters of a small file's compile time go to the headers of Windows, of the standard library
# and of GoogleTest. GCC on Linux compiles them once here, and every target takes them from there. The
# other compilers read each file alone, and so notice when it does not include what it uses. (GCC on Windows has been known to fail with such headers.)
set(TUTORIAL_PRECOMPILE_DEFAULT OFF)
if(CMAKE_HOST_UNIX AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(TUTORIAL_PRECOMPILE_DEFAULT ON)
endif()
option(TUTORIAL_PRECOMPILE "Compile the most used headers once" ${TUTORIAL_PRECOMPILE_DEFAULT})

# tutorial_precompile(NAME HEADER... [LIBRARIES LIBRARY...]): headers for others to reuse.
function(tutorial_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  set(source ${CMAKE_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Nothing but its precompiled headers.\n")
  add_library(${name} OBJECT ${source})
  target_link_libraries(${name} PRIVATE tutorial_options ${arg_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${arg_UNPARSED_ARGUMENTS})
endfunction()

if(TUTORIAL_PRECOMPILE)
  set(headers <winsock2.h> <ws2tcpip.h> <mswsock.h> <windows.h>
    <algorithm> <array> <atomic> <chrono> <cstddef> <cstdint> <cstdio> <cstring> <exception>
    <filesystem> <fstream> <functional> <limits> <map> <memory> <mutex> <optional> <random> <set>
    <span> <stdexcept> <string> <string_view> <system_error> <thread> <utility> <vector>)
  tutorial_precompile(tutorial_headers ${headers})
  tutorial_precompile(tutorial_test_headers ${headers} <gtest/gtest.h> LIBRARIES GTest::gtest)
endif()

# tutorial_reuse(NAME FROM): the target NAME takes the headers that FROM has compiled.
function(tutorial_reuse name from)
  if(TUTORIAL_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM ${from})
  endif()
endfunction()

# tutorial_library(NAME SOURCE...): a chapter's two jobs, or a part of support/.
function(tutorial_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC tutorial_options)
  tutorial_reuse(${name} tutorial_headers)
endfunction()

# All programs, and no tests.
add_custom_target(tutorial_programs)

# The manifest, which Windows reads before it starts a program. Visual Studio's linker joins it with
# its own; elsewhere it is a resource, which is compiled apart, without the compiler's warnings.
set(tutorial_manifest ${CMAKE_CURRENT_LIST_DIR}/program.manifest)
if(NOT MSVC)
  add_library(tutorial_manifest OBJECT ${CMAKE_CURRENT_LIST_DIR}/program.rc)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/program.rc
    PROPERTIES OBJECT_DEPENDS ${tutorial_manifest})
  set(tutorial_manifest $<TARGET_OBJECTS:tutorial_manifest>)
endif()

# tutorial_executable(NAME SOURCE... LIBRARIES LIBRARY...): a program that starts with wmain().
function(tutorial_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS} ${tutorial_manifest})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
  tutorial_reuse(${name} tutorial_headers)
  if(MINGW)
    target_link_options(${name} PRIVATE -municode)
  endif()
endfunction()

# tutorial_program(NAME SOURCE... LIBRARIES LIBRARY...): one of the programs.
function(tutorial_program name)
  tutorial_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE tutorial_program_support)
  add_dependencies(tutorial_programs ${name})
endfunction()

# Runs the facts of all chapters that are configured here, and writes what they say of this system to
# facts.json. It fails only if there is nothing to write: a fact that fails is an answer, too.
add_custom_target(facts
  COMMAND ${CMAKE_COMMAND}
    -D PROGRAMS=$<JOIN:$<TARGET_GENEX_EVAL:facts,$<TARGET_PROPERTY:facts,TUTORIAL_PROGRAMS>>,$<COMMA>>
    -D EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}
    -D FILE=${CMAKE_BINARY_DIR}/facts.json
    -D SOURCE=${TUTORIAL_ROOT}
    -P ${CMAKE_CURRENT_LIST_DIR}/run_facts.cmake
  USES_TERMINAL
  VERBATIM)

# tutorial_tests(NAME SOURCE... [CONTRACTS CONTRACT...] [LABELS LABEL...] LIBRARIES LIBRARY...): one
# test program.
#
# Each of its tests is a test of ctest's, but for those of a contract, which are one together: they
# are many, and to start a program for each would take longer than to run it. COST lets the long ones
# begin first. The time limits are for a hang only. ./tutorial test is to take about a minute: the
# labels `long` and `slow` keep tests out of it. .ci/run has both; it runs the slow ones by both
# compilers.
function(tutorial_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "CONTRACTS;LABELS;LIBRARIES")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS} ${tutorial_manifest})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} tutorial_test_main)
  tutorial_reuse(${name} tutorial_test_headers)
  if(arg_UNPARSED_ARGUMENTS MATCHES "facts_test\\.cpp")
    add_dependencies(facts ${name})
    set_property(TARGET facts APPEND PROPERTY TUTORIAL_PROGRAMS $<TARGET_FILE:${name}>)
  endif()
  list(TRANSFORM arg_CONTRACTS REPLACE "(.+)" "*/\\1/*" OUTPUT_VARIABLE contract_tests)
  list(JOIN contract_tests ":" contract_tests)
  gtest_discover_tests(${name}
    TEST_PREFIX "${name}."
    TEST_FILTER "*-${contract_tests}"
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 120 LABELS "${arg_LABELS}")
  foreach(contract IN LISTS arg_CONTRACTS)
    set(test ${name}.${contract})
    add_test(NAME ${test} COMMAND ${name} --gtest_filter=*/${contract}/* --gtest_shuffle)
    set(labels ${arg_LABELS})
    if(contract MATCHES "_large$|^(echo_crowd|shortage)_")
      list(APPEND labels slow)
    endif()
    set_tests_properties(${test} PROPERTIES
      TIMEOUT 300
      COST 100
      LABELS "${labels}"
      FAIL_REGULAR_EXPRESSION "Running 0 tests")
    if(contract MATCHES "_large$")
      # It copies more than 4 GiB: one at a time, or they fill the memory; where there is no room at
      # all, its one test is skipped.
      set_tests_properties(${test} PROPERTIES
        RESOURCE_LOCK large_files
        SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
    endif()
  endforeach()
endfunction()

add_subdirectory(${TUTORIAL_ROOT}/support ${CMAKE_BINARY_DIR}/support)
