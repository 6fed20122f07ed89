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

test_kill_9_fmod_ret() {
	need_cpus 2
	killed fmod_ret
}

test_kill_9_kprobe() {
	need_cpus 2
	killed kprobe
}

# Killed while it arms, at a moment that is different each time.
test_kill_9_while_arming() {
	need_full
	need_cpus 2
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
	need_cpus 2
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
	expect_text err "rule on '$f' would affect every task on this machine"
	expect_text err 'hint: .*--system-wide'
	# its words in a file of their own: an event may come between them
	fl -e "on $f if comm == \"mkdir\" return $value" -- sh -c 'mkdir one 2>said'
	expect_text said 'mkdir: cannot create directory .*: Input/output error'
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

# The command begins with its exec: what faultline's own process calls on the way
# there (it opens the program's file) is not the command's, unless that is asked for.
test_child_begins_with_exec() {
	local rule='on security_file_open if child nth 1 log "first by %s", comm'

	fl -e "$rule" -- true
	expect_text err 'security_file_open: first by true$'
	fl -e "$rule" -c '/bin/true'
	expect_text err 'security_file_open: first by sh$'
	fl --include-exec -e "$rule" -- true
	expect_text err 'security_file_open: first by faultline$'
}

# Who says so hits what is beside the command too.
test_system_wide_command() {
	mkfifo go over
	fl_start --system-wide -e 'on security_inode_mkdir return -EIO' -- bash -c '
		mkdir direct
		echo >go
		read -r <over'
	read -r <go
	mkdir beside 2>/dev/null && fail "a task outside of the command was not hit"
	echo >over
	wait "$fl_pid"
	[[ ! -e direct ]] || fail "the command was not hit"
	expect_between "injected" 2 1000 "$(injected_by err 1)"
}

test_no_return() {
	need_full
	fl_start --include-self --no-return -e 'on fl_int0 return -EIO'
	expect_equal "answer" "int 1000 x7" "$(call 'x7 fl_int0')"
	fl_stop
	expect_equal "counted" 7 "$(injected_by out 1)"
	expect_text out 'dry run \(--no-return\)'
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
	fl --include-exec -e 'on should_failslab return -ENOMEM' -- true
	expect_text err "^faultline: error: cannot run 'true': Cannot allocate memory$"
	expect_text err 'should_failslab = -ENOMEM  '
	expect_between "injected" 1 1000 "$(injected_by err 1)"
	expect_equal "status" 0 "$status"
	fl --include-exec --propagate -e 'on should_failslab return -ENOMEM' -- true
	expect_equal "propagated" 126 "$status"
}

# A process that runs already: what it forked before and what it forks later is
# hit, nothing beside it, and its end is the end of the run.
test_pid_scope() {
	local target

	mkfifo before after over
	bash -c '
		(read -r <before; mkdir by_old_child; echo >over) &
		read -r <after
		mkdir by_itself
		(mkdir by_new_child)
		wait' 2>said &
	target=$!
	wait_for "its child" pgrep -P "$target" >/dev/null
	fl_start -p "$target" -e 'on security_inode_mkdir return -EIO'
	mkdir beside || fail "a task outside of the process was hit"
	echo >before
	read -r <over
	echo >after
	wait "$target"
	status=0
	wait "$fl_pid" || status=$?
	expect_equal "status" 0 "$status"
	for name in by_old_child by_itself by_new_child; do
		[[ ! -e $name ]] || fail "mkdir $name was not hit"
	done
	expect_equal "injected" 3 "$(injected_by out 1)"
}

test_pid_mistakes() {
	need_full # the same on every kernel
	fl -p 4194304 -e 'on security_inode_mkdir return -EIO'
	expect_equal "status" 2 "$status"
	expect_text err '^faultline: error: no process 4194304$'
	fl -p $$ -e 'on security_inode_mkdir return -EIO'
	expect_equal "status" 2 "$status"
	expect_text err "error: process $$ is exempt: it is faultline or an ancestor of it"
	expect_text err '^hint: --include-self'
	fl -p 1 -e 'on security_inode_mkdir return -EIO'
	expect_text err 'error: process 1 is exempt: it is the first of all'
	fl -p 1 -e 'on security_inode_mkdir return -EIO' -- true
	expect_equal "status" 2 "$status"
	expect_text err '-p cannot be combined with a command'
}

# The calls may fall on both sides of the end of a second.
test_rate_cap() {
	need_full
	need_cpus 2
	fl_start -q --include-self --rate-cap 10 -e 'on fl_int0 return -EIO'
	call 'x1000 fl_int0' >answer
	fl_stop
	expect_between "injected" 10 20 "$(injected_by out 1)"
	expect_text answer "^int -5 x$(injected_by out 1)\$"
}

# What must not fail does not, and who names it gets it.
test_denied() {
	need_full
	fl --system-wide -e 'on sys_exit_group return -EPERM'
	expect_equal "status" 2 "$status"
	expect_text err "'sys_exit_group' must not fail"
	expect_text err '^hint: use --allow sys_exit_group '
	fl --allow sys_kill -e 'on sys_kill(pid) if comm == "victim" return -EPERM' -- \
		bash -c 'printf victim >/proc/self/comm; kill -0 1'
	expect_text err 'Operation not permitted'
	expect_equal "injected" 1 "$(injected_by err 1)"
}

# Through the fork of others: a name space of processes hides who is who.
test_pid_namespace() {
	status=0
	unshare --pid --fork --mount-proc "$faultline" \
		-e 'on security_inode_mkdir if comm == "mkdir" return -EIO' -- mkdir x \
		>out 2>err </dev/null || status=$?
	expect_equal "status" 4 "$status"
	expect_text err 'error: faultline runs in a PID namespace'
	[[ -d x ]] && fail "the command was run all the same"
	true
}
