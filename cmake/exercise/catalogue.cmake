# Which exercises there are: a folder each, 03_overlapped_event/exercises/3.2_crowd, say, with a
# task.md. Its number and its word are the folder's name; the task's head has all else.
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH tutorial_root)
cmake_path(GET tutorial_root PARENT_PATH tutorial_root)

# escape_for_glob(PATH VARIABLE): the path for file(GLOB), where brackets mean something else.
function(escape_for_glob path variable)
  string(REGEX REPLACE "([][*?])" "[\\1]" path "${path}")
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()

escape_for_glob("${tutorial_root}" tutorial_pattern)

# The reader's language, as the locale says it; all but Korean is English.
set(locale "$ENV{LC_ALL}")
foreach(name IN ITEMS LC_MESSAGES LANG)
  if(locale STREQUAL "")
    set(locale "$ENV{${name}}")
  endif()
endforeach()
if(locale STREQUAL "" AND CMAKE_HOST_WIN32)
  cmake_host_system_information(RESULT locale
    QUERY WINDOWS_REGISTRY "HKCU/Control Panel/International" VALUE LocaleName)
endif()

set(language en)
if(locale MATCHES "^ko([-_.@]|$)") # and no kok, which is Konkani
  set(language ko)
endif()

# edition_of(FILE VARIABLE): the file, or its Korean edition for a reader of Korean.
function(edition_of file variable)
  string(REGEX REPLACE "\\.md$" ".ko.md" korean ${file})
  if(language STREQUAL "ko" AND EXISTS ${korean})
    set(file ${korean})
  endif()
  set(${variable} ${file} PARENT_SCOPE)
endfunction()

# exercise_folders(VARIABLE): all folders, relative to the root, in their order.
function(exercise_folders variable)
  file(GLOB tasks RELATIVE ${tutorial_root} ${tutorial_pattern}/0*/exercises/*/task.md)
  list(TRANSFORM tasks REPLACE "/task\\.md$" "")
  list(SORT tasks COMPARE NATURAL)
  set(${variable} ${tasks} PARENT_SCOPE)
endfunction()

# exercise_names(VARIABLE): the same without the chapters' folders.
function(exercise_names variable)
  exercise_folders(names)
  list(TRANSFORM names REPLACE "^.*/" "")
  set(${variable} ${names} PARENT_SCOPE)
endfunction()

# find_exercise(WANTED VARIABLE): the exercise that a learner calls 3.2, crowd or 3.2_crowd,
# or by the beginning of its word; none, or all that it may be.
function(find_exercise wanted variable)
  set(found "")
  string(TOLOWER "${wanted}" wanted)
  string(REPLACE "\\" "/" wanted "${wanted}")
  string(REGEX REPLACE "^.*/(.)" "\\1" wanted "${wanted}") # my/3.2_crowd/, as a shell completes it
  string(REGEX REPLACE "/$" "" wanted "${wanted}")
  exercise_names(names)
  foreach(name IN LISTS names)
    string(REGEX MATCH "^([0-9.]+)_(.*)$" unused ${name})
    set(number ${CMAKE_MATCH_1})
    set(word ${CMAKE_MATCH_2})
    if(wanted STREQUAL name OR wanted STREQUAL number OR wanted STREQUAL word)
      set(found ${name})
      break()
    endif()
    string(FIND ${word} "${wanted}" place)
    if(place EQUAL 0 AND NOT wanted STREQUAL "")
      list(APPEND found ${name})
    endif()
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# describe_exercise(NAME): sets folder, number, title, minutes, lesson (its file), place (the heading's
# anchor in it) and files (those that the learner changes).
function(describe_exercise name)
  file(GLOB task RELATIVE ${tutorial_root} ${tutorial_pattern}/0*/exercises/${name}/task.md)
  if(NOT task)
    message(FATAL_ERROR "There is no task.md for the exercise ${name}")
  endif()
  cmake_path(GET task PARENT_PATH place)
  set(start ${tutorial_pattern}/${place}/start)
  set(folder ${tutorial_root}/${place})
  string(REGEX REPLACE "_.*$" "" number ${name})
  edition_of(${folder}/task.md task)
  file(STRINGS ${task} first LIMIT_COUNT 1 ENCODING UTF-8)
  file(READ ${folder}/task.md text)
  string(REGEX MATCH "^# (.*)" unused "${first}")
  string(REPLACE "${number} " "" title "${CMAKE_MATCH_1}")
  string(REGEX MATCH "\n- \\*\\*Time\\*\\*: ([0-9]+) minutes" unused "${text}")
  set(minutes ${CMAKE_MATCH_1})
  string(REGEX MATCH "\n- \\*\\*Lesson\\*\\*: \\[[^]\n]*\\]\\(([^)#]*)#?([^)]*)\\)" unused "${text}")
  set(place "${CMAKE_MATCH_2}")
  cmake_path(APPEND folder "${CMAKE_MATCH_1}" OUTPUT_VARIABLE lesson)
  cmake_path(NORMAL_PATH lesson)
  cmake_path(RELATIVE_PATH lesson BASE_DIRECTORY ${tutorial_root})
  file(GLOB files RELATIVE ${folder}/start ${start}/*)
  return(PROPAGATE folder number title minutes lesson place files)
endfunction()
