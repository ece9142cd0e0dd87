# Cross-compile on Linux with MinGW-w64 and run the programs under Wine.
#
#   cmake -S 03_overlapped_event -B build/03 --toolchain cmake/toolchains/mingw-w64-wine.cmake
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

# Debian has two flavours of the compiler, and the one called win32 has no std::thread in GCC 12.
# Elsewhere there is one, without the suffix.
find_program(TUTORIAL_MINGW_CXX REQUIRED
  NAMES x86_64-w64-mingw32-g++-posix x86_64-w64-mingw32-g++)
find_program(TUTORIAL_MINGW_CC REQUIRED
  NAMES x86_64-w64-mingw32-gcc-posix x86_64-w64-mingw32-gcc)
mark_as_advanced(TUTORIAL_MINGW_CXX TUTORIAL_MINGW_CC)
set(CMAKE_C_COMPILER ${TUTORIAL_MINGW_CC})
set(CMAKE_CXX_COMPILER ${TUTORIAL_MINGW_CXX})
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

# Programs are looked for on this machine, headers and libraries only among MinGW's: a header of
# /usr/include would shadow MinGW's own and break the build.
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32 /usr/x86_64-w64-mingw32/sys-root/mingw)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../wine-run)
