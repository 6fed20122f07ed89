# SPDX-License-Identifier: GPL-2.0-or-later
# Defines fl::llvm: headers and libraries of the embedded Clang, BPF target only;
# and fl::libclang: Clang's C interface, a shared library.
#
# llvm-config and library files are used directly: the distribution's
# ClangConfig.cmake demands tools that an embedder has no use for.
#
#   FL_LLVM_VERSION  the major version
#   FL_LLVM_LINK     auto (static where the libraries exist), static or shared

find_program(FL_LLVM_CONFIG NAMES llvm-config-${FL_LLVM_VERSION} REQUIRED
  HINTS /usr/lib/llvm-${FL_LLVM_VERSION}/bin)

function(fl_llvm_config out)
  execute_process(COMMAND ${FL_LLVM_CONFIG} ${ARGN} OUTPUT_VARIABLE text
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

fl_llvm_config(FL_LLVM_LIBDIR --libdir)
fl_llvm_config(FL_LLVM_INCLUDEDIR --includedir)

find_library(FL_LIBCLANG NAMES clang-${FL_LLVM_VERSION} clang REQUIRED NO_DEFAULT_PATH
  PATHS ${FL_LLVM_LIBDIR})
add_library(fl_libclang INTERFACE)
add_library(fl::libclang ALIAS fl_libclang)
# it is made of the same sources
fl_llvm_config(version --version)
set_target_properties(fl_libclang PROPERTIES FL_RELEASE ${version})
target_include_directories(fl_libclang SYSTEM INTERFACE ${FL_LLVM_INCLUDEDIR})
target_link_libraries(fl_libclang INTERFACE ${FL_LIBCLANG})

set(link ${FL_LLVM_LINK})
if(link STREQUAL auto)
  if(EXISTS ${FL_LLVM_LIBDIR}/libclangFrontend.a AND EXISTS ${FL_LLVM_LIBDIR}/libLLVMBPFCodeGen.a)
    set(link static)
  else()
    set(link shared)
  endif()
endif()

add_library(fl_llvm INTERFACE)
add_library(fl::llvm ALIAS fl_llvm)
# Their headers are not held to our warnings.
target_include_directories(fl_llvm SYSTEM INTERFACE ${FL_LLVM_INCLUDEDIR})

if(link STREQUAL static)
  # Which libraries a version has differs; all that exist go into one group.
  set(clang_libs)
  foreach(name Frontend CodeGen Driver Serialization Parse Sema Analysis
      AnalysisLifetimeSafety Edit AST ASTMatchers Lex Basic Support APINotes Options)
    if(EXISTS ${FL_LLVM_LIBDIR}/libclang${name}.a)
      list(APPEND clang_libs ${FL_LLVM_LIBDIR}/libclang${name}.a)
    endif()
  endforeach()
  set(components bpf codegen coverage option frontendopenmp windowsdriver target profiledata)
  fl_llvm_config(known --components)
  string(REPLACE " " ";" known "${known}")
  foreach(extra frontenddriver frontendhlsl hipstdpar frontendoffloading)
    list(APPEND components ${extra})
  endforeach()
  set(wanted)
  foreach(component ${components})
    if(component IN_LIST known)
      list(APPEND wanted ${component})
    endif()
  endforeach()
  fl_llvm_config(llvm_libs --link-static --libs ${wanted})
  fl_llvm_config(system_libs --link-static --system-libs ${wanted})
  string(REPLACE " " ";" llvm_libs "${llvm_libs}")
  string(REPLACE " " ";" system_libs "${system_libs}")
  target_link_directories(fl_llvm INTERFACE ${FL_LLVM_LIBDIR})
  target_link_libraries(fl_llvm INTERFACE -Wl,--start-group ${clang_libs} ${llvm_libs}
    -Wl,--end-group ${system_libs})
  # Tens of megabytes of LLVM's tables hold addresses. At a fixed place they
  # are right in the file; otherwise each start would relocate them first,
  # which is a fifth of the time of a whole compilation.
  target_link_options(fl_llvm INTERFACE -no-pie -static-libstdc++ -static-libgcc
    -Wl,--gc-sections)
  # A quarter less to read, and of that the half that a compilation uses lies
  # together. Names that this LLVM does not have are passed over.
  if(FL_LLD)
    set(order ${CMAKE_CURRENT_LIST_DIR}/link-order.gz)
    execute_process(COMMAND gzip -dc ${order} OUTPUT_FILE ${PROJECT_BINARY_DIR}/link-order
      COMMAND_ERROR_IS_FATAL ANY)
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${order})
    target_link_options(fl_llvm INTERFACE -Wl,--icf=all -Wl,--no-warn-symbol-ordering
      -Wl,--symbol-ordering-file=${PROJECT_BINARY_DIR}/link-order)
  endif()
else()
  target_link_libraries(fl_llvm INTERFACE
    ${FL_LLVM_LIBDIR}/libclang-cpp.so.${FL_LLVM_VERSION} -L${FL_LLVM_LIBDIR}
    -lLLVM-${FL_LLVM_VERSION})
endif()
message(STATUS "LLVM ${FL_LLVM_VERSION}: ${link}, from ${FL_LLVM_LIBDIR}")
