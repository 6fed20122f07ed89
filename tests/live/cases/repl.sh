# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2016 # $ of scripts and of the language
#
# The prompt, driven through a real terminal: tmux types, and what is asserted
# on is what stands on the screen. Nothing waits for time, only for text.

tm() { LC_ALL=C.UTF-8 TERM=xterm tmux -L "fl$$" "$@"; }

# screen: all that was on it, the part that has scrolled away included.
screen() { tm capture-pane -p -S -2000 -t repl; }

# on_screen TEXT: the number of lines that have it.
on_screen() {
	screen >shown 2>/dev/null
	grep -cF -- "$1" shown || true
}

# wait_text TEXT [N]: until N lines have it, one when it is not said.
wait_text() {
	local until=$((SECONDS + 100))

	while ((SECONDS < until)); do
		(($(on_screen "$1") >= ${2:-1})) && return
		read -rt 0.1 <> <(:) || true
	done
	cat shown
	fail "'$1' never came to be on the screen"
}

keys() { tm send-keys -t repl "$@"; }
# say LINE TEXT: type a line, wait for what it leads to, which is new.
say() {
	local before

	before=$(on_screen "$2")
	keys -l -- "$1"
	keys Enter
	wait_text "$2" $((before + 1))
}

start_repl() {
	# a wide terminal: nothing that is looked for is broken over two lines
	tm -f /dev/null new-session -d -s repl -x 200 -y 50 \
		"trap : INT; XDG_STATE_HOME=$PWD/state EDITOR=$PWD/editor $faultline; echo ended with \$?; exec cat"
	wait_text 'faultline>'
}

stop_repl() { tm kill-server 2>/dev/null || true; }

ip_fails() { ! ip link set flnet0 up 2>/dev/null; }

test_repl_session() {
	need_full
	start_repl
	say 'on mlx5_cmd_exec if comm=="ip" && rand<50 return -EIO' 'r1: mlx5_core:mlx5_cmd_exec by fmod_ret, armed in'
	say 'run for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ip link set flnet0 up; ip link set flnet0 down; done' \
		'injections and other actions while it ran'
	wait_text 'mlx5_cmd_exec = -EIO  ip '

	# turned up and down while it is armed, and seen at once
	say 'set r1 rate 100' 'r1: rate is now 100 %'
	ip_fails || fail "at 100 percent a call went through"
	ip link set flnet0 down
	say 'set r1 rate 0' 'r1: rate is now 0 %'
	ip link set flnet0 up || fail "at 0 percent a call failed"
	ip link set flnet0 down
	say 'undo' 'r1 restored'
	ip_fails || fail "undo did not bring back 100 percent"
	ip link set flnet0 down

	# thousands of functions are counted, not asked about
	keys -l -- 'on '
	keys Tab Tab
	wait_text ' possibilities: type more characters'
	keys C-c
	wait_text '^C'

	# how to go on comes with a member that has some of its own
	keys -l -- 'x: on fl_object if obj->nex'
	keys Tab
	wait_text 'if obj->next->'
	keys C-c
	wait_text '^C' 2

	# a function, a member and an errno, by Tab
	keys -l -- 'y: on fl_obj'
	keys Tab
	wait_text 'y: on fl_object'
	keys -l -- ' if obj->inner.num'
	keys Tab
	wait_text 'if obj->inner.number'
	keys -l -- '== -7 return -EBUS'
	keys Tab
	wait_text 'return -EBUSY'
	keys Enter
	wait_text 'y: fl_targets:fl_object by fmod_ret, armed in'
	echo 'obj0.inner.number=-7' >/sys/kernel/debug/fl_targets/set
	start_with 'call fl_object obj0'
	expect_equal "what was completed works" 'int -16 x1' "$(cat answer)"

	# mistakes cost nothing, and the line comes back
	say 'on mlx5_cmd_exce return -EIO' "did you mean 'mlx5_cmd_exec'"
	say 'on fl_int1 if b == 3 return -EIO' "unknown name 'b'"
	say 'on fl_int1 if a ++ 3 return -EIO' 'error: expected'
	keys Up
	keys C-c
	wait_text '^C' 3
	say 'frobnicate' "error: expected 'on' but found 'frobnicate'"
	say 'list' 'mlx5_cmd_exec if comm == "ip" && rand < 100 return -EIO'
	wait_text 'on fl_object if obj->inner.number == -7 return -EBUSY'

	# more lines than one
	keys -l -- 'z: on fl_int1 if a == 3'
	keys Enter
	wait_text '...>'
	say 'return -EAGAIN' 'z: fl_targets:fl_int1 by fmod_ret, armed in'
	say 'disarm z' 'z is disarmed'

	say "save $PWD/saved.fault" "2 rules in $PWD/saved.fault"
	keys C-d
	wait_text '2 rules are armed: disarm and quit? [y/N]'
	keys n Enter
	wait_text '[y/N] n'
	say 'quit' 'ended with 0'
	stop_repl
	ip link set flnet0 up || fail "still armed"
	ip link set flnet0 down

	# the saved script does the same
	expect_text saved.fault '^r1: on mlx5_cmd_exec if comm == "ip" && rand < 100 return -EIO$'
	fl saved.fault -- ip link set flnet0 up
	expect_text err 'RTNETLINK answers: Input/output error'
	expect_equal "status" 0 "$status"
}

