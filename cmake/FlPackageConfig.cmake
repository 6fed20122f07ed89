# SPDX-License-Identifier: GPL-2.0-or-later
# Read by cpack before it packs: times, and what a package of Debian needs.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  set(ENV{SOURCE_DATE_EPOCH} ${CPACK_FL_COMMITTED})
endif()

# fl_needs(VARIABLE PROGRAM): packages that have the libraries it is linked to.
function(fl_needs variable program)
  set(dir ${CPACK_TOPLEVEL_DIRECTORY}/needs)
  file(WRITE ${dir}/debian/control "Source: faultline\n\nPackage: faultline\nArchitecture: any\n")
  execute_process(COMMAND dpkg-shlibdeps -O -xfaultline ${program} WORKING_DIRECTORY ${dir}
    OUTPUT_VARIABLE said ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "^shlibs:Depends=|\n" "" said "${said}")
  string(REPLACE ", " ";" said "${said}")
  set(${variable} ${said} PARENT_SCOPE)
endfunction()

if(CPACK_GENERATOR STREQUAL "TGZ")
  set(CPACK_PACKAGING_INSTALL_PREFIX /)
  set(CPACK_PACKAGE_FILE_NAME ${CPACK_PACKAGE_NAME}-${CPACK_PACKAGE_VERSION}-${CPACK_FL_MACHINE})
endif()

if(CPACK_GENERATOR STREQUAL "DEB")
  fl_needs(needs ${CPACK_FL_PROGRAM})
  # annotate is a part that few run, and its libclang is large
  fl_needs(others ${CPACK_FL_ANNOTATE})
  list(REMOVE_ITEM others ${needs})
  list(JOIN needs ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
  list(JOIN others ", " CPACK_DEBIAN_PACKAGE_RECOMMENDS)
endif()
