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
