# SPDX-License-Identifier: GPL-2.0-or-later
# fl_embed(TARGET STRUCT HEADER FILE...): a library with the files' text in it.
#
# HEADER, a path in the tree, has the struct: name, text and length.
# Gives TARGET.h with  extern const struct STRUCT TARGET[];
#                      extern const size_t fl_nTEMPLATES  (fl_n + TARGET less "fl_")
function(fl_embed target struct header)
  set(paths)
  foreach(file ${ARGN})
    list(APPEND paths ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${target})
  get_filename_component(folder ${PROJECT_SOURCE_DIR}/${header} DIRECTORY)
  get_filename_component(header ${header} NAME)
  string(JOIN "|" joined ${paths})
  add_custom_command(OUTPUT ${dir}/${target}.c ${dir}/${target}.h
    COMMAND ${CMAKE_COMMAND} -DTARGET=${target} -DSTRUCT=${struct} -DHEADER=${header} -DDIR=${dir} "-DFILES=${joined}"
      -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${paths} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  add_library(${target} STATIC ${dir}/${target}.c ${dir}/${target}.h)
  target_include_directories(${target} PUBLIC ${dir} PRIVATE ${folder}
    INTERFACE ${folder})
endfunction()
