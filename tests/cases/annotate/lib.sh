# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# lib.sh - sources of the distribution's kernel, with the headers of the kernel
# `full`, for those who source this.

# shellcheck source-path=SCRIPTDIR source=../../vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../vm/lib.sh"
package=linux-source-6.12
cache=${FL_KERNELS%/*}/annotate

tarball() { dpkg-query -L "$package" | grep '/linux-source-.*\.tar\.xz$'; }

# unpack NAME KEY PATTERN...: prints a folder of the cache that has what matches in
# the source package, unpacked once. It is made beside its place, so that it is
# there as a whole; other keys of that name go.
unpack() {
	local name=$1 version tree

	version=$(dpkg-query -W -f '${Version}' "$package") || return
	tree=$cache/$name-$version-$2
	shift 2
	if [[ ! -d $tree ]]; then
		rm -rf "$cache/$name"-*
		mkdir -p "$tree.new"
		tar -xf "$(tarball)" -C "$tree.new" --strip-components=1 --wildcards "$@" || return
		mv "$tree.new" "$tree"
	fi
	printf '%s\n' "$tree"
}

# table_tree TABLE: the sources of the table's files, with the headers beside them.
table_tree() {
	local folders tree

	mapfile -t folders < <(grep -v '^#' "$1" | cut -f 1 | uniq | xargs -n 1 dirname | sort -u |
		sed 's|^|*/|; s|\(mlx5/core\).*|\1|')
	# headers that xe borrows
	folders+=('*/drivers/gpu/drm/i915/*.h')
	tree=$(unpack "$package" "$(hash_of <"$1")" "${folders[@]}") || return
	# made by a tool of the driver's build
	mkdir -p "$tree/drivers/gpu/drm/xe/generated"
	: >>"$tree/drivers/gpu/drm/xe/generated/xe_wa_oob.h"
	printf '%s\n' "$tree"
}

# database HEADERS TREE FILE...: compile_commands.json for files of the tree,
# compiled in the build folder of a kernel.
database() {
	local headers=$1 tree=$2 comma='[' file name

	shift 2
	for file; do
		name=$(basename "$file" .c)
		name=${name//-/_}
		printf '%s{"directory":"%s","file":"%s","command":"gcc -nostdinc' "$comma" "$headers" "$tree/$file"
		printf ' -I./%s' arch/x86/include arch/x86/include/generated include \
			arch/x86/include/uapi arch/x86/include/generated/uapi include/uapi include/generated/uapi
		printf ' -include ./include/linux/%s' compiler-version.h kconfig.h compiler_types.h
		printf ' -I%s' "$tree/$(dirname "$file")" "$tree/drivers/net/ethernet/mellanox/mlx5/core"
		printf ' -D__KERNEL__ -DCC_USING_FENTRY -DCONFIG_SURFACE_AGGREGATOR_ERROR_INJECTION'
		printf ' -std=gnu11 -fshort-wchar -funsigned-char -fno-strict-aliasing -mno-sse -m64'
		printf ' -mcmodel=kernel -mno-red-zone -mpreferred-stack-boundary=3 -fconserve-stack -O2'
		printf " -DKBUILD_MODNAME='\\\\\"%s\\\\\"' -DKBUILD_BASENAME='\\\\\"%s\\\\\"'" "$name" "$name"
		printf " -DKBUILD_MODFILE='\\\\\"%s\\\\\"' -D__KBUILD_MODNAME=kmod_%s -c %s\"}\n" "$name" "$name" "$file"
		comma=,
	done
	echo ']'
}
