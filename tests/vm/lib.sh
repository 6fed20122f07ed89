# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the programs of tests/vm share. Sourced, never run.

# shellcheck disable=SC2034 # for those who source this
FL_VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FL_VM_NAME=${0##*/}
FL_KERNELS=${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}/kernels

note() {
	printf '%s: %s\n' "$FL_VM_NAME" "$*" >&2
}

die() {
	note "$@"
	exit 125
}

# need PROGRAM PACKAGE ...: says what to install instead of failing half-way.
need() {
	local missing=()

	while (($#)); do
		command -v "$1" >/dev/null || missing+=("$2")
		shift 2
	done
	((${#missing[@]} == 0)) || die "please install: ${missing[*]}"
}

# hash_of: a short name for everything on standard input.
hash_of() {
	sha256sum | cut -c1-16
}

# sq WORD: the word quoted for any POSIX shell; unlike %q of printf it never
# writes $'...', which dash cannot read.
sq() {
	local q="'\\''"

	printf "'%s'" "${1//\'/$q}"
}

# lock NAME: held until the process ends. Waiting is announced, because the
# other one may be building a kernel.
#
# The descriptor is inherited by children on purpose: a build whose parent was
# killed keeps the lock until its compilers are gone.
lock() {
	local fd

	mkdir -p "$FL_KERNELS"
	exec {fd}>"$FL_KERNELS/$1.lock"
	if ! flock --nonblock "$fd"; then
		note "waiting for another process that works on $1"
		flock "$fd"
	fi
}

# drop_older NAME KEEP: removes other keys of the same name.
#
# A virtual machine may still run from one of them; its files stay readable
# while a shared lock on the directory's .used file is held, so wait for that.
drop_older() {
	local name=$1 keep=$2 dir fd

	for dir in "$FL_KERNELS/$name"-????????????????; do
		[[ -d $dir && ${dir##*/} != "$keep" ]] || continue
		exec {fd}>"$dir/.used"
		if flock --nonblock "$fd"; then
			note "removing ${dir##*/}, which is out of date"
			rm -rf "$dir"
		fi
		exec {fd}>&-
	done
}
