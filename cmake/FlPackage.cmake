# SPDX-License-Identifier: GPL-2.0-or-later
# Packages, by cpack in a build of preset release, -G DEB or -G RPM, or of preset
# tarball, -G TGZ.
#
# The same sources and packages of the distribution give the same bytes, wherever
# they are built: paths do not get into them, and times are those of
# SOURCE_DATE_EPOCH, by default of the last commit. FlPackageFiles.cmake adds what
# only a package has.
set(FL_MAINTAINER "faultline maintainers <maintainers@faultline.example.org>" CACHE STRING
  "who answers for packages: NAME <ADDRESS>")

add_compile_options($<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.>)
execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} log -1 --format=%ct OUTPUT_VARIABLE committed
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT committed)
  set(committed 0)
endif()

set(CPACK_PACKAGE_NAME faultline)
set(CPACK_PACKAGE_CONTACT ${FL_MAINTAINER})
set(CPACK_PACKAGE_VENDOR faultline)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION "faultline makes a chosen kernel function fail, for chosen callers, at chosen\n\
times: by a rule of one sentence that is checked against the running kernel,\n\
compiled to BPF in the process and armed at once.\n\
Scripts with parameters and expectations serve CI, a prompt changes rules while\n\
they run, and campaigns make each place where a workload can fail do so once.")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/FlPackageConfig.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/FlPackageFiles.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/FlPackageSorted.cmake)
set(CPACK_FL_MACHINE linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_FL_COMMITTED ${committed})
set(CPACK_FL_PROGRAM ${PROJECT_BINARY_DIR}/cli/faultline)
set(CPACK_FL_ANNOTATE ${PROJECT_BINARY_DIR}/libexec/faultline/annotate)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_DESCRIPTION ${CPACK_PACKAGE_DESCRIPTION})
set(CPACK_RPM_PACKAGE_LICENSE GPL-2.0-or-later)
set(CPACK_RPM_PACKAGE_GROUP Development/Tools)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _buildhost localhost
%define _build_id_links none
%define __requires_exclude_from ^/usr/libexec/faultline/.*$
%define __brp_compress %{nil}")
# of the filesystem package, and of each other's
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/libexec /usr/share/bash-completion
  /usr/share/bash-completion/completions /usr/share/fish /usr/share/fish/vendor_completions.d
  /usr/share/zsh /usr/share/zsh/site-functions /usr/share/man/man5 /usr/share/man/man7)
foreach(dir vim vim/vimfiles nvim nvim/site)
  list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/${dir})
endforeach()
foreach(dir vim/vimfiles nvim/site)
  foreach(kind ftdetect ftplugin syntax)
    list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/${dir}/${kind})
  endforeach()
endforeach()
include(CPack)
