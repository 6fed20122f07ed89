# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Points of a workload: the same set every time, and each of them can be hit.

# points [OPTION...] RULES COMMAND: three runs with the same points, all hit.
points() {
	"$(dirname "$faultline")/../tests/live/points_live" "${@:1:$#-2}" "${@: -2:1}" points \
		"${@: -1}" >points.out 2>points.err || {
		cat points.out points.err
		fail "see above"
	}
	expect_text points.out '^run 3: [1-9][0-9]* calls, .* 0 lost, 0 cut, 0 modules lost$'
	cmp points.1 points.2 || fail "the points of two runs differ: $(diff points.1 points.2)"
	cmp points.2 points.3 || fail "the points of two runs differ: $(diff points.2 points.3)"
}

test_points_of_a_hook() {
	points 'on security_inode_mkdir if comm == "mkdir" return -EIO' \
		"mkdir $work/new && rmdir $work/new"
	expect_text points.1 '^1 task security_inode_mkdir vfs_mkdir\+0x[0-9a-f]+; .*do_syscall_64'
	expect_no_text points.1 '\[faultline|bpf_prog|\?'
}

# The module's code is at another address each time, and gone at the end.
test_points_of_a_module() {
	need_stock
	modprobe nfnetlink && rmmod nfnetlink
	points 'on security_socket_create, security_socket_post_create return -EPERM' \
		'modprobe nfnetlink && rmmod nfnetlink'
	expect_text points.1 ' nfnetlink_net_init\+0x[0-9a-f]+ \[nfnetlink\]; ops_init'
	expect_equal "points" 2 "$(wc -l <points.1)"
}

test_points_by_function_and_call() {
	need_stock
	modprobe nfnetlink && rmmod nfnetlink
	points -e function 'on security_socket_create, security_socket_post_create return -EPERM' \
		'modprobe nfnetlink && rmmod nfnetlink'
	expect_equal "points" $'1 task security_socket_create\n1 task security_socket_post_create' \
		"$(<points.1)"
	points -e call 'on security_socket_create, security_socket_post_create return -EPERM' \
		'modprobe nfnetlink && rmmod nfnetlink'
	expect_text points.out '^2 of 2 points hit'
}

# Allocations of one request of rtnetlink's. Now and then kernfs grows its tree
# of numbers; those points come and go.
test_points_of_ip_link() {
	need_full
	points -c 'ip link del d0 2>/dev/null' -u idr_get_free \
		'on should_failslab if within(rtnetlink_rcv_msg) return -ENOMEM' \
		'ip link add d0 type dummy && ip link del d0'
	expect_text points.1 'alloc_netdev_mqs.* rtnl_create_link.* rtnetlink_rcv_msg'
	expect_between "points" 50 200 "$(wc -l <points.1)"
}

# A module without a file where modprobe looks: its symbols come from kallsyms.
test_points_of_a_module_by_path() {
	need_full
	rmmod fl_netdev
	points -c 'rmmod fl_netdev 2>/dev/null' -u idr_get_free \
		'on should_failslab if within(do_init_module) return -ENOMEM' \
		"insmod $modules/fl_netdev.ko && rmmod fl_netdev"
	insmod "$modules/fl_netdev.ko"
	expect_text points.1 '\+0x[0-9a-f]+ \[fl_netdev\]; do_one_initcall'
}