# call, from a process of its own: this shell is an ancestor of nobody here.
start_with() {
	bash -c "exec 3<>$fl_calls; echo '${1#call }' >&3; cat <&3" >answer
}

test_repl_commands() {
	need_full
	printf '#!/bin/sh\nsed -i s/EIO/ENOSPC/ "$1"\n' >editor
	chmod +x editor
	printf 'param rate = 100 "per cent"\nlet tools = {"bash", "ip"}\na: on fl_int1 if comm in tools && rand < $rate return -EIO\nb: on fl_int2 if comm in tools return -EIO\n' >two.fault
	start_repl
	say "load $PWD/two.fault" 'b: fl_targets:fl_int2 by'
	start_with 'call fl_int1 1'
	expect_equal "loaded" 'int -5 x1' "$(cat answer)"
	say 'set rate 0' 'rate is now 0'
	start_with 'call fl_int1 1'
	expect_equal "a parameter" 'int 1001 x1' "$(cat answer)"
	say 'undo' 'rate is 100 again'
	say 'disable b' 'b is disabled'
	start_with 'call fl_int2 1 2'
	expect_equal "disabled" 'int 1003 x1' "$(cat answer)"
	say 'enable b' 'b is enabled'
	say 'set b return -ENOMEM' 'b: returns -ENOMEM'
	start_with 'call fl_int2 1 2'
	expect_equal "another value" 'int -12 x1' "$(cat answer)"
	say 'set b times 2' 'b: acts 2 more times'
	start_with 'call x5 fl_int2 1 2'
	say 'pause' 'all rules are paused'
	start_with 'call fl_int1 1'
	expect_equal "paused" 'int 1001 x1' "$(cat answer)"
	say 'resume' 'all rules are active again'
	say 'disarm all' '2 rules disarmed'

	say 'c: on fl_int1 if a == 1 { stack; return -EIO }' 'c: fl_targets:fl_int1 by'
	start_with 'call fl_int1 1'
	wait_text 'fl_int1 = -EIO  bash '
	say 'events c' 'fl_int1  bash '
	say 'edit c' 'c: fl_targets:fl_int1 by'
	start_with 'call fl_int1 1'
	expect_equal "edited" 'int -28 x1' "$(cat answer)"
	say 'undo' 'c: fl_targets:fl_int1 by'
	start_with 'call fl_int1 1'
	expect_equal "edit taken back" 'int -5 x1' "$(cat answer)"
	printf '#!/bin/sh\nexit 1\n' >editor
	say 'edit c' 'failed; the rule is unchanged'
	say 'show c' 'instructions'
	wait_text 'fl_rule_0'
	say 'deadline 1h' 'all rules stop after 1h'
	say 'explain fl_int1' 'ERRNO'
	say 'functions fl_int1' 'fl_int1'
	say 'help set' 'RULE rate N'
	say 'e' 'ambiguous command'
	say 'watch' 'press any key to stop'
	keys q
	say 'quit' 'ended with 0'
	stop_repl
	start_with 'call fl_int1 1'
	expect_equal "left" 'int 1001 x1' "$(cat answer)"
}

# widest TEXT: the columns of the widest line from the last one that has TEXT on.
widest() {
	screen >shown
	tac shown | sed -n "1,/$1/p" | grep -v '^faultline>' | awk '{ sub(/ +$/, "") } length > n { n = length } END { print n }'
}

# what is cleared from the screen goes to what has scrolled away
nothing_of() {
	tm clear-history -t repl
	(($(on_screen "$1") == 0))
}

