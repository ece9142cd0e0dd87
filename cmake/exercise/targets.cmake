# The targets of an exercise. Its folder has a task, hints and an explanation in Markdown (CONTRIBUTING.md
# says which), check.cpp, headers that all share, and folders with the same files in each:
#
#   start       what the learner gets
#   solution    ours
#   wrong_…     repairs that look right and are not
#
# Nothing here is built unless it is asked for: the learner's own file by exercise-1.1, which also runs
# its check; all the others by exercise_proofs, and the tests with the label `exercise` run those.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/catalogue.cmake)

add_custom_target(exercise_proofs)

# Visual Studio shows some two hundred of them, in a folder that can be closed.
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

# All that the checks share: GoogleTest and support. The first check says so, and shows how it goes on.
add_custom_target(exercise_libraries)
add_dependencies(exercise_libraries tutorial_exercise)
if(TUTORIAL_PRECOMPILE)
  add_dependencies(exercise_libraries tutorial_headers tutorial_test_headers)
endif()

# exercise_program(TARGET FOLDER SOURCE...): the check with the files of FOLDER, which it judges. For
# tutorial_exercise(), whose variables it uses. With PROGRAM these files are the program TARGET_program
# beside the check.
function(exercise_program target place)
  set(judged ${ARGN} ${given})
  set(libraries ${arg_LIBRARIES})
  if(arg_PROGRAM)
    tutorial_executable(${target}_program EXCLUDE_FROM_ALL ${judged}
      ${TUTORIAL_ROOT}/support/testing/exercise/program_crash.cpp
      LIBRARIES ${arg_LIBRARIES} tutorial_program_support)
    set(judged "")
    set(libraries "")
  endif()
  add_executable(${target} EXCLUDE_FROM_ALL ${folder}/check.cpp ${judged} ${tutorial_manifest})
  target_link_libraries(${target} PRIVATE ${libraries} tutorial_exercise)
  tutorial_reuse(${target} tutorial_test_headers)
  set(targets ${target})
  if(arg_PROGRAM)
    add_dependencies(${target} ${target}_program)
    list(APPEND targets ${target}_program)
  endif()
  foreach(each IN LISTS targets)
    target_include_directories(${each} PRIVATE ${place} ${folder})
    set_target_properties(${each} PROPERTIES FOLDER exercises
      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/exercises/$<1:>)
  endforeach()
endfunction()

# tutorial_exercise(NAME PROOFS VARIANT=TEST... [SOLUTION FOLDER] [PROGRAM] [GUARDED] [EACH]
# [SOURCES SOURCE...] [LIBRARIES LIBRARY...]): the exercise in the folder NAME.
#
# PROGRAM: the learner writes a program with a wmain() of its own, which the check starts
# (support/testing/exercise/server_program.hpp).
# PROOFS says by which test `start` fails, and each `wrong_…`. SOLUTION is the solution's folder.
# GUARDED unmaps memory that is freed.
# EACH: every test fails with the starting files when it runs alone. SOURCES are given to the learner
# and not to be changed.
function(tutorial_exercise name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PROGRAM;GUARDED;EACH" "SOLUTION" "PROOFS;SOURCES;LIBRARIES")
  describe_exercise(${name})
  set(sources ${files})
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  set(given ${arg_SOURCES})
  if(arg_GUARDED)
    list(APPEND given ${TUTORIAL_ROOT}/support/testing/machine/guarded_memory.cpp)
  endif()

  # The learner's files are included, not named: they need not be there before they are built.
  set(mine ${TUTORIAL_ROOT}/my/${name})
  set(included "")
  foreach(source IN LISTS sources)
    set(file ${CMAKE_BINARY_DIR}/exercises/${name}/${source})
    set(judged ${mine}/${source})
    file(CONFIGURE OUTPUT ${file} CONTENT "#include \"@judged@\"\n" @ONLY) # a path may have an @
    list(APPEND included ${file})
  endforeach()
  set(tool ${CMAKE_COMMAND} -D BUILD=${CMAKE_BINARY_DIR} -P ${TUTORIAL_ROOT}/exercise.cmake)
  add_custom_target(exercise-${number}-files COMMAND ${tool} put ${name} VERBATIM)
  exercise_program(exercise_${number} ${mine} ${included})
  set(own exercise_${number})
  if(arg_PROGRAM)
    list(APPEND own exercise_${number}_program)
  endif()
  foreach(target IN LISTS own)
    add_dependencies(${target} exercise-${number}-files)
    # What is half done may have a variable that nothing uses yet.
    set_target_properties(${target} PROPERTIES TUTORIAL_WARNINGS_PASS YES)
  endforeach()
  add_custom_target(exercise-${number}
    COMMAND ${tool} run ${name} $<TARGET_FILE:exercise_${number}>
    DEPENDS exercise_${number} USES_TERMINAL VERBATIM)
  set_target_properties(exercise-${number} exercise-${number}-files PROPERTIES FOLDER exercises)

  # The proofs.
  foreach(proof IN LISTS arg_PROOFS ITEMS solution=)
    string(REGEX MATCH "^([^=]*)=(.*)$" unused ${proof})
    set(variant ${CMAKE_MATCH_1})
    set(test "${CMAKE_MATCH_2}")
    set(target exercise_${number}_${variant})
    set(place ${folder}/${variant})
    if(variant STREQUAL "solution" AND arg_SOLUTION)
      set(place ${arg_SOLUTION})
    endif()
    list(TRANSFORM sources PREPEND ${place}/ OUTPUT_VARIABLE judged)
    exercise_program(${target} ${place} ${judged})
    add_dependencies(exercise_proofs ${target})
    if(Python3_Interpreter_FOUND)
      set(times 20)
      if(variant MATCHES "^wrong")
        set(times 5)
      elseif(arg_SOLUTION) # a chapter's own files, which its tests hold to the same contract
        set(times 3)
      endif()
      add_test(NAME exercise.${number}.${variant}
        COMMAND ${Python3_EXECUTABLE} -B ${TUTORIAL_ROOT}/cmake/exercise/prove.py
          --times ${times} "--fails=${test}" $<TARGET_FILE:${target}> ${CMAKE_CROSSCOMPILING_EMULATOR})
      set_tests_properties(exercise.${number}.${variant} PROPERTIES TIMEOUT 600 LABELS exercise)
    endif()
  endforeach()
  if(arg_EACH AND Python3_Interpreter_FOUND)
    add_test(NAME exercise.${number}.each
      COMMAND ${Python3_EXECUTABLE} -B ${TUTORIAL_ROOT}/cmake/exercise/prove.py
        --each $<TARGET_FILE:exercise_${number}_start> ${CMAKE_CROSSCOMPILING_EMULATOR})
    set_tests_properties(exercise.${number}.each PROPERTIES TIMEOUT 600 LABELS exercise)
  endif()
endfunction()
