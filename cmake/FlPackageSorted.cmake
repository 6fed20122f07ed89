# SPDX-License-Identifier: GPL-2.0-or-later
# Run by cpack on what it has packed: an archive lists files as the file system
# does, and is to be the same wherever it is made.
cmake_minimum_required(VERSION 3.25)
if(CPACK_GENERATOR STREQUAL "TGZ")
  get_filename_component(above ${CPACK_TEMPORARY_DIRECTORY} DIRECTORY)
  get_filename_component(name ${CPACK_TEMPORARY_DIRECTORY} NAME)
  foreach(file ${CPACK_PACKAGE_FILES})
    execute_process(COMMAND tar -C ${above} --sort=name --mtime=@$ENV{SOURCE_DATE_EPOCH} --owner=0 --group=0
      --numeric-owner -cf - ${name} COMMAND gzip -9n OUTPUT_FILE ${file} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endif()
