# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# What a run is started by and lives among: readers that do not read, a shell's
# job control, nohup, parents that ignore what their children come to.

# Nobody reads: the run is not deaf, and its end is not put off.
test_slow_reader() {
	need_full # the same on every kernel
	local status=0 lines lost

	mkfifo lines
	exec 9<>lines
	"$faultline" --include-self -e 'on fl_int0 return -EIO' >lines 2>err </dev/null &
	fl_pid=$!
	head -n 1 <&9 >first
	expect_text first '^armed '
	call 'x20000 fl_int0' >answer
	expect_equal "injected, whoever reads" "int -5 x20000" "$(<answer)"
	kill -TERM "$fl_pid"
	wait "$fl_pid" || status=$?
	expect_equal "status" 1 "$status"
	expect_text err 'cannot write the report: its reader has stopped$'
	nothing_attached || fail "still attached"
	exec 9<&-
	# and one that reads at last gets what there was room for
	mkfifo lines2
	exec 9<>lines2
	"$faultline" --include-self -e 'on fl_int0 return -EIO' >lines2 2>err </dev/null &
	fl_pid=$!
	sed '/^armed /q' <&9 >first
	call 'x3000 fl_int0' >answer
	sed '/calls failed in/q' <&9 >out &
	kill -INT "$fl_pid"
	wait "$fl_pid" || fail "status $?"
	wait
	lines=$(grep -c ' fl_int0 = -EIO ' out)
	lost=$(sed -n 's/^\([0-9]*\) events were not printed.*/\1/p' out)
	expect_equal "lines and lost ones" 3000 $((lines + ${lost:-0}))
}

# The rules are over, the command is not: Ctrl-Z and fg do not part the two.
test_stopped_and_continued() {
	need_full # the same on every kernel
	mkfifo gate
	"$faultline" --max-injections 1 -e "$mkdir_fails" -- \
		sh -c 'mkdir a; mkdir b && : >over; read -r line <gate; exit 7' >out 2>err </dev/null &
	fl_pid=$!
	wait_for "the end of the rules" test -e over
	wait_for "faultline to wait" waits_for_signals
	kill -STOP "$fl_pid"
	wait_for "the stop" has_state T
	kill -CONT "$fl_pid"
	wait_for "going on" waits_for_signals
	echo >gate
	wait "$fl_pid" || fail "status $?"
	expect_text err 'the command exited with status 7$'
}

has_state() { [[ $(sed 's/.*) //' "/proc/$fl_pid/stat") == "$1"* ]]; }
waits_for_signals() { grep -qE 'sigtimedwait|do_sigtimedwait' "/proc/$fl_pid/wchan" || [[ $(cut -d' ' -f1 "/proc/$fl_pid/syscall") == 128 ]]; }

# nohup has it ignore the end of a terminal.
test_nohup() {
	need_full # the same on every kernel
	nohup "$faultline" -e "$mkdir_fails" >out 2>err </dev/null &
	fl_pid=$!
	wait_for "arming" grep -q '^armed' out
	kill -HUP "$fl_pid"
	# a signal that came is taken before the next event is told
	mkdir a 2>/dev/null && fail "not armed any more"
	wait_for "the line" grep -q 'security_inode_mkdir = -EIO' out
	mkdir b 2>/dev/null && fail "not armed any more"
	kill -TERM "$fl_pid"
	wait "$fl_pid" || fail "status $?"
}

# Who ignores SIGCHLD hands that down.
test_ignored_children() {
	need_full # the same on every kernel
	status=0
	perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' -- "$faultline" -e "$mkdir_fails" -- \
		sh -c 'mkdir a; exit 5' >out 2>err </dev/null || status=$?
	expect_equal "status" 0 "$status"
	expect_text err 'the command exited with status 5$'
}

# The command's own status, whatever it is.
test_propagated_status() {
	need_full # the same on every kernel
	fl --propagate -e "$mkdir_fails" -- sh -c 'mkdir a; exit 3'
	expect_equal "status" 3 "$status"
	expect_no_text err 'nothing was injected'
	fl --propagate -e "$mkdir_fails" -- sh -c 'exit 0'
	expect_equal "status of an idle one" 0 "$status"
	expect_text err 'nothing was injected: none of the functions was called$'
}

# What was never there does not hold.
test_expected_exit() {
	need_full # the same on every kernel
	fl --allow-idle --deadline 10ms -e "$mkdir_fails expect exit == 0 \"survived\""
	expect_equal "status" 1 "$status"
	expect_text out '^FAILED: expect exit == 0 \(no command finished\): survived$'
	fl -e "$mkdir_fails expect exit == 0 \"survived\"" -- sh -c 'mkdir a; exit 0'
	expect_equal "with a command" 0 "$status"
	expect_text err '^held: expect exit == 0: survived$'
}

# Only those were called from that are exempt.
test_idle_by_exemption() {
	need_full
	fl_start -e 'on fl_int0 return -EIO'
	call fl_int0 >answer
	fl_stop
	expect_equal "status" 3 "$status"
	expect_text err 'nothing was injected: the functions were called, but only by tasks that are exempt: '
}

# One module's mistake is not another's.
test_waits_apart() {
	need_full
	rmmod fl_targets || fail "cannot unload the module"
	trap 'insmod "$modules/fl_targets.ko" 2>/dev/null' EXIT
	fl_start --include-self --wait-for-module -e \
		'a: on fl_traceable return -EIO b: on fl_targets:fl_int0 return -EIO'
	insmod "$modules/fl_targets.ko" || fail "cannot load the module again"
	wait_for "the module's rule" grep -q "^module 'fl_targets' was loaded: armed 1 function of it$" out
	expect_text err "function 'fl_traceable' is not injectable"
	expect_equal "armed" "int -5 x1" "$(call fl_int0)"
	fl_stop
}

# With nothing to arm there is nothing to run it under.
test_command_without_rules() {
	need_full # the same on every kernel
	open_terminal "$faultline -- touch ran; echo \"status \$?\""
	wait_for "the end" seen '^status 2$'
	seen '^faultline: error: a command needs rules$' || fail "$(typescript_text)"
	[[ ! -e ran ]] || fail "it was run"
}
