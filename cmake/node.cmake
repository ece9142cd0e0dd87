# Node 18 or newer runs the report, the timelines and the tests of the site. No program needs it to be
# built. npm installs the packages of package-lock.json for all of them, in the root.
include_guard(GLOBAL)

find_program(NODE_EXECUTABLE node nodejs)
find_program(NPM_EXECUTABLE npm)
find_program(CHROMIUM_EXECUTABLE chromium chromium-browser google-chrome)
set(INSTALL_PACKAGES ${CMAKE_COMMAND} -D NPM_EXECUTABLE=${NPM_EXECUTABLE}
  -P ${CMAKE_CURRENT_LIST_DIR}/install_packages.cmake CACHE INTERNAL "")

if(NODE_EXECUTABLE AND NPM_EXECUTABLE)
  # It installs for all of them. The presets leave tests out by how their names begin.
  add_test(NAME report.install COMMAND ${INSTALL_PACKAGES})
  set_tests_properties(report.install PROPERTIES FIXTURES_SETUP node_packages TIMEOUT 300)
endif()

# node_test(NAME [CHROMIUM] ARGUMENT...): a test that Node runs, in the current folder; with CHROMIUM it
# is told where that is. Where one of them is missing, ctest reports the test as skipped.
function(node_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CHROMIUM" "" "")
  if(NOT NODE_EXECUTABLE OR NOT NPM_EXECUTABLE)
    set(missing "Node or npm")
  elseif(arg_CHROMIUM AND NOT CHROMIUM_EXECUTABLE)
    set(missing "Chromium")
  endif()
  if(missing)
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "not run: ${missing} is missing")
    set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "^not run: ")
    return()
  endif()
  add_test(NAME ${name} COMMAND ${NODE_EXECUTABLE} ${arg_UNPARSED_ARGUMENTS}
    WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR})
  set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED node_packages TIMEOUT 300)
  if(arg_CHROMIUM)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT CHROMIUM=${CHROMIUM_EXECUTABLE})
  endif()
endfunction()
