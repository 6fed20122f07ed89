# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Events as JSON: every line is what docs/events.schema.json promises, and the
# file that they go to is complete whatever happens to faultline.

# check_events FILE: against the schema; prints how many there are of each type.
check_events() {
	/usr/bin/python3 "$here/check-events" "$here/../../docs/events.schema.json" "$1" ||
		fail "$1 is not what the schema promises"
}

# events_of TYPE FILE KEY: that key of all events of the type, a line each.
events_of() { /usr/bin/python3 "$here/check-events" --print "$1" "$3" "$2"; }

test_events() {
	need_full
	cat >all.fault <<-'END'
		param often = 100
		fails: on fl_int1(a) if a == 1 && rand < $often return -EIO
		on fl_int1(a) if a == 2 { log "a is \"%d\" in %s", a, comm stack }
		on fl_int1(a) if a == 3 delay 1us
		on fl_ret_ptr_null return NULL
		expect fails.injected == 7 "all of them"
		expect splats == 0
	END
	fl -f json --timing -o events --include-self all.fault -- bash -c "exec 3<>$fl_calls
		for line in 'x7 fl_int1 1' 'fl_int1 2' 'fl_int1 3' 'fl_ret_ptr_null 1'; do
			echo \"\$line\" >&3; cat <&3
		done; exit 3"
	expect_equal "status" 0 "$status"
	check_events events >kinds
	expect_equal "kinds" "armed 1 fired 1 injected 8 log 1 rule_summary 4 stack 1 summary 1" \
		"$(paste -sd' ' kinds)"
	expect_equal "values" "-EIO" "$(events_of injected events value_text | sort -u | head -1)"
	expect_equal "log" 'a is "2" in bash' "$(events_of log events text)"
	expect_equal "command" "{'ended': True, 'status': 3}" "$(events_of summary events command)"
	# the first rule ends seven of the nine calls
	expect_equal "counts" "9 2 2 1" "$(events_of rule_summary events calls | paste -sd' ')"
	events_of stack events frames >shown
	expect_text shown "'symbol': 'fl_int1'.*'module': 'fl_targets'"
	expect_text shown "'symbol': '[a-z_0-9.]*write[a-z_0-9.]*'"
	[[ ! -s err ]] || { cat err; fail "a report in a file, and something on standard error"; }
}

test_events_of_mistakes() {
	need_full
	fl -f json -e 'on no_such_function_at_all return -EIO'
	expect_equal "status" 2 "$status"
	check_events out >kinds
	expect_equal "kinds" "error 1" "$(<kinds)"
	expect_equal "tag" "E_NO_CODE" "$(events_of error out tag)"
	expect_equal "column" 4 "$(events_of error out column)"
	expect_text err "error: "
	printf 'on security_inode_mkdir if comm == "mkdir" return -EIO\nparam unused = 1\n' >w.fault
	fl check -f json w.fault
	expect_equal "status" 0 "$status"
	expect_equal "kinds" "error 1" "$(check_events out)"
	expect_equal "severity" "warning" "$(events_of error out severity)"
	fl -f json -o events -e 'on security_inode_mkdir if comm == "mkdir" return -EIO' \
		-- /no/such/command
	expect_equal "kinds" "armed 1 error 1" "$(check_events events | paste -sd' ')"
}

is_armed() { grep -q '"type":"armed"' events 2>/dev/null; }

start_events() {
	rm -f events
	"$faultline" -f json -o events --include-self -e 'on fl_int0 return -EIO' </dev/null &
	fl_pid=$!
	wait_for "arming" is_armed
}

# Killed in the middle of it: what was seen is there, whole.
test_events_survive_kill_9() {
	need_full
	local before

	start_events
	call 'x100 fl_int0' >answer
	wait_for "the events" has_lines events 101
	kill -KILL "$fl_pid"
	wait "$fl_pid" 2>/dev/null || true
	expect_equal "kinds" "armed 1 injected 100" "$(check_events events | paste -sd' ')"
	# and while they are written at full speed, again and again
	for _ in 1 2 3; do
		start_events
		(while :; do call 'x500 fl_int0'; done) >/dev/null &
		before=$!
		wait_for "many events" has_lines events 1000
		kill -KILL "$fl_pid"
		wait "$fl_pid" 2>/dev/null || true
		kill -KILL "$before"
		wait "$before" 2>/dev/null || true
		# a line that was cut off has no newline
		/usr/bin/python3 "$here/check-events" --whole "$here/../../docs/events.schema.json" \
			events >kinds || fail "a torn line in the middle"
		expect_text kinds '^injected [0-9]{3,}$'
	done
}

has_lines() { [[ -e $1 ]] && (($(wc -l <"$1") >= $2)); }

# The results of a run in the forms that a CI reads.
test_results_as_tests() {
	local rules="dirs: $mkdir_fails expect dirs.injected == 1 \"one fails\" expect exit == 0"

	fl -f tap -o tap -e "$rules" -- sh -c 'mkdir a; mkdir b; true'
	expect_equal "status" 1 "$status"
	sed -n '/^1\.\./,/^# calls/p' tap >cases
	expect_equal "TAP" "1..2
ok 1 rules: exit == 0
#   dirs.injected == 1
not ok 2 rules: one fails" "$(sed '$d' cases)"
	expect_text tap '^# injected: 2$'
	expect_equal "totals" "# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:0 error:0" "$(tail -n 1 tap)"
	fl -f ktap -e "$rules" -- mkdir a
	expect_equal "status of KTAP" 1 "$status"
	expect_text err '^  ok 2 one fails$'
	expect_text err '^not ok 1 rules$'
	fl -f junit -o xml -e "$mkdir_fails" -- mkdir a
	expect_equal "status of JUnit" 0 "$status"
	expect_text xml '<testcase classname="rules" name="run" time="0.000000"/>'
	# where nothing was injected, and where nothing was armed
	fl -f tap -o tap -e "$mkdir_fails" -- true
	expect_equal "idle" 3 "$status"
	expect_text tap '^not ok 1 rules: run$'
	fl -f tap -o tap -e 'on security_inode_mkdir if no_such_name return -EPERM' -- true
	expect_equal "refused" 2 "$status"
	expect_text tap '^not ok 1 rules: run$'
	expect_text tap ' error:1$'
}
