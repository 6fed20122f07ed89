# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# A finding gets smaller, and its script shows it without the campaign.

warnings() { dmesg | grep -c 'WARNING: .* bug_warns'; }

# Found while all calls from the first one on fail, among three points.
test_minimise() {
	need_full
	insmod "$modules/fl_bugs.ko"
	fl sweep -e 'on should_failslab if within(fl_bugs_run) return -ENOMEM' -o runs --mode on \
		-c 'cd /sys/kernel/debug/fl_bugs && echo good_leak >run && echo bug_warns >run'
	expect_equal "status of the sweep" 1 "$status"
	expect_text out '^3 of 3 points injected, 3 trials, 1 finding '
	expect_text runs/1/path 'and on from there'
	fl minimise runs/1
	rmmod fl_bugs
	expect_equal "status of minimise" 0 "$status"
	expect_text err '^as found: reproduced in 3 of 3$'
	expect_text err '^one call: shows$'
	expect_text out '^shown in 3 of 3 runs as found; 4 trials in all$'
	expect_text runs/1/minimal.fault \
		'^on should_failslab if \(within\(fl_bugs_run\)\) && within\(fl_bugs:bug_warns\) nth 1 return -ENOMEM$'
	insmod "$modules/fl_bugs.ko"
	before=$(warnings)
	PATH=$(dirname "$faultline"):$PATH sh runs/1/minimal.sh >script.out 2>&1
	expect_text script.out '^1 of [0-9]+ calls failed'
	expect_equal "warnings" $((before + 1)) "$(warnings)"
	rmmod fl_bugs
}

# Several calls fail in each trial; what it takes is one of them.
test_random_campaign() {
	local campaign

	need_full
	insmod "$modules/fl_bugs.ko"
	# shellcheck disable=SC2016 # for the campaign's shell
	campaign=(sweep --random --seed 5 -e 'on should_failslab if within(fl_bugs_run) && rand < 60 return -ENOMEM'
		-c 'cd /sys/kernel/debug/fl_bugs; for c in good_leak good_warns bug_warns; do
			echo $c >run; done; true')
	fl "${campaign[@]}" -o runs
	expect_equal "status without a budget" 2 "$status"
	expect_text err 'a random campaign never ends by itself'
	fl "${campaign[@]}" --budget 12 -o runs
	expect_equal "status" 1 "$status"
	expect_text out '^[1-9] of [1-9] points injected, 12 trials, 1 finding$'
	expect_text runs/journal.ndjson '^\{"type":"begin","n":[0-9]+,"point":.*"second":\{"point":.*"drawn":true\}$'
	fl "${campaign[@]}" --budget 12 -o again
	diff <(grep '"drawn"' runs/journal.ndjson) <(grep '"drawn"' again/journal.ndjson) ||
		fail "the same seed draws something else"
	fl replay runs/1
	expect_equal "status of replay" 1 "$status"
	expect_text out '^shown again: '
	fl minimise runs/1
	rmmod fl_bugs
	expect_equal "status of minimise" 0 "$status"
	expect_text runs/1/minimal.fault \
		'^on should_failslab if \(within\(fl_bugs_run\)\) && (caller|within)\(fl_bugs:bug_warns\) nth 1 return -ENOMEM$'
	expect_equal "rules" 1 "$(grep -c '^on ' runs/1/minimal.fault)"
}
