# As mingw-w64-wine.cmake, with Clang and its linker: a second opinion on the same sources. The
# headers and libraries are MinGW-w64's.
include(${CMAKE_CURRENT_LIST_DIR}/mingw-w64-wine.cmake)

# Clang does not look into Debian's folder for the posix flavour of GCC's libraries by itself.
execute_process(
  COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libstdc++.a
  OUTPUT_VARIABLE tutorial_gcc_folder
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
cmake_path(GET tutorial_gcc_folder PARENT_PATH tutorial_gcc_folder)

set(CMAKE_C_COMPILER clang)
set(CMAKE_CXX_COMPILER clang++)
set(CMAKE_C_COMPILER_TARGET x86_64-w64-mingw32)
set(CMAKE_CXX_COMPILER_TARGET x86_64-w64-mingw32)
# Thread-local variables the way GCC has them in its library (std::call_once has one).
set(CMAKE_CXX_FLAGS_INIT "-femulated-tls -isystem ${tutorial_gcc_folder}/include/c++ -isystem ${tutorial_gcc_folder}/include/c++/x86_64-w64-mingw32")
# Not binutils' linker: it remarks, a thousand times, that two compilers pad the same constants
# differently.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld -L${tutorial_gcc_folder} -pthread")
