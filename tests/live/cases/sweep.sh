# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Campaigns on fl_bugs: error paths that are wrong in a known way, and right ones.

fl_bugs=/sys/kernel/debug/fl_bugs
# Faults of the bugs' own code, and not of what a device or a thread needs.
bug_rules='on should_failslab if within(fl_bugs_run) && !within(register_netdev) &&
	!within(unregister_netdev) && !within(alloc_netdev_mqs) &&
	!within(__kthread_create_on_node) return -ENOMEM
on fl_bugs_step return -EIO'

load_bugs() {
	need_full
	[[ -d $fl_bugs ]] || insmod "$modules/fl_bugs.ko" || fail "fl_bugs cannot be loaded"
}

# sweep_of CASES: the command line of a campaign in ./sweep, in $sweep.
sweep_of() {
	sweep=(sweep -e "$bug_rules" -o sweep -c "for c in ${1//[$'\n\t']/ }; do
		echo \$c >$fl_bugs/run || exit 1
	done")
}

# sweep_bugs CASES [OPTION...]: output in out and err.
sweep_bugs() {
	local sweep

	sweep_of "$1"
	fl "${sweep[@]::5}" "${@:2}" "${sweep[@]:5}"
}

# ended STATUS: of the last command.
ended() {
	[[ $status == "$1" ]] || {
		cat out err
		fail "status $status, not $1"
	}
}

# finding KIND FIRST: one finding, put down to a fault in FIRST.
finding() {
	python3 -c 'import json, sys
kind, function = sys.argv[1:]
found = [f for f in json.load(open("sweep/summary.json"))["findings"] if f["kind"] == kind]
path = [frame.split("+")[0] for f in found for frame in f["first"]["path"]]
sys.exit(len(found) != 1 or function not in path)' "$1" "$2" || {
		cat sweep/summary.json
		fail "no finding '$1' of '$2'"
	}
}

# sweep_number NAME [NAME]: of the summary.
sweep_number() {
	python3 -c 'import json, sys
n = json.load(open("sweep/summary.json"))
for name in sys.argv[1:]: n = n[name]
print(len(n) if isinstance(n, list) else str(n).lower())' "$@"
}

# Right error paths: all of them taken, and nothing said of any.
test_sweep_is_silent() {
	load_bugs
	sweep_bugs 'good_leak good_double_free good_unchecked good_pair good_persistent good_third
		good_never_put good_module_use good_warns good_asserts good_panics good_lost_error
		good_hangs good_thread_left good_device_left' --mode both --occurrence all
	ended 0
	expect_text out '^[1-9][0-9]* of [1-9][0-9]* points injected, [1-9][0-9]* trials, 0 findings \(exhausted\)$'
	expect_equal "exhausted" true "$(sweep_number exhausted)"
	expect_equal "findings" 0 "$(sweep_number findings)"
	(($(sweep_number trials) > $(sweep_number points injected))) ||
		fail "fewer trials than points, modes and occurrences"
}

test_sweep_finds() {
	load_bugs
	sweep_bugs 'bug_warns good_warns bug_device_left good_device_left bug_module_use
		good_module_use bug_thread_left good_thread_left'
	echo >$fl_bugs/reset
	ended 1
	expect_equal "exhausted" true "$(sweep_number exhausted)"
	expect_equal "findings" 4 "$(sweep_number findings)"
	finding WARNING bug_warns
	for left in 'network device flbug' 'kernel thread fl_bugs_idle' 'module fl_bugs \(used [0-9]+\)'; do
		expect_text out "^[1-4]\. left: $left"
	done
	# the same again, by the line that the page has
	for id in 1 2 3 4; do
		fl replay "sweep/$id"
		echo >$fl_bugs/reset
		expect_equal "replay of $id" 1 "$status"
	done
}

# Without the campaign: the rules and the workload that a finding's folder has.
test_sweep_standalone() {
	load_bugs
	sweep_bugs 'good_warns bug_warns'
	expect_equal "findings" 1 "$(sweep_number findings)"
	dmesg -C
	PATH=$(dirname "$faultline"):$PATH sh sweep/1/reproduce.sh >out 2>err || true
	dmesg >log
	expect_text log 'WARNING: .* bug_warns'
	expect_text sweep/1/path 'bug_warns\+0x'
}

# An oops: the machine is dirty, the finding is kept, and nothing goes on by itself.
test_sweep_oops() {
	load_bugs
	need_naming # the machine is good for nothing else
	sweep_bugs 'bug_asserts good_asserts good_leak'
	ended 6
	finding BUG bug_asserts
	sweep_bugs 'bug_asserts good_asserts good_leak'
	ended 6
	expect_text err 'had an oops and must be rebooted'
	sweep_bugs 'bug_asserts good_asserts good_leak' --keep-going
	ended 1
	expect_equal "exhausted" true "$(sweep_number exhausted)"
	expect_equal "findings" 1 "$(sweep_number findings)"
}

