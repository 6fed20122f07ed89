# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # shared with guest and cases
#
# lib.sh - what tests on a live kernel are made of.
#
# A test is a function test_NAME in cases/*.sh. It fails by calling fail (or
# one of the expect_ functions) and is over when it returns. A test that only
# some machines can do says so by need_full, need_stock, need_cpus or need_naming;
# one that something else keeps from running calls skip with the reason, and that
# fails the whole unless FL_ALLOW_SKIPS is set: where everything is installed,
# nothing skips.
#
# A test runs in a subshell of its own, in $work, as a process group that is
# killed at the end. After each test nothing of faultline's may be left in the
# kernel; run_tests looks.
#
# Nothing here waits for time to pass, only for what is to happen; wait_for
# and the limit of each test give up after a time that says that something is
# broken.

fl_calls=/sys/kernel/debug/fl_targets/call
fl_netdev=/sys/kernel/debug/fl_netdev
fl_test_limit=300 # seconds
# for every kernel: on a hook that only mkdir gets to
mkdir_fails='on security_inode_mkdir if comm == "mkdir" return -EIO'

# Where the test stands that called: the first place outside of this file.
where() {
	local i

	for ((i = 1; i < ${#BASH_SOURCE[@]} - 1; i++)); do
		[[ ${BASH_SOURCE[i]##*/} == lib.sh ]] || break
	done
	printf '%s:%s' "${BASH_SOURCE[i]##*/}" "${BASH_LINENO[i - 1]}"
}

fail() {
	printf 'FAILED: %s (%s)\n' "$*" "$(where)"
	exit 1
}

skip() {
	printf '%s\n' "$*" >"$work/skipped"
	exit 0
}

not_here() {
	: >"$work/not_here"
	exit 0
}

# For tests that need error injection and the test modules.
need_full() { [[ $fl_kernel == full ]] || not_here; }
# For tests of what is missing from the distribution's kernels.
need_stock() { [[ $fl_kernel != full ]] || not_here; }
# For tests in which several programs must run at the same instant.
need_cpus() { (($(nproc) >= $1)) || not_here; }
# For tests after which the machine is good for nothing else.
need_naming() { ((named)) || not_here; }
# For tests that only sanitizers make worth their time, or that they spoil.
has_asan() { [[ $(ldd "$faultline") == *libasan* ]]; }
need_asan() { has_asan || not_here; }
need_no_asan() { ! has_asan || not_here; }

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

# as_nobody ARG...: faultline without any right; output in out and err.
as_nobody() {
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$faultline" "$@" \
		>out 2>err </dev/null || status=$?
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

# ask FD LINE: call a function of fl_targets through what was opened; prints the answer.
ask() {
	echo "$2" >&"$1" || fail "fl_targets does not understand '$2'"
	cat <&"$1"
}

# call LINE: the same from this process, opened for it.
call() {
	exec 3<>"$fl_calls"
	ask 3 "$1"
	exec 3>&-
}

# injected_by FILE RULE, calls_by FILE RULE: numbers of the summary. The
# number of a rule stands in the first five columns; lines of functions have
# blanks there.
summary_field() {
	awk -v r="$2" -v f="$3" 'substr($0, 1, 5) + 0 == r && $2 ~ /^[0-9]+$/ { print $f; exit }' "$1"
}
calls_by() { summary_field "$1" "$2" 2; }
matched_by() { summary_field "$1" "$2" 3; }
injected_by() { summary_field "$1" "$2" 4; }

# What of faultline's is attached in the kernel: a line each.
attached() {
	grep -E 'fl_|mlx5_cmd_exec|security_|should_fail|open_ctree' \
		/sys/kernel/tracing/enabled_functions 2>/dev/null
	grep -v OPTIMIZED /sys/kernel/debug/kprobes/list 2>/dev/null
	true
}

nothing_attached() { [[ -z $(attached) ]]; }

# kill_later PID SECONDS: ends a process group that does not end by itself.
kill_later() {
	read -rt "$2" <> <(:) || true
	echo "FAILED: not over after $2 s" >>"$work/log"
	kill -KILL -- "-$1" 2>/dev/null
}

# Runs test_$1 to its end, or to that of its time; gives its status.
in_group() {
	local pid dog status=0

	set -m
	(cd "$work" && "test_$1") >"$work/log" 2>&1 </dev/null &
	pid=$!
	set +m
	kill_later "$pid" "$fl_test_limit" &
	dog=$!
	wait "$pid" || status=$?
	# no other signal: a shell that has just begun may lose it
	kill -KILL "$dog" 2>/dev/null
	wait "$dog" 2>/dev/null
	kill -KILL -- "-$pid" 2>/dev/null
	return "$status"
}

# attempt NAME: the test once, in a folder of its own, $work. Its log is there.
attempt() {
	local name=$1 status=0

	work=$(mktemp -d)
	in_group "$name" || status=$?
	pkill -KILL -x faultline 2>/dev/null
	if ((status == 0)); then
		(cd "$work" && wait_for "detaching" nothing_attached) >>"$work/log" 2>&1 || {
			attached >>"$work/log"
			status=1
		}
	fi
	return "$status"
}

# The folder of a test goes, and what is mounted in it.
remove_work() {
	local mount

	while read -r mount; do
		umount -l "$mount"
	done < <(awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | tac)
	rm -rf "$work"
}

# run_one NAME ATTEMPTS: where many tests run, one that fails is tried once more. What
# passes then is named at the end: a race, in an emulated machine beside others, that is
# to be looked into but does not hide what else failed.
run_one() {
	local name=$1 left=$2 started=$SECONDS status

	while
		status=0
		attempt "$name" || status=$?
		((status))
	do
		printf 'not ok - %s (%d s, status %d)\n' "$name" "$((SECONDS - started))" "$status"
		sed 's/^/    /' "$work/log"
		remove_work
		if ((--left == 0)); then
			((++failed))
			return
		fi
	done
	((left == $2)) || unsteady+=("$name")
	if [[ -e $work/not_here ]]; then
		((++elsewhere))
	elif [[ -s $work/skipped ]]; then
		printf 'ok - %s # SKIP %s\n' "$name" "$(<"$work/skipped")"
		((++skipped))
	else
		printf 'ok - %s (%d s)\n' "$name" "$((SECONDS - started))"
		((++passed))
	fi
	remove_work
}

# Names of all tests.
all_tests() { declare -F | sed -n 's/^declare -f test_//p'; }

# says NAME NEED: whether the text of a test says that.
says() { [[ $(declare -f "test_$1") == *$'\n    '"$2"[\;\ ]* ]]; }

# Whether its text says that this kernel cannot do it: most begin with that, and
# need not be begun.
is_elsewhere() {
	if [[ $fl_kernel == full ]]; then
		says "$1" need_stock
	else
		says "$1" need_full
	fi
}

# run_tests [NAME... | PART/PARTS | cpus]: all, those, the PARTth of all split into
# PARTS, or those that say need_cpus.
run_tests() {
	local names=("$@") name part=''

	passed=0 failed=0 skipped=0 elsewhere=0 named=$# unsteady=()
	if [[ ${1:-} =~ ^[0-9]+/[0-9]+$ ]]; then
		part=$1 names=() named=0
	fi
	if ((${#names[@]} == 0)); then
		mapfile -t names < <(all_tests |
			awk -v n="${part%/*}" -v of="${part#*/}" '!of || NR % of == n % of')
	elif [[ ${names[*]} == cpus ]]; then
		names=()
		for name in $(all_tests); do
			! says "$name" need_cpus || names+=("$name")
		done
	fi
	((${#names[@]})) || { echo "there are no tests"; exit 1; }
	for name in "${names[@]}"; do
		declare -F "test_$name" >/dev/null || { echo "there is no test '$name'"; exit 1; }
		if is_elsewhere "$name"; then
			((++elsewhere))
		else
			run_one "$name" $((${#names[@]} > 1 ? 2 : 1))
		fi
	done
	printf '%d passed, %d failed, %d skipped, %d for other machines; %s (%s), %d s\n' \
		"$passed" "$failed" "$skipped" "$elsewhere" "$fl_kernel" "$(uname -r)" "$SECONDS"
	((${#unsteady[@]} == 0)) || echo "unsteady, passed at the second attempt: ${unsteady[*]}"
	((passed && !failed)) && [[ $skipped == 0 || -n ${FL_ALLOW_SKIPS:-} ]]
}
