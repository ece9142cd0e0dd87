# tutorial_commit(FOLDER VARIABLE): the commit that is checked out in FOLDER: twelve digits, and
# "-dirty" if files were changed since; "unknown" without Git.
function(tutorial_commit folder variable)
  find_program(GIT_EXECUTABLE git)
  set(commit "")
  if(GIT_EXECUTABLE)
    # A container's checkout belongs to another user, which Git refuses unless it is called safe.
    execute_process(
      COMMAND ${GIT_EXECUTABLE} -c safe.directory=* -C ${folder}
        describe --always --dirty --abbrev=12 --exclude=*
      OUTPUT_VARIABLE commit
      OUTPUT_STRIP_TRAILING_WHITESPACE
      ERROR_QUIET)
  endif()
  if(commit STREQUAL "")
    set(commit unknown)
  endif()
  set(${variable} "${commit}" PARENT_SCOPE)
endfunction()
