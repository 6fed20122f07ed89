# SPDX-License-Identifier: GPL-2.0-or-later
#
# fl_or_archives(VARIABLE "NAME..." TARGET...)
#
# Sets VARIABLE to what a library links: the archives NAME.a in an executable with
# property FL_ARCHIVES, where all of them exist, and TARGETs in any other. To find
# and map seven shared libraries takes an emulated machine a third of the time
# before main(), which the start of a stored object is measured by.
function(fl_or_archives variable names)
  set(archives "")
  foreach(name ${names})
    find_library(FL_ARCHIVE_${name} ${name}.a)
    mark_as_advanced(FL_ARCHIVE_${name})
    if(FL_ARCHIVE_${name})
      list(APPEND archives ${FL_ARCHIVE_${name}})
    else()
      set(${variable} ${ARGN} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(wanted "$<BOOL:$<TARGET_PROPERTY:FL_ARCHIVES>>")
  set(${variable} "$<IF:${wanted},${archives},${ARGN}>" PARENT_SCOPE)
endfunction()
