# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# lib.sh - builds of copies of the tree. Sourced, with $top and $work.

SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct)
export SOURCE_DATE_EPOCH
options=(-DBUILD_TESTING=OFF)
[[ ! $(command -v ccache) ]] ||
	options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

# build PRESET TREE BUILD: copies the tree to TREE, builds in BUILD, and calls pack there.
build() {
	local preset=$1 tree=$2 dir=$3

	mkdir -p "$tree"
	git -C "$top" ls-files -co --exclude-standard --deduplicate -z |
		tar -C "$top" --null --ignore-failed-read -T - -cf - 2>/dev/null | tar -C "$tree" -xf -
	# set -e does not hold before ||
	(
		export CCACHE_BASEDIR=$tree CCACHE_NOHASHDIR=1
		cmake -S "$tree" -B "$dir" --preset "$preset" "${options[@]}" &&
			cmake --build "$dir" && cd "$dir" && pack
	) >"$work/log" 2>&1 || {
		cat "$work/log"
		exit 1
	}
}
