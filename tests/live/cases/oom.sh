# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Memory runs out somewhere in a whole run (oom.c): faultline ends by itself,
# says why, and leaves nothing armed. Every point of a compilation: tests/oom.

test_out_of_memory() {
	need_full # takes two minutes in each kernel
	local binary n step count how
	local rule='on security_inode_mkdir if comm == "mkdir" { log "%s %p", comm, arg0 stack return -EIO }'

	binary=$(dirname "$faultline")/../tests/live/faultline_oom
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:allocator_may_return_null=1
	FL_OOM_COUNT=count "$binary" -f json -o events -e "$rule" -- mkdir a >out 2>err </dev/null
	count=$(<count)
	((count > 20)) || fail "too few allocations to be true: $count"
	step=$((count / 25 + 1))
	for how in FL_OOM_AT FL_OOM_FROM; do
		for ((n = 1; n <= count; n += step)); do
			status=0
			rm -rf a
			env "$how=$n" "$binary" -f json -o events -e "$rule" -- mkdir a \
				>out 2>err </dev/null || status=$?
			expect_no_text err Sanitizer
			((status <= 5)) || fail "$how=$n: status $status"
			((status == 0)) || [[ -s err ]] || fail "$how=$n: status $status without a word"
			[[ $status != 0 || ! -d a ]] || fail "$how=$n: status 0, and nothing was injected"
			nothing_attached || fail "$how=$n: still attached"
		done
	done
}