# A workload that does not end: its stack says where.
test_sweep_hang() {
	load_bugs
	need_naming # the task that hangs cannot be killed
	sweep_bugs 'good_leak good_hangs bug_hangs' --timeout 5s --mode both
	ended 6
	finding hang bug_hangs
	expect_equal "findings" 1 "$(sweep_number findings)"
	expect_text sweep/1/log 'bug_hangs\+0x'
	echo >$fl_bugs/reset
}

# A shell that is killed dies before the program that it waits for, which cannot be:
# no later trial is blamed for that one, nor the cleanup.
test_sweep_hang_of_a_child() {
	load_bugs
	need_naming # the task that hangs cannot be killed
	cat >child.fault <<-END
		$bug_rules
		run "for c in good_hangs bug_hangs good_leak; do echo \$c | dd of=$fl_bugs/run status=none || exit 1; done"
		cleanup "! pgrep -x dd"
	END
	fl sweep child.fault -o sweep --timeout 5s
	ended 6
	finding hang bug_hangs
	expect_equal "findings" 1 "$(sweep_number findings)"
	echo >$fl_bugs/reset
}

# Killed in the middle again and again, a campaign ends like one that was not.
test_sweep_killed() {
	local cases='good_leak bug_warns good_pair good_third bug_thread_left' i pid sweep

	load_bugs
	sweep_bugs "$cases"
	echo >$fl_bugs/reset
	ended 1
	sums >undisturbed
	rm -r sweep
	sweep_of "$cases"
	for i in 1 2; do
		"$faultline" "${sweep[@]}" >out 2>err </dev/null &
		pid=$!
		wait_for "trial $((2 * i))" begun $((2 * i))
		kill -KILL "$pid"
		wait "$pid" 2>/dev/null
		echo >$fl_bugs/reset
	done
	sweep_bugs "$cases"
	echo >$fl_bugs/reset
	ended 1
	sums >disturbed
	cmp undisturbed disturbed || fail "$(diff undisturbed disturbed)"
}

# begun N: that many trials.
begun() {
	[[ -e sweep/journal.ndjson ]] && (($(grep -c '"type":"begin"' sweep/journal.ndjson) >= $1))
}

# Points and findings, without numbers of trials and times.
sums() {
	python3 -c 'import json
s = json.load(open("sweep/summary.json"))
print(s["points"], s["exhausted"])
print("\n".join(sorted(f["fingerprint"] + str(f["first"]) for f in s["findings"])))'
}

# What cannot be a campaign is refused, each by its own message.
test_sweep_refuses() {
	load_bugs
	fl sweep -e "$bug_rules" -o sweep -c false
	ended 2
	expect_text err 'fails even without a fault'
	[[ ! -e sweep ]] || fail "a folder is left of a campaign that did not begin"
	fl sweep -e "$bug_rules" -o sweep -c 'echo why; false'
	ended 2
	expect_equal "output" why "$(<sweep/output)"
	expect_equal "files" output "$(ls sweep)"
	fl sweep -e "$bug_rules" -o sweep --timeout 1s -c 'sleep 60'
	ended 2
	expect_text err 'does not end, even|time'
	fl sweep -e "$bug_rules" -o sweep -c true
	ended 3
	rm -r sweep
	sweep_bugs good_leak
	ended 0
	sweep_bugs good_pair
	ended 2
	expect_text err 'belongs to other rules or another workload'
	sed -i '1s/"v":1/"v":99/' sweep/journal.ndjson
	sweep_bugs good_leak
	ended 2
	expect_text err 'has version 99, the newest supported is 1'
}

# What a sweep came to as tests and as an object, at its end and later.
test_sweep_forms() {
	local sweep

	load_bugs
	sweep_bugs 'bug_warns good_warns' -f json
	ended 1
	"$faultline" report sweep -f json >later
	python3 -c 'import json
ended, later, short = (json.load(open(name)) for name in ("out", "later", "sweep/summary.json"))
assert ended["numbers"] == later["numbers"], later
assert ended["exhausted"] and len(ended["findings"]) == len(short["findings"]) == 1, ended
assert ended["numbers"]["points.injected"] == short["points"]["injected"], short
assert "bug_warns" in ended["findings"][0]["log"], ended' || fail "the objects"
	fl report sweep -f tap
	ended 0
	expect_text out '^not ok [0-9]+ should_failslab: [^ ]+ < bug_warns < fl_bugs_run \[[0-9a-f]{16}\]$'
	expect_text out '^ok [0-9]+ should_failslab: [^ ]+ < good_warns < fl_bugs_run \[[0-9a-f]{16}\]$'
	expect_text out '^# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:0 error:0$'
}
