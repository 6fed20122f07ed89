# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Sweeps that come to nothing: each has its own message and status.

sweep_mkdir() { fl sweep -e "$mkdir_fails" "$@"; }

test_edge_daemon() {
	sweep_mkdir -o runs -c 'mkdir d && rmdir d; setsid sleep 1000 & :'
	expect_equal "status" 2 "$status"
	expect_text err 'leaves something behind even without a fault: (left|missing): process '
	expect_text err '^hint: undo it in cleanup'
	pkill -KILL -x sleep
}

test_edge_nothing_chosen() {
	sweep_mkdir -o runs --only no_such_function -c 'mkdir d && rmdir d'
	expect_equal "status" 3 "$status"
	expect_text out '^Nothing was tried: --only or --occurrence excludes all [1-9] points\.$'
	expect_text out '^0 of 0 points injected, 0 trials, 0 findings$'
}

# It goes on where it ended once there is room.
test_edge_full_disk() {
	mkdir small
	mount -t tmpfs -o size=16k tmpfs small
	dd if=/dev/zero of=small/filler bs=4k count=3 2>/dev/null
	mkdir small/runs
	dd if=/dev/zero of=small/more bs=4k count=1 2>/dev/null
	sweep_mkdir -o small/runs -c 'mkdir d && rmdir d'
	expect_equal "status with a full disk" 1 "$status"
	expect_text err "cannot write 'small/runs/journal.ndjson': No space left on device"
	expect_text err '^hint: make room and run the same command again'
	rm small/filler small/more
	sweep_mkdir -o small/runs -c 'mkdir d && rmdir d'
	expect_equal "status with room" 0 "$status"
	expect_text out '^([1-9]) of \1 points injected, \1 trials, 0 findings \(exhausted\)$'
	umount small
}