# No line of a table is broken, however narrow the terminal is.
test_repl_tables_fit() {
	local columns

	start_repl
	say 'long: on security_inode_mkdir if comm in {"mkdir", "one", "two", "three", "four", "five", "six"} && mode != 7 return -EIO' \
		'long: security_inode_mkdir by fmod_ret, armed in'
	for columns in 150 100 80 60; do
		tm resize-window -t repl -x "$columns" -y 50
		keys C-l
		wait_for "an empty screen" nothing_of 'security_inode_mkdir'
		keys -l -- list
		keys Enter
		wait_text 'on security_inode_mkdir'
		expect_between "columns of list at $columns" 30 "$columns" "$(widest '^name')"
		expect_equal "rules at $columns" 1 "$(on_screen 'on security_inode_mkdir')"
		say watch 'press any key to stop'
		expect_between "columns of watch at $columns" 30 "$columns" "$(widest '^name')"
		expect_text shown '\[ +\] +on security_inode'
		keys q
	done
	keys C-u
	say 'disarm long' 'long is disarmed'
	say 'quit' 'ended with 0'
	stop_repl
}

# gives CALL RESULT WHEN: what the call must give.
gives() {
	start_with "call $1"
	expect_equal "$3" "$2 x1" "$(cat answer)"
}

# A pause and a deadline hold for rules that come later.
test_repl_later_rules() {
	need_full
	printf '#!/bin/sh\nsed -i s/EIO/ENOSPC/ "$1"\n' >editor
	chmod +x editor
	start_repl
	say 'pause' 'all rules are paused'
	say 'a: on fl_int1 if comm == "bash" return -EIO' 'a: fl_targets:fl_int1 by'
	wait_text 'rules are paused'
	gives 'fl_int1 1' 'int 1001' "armed while paused"
	say 'resume' 'all rules are active again'
	gives 'fl_int1 1' 'int -5' "resumed"
	say 'disarm a' 'a is disarmed'

	say 'deadline 1h' 'all rules stop after 1h'
	say 'b: on fl_int1 if comm == "bash" return -EIO' 'b: fl_targets:fl_int1 by'
	gives 'fl_int1 1' 'int -5' "before the deadline"
	say 'deadline' ' s left'
	say 'deadline 1ns' 'all rules stop after 1ns'
	gives 'fl_int1 1' 'int 1001' "after the deadline"
	say 'edit b' 'b: fl_targets:fl_int1 by'
	wait_text 'the deadline has passed'
	gives 'fl_int1 1' 'int 1001' "edited after the deadline"
	say 'undo' 'b: fl_targets:fl_int1 by'
	gives 'fl_int1 1' 'int 1001' "undone after the deadline"
	say 'c: on fl_int2 if comm == "bash" return -EIO' 'c: fl_targets:fl_int2 by'
	gives 'fl_int2 1 2' 'int 1003' "armed after the deadline"
	say 'deadline none' 'no deadline'
	gives 'fl_int1 1' 'int -5' "no deadline"
	gives 'fl_int2 1 2' 'int -5' "no deadline"
	say 'quit' 'ended with 0'
	stop_repl
}

