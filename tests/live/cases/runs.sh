# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Commands, signals, files, statuses. These work on every kernel: their rules
# are on a security hook that only mkdir gets to.

test_armed_before_the_command() {
	fl -e "$mkdir_fails" -- mkdir first
	expect_text err 'Input/output error'
	[[ ! -e first ]] || fail "the very first call was not hit"
	expect_text err '^armed 1 rule on 1 function in [0-9]+ ms$'
	expect_text err '^the command exited with status 1$'
	expect_equal "status" 0 "$status"
}

test_status_of_the_command() {
	need_full # the same on every kernel
	fl --propagate -e "$mkdir_fails" -- sh -c 'mkdir x; exit 42'
	expect_equal "propagated" 42 "$status"
	fl --propagate -e "$mkdir_fails" -- sh -c 'kill -TERM $$'
	expect_equal "signal" 143 "$status"
	fl -e "$mkdir_fails" -c 'mkdir a; mkdir b; exit 3'
	expect_equal "status" 0 "$status"
	expect_equal "injected" 2 "$(injected_by err 1)"
	expect_text err '^the command exited with status 3$'
	fl -e "$mkdir_fails" -- /no/such/command
	expect_equal "not found" 2 "$status"
	expect_text err "error: cannot run '/no/such/command': No such file or directory"
}

# The script's own command, a command line in its place, and what a campaign does beside.
test_command_of_the_script() {
	printf '%s\n' 'on security_inode_mkdir return -EIO' 'run { "mkdir a || echo out"; "exit 3"; "mkdir b" }' \
		'setup "touch setup"' 'cleanup "touch cleanup"' 'check "touch check"' >own.fault
	fl own.fault
	expect_text err '^the command exited with status 3$'
	expect_equal "injected" 1 "$(injected_by err 1)"
	expect_equal "standard output" out "$(<out)"
	[[ ! -e setup && ! -e cleanup && ! -e check ]] || fail "a run did what campaigns do"
	fl own.fault -- mkdir c d
	expect_equal "injected" 2 "$(injected_by err 1)"
	expect_equal "standard output" '' "$(<out)"
	fl -o report own.fault
	expect_text report '^the command exited with status 3$'
	expect_equal "standard output" out "$(<out)"
}

test_idle() {
	need_full # the same on every kernel
	fl -e "$mkdir_fails" -- true
	expect_equal "status" 3 "$status"
	expect_text err '^faultline: nothing was injected: none of the functions was called$'
	fl -e 'on security_inode_mkdir if comm == "rmdir" return -EIO' -- mkdir y
	expect_equal "status" 3 "$status"
	expect_text err '^faultline: nothing was injected: the functions were called, but no condition matched$'
	[[ -d y ]] || fail "a call that no condition wanted failed"
	fl --allow-idle -e "$mkdir_fails" -- true
	expect_equal "allowed" 0 "$status"
}

test_signals() {
	need_full # the same on every kernel
	local signal

	for signal in INT TERM HUP; do
		fl_start -e "$mkdir_fails"
		mkdir by$signal 2>/dev/null && fail "not armed"
		kill -$signal "$fl_pid"
		status=0
		wait "$fl_pid" || status=$?
		expect_equal "$signal" 0 "$status"
		expect_text out '^1 of 1 calls failed in '
		mkdir by$signal || fail "still armed after $signal"
	done
}

test_signal_reaches_the_command() {
	mkfifo never
	fl_start -e "$mkdir_fails" -- bash -c 'trap "echo got it >got; exit 9" TERM; mkdir z; echo >ready; while :; do read -rt 0.2 <>never; done'
	wait_for "the command" test -e ready
	kill -TERM "$fl_pid"
	wait "$fl_pid" || true
	[[ -s got ]] || fail "the command did not get the signal"
	expect_text err '^the command exited with status 9$'
}

test_output() {
	need_full # the same on every kernel
	fl -o report -e "$mkdir_fails" -- mkdir o
	expect_text report 'security_inode_mkdir = -EIO  mkdir '
	expect_text report '^1 of 1 calls failed'
	expect_no_text err 'calls failed'
	fl -q -e "$mkdir_fails" -- mkdir o
	expect_no_text err ' = -EIO  mkdir'
	expect_text err '^1 of 1 calls failed'
}

