# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# lib.sh - what tests on a live kernel are made of.
#
# A test is a function test_NAME in cases/*.sh. It fails by calling fail (or
# one of the expect_ functions), skips by calling skip with a reason, and is
# over when it returns. It runs in a subshell of its own, in $work. After each
# test nothing of faultline's may be left in the kernel; run_tests looks.
#
# Nothing here waits for time to pass, only for what is to happen; wait_for
# gives up after a bound that says that something is broken.

fl_calls=/sys/kernel/debug/fl_targets/call
fl_netdev=/sys/kernel/debug/fl_netdev

fail() {
	printf 'FAILED: %s (%s:%s)\n' "$*" "${BASH_SOURCE[1]##*/}" "${BASH_LINENO[0]}"
	exit 1
}

skip() {
	printf '%s\n' "$*" >"$work/skipped"
	exit 0
}

need_full() { [[ $fl_kernel == full ]] || skip "kernel $fl_kernel has no test modules"; }

# expect_equal WHAT EXPECTED ACTUAL
expect_equal() {
	[[ $2 == "$3" ]] || fail "$1: expected '$2', not '$3'"
}

# expect_between WHAT LOW HIGH ACTUAL
expect_between() {
	(($4 >= $2 && $4 <= $3)) || fail "$1: expected $2 to $3, not $4"
}

# expect_text FILE PATTERN (an extended regular expression)
expect_text() {
	grep -qE -- "$2" "$1" || {
		cat "$1"
		fail "no '$2' in ${1##*/}"
	}
}

expect_no_text() {
	! grep -qE -- "$2" "$1" || {
		cat "$1"
		fail "'$2' in ${1##*/}"
	}
}

# wait_for WHAT COMMAND...: until the command succeeds.
wait_for() {
	local what=$1 i

	shift
	for ((i = 0; i < 3000; i++)); do
		"$@" && return
		read -rt 0.01 <> <(:) || true # gives the CPU away
	done
	fail "waited in vain for $what"
}

# fl ARG...: run faultline to its end; output in out and err, status in $status.
fl() {
	status=0
	"$faultline" "$@" >out 2>err </dev/null || status=$?
}

# fl_start ARG...: run it in the background until it says that it is armed.
fl_start() {
	"$faultline" -v "$@" >out 2>err </dev/null &
	fl_pid=$!
	wait_for "arming" armed_or_dead
	grep -q '^armed' out err || {
		cat out err
		fail "faultline did not arm"
	}
}

armed_or_dead() { grep -q '^armed' out err || ! kill -0 "$fl_pid" 2>/dev/null; }

# fl_stop: end the one that fl_start started; status in $status.
fl_stop() {
	status=0
	kill -INT "$fl_pid"
	wait "$fl_pid" || status=$?
}

# call LINE: call a function of fl_targets from this process; prints the answer.
call() {
	exec 3<>"$fl_calls"
	echo "$1" >&3 || fail "fl_targets does not understand '$1'"
	cat <&3
	exec 3>&-
}

# injected_by FILE RULE, calls_by FILE RULE: numbers of the summary.
injected_by() { awk -v r="$2" '$1 == r && $2 ~ /^[0-9]+$/ { print $4; exit }' "$1"; }
calls_by() { awk -v r="$2" '$1 == r && $2 ~ /^[0-9]+$/ { print $2; exit }' "$1"; }
matched_by() { awk -v r="$2" '$1 == r && $2 ~ /^[0-9]+$/ { print $3; exit }' "$1"; }

# What of faultline's is attached in the kernel: a line each.
attached() {
	grep -E 'fl_|mlx5_cmd_exec|security_|should_fail|open_ctree' \
		/sys/kernel/tracing/enabled_functions 2>/dev/null
	grep -v OPTIMIZED /sys/kernel/debug/kprobes/list 2>/dev/null
	true
}

nothing_attached() { [[ -z $(attached) ]]; }

run_one() {
	local name=$1

	work=$(mktemp -d)
	# The subshell gets nobody's input and cannot change the next test.
	(cd "$work" && "test_$name") >"$work/log" 2>&1 </dev/null
	local status=$?

	pkill -KILL -x faultline 2>/dev/null
	if ((status == 0)); then
		(cd "$work" && wait_for "detaching" nothing_attached) >>"$work/log" 2>&1 || {
			attached >>"$work/log"
			status=1
		}
	fi
	if ((status)); then
		printf 'not ok - %s\n' "$name"
		sed 's/^/    /' "$work/log"
		((++failed))
	elif [[ -s $work/skipped ]]; then
		printf 'ok - %s # SKIP %s\n' "$name" "$(<"$work/skipped")"
		((++skipped))
	else
		printf 'ok - %s (%d s)\n' "$name" "$((SECONDS - started))"
		((++passed))
	fi
	rm -rf "$work"
}

run_tests() {
	local names=("$@") name

	passed=0 failed=0 skipped=0
	if ((${#names[@]} == 0)); then
		mapfile -t names < <(declare -F | sed -n 's/^declare -f test_//p')
	fi
	((${#names[@]})) || { echo "there are no tests"; exit 1; }
	for name in "${names[@]}"; do
		started=$SECONDS
		run_one "$name"
	done
	printf '%d passed, %d failed, %d skipped on kernel %s (%s)\n' \
		"$passed" "$failed" "$skipped" "$fl_kernel" "$(uname -r)"
	((passed && !failed))
}