# A parameter takes what fits its kind, in all rules or in none, and in those to come.
test_repl_params() {
	need_full
	start_repl
	keys -l -- 'param rate=10'
	keys Enter
	say 'set rate 0.5' "parameter 'rate' is a whole number, and '0.5' is not"
	say 'set rate 20%' "parameter 'rate' is a whole number, and '20%' is not"
	say 'set rate 30s' "parameter 'rate' is a whole number, and '30s' is not"
	say 'set rate 20' 'rate is now 20'
	say 'undo' 'rate is 10 again'
	say 'set rate 0' 'rate is now 0'
	say 'a: on fl_int1 if comm == "bash" && rand < $rate return -EIO' 'a: fl_targets:fl_int1 by'
	gives 'fl_int1 1' 'int 1001' "set before the rule came"
	say 'a: on fl_int3 return -EIO' "rule 'a' already exists"
	keys -l -- 'param called = "bash"'
	keys Enter
	say 'set called ip' "cannot change parameter 'called' while armed: it is a string"
	say 's: on exit fl_int4 { @seen[pid] = retval }' 's: fl_targets:fl_int4 by'
	say 't: on exit fl_int4 { @seen[pid, cpu] = retval }' "'@seen' has different keys in rules already armed"
	say 'disarm s' 's is disarmed'
	say 'set rate 100' 'rate is now 100'
	gives 'fl_int1 1' 'int -5' "set behind it"

	keys -l -- 'param part = 0.0'
	keys Enter
	say 'b: on fl_int2 if comm == "bash" && rand < $part return -EIO' 'b: fl_targets:fl_int2 by'
	say 'set part 150' "parameter 'part' is a percentage from 0 to 100, and '150' is not"
	say 'set part 100' 'part is now 100'
	gives 'fl_int2 1 2' 'int -5' "a fraction set to a whole number"
	say 'undo' 'part is 0.0 again'
	gives 'fl_int2 1 2' 'int 1003' "taken back"

	# on one line with a rule: that is armed once, and both are known from then on
	say 'param odds = 0 let who = "bash" e: on fl_int0 if comm == who && rand < $odds return -EIO' \
		'e: fl_targets:fl_int0 by'
	say 'set odds 100' 'odds is now 100'
	gives 'fl_int0' 'int -5' "armed beside its parameter"
	say 'f: on fl_int5 if comm == who && rand < $odds return -EIO' 'f: fl_targets:fl_int5 by'
	say 'disarm e' 'e is disarmed'
	gives 'fl_int0' 'int 1000' "armed once"

	# what one rule refuses, no rule gets
	keys -l -- 'param n = 1'
	keys Enter
	say 'c: on fl_int3 if comm == "bash" && a == $n return -EIO' 'c: fl_targets:fl_int3 by'
	say 'd: on fl_int4 if comm == "bash" every $n return -EIO' 'd: fl_targets:fl_int4 by'
	say 'set n 0' "needs parameter 'n' to be at least 1"
	gives 'fl_int3 1 2 3' 'int -5' "kept"
	say 'set n 2' 'n is now 2'
	gives 'fl_int3 1 2 3' 'int 1006' "changed"
	say 'undo' 'n is 1 again'
	gives 'fl_int3 1 2 3' 'int -5' "back"
	say 'quit' 'ended with 0'
	stop_repl
}

# Rules of files come back with what their file defines, and as they were.
test_repl_undo() {
	need_full
	local pid

	printf '#!/bin/sh\nsed -i s/EIO/ENOSPC/ "$1"\n' >editor
	chmod +x editor
	printf 'let low = 2\n' >common.fault
	cat >defs.fault <<-'END'
		use "common.fault"
		param rate = 100 "per \"cent\"" let tools = {"bash", "ip"}
		a: on fl_int1 if comm in tools && rand < $rate return -EIO
		ab: on fl_int2 if comm in tools && a < low return -EIO
	END
	start_repl
	say "load $PWD/defs.fault" 'ab: fl_targets:fl_int2 by'
	say 'set rate 0' 'rate is now 0'
	say 'disarm a' 'a is disarmed'
	say 'undo' 'a: fl_targets:fl_int1 by'
	gives 'fl_int1 1' 'int 1001' "back with the value that was set"
	say 'undo' 'rate is 100 again'
	gives 'fl_int1 1' 'int -5' "with its file's value"
	say 'edit ab' 'ab: fl_targets:fl_int2 by'
	gives 'fl_int2 1 2' 'int -28' "edited"
	gives 'fl_int2 2 2' 'int 1004' "and not where the let does not hold"

	# disabled rules come back so
	say 'disable ab' 'ab is disabled'
	say 'disarm ab' 'ab is disarmed'
	say 'undo' 'ab: fl_targets:fl_int2 by'
	gives 'fl_int2 1 2' 'int 1003' "disabled as it was"
	printf '#!/bin/sh\nsed -i s/ENOSPC/ENOMEM/ "$1"\n' >editor
	say 'edit ab' 'ab: fl_targets:fl_int2 by'
	gives 'fl_int2 1 2' 'int 1003' "edited while disabled"
	say 'enable ab' 'ab is enabled'
	gives 'fl_int2 1 2' 'int -12' "enabled"
	say 'undo' 'ab restored'
	say 'undo' 'ab: fl_targets:fl_int2 by'
	gives 'fl_int2 1 2' 'int 1003' "the edit taken back"

	# one that becomes two
	printf '#!/bin/sh\necho "c: on fl_int3 if comm in tools return -EIO" >>"$1"\n' >editor
	say 'edit a' 'c: fl_targets:fl_int3 by'
	say 'undo' 'a: fl_targets:fl_int1 by'
	gives 'fl_int1 1' 'int -5' "one again"
	gives 'fl_int3 1 2 3' 'int 1006' "and not two"

	# one that fails is there another time
	say 'disarm all' '2 rules disarmed'
	pid=$(compiler)
	kill -STOP "$pid"
	keys -l -- 'undo'
	keys Enter
	wait_for "the request" compiler_is_asked
	kill -KILL "$pid"
	wait_text 'the compiler died'
	say 'undo' 'ab: fl_targets:fl_int2 by'
	wait_text 'a: fl_targets:fl_int1 by' 5
	gives 'fl_int1 1' 'int -5' "all of them back"
	say 'quit' 'ended with 0'
	stop_repl
}

