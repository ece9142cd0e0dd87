# What the learner has done: the files in my/NAME, and my/.progress, which remembers the rest.
if(NOT MY)
  set(MY ${tutorial_root}/my)
endif()
set(my ${MY})
set(current_file ${my}/.progress/current)

# say(TEXT): a text and its line's end on standard output (message() has no way there).
function(say text)
  string(LENGTH "${text}" length)
  if(length LESS 8000) # Windows takes 32,767 characters in a command line, quotation marks included
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${text}")
    return()
  endif()
  string(RANDOM LENGTH 12 unique)
  set(file ${my}/.progress/said.${unique})
  file(WRITE ${file} "${text}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${file})
  file(REMOVE ${file})
endfunction()

# tell(KEY): the same in the words of words.cmake.
function(tell key)
  words(${key} told)
  say("${told}")
endfunction()

# say_wrapped(TEXT): the same for long paragraphs, wrapped where the system has a tool for it.
find_program(FOLD fold)
set(line_bytes 90)
if(language STREQUAL "ko") # fold counts bytes: three for a letter of two columns
  set(line_bytes 125)
endif()
function(say_wrapped text)
  if(FOLD)
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${text}" COMMAND ${FOLD} -s -w ${line_bytes})
  else()
    say("${text}")
  endif()
endfunction()

# Ends the script with exit code 1. CMake before 3.29 cannot do so without words of its own, on standard
# error; ./tutorial takes them away, by the first three of ours.
function(stop_with_failure)
  if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.29)
    cmake_language(EXIT 1)
  endif()
  message(FATAL_ERROR "(exit code 1) What counts is above: before 3.29, CMake has to end so.")
endfunction()

# refuse(KEY): says why on standard error, in the words of words.cmake, and ends the script.
function(refuse key)
  words(${key} told)
  message(NOTICE "${told}")
  stop_with_failure()
endfunction()

# misuse(KEY): the same with the usage.
function(misuse key)
  words(${key} told)
  message(NOTICE "${told}\n\n${usage}")
  stop_with_failure()
endfunction()

# get_progress(NAME KEY VARIABLE): what is remembered of an exercise; 0 if nothing is.
function(get_progress name key variable)
  set(value 0)
  if(EXISTS ${my}/.progress/${name}.${key})
    file(READ ${my}/.progress/${name}.${key} value)
  endif()
  set(${variable} "${value}" PARENT_SCOPE)
endfunction()

function(set_progress name key value)
  file(WRITE ${my}/.progress/${name}.${key} "${value}")
endfunction()

# remember_current(NAME): the exercise that the verbs are about from now on.
function(remember_current name)
  execute_process(COMMAND ${CMAKE_COMMAND} -E make_directory ${my}/.progress ERROR_QUIET)
  execute_process(COMMAND ${CMAKE_COMMAND} -E touch ${current_file}
    ERROR_QUIET RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    refuse(may_not_write)
  endif()
  file(WRITE ${current_file} ${name})
endfunction()

# choose_exercise(WANTED VARIABLE): the exercise of that name; without a name, the one looked at last.
# Ends the script if there is none.
function(choose_exercise wanted variable)
  if(wanted STREQUAL "")
    if(NOT EXISTS ${current_file})
      misuse(which)
    endif()
    file(READ ${current_file} wanted)
    exercise_names(names)
    if(NOT wanted IN_LIST names)
      misuse(last_is_gone)
    endif()
  endif()
  find_exercise("${wanted}" found)
  list(LENGTH found count)
  if(count EQUAL 0)
    refuse(no_exercise)
  elseif(count GREATER 1)
    list(JOIN found ", " found)
    refuse(may_be)
  endif()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# next_exercise(VARIABLE): the one that was begun last, unless it is done; else the first after it that
# is not done, or the first of all; empty when all are done.
function(next_exercise variable)
  exercise_names(names)
  if(EXISTS ${current_file})
    file(READ ${current_file} current)
    list(FIND names "${current}" place)
    if(place GREATER 0)
      list(SUBLIST names ${place} -1 first)
      list(SUBLIST names 0 ${place} later)
      set(names ${first} ${later})
    endif()
  endif()
  set(${variable} "" PARENT_SCOPE)
  foreach(name IN LISTS names)
    get_progress(${name} passed passed)
    if(NOT passed)
      set(${variable} ${name} PARENT_SCOPE)
      break()
    endif()
  endforeach()
endfunction()

# put_files(NAME): the files to change, into my/NAME; those that are there already stay as they are.
function(put_files name)
  describe_exercise(${name})
  foreach(file IN LISTS files)
    if(NOT EXISTS ${my}/${name}/${file})
      file(COPY ${folder}/start/${file} DESTINATION ${my}/${name})
      file(CHMOD ${my}/${name}/${file} PERMISSIONS
        OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
      file(TOUCH ${my}/${name}/${file}) # newer than what was built of the one before
    endif()
  endforeach()
endfunction()

# read_files(FOLDER FILES VARIABLE): the text of all of them, one after another; empty if one cannot be
# read. (For the commands of CMake's own language that is an error, which ends the script.)
function(read_files place files variable)
  list(TRANSFORM files PREPEND ${place}/)
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${files}
    OUTPUT_VARIABLE text ERROR_QUIET RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    set(text "")
  endif()
  string(REPLACE "\r" "" text "${text}") # an editor may end lines in another way
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# read_own(NAME VARIABLE): the text of the learner's files; empty while an editor replaces one, or holds
# it.
function(read_own name variable)
  describe_exercise(${name})
  read_files(${my}/${name} "${files}" own)
  set(${variable} "${own}" PARENT_SCOPE)
endfunction()

# is_unchanged(NAME OWN VARIABLE): whether OWN, the text of the learner's files, is still as it came.
function(is_unchanged name own variable)
  describe_exercise(${name})
  read_files(${folder}/start "${files}" theirs)
  set(${variable} NO PARENT_SCOPE)
  if(own STREQUAL theirs)
    set(${variable} YES PARENT_SCOPE)
  endif()
endfunction()

# reset_exercise(NAME): the files as they came; the learner's are kept beside them.
function(reset_exercise name)
  describe_exercise(${name})
  set(kept "")
  foreach(file IN LISTS files)
    if(EXISTS ${my}/${name}/${file})
      set(turn 1)
      while(EXISTS ${my}/${name}/${file}.${turn})
        math(EXPR turn "${turn} + 1")
      endwhile()
      file(RENAME ${my}/${name}/${file} ${my}/${name}/${file}.${turn})
      words(kept line)
      string(APPEND kept "\n${line}")
    endif()
  endforeach()
  put_files(${name})
  foreach(key IN ITEMS passed hints asked)
    file(REMOVE ${my}/.progress/${name}.${key})
  endforeach()
  tell(begins_again)
endfunction()
