# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# What docs/coming-from.md says: each record of coming-from.table that has a command
# is run, and shows what it is to show.

coming_from_table=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/coming-from.table

# run_example: the one in $example.
run_example() {
	local words=()

	[[ ! ${example[set]:-} ]] || bash -c "${example[set]}" >setup 2>&1 || fail "${example[set]}: $(<setup)"
	read -ra words <<<"${example[words]:-}"
	[[ ! ${example[idle]:-} ]] || words+=(--allow-idle)
	fl "${words[@]}" -e "${example[rule]}" -- bash -c "${example[run]}"
	echo "${example[there]:-${example[says]}}: ${example[rule]}: status $status"
	[[ $status == [01] ]] || { cat out err; fail "status $status"; }
	{ cat out; echo; cat err; } >said
	expect_text said "${example[shows]}"
}

# coming_from TOOL: all examples of a tool.
coming_from() {
	local line ran=0
	local -A example=()

	need_full
	# the last record may have no empty line after it
	while read -r line; do
		if [[ $line == \#* ]]; then
			continue
		elif [[ $line ]]; then
			example[${line%%: *}]=${line#*: }
		else
			if [[ ${example[tool]:-} == "$1" && ${example[run]:-} ]]; then
				run_example
				((++ran))
			fi
			example=()
		fi
	done < <(cat "$coming_from_table" && echo)
	((ran)) || fail "no example"
	echo "$ran examples"
}

test_coming_from_strace() { coming_from strace; }
test_coming_from_bcc() { coming_from bcc; }
test_coming_from_bpftrace() { coming_from bpftrace; }
test_coming_from_kernel() { coming_from kernel; }
test_coming_from_tetragon() { coming_from tetragon; }