# On a terminal lines are limited in rate, and what was held back is counted.
test_terminal() {
	need_full # the same on every kernel
	local lines hidden

	# shellcheck disable=SC2016 # for the inner shell
	cat >many <<-'END'
		for i in 1 2 3 4 5 6 7 8 9 10; do
			mkdir 1 2 3 4 5 6 7 8 9 10
		done 2>/dev/null
	END
	setsid -w script -qec "$faultline -e '$mkdir_fails' -- sh many" typescript >/dev/null </dev/null
	tr -d '\r' <typescript >lines
	expect_equal "injected" 100 "$(injected_by lines 1)"
	lines=$(grep -c ' = -EIO  mkdir ' lines)
	hidden=$(sed -n 's/^  \.\.\. and \([0-9]*\) more$/\1/p' lines | paste -sd+ | bc)
	expect_equal "lines and hidden ones" 100 "$((lines + hidden))"
	expect_between "hidden" 1 99 "$hidden"
}

test_emit_c() {
	fl --emit c -e "$mkdir_fails"
	expect_equal "status" 0 "$status"
	expect_text out 'SEC\("fmod_ret/security_inode_mkdir"\)'
	expect_text out '/\* on security_inode_mkdir if comm == "mkdir" return -EIO \*/'
}

test_full_disk() {
	need_full # the same on every kernel
	mkdir disk
	mount -t tmpfs -o size=4k none disk
	dd if=/dev/zero of=disk/filler bs=4k count=1 2>/dev/null
	fl -o disk/report -e "$mkdir_fails" -- mkdir o
	umount disk
	((status != 0)) || fail "a report that could not be written is a success"
	expect_text err 'cannot write the report: No space left on device'
	mkdir free || fail "still armed"
}

# Who reads the lines goes away: the next line ends the run.
test_closed_output() {
	mkfifo lines
	"$faultline" -e "$mkdir_fails" >lines 2>err </dev/null &
	fl_pid=$!
	head -n 1 lines >first
	expect_text first '^armed '
	mkdir hit 2>/dev/null && fail "not armed"
	status=0
	wait "$fl_pid" || status=$?
	expect_equal "status" 1 "$status"
	expect_text err 'cannot write the report: Broken pipe'
	mkdir free || fail "still armed"
}

test_scripts() {
	printf '#!%s\n# a script\nlabelled: %s\n' "$faultline" "$mkdir_fails" >script.fault
	chmod +x script.fault
	status=0
	./script.fault -- mkdir s >out 2>err || status=$?
	expect_equal "status" 0 "$status"
	expect_text err '^ +1 +1 +1 +1  labelled: on security_inode_mkdir if comm == "mkdir" return -EIO$'
	status=0
	"$faultline" -- mkdir s >out 2>err <script.fault || status=$?
	expect_equal "from standard input" 0 "$status"
	expect_equal "injected" 1 "$(injected_by err 1)"
}

test_kernel_log() {
	dmesg -C
	fl -e "$mkdir_fails" -- mkdir k
	dmesg >log
	expect_text log 'faultline\[[0-9]+\]: armed: on security_inode_mkdir if comm == "mkdir" return -EIO$'
	expect_text log 'faultline\[[0-9]+\]: disarmed after 1 injections$'
}

# type TEXT: into the terminal that open_terminal opened.
type_in() { printf '%s' "$1" >&8; }

# open_terminal COMMAND: run it on a terminal of its own, which ends up in typescript.
open_terminal() {
	mkfifo keys
	: >typescript
	# what a shell starts in the background ignores Ctrl-C
	env --default-signal=INT,QUIT script -qefc "$1" typescript <keys >/dev/null 2>&1 &
	script_pid=$!
	exec 8>keys
}

running() { pgrep -x "$1" >/dev/null; }

# Its lines, without what readline says to the terminal.
typescript_text() { sed $'s/\r//g; s/\033\\[?2004[hl]//g' typescript; }

seen() { typescript_text | grep -E -- "$1" >/dev/null; }

