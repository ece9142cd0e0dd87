# Installs what package-lock.json names, in the current folder, unless that has been done.
set(done node_modules/.package-lock.json) # npm writes it last
if(EXISTS ${done} AND NOT package-lock.json IS_NEWER_THAN ${done})
  return()
endif()
execute_process(
  COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund
  COMMAND_ERROR_IS_FATAL ANY)
