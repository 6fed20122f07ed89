# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Scripts with a workload of their own, and the campaigns of scripts/.

campaigns=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/campaigns" && pwd)

# Two points: after the one the check fails, the other is followed by a report.
test_workload_of_a_script() {
	mkdir ram # an overlay makes two calls of one
	mount -t tmpfs none ram
	cd ram || fail "no file system in memory"
	cat >own.fault <<-'END'
		setup { "rm -f lost"; "mkdir base"; "echo setup >>steps" }
		run {
			"mkdir base/a || touch lost"
			"ln -s x base/b || echo 'WARNING: CPU: 0 PID: 1 at fs/x.c:1 x+0x1/0x2' >/dev/kmsg"
			"test -e base/a"
		}
		cleanup { "rm -r base"; "echo cleanup >>steps" }
		check "test ! -e lost" "the folder got lost"
		check "echo check >>steps"
		allow "WARNING at fs/x.c:*" "the script prints it"
		on security_inode_mkdir, security_inode_symlink return -EIO
	END
	fl sweep own.fault -o own
	expect_equal "status" 1 "$status"
	expect_text out '^2 of 2 points injected'
	expect_text err '^finding 1: .*the folder got lost'
	expect_no_text err '^finding 2'
	# two baselines and two trials
	expect_equal "steps" "$(printf 'setup\ncleanup\ncheck\n%.0s' 1 2 3 4)" "$(<steps)"
	fl replay own/1
	expect_equal "status of the replay" 1 "$status"
	sed '/^allow/d' own.fault >strict.fault
	fl sweep strict.fault -o strict
	expect_text out '^2 of 2 points injected'
	expect_text err '^finding 2: WARNING at fs/x.c:1 x'
	# a command on the command line replaces run, and nothing else
	rm steps
	fl sweep own.fault -o other -- ln -s x base/b
	expect_equal "status" 0 "$status"
	expect_text out '^1 of 1 points injected'
	expect_equal "steps" "$(printf 'setup\ncleanup\ncheck\n%.0s' 1 2 3)" "$(<steps)"
	cd .. && umount ram
}

# A setup that fails is no kernel's fault.
test_workload_that_cannot_be_set_up() {
	need_full # the same on every kernel
	printf '%s\n' 'setup "exit 3"' 'run "true"' 'on security_inode_mkdir return -EIO' >bad.fault
	fl sweep bad.fault
	expect_equal "status" 2 "$status"
	expect_text err 'setup exit 3: failed'
	printf '%s\n' 'setup "true"' 'on security_inode_mkdir return -EIO' >none.fault
	fl sweep none.fault
	expect_equal "status" 2 "$status"
	expect_text err 'nothing to run'
}

# campaign NAME: its baseline is clean, and its first trials are.
campaign() {
	fl sweep --budget 2 "$campaigns/$1.fault" -o "${1##*/}"
	((status == 0)) || {
		cat out err "${1##*/}/output"
		fail "$1 ended with status $status"
	}
	expect_text out '^2 of [0-9]+ points injected'
}

test_campaigns_of_net() {
	need_full
	campaign net/dummy
	campaign net/veth
}

test_campaigns_of_block() {
	need_full
	campaign block/loop
	campaign block/null_blk
}

test_campaigns_of_fs() {
	need_full
	campaign fs/ext4-mount
}

test_campaigns_of_drivers() {
	need_full
	rmmod fl_netdev
	campaign driver/modprobe-mlx5_core
	modprobe mlx5_core
	insmod "$modules/fl_netdev.ko"
}
