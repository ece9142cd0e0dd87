# Runs the facts of the test programs, each program once, and joins what they say into one FILE:
#
#   {"commit": "0123456789ab", "programs": [
#   {"program": "01_blocking_tests", "filter": "*facts.*", "exit": "0", "report": {GoogleTest's own}},
#   ...]}
#
# A program that crashes or hangs writes no report. Its report is null here, and its tests are run
# again one by one: so only that one is without an answer which cannot give any.
# docs/check_evidence.py reads the file. It is made by joining texts: so it needs no Python here.
#
# The output of the programs goes to facts.log beside FILE. Visual Studio would take the line of a
# failed test, which looks like a compiler's, for an error of the build.
#
#   cmake -D PROGRAMS=PATH,PATH... -D EMULATOR=... -D FILE=... -D SOURCE=... -P run_facts.cmake
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" programs "${PROGRAMS}")
cmake_path(GET FILE PARENT_PATH folder)
set(report ${folder}/facts.report.json)
set(log ${folder}/facts.log)
file(WRITE ${log} "")
set(entries "")
foreach(count IN ITEMS passed failed skipped without_answer)
  set(${count} 0)
endforeach()

# run(PROGRAM FILTER): one start. Counts, appends to `entries`, and says if there is a report.
function(run program filter)
  file(REMOVE ${report})
  cmake_path(GET program STEM name)
  # Under Wine, GoogleTest would take a Linux path from the root for a relative one.
  execute_process(
    COMMAND ${EMULATOR} ${program} --gtest_filter=${filter} --gtest_brief=1
      --gtest_output=json:facts.report.json
    WORKING_DIRECTORY ${folder}
    TIMEOUT 300
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output
    RESULT_VARIABLE exit)
  file(APPEND ${log} "${output}")
  set(text "")
  if(EXISTS ${report})
    file(READ ${report} text)
  endif()
  string(JSON tests ERROR_VARIABLE error GET "${text}" tests)
  if(error)
    message("${name}: no report of ${filter}; it ended with ${exit}")
    set(text null)
    set(answered NO)
  else()
    string(JSON failures GET "${text}" failures)
    string(REGEX MATCHALL "\"SKIPPED\"" skips "${text}")
    list(LENGTH skips skips)
    math(EXPR failed "${failed} + ${failures}")
    math(EXPR skipped "${skipped} + ${skips}")
    math(EXPR passed "${passed} + ${tests} - ${failures} - ${skips}")
    set(answered YES)
  endif()
  string(REGEX MATCHALL "\\[  FAILED  \\] [A-Za-z0-9_/]+\\.[A-Za-z0-9_]+" lines "${output}")
  list(REMOVE_DUPLICATES lines)
  foreach(line IN LISTS lines)
    message("${line}")
  endforeach()
  string(REGEX REPLACE "[^A-Za-z0-9 .:-]" "" exit "${exit}")
  if(NOT entries STREQUAL "")
    string(APPEND entries ",\n")
  endif()
  string(APPEND entries "{\"program\": \"${name}\", \"filter\": \"${filter}\", \"exit\": \"${exit}\", "
    "\"report\": ${text}}")
  return(PROPAGATE entries answered passed failed skipped)
endfunction()

# A typed suite has a name for each type behind a slash: that of the facts about Windows is "windows".
set(facts "*facts.*:*facts/windows.*")
foreach(program IN LISTS programs)
  run(${program} ${facts})
  if(answered)
    continue()
  endif()
  # A line with the suite and a dot, and then its tests, each on a line with a blank before it.
  execute_process(
    COMMAND ${EMULATOR} ${program} --gtest_filter=${facts} --gtest_list_tests
    WORKING_DIRECTORY ${folder}
    TIMEOUT 60
    OUTPUT_VARIABLE listing)
  string(REGEX MATCHALL "[^\r\n]+" lines "${listing}")
  foreach(line IN LISTS lines)
    if(line MATCHES "^([A-Za-z0-9_/]+\\.)( +#.*)?$")
      set(suite ${CMAKE_MATCH_1})
    elseif(line MATCHES "^ +([A-Za-z0-9_]+)")
      run(${program} ${suite}${CMAKE_MATCH_1})
      if(NOT answered)
        math(EXPR without_answer "${without_answer} + 1")
      endif()
    endif()
  endforeach()
endforeach()
file(REMOVE ${report})

include(${CMAKE_CURRENT_LIST_DIR}/commit.cmake)
tutorial_commit(${SOURCE} commit)
file(WRITE ${FILE} "{\"commit\": \"${commit}\", \"programs\": [\n${entries}\n]}\n")
message("Facts: ${passed} passed, ${failed} failed, ${skipped} skipped, ${without_answer} without "
  "an answer\nWritten to ${FILE}; what the programs printed: ${log}")
