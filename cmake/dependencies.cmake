# The libraries from outside: CLI11 for command lines, nlohmann's JSON for recordings, GoogleTest for
# tests; Asio, for the comparison only; and Boost.Beast, for the HTTP server. Each is taken from the
# first place that has it: an installed package (vcpkg, say), Debian's packages, or the network,
# pinned by hash.
include_guard(GLOBAL)
include(FetchContent)

# use_debian_headers(TARGET NAME...): a header-only package of Debian's. Only its own folders and
# files may be seen: with /usr/include on the path the cross-compiler would take Linux' headers for
# Windows'.
function(use_debian_headers target)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/headers)
  foreach(name IN LISTS ARGN)
    file(CREATE_LINK /usr/include/${name} ${CMAKE_BINARY_DIR}/headers/${name} SYMBOLIC)
  endforeach()
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE ${CMAKE_BINARY_DIR}/headers)
endfunction()

# use_headers(PACKAGE TARGET FOLDER URL HASH): a header-only package, and the folder that Debian's has.
function(use_headers package target folder url hash)
  find_package(${package} CONFIG QUIET)
  if(NOT TARGET ${target} AND EXISTS /usr/include/${folder})
    use_debian_headers(${target} ${folder})
  elseif(NOT TARGET ${target})
    FetchContent_Declare(${package}
      URL ${url}
      URL_HASH SHA256=${hash}
      DOWNLOAD_EXTRACT_TIMESTAMP ON
      SYSTEM)
    FetchContent_MakeAvailable(${package})
  endif()
endfunction()

use_headers(CLI11 CLI11::CLI11 CLI
  https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.4.1.tar.gz
  73b7ec52261ce8fe980a29df6b4ceb66243bb0b779451dbd3d014cfec9fdbb58)
use_headers(nlohmann_json nlohmann_json::nlohmann_json nlohmann
  https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
  d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d)

find_package(GTest CONFIG QUIET)
if(NOT TARGET GTest::gtest)
  if(NOT FETCHCONTENT_SOURCE_DIR_GOOGLETEST AND EXISTS /usr/src/googletest/CMakeLists.txt)
    set(FETCHCONTENT_SOURCE_DIR_GOOGLETEST /usr/src/googletest)
  endif()
  set(BUILD_GMOCK OFF)
  set(INSTALL_GTEST OFF)
  set(gtest_force_shared_crt ON)
  FetchContent_Declare(googletest
    URL https://github.com/google/googletest/archive/refs/tags/v1.14.0.tar.gz
    URL_HASH SHA256=8ad598c73ad796e0d8280b082cebd82a630d73e73cd3c70057938a6501bba5d7
    DOWNLOAD_EXTRACT_TIMESTAMP ON
    SYSTEM)
  FetchContent_MakeAvailable(googletest)
endif()

# use_asio(): the target asio::asio. A function, since no chapter needs it.
function(use_asio)
  find_package(asio CONFIG QUIET)
  if(TARGET asio::asio)
    return()
  endif()
  if(EXISTS /usr/include/asio.hpp)
    use_debian_headers(asio::asio asio asio.hpp)
    return()
  endif()
  FetchContent_Declare(asio
    URL https://github.com/chriskohlhoff/asio/archive/refs/tags/asio-1-30-2.tar.gz
    URL_HASH SHA256=755bd7f85a4b269c67ae0ea254907c078d408cce8e1a352ad2ed664d233780e8
    DOWNLOAD_EXTRACT_TIMESTAMP ON)
  FetchContent_MakeAvailable(asio) # it has no CMakeLists.txt
  add_library(asio::asio INTERFACE IMPORTED GLOBAL)
  target_include_directories(asio::asio INTERFACE ${asio_SOURCE_DIR}/asio/include)
endfunction()

# use_boost_beast(): the target tutorial_boost_beast, for Boost.Beast's headers and those of Boost that
# they need. A function, since only one program needs it.
function(use_boost_beast)
  if(TARGET tutorial_boost_beast)
    return()
  endif()
  find_package(Boost 1.74 CONFIG QUIET)
  if(TARGET Boost::headers)
    add_library(tutorial_boost_beast INTERFACE IMPORTED GLOBAL)
    target_link_libraries(tutorial_boost_beast INTERFACE Boost::headers)
    return()
  endif()
  if(EXISTS /usr/include/boost/beast/http/basic_parser.hpp)
    use_debian_headers(tutorial_boost_beast boost)
    return()
  endif()
  # All of Boost (the headers that Beast needs are spread over thirty of its libraries): some minutes.
  FetchContent_Declare(boost
    URL https://archives.boost.io/release/1.84.0/source/boost_1_84_0.tar.bz2
    URL_HASH SHA256=cc4b893acf645c9d4b698e9a0f08ca8846aa5d6c68275c14c3e7949c24109454
    DOWNLOAD_EXTRACT_TIMESTAMP ON)
  FetchContent_MakeAvailable(boost) # it has no CMakeLists.txt
  add_library(tutorial_boost_beast INTERFACE IMPORTED GLOBAL)
  target_include_directories(tutorial_boost_beast INTERFACE ${boost_SOURCE_DIR})
endfunction()