# A shell in a terminal has all that it is used to: job control, keys, the end.
test_interactive_shell() {
	need_full # the same on every kernel
	open_terminal "$faultline -e '$mkdir_fails' -- bash --norc -i"
	wait_for "arming" seen '^armed'
	type_in $'mkdir q; echo "mkdir said $?"\n'
	wait_for "the failure" seen '^mkdir said 1$'
	type_in $'sleep 1000\n'
	wait_for "the job" running sleep
	type_in $'\003'
	wait_for "the job's end" eval '! running sleep'
	type_in $'echo "sleep said $?"\n'
	wait_for "its status" seen '^sleep said 130$'
	type_in $'sleep 2000\n'
	wait_for "another job" running sleep
	type_in $'\032'
	wait_for "its stop" seen 'Stopped +sleep 2000'
	type_in $'kill %1; mkdir q; echo "again $?"; exit 7\n'
	wait_for "the end" seen '^the command exited with status 7$'
	wait "$script_pid" || true
	exec 8>&-
	typescript_text >lines
	expect_text lines '^again 1$'
	expect_no_text lines 'job control|Inappropriate ioctl'
	expect_equal "injected" 2 "$(injected_by lines 1)"
	[[ ! -e q ]] || fail "not injected"
}

# Ctrl-C is the command's while it lives; twice, it is faultline's too.
test_ctrl_c() {
	need_full # the same on every kernel
	open_terminal "$faultline -e '$mkdir_fails' -- bash -c 'trap \"echo >>caught\" INT
		echo >ready; while [[ ! -e go ]]; do read -rt 0.1 <> <(:); done
		mkdir later; echo >done; while :; do read -rt 0.1 <> <(:); done'"
	wait_for "the command" test -e ready
	type_in $'\003'
	wait_for "its trap" test -e caught
	echo >go
	wait_for "its call" test -e 'done'
	[[ ! -e later ]] || fail "the first Ctrl-C ended the run"
	type_in $'\003'
	wait_for "its trap" [ "$(wc -l <caught)" -ge 1 ]
	type_in $'\003'
	wait_for "the end" seen '^the command (is still running|exited)'
	mkdir free || fail "still armed"
	wait "$script_pid" || true
	exec 8>&-
}

# The terminal goes away with everything on it.
test_closed_terminal() {
	need_full # the same on every kernel
	open_terminal "$faultline -e '$mkdir_fails'"
	wait_for "arming" seen '^armed'
	fl_pid=$(pgrep -x faultline)
	kill -KILL "$script_pid"
	wait "$script_pid" 2>/dev/null || true
	exec 8>&-
	wait_for "faultline's end" eval "! kill -0 $fl_pid 2>/dev/null"
	mkdir free || fail "still armed"
}

# How it goes, in one line that is drawn again: on a terminal, unless a command
# has that or -q is said, and never in a file.
test_status_line() {
	need_full # the same on every kernel
	local line=$'\r\033''\[K[0-9]+\.[0-9] s  [0-9]+ calls \([0-9]+/s\)  [0-9]+ done \([0-9]+/s\)'

	open_terminal "$faultline --allow-idle -e '$mkdir_fails on security_inode_rmdir log \"x\"'"
	wait_for "a line" grep -qaE "$line" typescript
	mkdir one two three 2>/dev/null
	wait_for "their count" grep -qaE 'calls .* 3 done .*  rule 1: 3  rule 2: 0' typescript
	type_in $'\003'
	wait "$script_pid" || true
	exec 8>&-
	typescript_text >lines
	expect_text lines ' security_inode_mkdir = -EIO  mkdir '
	expect_equal "injected" 3 "$(injected_by lines 1)"
	for args in "-q --deadline 1500ms" "-o report --deadline 1500ms 2>err"; do
		command script -qec "$faultline --allow-idle -e '$mkdir_fails' $args" quiet >/dev/null </dev/null
		! grep -qa $'\033' quiet report err 2>/dev/null || fail "a line of status with $args"
	done
}

# What arming took, by phase: the parts of a whole.
test_timing() {
	local number='[0-9]+\.[0-9] ms'

	fl --timing --allow-idle -e "$mkdir_fails" -- true
	expect_text err "^  rules to C $number, Clang $number, load $number, attach $number, other $number\$"
	fl --timing --allow-idle -f json -e "$mkdir_fails" -- true
	jq -s '.[0] | .started_ms as $all | .timing | .clang_ms > 0 and .load_ms > 0 and
		.front_ms + .clang_ms + .load_ms + .attach_ms <= $all + 1' err >said
	expect_equal "the parts" true "$(<said)"
}
