# What the learner has done: the files in my/NAME, and my/.progress, which remembers the rest.
if(NOT MY)
  set(MY ${tutorial_root}/my)
endif()
set(my ${MY})
set(current_file ${my}/.progress/current)

# say(TEXT): a text and its line's end on standard output (message() has no way there).
function(say text)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${text}")
endfunction()

# say_wrapped(TEXT): the same for long paragraphs, wrapped where the system has a tool for it.
find_program(FOLD fold)
function(say_wrapped text)
  if(FOLD)
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${text}" COMMAND ${FOLD} -s -w 90)
  else()
    say("${text}")
  endif()
endfunction()

# Ends the script with exit code 1. CMake before 3.29 cannot do so without words of its own, on standard
# error; ./tutorial takes them away.
function(stop_with_failure)
  if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.29)
    cmake_language(EXIT 1)
  endif()
  message(FATAL_ERROR "(exit code 1)")
endfunction()

# misuse(TEXT): says so, with the usage, and ends the script.
function(misuse text)
  message(NOTICE "${text}\n\n${usage}")
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

# choose_exercise(WANTED VARIABLE): the exercise of that name; without a name, the one looked at last.
# Ends the script if there is none.
function(choose_exercise wanted variable)
  if(wanted STREQUAL "")
    if(NOT EXISTS ${current_file})
      misuse("Which exercise? \"${COMMAND}\" lists them; \"${COMMAND} next\" begins with the first.")
    endif()
    file(READ ${current_file} wanted)
  endif()
  find_exercise("${wanted}" found)
  list(LENGTH found count)
  if(count EQUAL 0)
    message(NOTICE "There is no exercise \"${wanted}\", and no such verb. \"${COMMAND}\" lists the "
      "exercises, \"${COMMAND} help\" the verbs.")
    stop_with_failure()
  elseif(count GREATER 1)
    list(JOIN found ", " found)
    message(NOTICE "\"${wanted}\" may be: ${found}.")
    stop_with_failure()
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

# is_unchanged(NAME VARIABLE): whether the learner's files are still as they came.
function(is_unchanged name variable)
  describe_exercise(${name})
  set(${variable} YES PARENT_SCOPE)
  foreach(file IN LISTS files)
    file(SHA256 ${folder}/start/${file} theirs)
    file(SHA256 ${my}/${name}/${file} own)
    if(NOT theirs STREQUAL own)
      set(${variable} NO PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# reset_exercise(NAME): the files as they came; the learner's are kept beside them.
function(reset_exercise name)
  describe_exercise(${name})
  set(kept "")
  foreach(file IN LISTS files)
    if(EXISTS ${my}/${name}/${file})
      set(number 1)
      while(EXISTS ${my}/${name}/${file}.${number})
        math(EXPR number "${number} + 1")
      endwhile()
      file(RENAME ${my}/${name}/${file} ${my}/${name}/${file}.${number})
      string(APPEND kept "\nYours is now my/${name}/${file}.${number}")
    endif()
  endforeach()
  put_files(${name})
  foreach(key IN ITEMS passed hints asked)
    file(REMOVE ${my}/.progress/${name}.${key})
  endforeach()
  file(WRITE ${current_file} ${name})
  say("${name} begins again, in my/${name}.${kept}")
endfunction()
