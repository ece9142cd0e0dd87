# Installs what package-lock.json names, into node_modules in the root, unless that has been done.
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
set(done ${root}/node_modules/.package-lock.json) # npm writes it last
if(EXISTS ${done} AND NOT ${root}/package-lock.json IS_NEWER_THAN ${done})
  return()
endif()
find_program(NPM_EXECUTABLE npm REQUIRED)
execute_process(
  COMMAND ${NPM_EXECUTABLE} ci --ignore-scripts --no-audit --no-fund
  WORKING_DIRECTORY ${root}
  COMMAND_ERROR_IS_FATAL ANY)
