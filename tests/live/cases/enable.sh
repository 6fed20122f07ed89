# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Functions that a module puts on the list of the running kernel.

kernel_build=${modules%/*}/build # of the kernel that modules were built for
# by tests/live/enabled
enabled=$modules/enabled-$(cd "$here/../../enable" && cat ./*.[ch] | sha256sum | cut -c 1-16)
injection_list=/sys/kernel/debug/error_injection/list

# with_enabled FUNCTION: builds and loads; undone when the test ends. make hands over
# what was built outside, for the same name: that says functions and tags.
with_enabled() {
	trap '"$faultline" enable --undo' EXIT
	mkdir bin
	cat >bin/make <<-END
		#!/bin/sh
		[ "\$1 \$2 \$4" = "-C $kernel_build modules" ] || exit 1
		text=\$(echo "\${3#M=}"/*.c)
		grep -q '"$1"' "\$text" && exec cp $enabled/$1.ko "\${text%.c}.ko"
	END
	chmod +x bin/make
	PATH=$PWD/bin:$PATH fl enable --kernel-build "$kernel_build" "$1:ERRNO"
	((status == 0)) || { cat out err; fail "enable: status $status"; }
}

load_enabled() { # FUNCTION
	trap '"$faultline" enable --undo' EXIT
	fl enable "$enabled/$1.ko"
	((status == 0)) || { cat out err; fail "enable: status $status"; }
}

on_list() { grep -q $'^mlx5_cmd_do.* \\[mlx5_core\\]\tERRNO$' "$injection_list"; }

# The interface of fl_netdev goes up by mlx5_cmd_exec(), which calls mlx5_cmd_do().
fails_by() { # BACKEND
	load_enabled mlx5_cmd_do
	fl --backend "$1" -e 'on mlx5_cmd_do if comm == "ip" return -EIO' -- ip link set flnet0 up
	expect_between "injections by $1" 1 100 "$(injected_by err 1)"
	[[ $(ip link show flnet0) != *[,\<]UP* ]] || fail "flnet0 is up although mlx5_cmd_do failed by $1"
}

test_enable_kprobe() {
	need_full
	fails_by kprobe
}

test_enable_fmod_ret() {
	need_full
	fails_by fmod_ret
}

test_enable() {
	need_full
	! on_list || fail "mlx5_cmd_do is on the list already"
	fl explain mlx5_cmd_do
	expect_text out 'faultline enable mlx5_cmd_do:ERRNO'

	with_enabled mlx5_cmd_do
	expect_text out 'mlx5_cmd_do is injectable now, tag ERRNO, by module fl_enable_'
	expect_text out 'tainted'
	expect_text err "cannot check whether 'mlx5_cmd_do' may fail"
	on_list || fail "not on the list"
	expect_text /proc/modules '^mlx5_core .*fl_enable_'
	fl enable --kernel-build "$kernel_build" mlx5_cmd_do:ERRNO
	expect_text err "'mlx5_cmd_do' is already injectable"

	fl enable --undo
	expect_text out '^removed module fl_enable_'
	! on_list || fail "still on the list"
	fl -e 'on mlx5_cmd_do if comm == "ip" return -EIO' -- true
	((status)) || fail "mlx5_cmd_do can still be made to fail"
	ip link set flnet0 up || fail "flnet0 does not go up"
	ip link set flnet0 down
	fl enable --undo
	expect_text out 'nothing is enabled'
}

test_enable_as_nobody() {
	need_full
	chmod 755 .
	cp "$enabled/mlx5_cmd_do.ko" .
	as_nobody enable "$PWD/mlx5_cmd_do.ko"
	expect_equal "as nobody" 5 "$status"
	expect_text err 'no permission to load and remove modules'
	load_enabled mlx5_cmd_do
	as_nobody enable --undo
	expect_equal "undo as nobody" 5 "$status"
	on_list || fail "nobody has undone it"
}

# What the kernel says to a module that does not fit.
test_enable_unfit() {
	need_full
	# each module has its kernel's release, and some exported symbols are variables
	sed "s/$(uname -r)/$(uname -r | tr 0-9 1-90)/g" "$enabled/mlx5_cmd_do.ko" >other.ko
	fl enable other.ko
	expect_equal "another kernel" 4 "$status"
	expect_text err 'is for another kernel'
	fl enable "$enabled/jiffies.ko"
	expect_equal "a variable" 4 "$status"
	expect_text err "the kernel does not recognize 'jiffies' as a function"
	! grep -q fl_enable /proc/modules || fail "the module stays"

	# the module that has the function is not loaded
	rmmod fl_netdev mlx5_core
	trap 'modprobe mlx5_core; insmod "$modules/fl_netdev.ko"' EXIT
	fl enable "$enabled/mlx5_cmd_do.ko"
	expect_equal "without mlx5_core" 2 "$status"
	expect_text err 'a symbol that the module needs is missing'
	expect_text err 'load first: mlx5_core'
}
