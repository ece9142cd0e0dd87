# Writes FILE, a header that defines NAME as the commit that is checked out: twelve digits, and
# "-dirty" if files were changed since; "unknown" without Git. Leaves the file alone when it says so
# already, so that nothing is compiled again.
#
#   cmake -D NAME=... -D FILE=... -D SOURCE=... -P write_commit.cmake
cmake_minimum_required(VERSION 3.25)
find_program(GIT_EXECUTABLE git)
set(commit "")
if(GIT_EXECUTABLE)
  # A container's checkout belongs to another user, which Git refuses unless it is called safe.
  execute_process(
    COMMAND ${GIT_EXECUTABLE} -c safe.directory=* -C ${SOURCE}
      describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE commit
    OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET)
endif()
if(commit STREQUAL "")
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT "#define @NAME@ \"${commit}\"\n" @ONLY)
