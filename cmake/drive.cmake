# Each program is also driven from outside, as a user would: its command line, its exit codes, its
# output, Ctrl+C. support/testing/drive does that, and is one test of ctest's for each program.
include_guard(GLOBAL)

find_package(Python3 3.9 COMPONENTS Interpreter)

# tutorial_drive(NAME [SCRIPT]): the program NAME is driven, an echo server or a copy unless it has a
# script of its own. The time limit is for a hang only. Without Python the test is there all the
# same, and ctest reports it as skipped.
function(tutorial_drive name)
  set(script ${TUTORIAL_ROOT}/support/testing/drive ${ARGN})
  list(GET script -1 script)
  if(Python3_Interpreter_FOUND)
    add_test(NAME ${name}.driven
      COMMAND ${Python3_EXECUTABLE} -B ${script}
        $<TARGET_FILE:${name}> ${CMAKE_CROSSCOMPILING_EMULATOR})
    set_tests_properties(${name}.driven PROPERTIES TIMEOUT 300 COST 50 LABELS slow)
  else()
    add_test(NAME ${name}.driven COMMAND ${CMAKE_COMMAND} -E echo "not run: Python 3 is missing")
    set_tests_properties(${name}.driven PROPERTIES SKIP_REGULAR_EXPRESSION "^not run: ")
  endif()
endfunction()