# What is saved compiles, and does what was armed.
test_repl_save() {
	need_full
	cat >defs.fault <<-'END'
		param text = "a\\\"b" "help \"quoted\"" let low = 2; let tools = {"bash", "ip"}
		f: on fl_int2 if comm in tools && a < low && comm != $text return -EIO
	END
	printf 'let low = 3\non fl_int5 if a < low && comm == "bash" return -EIO\n' >other.fault
	start_repl
	say 'first: on fl_int0 if comm == "bash" return -EIO' 'first: fl_targets:fl_int0 by'
	say 'second: on fl_int0 if comm == "bash" return -EPERM' 'second: fl_targets:fl_int0 by'
	gives 'fl_int0' 'int -1' "the newer rule is asked first"
	say "load $PWD/defs.fault" 'f: fl_targets:fl_int2 by'
	keys -l -- 'let r = 100; param late = 5s'
	keys Enter
	say 'l: on fl_int3 if comm == "bash" && rand < r after $late return -EIO' 'l: fl_targets:fl_int3 by'
	say 'set l rate 20' 'l: rate is now 20 %'
	say 'set l times 0' "'times 0' would never act"
	say 'set late 0s' 'late is now 0s'
	say 'disable l' 'l is disabled'
	say 'p: on fl_ret_ptr_null if comm == "bash" return NULL' 'p: fl_targets:fl_ret_ptr_null by'
	say 'set p return NULL' 'p: returns NULL'
	# kprobes, of which too the newer one is asked first
	say 'q: on fl_ret_ptr_errno_null if comm == "bash" return NULL' 'q: fl_targets:fl_ret_ptr_errno_null by kprobe'
	say 'r: on fl_ret_ptr_errno_null if comm == "bash" return -EIO' 'r: fl_targets:fl_ret_ptr_errno_null by kprobe'
	gives 'fl_ret_ptr_errno_null 1' 'ptr err=-5' "the newer kprobe is asked first"
	say "save $PWD/saved.fault" "7 rules in $PWD/saved.fault"
	say "load $PWD/other.fault" 'fl_targets:fl_int5 by'
	say "save $PWD/both.fault" "'low' differs between rules"
	say 'disarm all' '8 rules disarmed'
	say 'quit' 'ended with 0'
	stop_repl

	expect_text saved.fault '^param text = "a\\\\\\"b" "help \\"quoted\\""$'
	expect_text saved.fault '^let low = 2$'
	expect_text saved.fault '^# disabled: l: on fl_int3 if comm == "bash" && rand < 20 after \$late return -EIO$'
	expect_text saved.fault '^p: on fl_ret_ptr_null if comm == "bash" return NULL$'
	expect_equal "another script" no "$([[ -e both.fault ]] && echo yes || echo no)"
	start_repl
	say "load $PWD/saved.fault" 'first: fl_targets:fl_int0 by'
	gives 'fl_int0' 'int -1' "saved: the newer rule first"
	gives 'fl_ret_ptr_errno_null 1' 'ptr err=-5' "saved: the newer kprobe first"
	gives 'fl_int2 1 2' 'int -5' "saved: with its let"
	gives 'fl_int2 2 2' 'int 1004' "saved: with its let"
	say 'quit' 'ended with 0'
	stop_repl
}

# The processes: the shell of the terminal, faultline, its compiler.
prompt_pid() { pgrep -x -P "$(tm display-message -p -t repl '#{pane_pid}')" faultline; }
compiler() { pgrep -x -P "$(prompt_pid)" faultline; }

