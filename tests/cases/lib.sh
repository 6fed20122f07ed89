# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# lib.sh - cases that compare what faultline prints with a file. Sourced.
#
# A case is NAME.fault beside NAME.SUFFIX, the expected text. A script that
# cannot stand in a file, for its size say, is what NAME.sh prints. Comments in
# its first lines choose how it is run:
#
#	# root: NAME	the kernel whose facts are read, a root_NAME below
#	# args: WORDS	instead of the runner's own; FILE stands for the script, ~ for
#			a blank in a word
#
# The runner defines  default_args  and  produce WORDS...  which runs faultline
# in the case's directory and prints what is to be compared.

# shellcheck disable=SC2034 # for the runners
{
cases_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cases_work=$(mktemp -d)
}
trap 'rm -rf "$cases_work"' EXIT

cases_usage() {
	echo "usage: run [--accept] FAULTLINE [NAME...]" >&2
	exit 2
}

# --- kernels ------------------------------------------------------------------

# The kernel of kernel/, which the cases are about if they do not say otherwise.
root_cases() { "$cases_top/tests/cases/kernel/make" "$1"; }

# The same one built for another architecture, and for one that is unknown.
root_aarch64() { "$cases_top/tests/cases/kernel/make" "$1" aarch64; }
root_riscv64() {
	root_cases "$1"
	echo riscv64 >"$1/proc/sys/kernel/arch"
}

# The facts of the real kernel `full`.
root_full() { ln -s "$("$cases_top/tests/vm/facts" full)" "$1"; }

root_no_btf() {
	root_cases "$1"
	rm -r "$1/sys/kernel/btf"
}

root_bad_btf() {
	root_cases "$1"
	echo "no types" >"$1/sys/kernel/btf/vmlinux"
}

# the kernel shows addresses to root only
root_hidden_addresses() {
	root_cases "$1"
	sed -i -E 's/^[0-9a-f]+/0000000000000000/' "$1/proc/kallsyms"
}

# other programs are at work: kprobes (R), trampolines (D)
root_attached() {
	root_cases "$1"
	echo CONFIG_BPF_KPROBE_OVERRIDE=y >>"$1/boot/config-6.12.0-cases"
	mkdir -p "$1/sys/kernel/tracing"
	printf '%s\n' \
		'fl_int1 [fl_targets] (1) R       M 	tramp: 0x1 (kprobe_ftrace_handler+0x0/0x1e0) ->R+0x0' \
		'fl_ret_ptr_null [fl_targets] (1)     D   M ' \
		'	direct-->bpf_trampoline_6442+0x0/0x80' \
		'security_file_open (1)     D   M ' >"$1/sys/kernel/tracing/enabled_functions"
}

# it does not tell where it counts interrupts
root_no_symbols() {
	root_cases "$1"
	sed -i '/__preempt_count/d' "$1/proc/kallsyms"
}

root_no_injection() {
	root_cases "$1"
	rm -r "$1/sys/kernel/debug/error_injection"
}

# debugfs is not mounted, and no symbols tell what it would
root_hidden() {
	root_cases "$1"
	rm -r "$1/sys/kernel/debug" "$1/proc/kallsyms"
}

# A machine of which nothing is known.
root_nothing() { mkdir -p "$1/sys/kernel" "$1/proc"; }

# root NAME: makes it when it is first asked for; its directory is in $root.
use_root() {
	root=$cases_work/root-$1
	[[ -d $root ]] && return
	declare -F "root_$1" >/dev/null || {
		echo "there is no root '$1' in tests/cases/lib.sh" >&2
		exit 2
	}
	"root_$1" "$root"
}

# --- cases --------------------------------------------------------------------

# setting KEY FILE: of the comments at its beginning.
setting() { sed -nE "/^#/!q; s/^# $1: *//p" "$2"; }

# run_case NAME: what it gives now goes to $cases_work/NAME.
run_case() {
	local name=$1 dir=$PWD words
	local script=$name.fault

	if [[ -e $name.sh ]]; then
		dir=$cases_work
		(cd "$dir" && bash "$OLDPWD/$name.sh") >"$dir/$script"
		words=$name.sh
	else
		words=$script
	fi
	root=$(setting root "$words")
	use_root "${root:-cases}"
	words=$(setting args "$words")
	read -ra words <<<"${words:-$default_args}"
	words=("${words[@]//\~/ }")
	words=("${words[@]/#FILE/$script}")
	(cd "$dir" && produce "${words[@]}") >"$cases_work/$name" 2>&1
}

# compare_all ACCEPT SUFFIX NAME...: prints differences; false where there are
# any.
compare_all() {
	local accept=$1 suffix=$2 name failed=0 count=0

	shift 2
	for name; do
		run_case "$name"
		if ((accept)); then
			cmp -s "$cases_work/$name" "$name.$suffix" || {
				cp "$cases_work/$name" "$name.$suffix"
				echo "accepted $name"
			}
		elif ! diff -u "$name.$suffix" "$cases_work/$name"; then
			echo "not ok - $name"
			((++failed))
		fi
		((++count))
	done
	echo "$count cases, $failed failed"
	((!failed && count))
}
