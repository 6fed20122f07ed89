# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# A wrong rule must not brick the machine: limits, scope, and what happens
# when faultline itself dies or hangs.

clean_call() { [[ $(call fl_int0) == "int 1000 x1" ]]; }
faulty_call() { [[ $(call fl_int0) == "int -5 x1" ]]; }

killed() {
	local backend=$1 i

	need_full
	for ((i = 0; i < 10; i++)); do
		fl_start --include-self --backend "$backend" -e 'on fl_int0 return -EIO'
		faulty_call || fail "not injected while armed"
		kill -KILL "$fl_pid"
		wait "$fl_pid" 2>/dev/null || true
		clean_call || fail "the next call after kill -9 was injected (round $i)"
	done
}

test_kill_9_fmod_ret() { killed fmod_ret; }
test_kill_9_kprobe() { killed kprobe; }

# Killed while it arms, at a moment that is different each time.
test_kill_9_while_arming() {
	need_full
	local i j

	for ((i = 0; i < 20; i++)); do
		"$faultline" -v --include-self -e 'on fl_int0 return -EIO' >out 2>err </dev/null &
		fl_pid=$!
		for ((j = 0; j < i * 12; j++)); do
			kill -0 "$fl_pid"
			read -rt 0.001 <> <(:) || true
		done
		kill -KILL "$fl_pid"
		wait "$fl_pid" 2>/dev/null || true
		clean_call || fail "injected after kill -9 (round $i)"
	done
}

# Hung for more than the heartbeat's limit: injection stops, and comes back.
test_hang() {
	need_full
	fl_start --include-self -e 'on fl_int0 return -EIO'
	faulty_call || fail "not injected while armed"
	kill -STOP "$fl_pid"
	faulty_call || fail "stopped too early"
	wait_for "the dead-man's switch" clean_call
	kill -CONT "$fl_pid"
	wait_for "injection to go on" faulty_call
	fl_stop
}

test_max_injections() {
	need_full
	fl --include-self --max-injections 5 -e 'on fl_int0 return -EIO' -- \
		bash -c "exec 3<>$fl_calls; echo 'x100 fl_int0' >&3; cat <&3"
	expect_text out '^int -5 x5$'
	expect_text out '^int 1000 x95$'
	expect_equal "injected" 5 "$(injected_by err 1)"
}

test_deadline() {
	need_full
	fl --allow-idle --deadline 300ms -e 'on fl_int0 return -EIO'
	expect_equal "status" 0 "$status"
	expect_text out '0 of 0 calls failed'
}

test_ancestors_are_exempt() {
	need_full
	fl_start --allow-idle -e 'on fl_int0 return -EIO'
	# no $(...): that would be a child of the parent
	call fl_int0 >answer
	expect_equal "faultline's parent" "int 1000 x1" "$(<answer)"
	fl_stop
	expect_equal "calls" 1 "$(calls_by out 1)"
	expect_equal "matched" 0 "$(matched_by out 1)"
}

test_core_function_needs_scope() {
	local f=security_inode_mkdir value=-EIO

	fl -e "on $f return $value"
	expect_equal "status" 2 "$status"
	expect_text err "'$f' is used by every task of the machine"
	expect_text err 'hint: .*--system-wide'
	fl -e "on $f if comm == \"mkdir\" return $value" -- mkdir one
	expect_text err 'mkdir: cannot create directory .*: Input/output error'
	[[ ! -e one ]] || fail "the directory was made"
}

# The whole tree below the command and nothing beside it.
test_child_scope() {
	mkfifo go over
	fl_start -e 'on security_inode_mkdir return -EIO' -- bash -c '
		mkdir direct
		(mkdir grandchild)
		setsid bash -c "mkdir daemon; exit" &
		wait
		echo >go
		read -r <over'
	read -r <go
	mkdir beside || fail "a task outside of the command was hit"
	bash -c 'mkdir beside2' || fail "a task outside of the command was hit"
	echo >over
	wait "$fl_pid"
	for name in direct grandchild daemon; do
		[[ ! -e $name ]] || fail "mkdir $name was not hit"
	done
	expect_equal "injected" 3 "$(injected_by err 1)"
}

test_no_return() {
	need_full
	fl_start --include-self --no-return -e 'on fl_int0 return -EIO'
	expect_equal "answer" "int 1000 x7" "$(call 'x7 fl_int0')"
	fl_stop
	expect_equal "counted" 7 "$(injected_by out 1)"
	expect_text out 'nothing will really fail \(--no-return\)'
}

# Every task is hit but faultline and its ancestors, and the budget holds.
test_system_wide() {
	need_full
	local busy injected

	# opening a file takes memory, and a shell survives that it cannot
	(while :; do : </dev/null; done) >/dev/null 2>&1 &
	busy=$!
	fl --system-wide --max-injections 100 --deadline 20s -q \
		-e 'on should_failslab return -ENOMEM'
	kill -KILL "$busy"
	expect_equal "status" 0 "$status"
	injected=$(injected_by out 1)
	expect_equal "injected" 100 "$injected"
	clean_call || fail "the machine did not survive well"
}

# When even the command cannot be run because of what is injected, the run
# says so and still tells what happened.
test_command_cannot_start() {
	need_full
	fl -e 'on should_failslab return -ENOMEM' -- true
	expect_text err "^faultline: error: 'true' cannot be run: Cannot allocate memory$"
	expect_text err 'should_failslab = -ENOMEM  '
	expect_between "injected" 1 1000 "$(injected_by err 1)"
	expect_equal "status" 0 "$status"
	fl --propagate -e 'on should_failslab return -ENOMEM' -- true
	expect_equal "propagated" 126 "$status"
}