# What becomes of the compiler is one rule's loss, or none's.
test_repl_compiler_dies() {
	need_full
	local pid

	start_repl
	say 'a: on fl_int1 if comm == "bash" return -EIO' 'a: fl_targets:fl_int1 by'
	pid=$(compiler)
	kill -STOP "$pid"
	keys -l -- 'b: on fl_int2 if comm == "bash" return -EIO'
	keys Enter
	wait_for "the request" compiler_is_asked
	kill -KILL "$pid"
	wait_text 'the compiler died'
	start_with 'call fl_int1 1'
	expect_equal "the other rule" 'int -5 x1' "$(cat answer)"
	say 'c: on fl_int2 if comm == "bash" return -EIO' 'c: fl_targets:fl_int2 by'
	kill -KILL "$(compiler)"
	say 'd: on fl_int3 if comm == "bash" return -EIO' 'd: fl_targets:fl_int3 by'
	say 'list' 'on fl_int3 if'
	(($(on_screen 'fl_int2 if comm == "bash" return -EIO') == 3)) || fail "b is listed"
	keys C-d
	wait_text 'disarm and quit?'
	say 'y' 'ended with 0'
	stop_repl
}

# faultline waits for its answer: in poll(2), and not for keys and events.
compiler_is_asked() {
	local number

	read -r number _ </proc/"$(prompt_pid)"/syscall
	[[ $number == 7 ]]
}

# However it ends, nothing stays armed.
test_repl_ends() {
	need_full
	local how

	for how in HUP KILL; do
		start_repl
		say 'on fl_int1 if comm == "bash" return -EIO' 'armed in'
		start_with 'call fl_int1 1'
		expect_equal "armed" 'int -5 x1' "$(cat answer)"
		kill -"$how" "$(prompt_pid)"
		wait_text 'ended with'
		stop_repl
		start_with 'call fl_int1 1'
		expect_equal "after SIG$how" 'int 1001 x1' "$(cat answer)"
	done
}

# A signal to end is heard while something else has the terminal.
test_repl_ends_elsewhere() {
	need_full
	local how what

	for how in HUP TERM; do
		for what in watch 'run echo it runs; exec sleep 1000'; do
			start_repl
			say 'a: on fl_int1 if comm == "bash" return -EIO' 'armed in'
			if [[ $what == watch ]]; then
				say watch 'press any key to stop'
				# no part of a key is left for the line that follows
				keys Up
				say 'list' 'fl_int1 if comm == "bash"'
				say watch 'press any key to stop'
			else
				say "$what" 'it runs'
				wait_text 'it runs' 2
			fi
			kill -"$how" "$(prompt_pid)"
			wait_text 'ended with 0'
			! pgrep -x sleep || fail "its command goes on"
			stop_repl
			gives 'fl_int1 1' 'int 1001' "after SIG$how in $what"
		done
	done
}

# Little time goes by on the processor while a command runs, signals or not.
test_repl_run_is_idle() {
	need_full
	local before after pid

	start_repl
	pid=$(prompt_pid)
	before=$(ticks "$pid")
	keys -l -- 'run echo it runs; exec sleep 2'
	keys Enter
	wait_text 'it runs' 2
	kill -WINCH "$pid"
	wait_text 'exited with status 0'
	after=$(ticks "$pid")
	((after - before < 100)) || fail "$((after - before)) of 200 ticks"
	say 'quit' 'ended with 0'
	stop_repl
}

# ticks PID: its time on the processor, in 1/100 s.
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# Commands at random, with sanitizers: after each, what is listed is what is
# attached. See prompt.c.
sequences() {
	need_full
	need_asan
	"$(dirname "$faultline")/../tests/live/prompt" "$faultline" random "$@" || fail "see above"
}

# What was read about the kernel for one rule does not hide a module from the next.
test_repl_module_after_rules() {
	need_full
	without_targets
	start_repl
	say 'h: on security_inode_mkdir if pid == 1 return -EIO' 'h: security_inode_mkdir by fmod_ret, armed in'
	reload
	trap - EXIT
	say 'f: on fl_int0 if comm == "bash" return -EIO' 'f: fl_targets:fl_int0 by'
	gives fl_int0 'int -5' "a module that came later"
	say 'quit' 'ended with 0'
	stop_repl
}

# Memory goes back when rules go, armed one after another and all at once.
test_repl_memory() {
	need_full
	need_no_asan # it keeps what was freed
	"$(dirname "$faultline")/../tests/live/prompt" "$faultline" many 12 || fail "see above"
}

test_repl_random() { sequences 1 50; }
test_repl_random_more() { sequences 2 50; }
