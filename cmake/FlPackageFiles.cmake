# SPDX-License-Identifier: GPL-2.0-or-later
# Run by cpack on the tree that it packs, with the package's files in it.
cmake_minimum_required(VERSION 3.25)
set(usr ${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX})
set(doc ${usr}/share/doc/faultline)

# fl_compress(FILE...): without the time and the name in it.
function(fl_compress)
  execute_process(COMMAND gzip -9n ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB pages ${usr}/share/man/man*/*)
fl_compress(${pages})

if(CPACK_GENERATOR STREQUAL "DEB")
  file(MAKE_DIRECTORY ${usr}/share/zsh/vendor-completions)
  file(RENAME ${usr}/share/zsh/site-functions/_faultline ${usr}/share/zsh/vendor-completions/_faultline)
  file(REMOVE_RECURSE ${usr}/share/zsh/site-functions)

  string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
  file(WRITE ${doc}/changelog "faultline (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
  fl_compress(${doc}/changelog)
  file(WRITE ${doc}/copyright "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: faultline

Files: *
Copyright: the authors of faultline
License: GPL-2.0-or-later
Comment:
 The program contains, linked statically, LLVM and Clang (Apache-2.0 WITH
 LLVM-exception), GNU readline (GPL-3.0-or-later), libbpf (LGPL-2.1-only OR
 BSD-2-Clause), libelf (GPL-2.0-or-later OR LGPL-3.0-or-later), zlib (Zlib),
 liblzma (public domain), libzstd (BSD-3-Clause OR GPL-2.0-only) and libtinfo
 (X11), as the distribution packages them. As a whole the binary is under
 GPL-3.0-or-later.

License: GPL-2.0-or-later
 On Debian systems the full text is in /usr/share/common-licenses/GPL-2 and, for
 later versions, /usr/share/common-licenses/GPL-3.
")
  file(WRITE ${usr}/share/lintian/overrides/faultline "# archives of the distribution, linked for the time of start
faultline: embedded-library *
# at a fixed address LLVM's tables need no relocation at each start
faultline: hardening-no-pie [usr/bin/faultline]
# env -S, which passes the script's name on
faultline: unusual-interpreter -S [usr/share/faultline/scripts/*]
# run by sbatch
faultline: script-not-executable [usr/share/faultline/scripts/fleet/slurm.sbatch]
")
endif()
