# The verbs of the exercises. A CMake script, since every reader has CMake: it needs no Python and no
# POSIX shell.
#
#   cmake [-D BUILD=FOLDER] [-D COMMAND=WORDS] -P exercise.cmake [VERB] [NAME]
#
# BUILD is the build's folder, COMMAND how the learner calls this script. Tests also set MY, the folder of
# the learner's files, and EMULATOR, which runs the checks.
include(${CMAKE_CURRENT_LIST_DIR}/catalogue.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/progress.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/show.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/check.cmake)

if(NOT COMMAND)
  set(COMMAND "cmake -P exercise.cmake")
endif()

set(usage "Usage: ${COMMAND} [VERB] [NAME]

  (nothing), list  all exercises: what is done, and what comes next
  next             the next exercise, or the one that you have begun
  NAME             its task; puts the files to change into my/NAME
  check [NAME]     builds them and checks them
  watch [NAME]     does so at each save, until Ctrl+C
  hint [NAME]      one more hint, below those that you have seen
  solution [NAME]  ours, and why: once you have passed, or if you ask twice
  reset [NAME]     begins again; your files stay, under other names
  help             this text

NAME is the number (1.1), the word or its beginning, or both as the folder has them. Without
it, the verbs are about the exercise that you looked at last.")

# The words after the script's name.
set(words "")
set(script_seen NO)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(script_seen)
    list(APPEND words "${CMAKE_ARGV${i}}")
  elseif("${CMAKE_ARGV${i}}" MATCHES "exercise\\.cmake$")
    set(script_seen YES)
  endif()
endforeach()
list(LENGTH words count)
set(verb list)
set(wanted "")
if(count GREATER 0)
  list(GET words 0 verb)
endif()
if(count GREATER 1)
  list(GET words 1 wanted)
endif()

set(verbs check watch hint solution reset put run)
set(alone list next help -h --help)
if(verb IN_LIST verbs)
  if(verb STREQUAL "run") # the build's: it knows the program
    if(NOT count EQUAL 3)
      misuse("run takes a name and a program.")
    endif()
  elseif(count GREATER 2)
    misuse("${verb} takes one name.")
  endif()
  choose_exercise("${wanted}" name)
elseif(verb IN_LIST alone)
  if(count GREATER 1)
    misuse("${verb} takes no name.")
  endif()
else()
  if(count GREATER 1)
    find_exercise("${verb}" found)
    if(found)
      misuse("${verb} takes no second word.")
    endif()
    misuse("There is no verb \"${verb}\".")
  endif()
  choose_exercise("${verb}" name)
  set(verb show)
endif()

if(verb STREQUAL "next")
  next_exercise(name)
  if(name STREQUAL "")
    set(verb all_done)
  else()
    set(verb show)
  endif()
endif()
# Not for put: who builds exercises does not look at them.
if(verb STREQUAL "show" OR (verb IN_LIST verbs AND NOT verb STREQUAL "put"))
  remember_current(${name})
endif()

if(verb STREQUAL "list")
  list_exercises()
elseif(verb STREQUAL "all_done")
  say("You have done all exercises. What you can do now: docs/what-you-can-do.md")
elseif(verb STREQUAL "show")
  show_exercise(${name})
elseif(verb STREQUAL "put")
  put_files(${name})
elseif(verb STREQUAL "check")
  put_files(${name})
  check_exercise(${name} passed)
elseif(verb STREQUAL "run")
  list(GET words 2 program)
  run_check(${name} "${program}" passed)
elseif(verb STREQUAL "watch")
  put_files(${name})
  watch_exercise(${name})
elseif(verb STREQUAL "hint")
  show_hint(${name})
elseif(verb STREQUAL "solution")
  show_solution(${name})
elseif(verb STREQUAL "reset")
  reset_exercise(${name})
else()
  say("${usage}")
endif()

if(DEFINED passed AND NOT passed)
  stop_with_failure()
endif()
