# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2016
#
# Every script of scripts/, with something to hit: what it promises happens,
# its expectations hold, and it is seen from outside. Those on security hooks
# run on the distribution's kernels too.

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../scripts" && pwd)

# script NAME ARG...: run one to its end; as fl, and its expectations hold.
script() {
	local name=$1

	shift
	fl "$scripts/$name.fault" "$@"
	((status == 0)) || {
		cat err
		fail "$name ended with status $status"
	}
	expect_no_text err '^FAILED: '
}

# The number that the summary has for the rule with a label.
count_of() { awk -v l="$1:" '$5 == l { print $4; exit }' err; }

# A file system of kind $1 in a file, mounted at ./mnt until the test ends.
file_system() {
	mkdir -p mnt
	truncate -s "${2:-64M}" disk.img
	"mkfs.$1" -q disk.img >/dev/null || fail "no mkfs.$1"
	loop=$(losetup -f --show disk.img)
	mount_it || fail "cannot mount"
}

# Not by "mount -o loop": that keeps the device open for writing, which some
# kernels and file systems do not allow beside a mount.
mount_it() { mount "$loop" mnt; }

# What else uses the device may be done with it a little later than umount.
unmount() {
	umount mnt || fail "it is not mounted"
	wait_for "the device to be free" losetup -d "$loop"
}

# A program that allocations may fail for, in a file system that bears it. That
# of the root (9p) does not: when there is no memory for the request that closes
# a file, it forgets a number that the server still knows, takes it for the next
# file, and is told EINVAL from then on.
in_memory() {
	mkdir -p ram
	mount -t tmpfs none ram
	cp "$(command -v busybox)" ram/
	cd ram || fail "no file system in memory"
}

disk=/dev/nullb0

test_every_script_is_tested() {
	local file name n=0

	for file in "$scripts"/*/*.fault; do
		name=${file#"$scripts/"}
		name=${name%.fault}
		declare -F "test_script_${name//[\/-]/_}" >/dev/null || fail "no test of $name"
		((++n))
	done
	((n >= 15)) || fail "only $n scripts"
}

# --- block --------------------------------------------------------------------

test_script_block_bio_errors() {
	need_full
	script block/bio-errors rate=20 -- \
		sh -c "exec dd if=$disk of=/dev/null bs=4k iflag=direct count=300 conv=noerror 2>seen"
	# 75 are to be expected: dd does not count what failed
	expect_between "injected" 36 114 "$(count_of bio)"
	expect_equal "errors that dd saw" "$(count_of bio)" \
		"$(grep -c "error reading '$disk': Input/output error" seen)"
	dd if=$disk of=/dev/null bs=4k iflag=direct count=300 2>beside || fail "others are hit"
}

test_script_block_outage() {
	need_full
	script block/outage start=0s length=3s -- sh -c '
		until dd if=/dev/nullb0 of=/dev/null bs=4k count=1 iflag=direct 2>>seen; do
			echo failed
		done
		echo back'
	expect_equal "failures" "$(count_of gone)" "$(grep -c '^failed$' out)"
	expect_text out '^back$'
	expect_equal "kinds" "$(count_of gone)" \
		"$(grep -cE 'error reading.*: (Input/output error|Connection timed out)' seen)"
}

test_script_block_bad_sectors() {
	need_full
	script block/bad-sectors first=2048 last=2055 -- sh -c '
		sector() { dd if=/dev/nullb0 of=/dev/null iflag=direct count=1 skip=$1 2>/dev/null; }
		sector 2047 && echo 2047 good
		sector 2050 || echo 2050 bad
		sector 2050 || echo 2050 bad still
		dd if=/dev/zero of=/dev/nullb0 oflag=direct count=1 seek=2050 2>/dev/null
		sector 2050 && echo 2050 repaired
		sector 2051 || echo 2051 bad
		sector 2056 && echo 2056 good'
	expect_equal "what was read" \
		"2047 good;2050 bad;2050 bad still;2050 repaired;2051 bad;2056 good;" \
		"$(tr '\n' ';' <out)"
	expect_text err 'should_fail_bio: dd cannot read sector 2050$'
	expect_text err 'should_fail_bio: dd repaired sector 2050 of nullb0$'
	expect_equal "injected" 3 "$(count_of bad)"
}

test_script_block_slow_writes() {
	local start=${EPOCHREALTIME/./}

	need_full
	script block/slow-writes pause=4ms period=2 -- \
		dd if=/dev/zero of=$disk bs=4k oflag=direct count=40
	expect_equal "slow writes" 20 "$(count_of slow)"
	((${EPOCHREALTIME/./} - start >= 80000)) || fail "20 delays of 4 ms took less than 80 ms"
}

# --- fs -----------------------------------------------------------------------

test_script_fs_btrfs_mount() {
	need_full
	file_system btrfs 128M
	umount mnt
	script fs/btrfs-mount n=2 -- sh -c "
		mount $loop mnt || echo failed; mount $loop mnt && echo mounted"
	expect_equal "mounts" "failed mounted " "$(tr '\n' ' ' <out)"
	expect_equal "injected" 1 "$(count_of mount)"
	unmount
}

test_script_fs_btrfs_commit() {
	need_full
	file_system btrfs 128M
	echo old >mnt/file
	sync
	script fs/btrfs-commit step=2 -- sh -c 'echo new >mnt/other; sync'
	expect_text err 'aborts in step 2$'
	expect_text err '^ +btrfs_commit_transaction\+0x'
	touch mnt/more 2>touched && fail "it can still be written"
	expect_text touched 'Read-only file system'
	dmesg | grep 'BTRFS info .*: forced readonly' >/dev/null || fail "the kernel says nothing"
	umount mnt
	mount_it || fail "it cannot be mounted again"
	expect_equal "old data" old "$(<mnt/file)"
	[[ ! -e mnt/other ]] || fail "half of a transaction was kept"
	unmount
}

test_script_fs_page_cache() {
	need_full
	file_system ext4
	head -c 1M /dev/urandom >mnt/file
	cp mnt/file copy
	umount mnt
	mount_it
	script fs/page-cache rate=60 -- dd if=mnt/file of=/dev/null bs=4k conv=noerror
	expect_text err "error reading 'mnt/file'"
	expect_text err "Cannot allocate memory"
	cmp mnt/file copy || fail "the data is wrong afterwards"
	unmount
}

test_script_fs_disk_full() {
	script fs/disk-full room=64K -- dd if=/dev/zero of=file bs=1k count=200
	expect_equal "size" 65536 "$(stat -c %s file)"
	expect_text err '^the command exited with status 1$'
	dd if=/dev/zero of=file bs=1k count=200 2>beside || fail "it is full for others"
}

# --- mm -----------------------------------------------------------------------

test_script_mm_slab() {
	need_full
	in_memory
	script mm/slab --seed 5 skip=100 rate=5 -- ./busybox ls -R /sys/devices/system
	expect_text err 'Cannot allocate memory'
	expect_between "injected" 2 10000 "$(count_of slab)"
	./busybox ls -R /sys/devices/system >/dev/null || fail "others are hit"
	cd .. && umount ram
}

# Each one up to the end: status 3 says that there are no more.
test_script_mm_nth_allocation() {
	local n failed=0

	need_full
	in_memory
	for ((n = 1; n < 2000; n++)); do
		fl "$scripts/mm/nth-allocation.fault" n=$n -- ./busybox mkdir "d$n"
		((status == 0)) || break
		expect_equal "injected" 1 "$(count_of allocation)"
		expect_text err '^ +should_failslab\+0x'
		[[ -d d$n ]] || ((++failed))
	done
	expect_equal "last status" 3 "$status"
	[[ -d d$n ]] || fail "no directory though nothing failed"
	((n > 15 && failed)) || fail "$failed failures up to n=$n"
	cd .. && umount ram
}

test_script_mm_fragmented() {
	local write='import os; os.writev(os.open("/dev/null", os.O_WRONLY), [b"x"] * 1024)'

	need_full
	python3 -c "$write" || fail "it does not work at all"
	script mm/fragmented order=2 -- python3 -c "$write"
	expect_text err 'Cannot allocate memory'
	expect_text err '^the command exited with status 1$'
}

# --- net ----------------------------------------------------------------------

# A server on a port of its own, written to ./port, that ends after $1
# connections and reads what they send; accept()'s errors go to ./accepted.
server='
import socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(16)
open("port.new", "w").write(str(s.getsockname()[1]))
import os
os.rename("port.new", "port")
left = int(sys.argv[1])
log = open("accepted", "w")
while left:
	try:
		c, _ = s.accept()
	except OSError as e:
		print(e.strerror, file=log)
		continue
	left -= 1
	while c.recv(4096):
		pass
	c.close()
'

start_server() {
	python3 -c "$server" "$1" &
	wait_for "the server" test -s port
	port=$(<port)
}

test_script_net_connect_retry() {
	start_server 1
	script net/connect-retry attempts=2 port="$port" -- bash -c '
		until : 3<>/dev/tcp/127.0.0.1/'"$port"'; do echo failed; done
		echo connected'
	expect_equal "attempts" "failed failed connected " "$(tr '\n' ' ' <out)"
	expect_equal "injected" 2 "$(count_of connect)"
	wait
	# a port that was not meant
	fl "$scripts/net/connect-retry.fault" port=1 -- bash -c ': 3<>/dev/tcp/127.0.0.1/2'
	expect_text err 'Connection refused'
	expect_text err '^FAILED: expect connect.injected >= 1: a connection was attempted$'
	expect_equal "status" 1 "$status"
}

test_script_net_send_errors() {
	start_server 1
	script net/send-errors skip=2 period=3 -- bash -c '
		exec 3<>/dev/tcp/127.0.0.1/'"$port"'
		for i in 1 2 3 4 5 6 7 8 9; do echo $i >&3 || echo $i failed; done'
	expect_equal "sends" "3 failed 6 failed 9 failed " "$(tr '\n' ' ' <out)"
	expect_equal "injected" 3 "$(count_of send)"
	wait
}

test_script_net_accept_errors() {
	need_full
	"$faultline" -v "$scripts/net/accept-errors.fault" -- python3 -c "$server" 3 >out 2>err &
	fl_pid=$!
	wait_for "the server" test -s port
	for _ in 1 2 3; do
		: 3<>"/dev/tcp/127.0.0.1/$(<port)" || fail "a client is hit"
	done
	wait "$fl_pid" || fail "status $?"
	expect_equal "errors" 2 "$(wc -l <accepted)"
	expect_equal "injected" 2 "$(count_of accept)"
	expect_no_text accepted -v 'Software caused connection abort|Too many open files'
}

test_script_net_link_create() {
	local n failed=0

	need_full
	for n in 5 7 10; do
		script net/link-create n=$n -- ip link add fl0 type dummy
		if grep -q '^the command exited with status 0$' err; then
			ip link del fl0 || fail "no interface, though ip says so"
			continue
		fi
		# not always ENOMEM: device_add() makes EINVAL of a name that found no room
		expect_text err 'RTNETLINK answers: '
		[[ ! -e /sys/class/net/fl0 ]] || fail "half an interface is there"
		((++failed))
	done
	((failed >= 2)) || fail "only $failed of them failed"
	fl "$scripts/net/link-create.fault" n=10000 -- ip link add fl0 type dummy
	expect_equal "status" 3 "$status"
	ip link del fl0 || fail "no interface"
}

# --- syscall ------------------------------------------------------------------

test_script_syscall_interrupted() {
	need_full
	head -c 200K /dev/urandom >file
	script syscall/interrupted skip=30 period=3 -- tar -cf copy.tar file
	tar -xOf copy.tar file | cmp - file || fail "tar was confused"
	expect_between "injected" 5 1000 "$(count_of interrupt)"
	fl "$scripts/syscall/interrupted.fault" skip=600 period=3 -- \
		python3 -c 'import ctypes, os; libc = ctypes.CDLL(None, use_errno=True)
fd = os.open("file", os.O_RDONLY); buf = ctypes.create_string_buffer(10)
print(sum(libc.read(fd, buf, 1) < 0 and ctypes.get_errno() == 4 for i in range(900)))'
	expect_between "calls that saw EINTR" 100 300 "$(<out)"
}

test_script_syscall_fsync_fails() {
	need_full
	script syscall/fsync-fails -- dd if=/dev/zero of=file bs=4k count=1 conv=fsync
	expect_text err "fsync failed for 'file'"
	expect_text err "Input/output error|No space left on device"
	expect_text err 'sys_fsync: dd: sys_fsync\([0-9]+\) fails$'
}

test_script_syscall_crash_point() {
	local save='import os
with open("data.new", "w") as f:
	f.write("new"); f.flush(); os.fsync(f.fileno())
os.rename("data.new", "data")'

	need_full
	echo -n old >data
	for n in 1 2; do
		script syscall/crash-point n=$n -- python3 -c "$save"
		expect_text err '^the command exited with status 137$'
		expect_equal "data after a crash at $n" old "$(<data)"
		expect_equal "what was left behind" new "$(<data.new)"
	done
	expect_text err 'dies before sys_rename$'
	fl "$scripts/syscall/crash-point.fault" n=3 -- python3 -c "$save"
	expect_equal "status" 3 "$status"
	expect_equal "data" new "$(<data)"
}

test_script_syscall_process_limit() {
	need_full
	script syscall/process-limit room=4 -- dash -c '
		for i in 1 2 3 4 5 6; do /bin/true && echo $i; done'
	expect_equal "processes" "1 2 3 4 " "$(tr '\n' ' ' <out)"
	expect_text err 'Cannot fork'
}

test_script_syscall_missing_file() {
	need_full
	echo here >file
	script syscall/missing-file path="$work/file" -- sh -c "cat $work/file 2>words; cat $work/./file; [ -e $work/file ] || echo none"
	expect_equal "what the command saw" "here none " "$(tr '\n' ' ' <out)"
	expect_text words "cat: $work/file: No such file or directory"
	expect_text err "sys_openat: cat: sys_openat\(\"$work/file\"\)$"
}

# --- security -----------------------------------------------------------------

test_script_security_open_denied() {
	local denied

	in_memory # elsewhere one open may be two
	echo here >file
	script security/open-denied rate=20 -- bash -c '
		for ((i = 0; i < 200; i++)); do : <file || echo denied; done; true'
	denied=$(grep -c '^denied$' out)
	expect_between "denied" 15 65 "$denied"
	expect_equal "injected" "$denied" "$(count_of open)"
	expect_equal "names" "$denied" "$(grep -c 'security_file_open: bash may not open file$' err)"
	cd .. && umount ram
}

test_script_security_exec_fails() {
	script security/exec-fails period=2 -- sh -c '/bin/true && echo 1; /bin/true'
	expect_equal "programs" 1 "$(<out)"
	expect_text err 'Permission denied'
	expect_text err 'security_bprm_check: sh may not run /bin/true$'
	expect_equal "injected" 1 "$(count_of exec)"
}

test_script_security_capability_denied() {
	mkdir mnt
	script security/capability-denied -- sh -c 'mount -t tmpfs none mnt || echo no'
	expect_equal "mount" no "$(<out)"
	expect_text err 'mount asked for capability 21$'
	mount -t tmpfs none mnt || fail "others are hit"
	umount mnt
}

# --- driver -------------------------------------------------------------------

test_script_driver_mlx5_commands() {
	local calls failures

	need_full
	echo 1 >"$fl_netdev/reset"
	script driver/mlx5-commands rate=40 opcode=0x900 -- sh -c '
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			ip link set flnet0 up; ip link set flnet0 down
		done'
	read -r calls failures < <(awk '$1 == "ip" { print $2, $3 }' "$fl_netdev/failures")
	expect_equal "injected" "$failures" "$(count_of command)"
	expect_between "failures in $calls calls" 1 19 "$failures"
	expect_equal "failures at stop" 0 "$(<"$fl_netdev/stop_failures")"
	expect_equal "logged" "$failures" "$(grep -c 'mlx5_cmd_exec: ip: opcode 900 fails$' err)"
}

test_script_driver_mlx5_teardown() {
	need_full
	ip link set flnet0 up || fail "cannot be brought up"
	echo 1 >"$fl_netdev/reset"
	script driver/mlx5-teardown -- sh -c 'ip link set flnet0 down; ip link set flnet0 up'
	expect_equal "failures at stop" 1 "$(<"$fl_netdev/stop_failures")"
	expect_equal "failures at open" 0 "$(<"$fl_netdev/open_failures")"
	expect_equal "injected" 1 "$(count_of teardown)"
	ip link set flnet0 down
}

test_script_driver_module_load() {
	need_full
	rmmod fl_targets
	script driver/module-load -- insmod "$modules/fl_targets.ko"
	expect_text err 'insmod: ERROR: could not insert module .*: Cannot allocate memory'
	! grep -q '^fl_targets ' /proc/modules || fail "it was loaded all the same"
	fl "$scripts/driver/module-load.fault" n=100000 -- insmod "$modules/fl_targets.ko"
	expect_equal "status" 3 "$status"
	grep -q '^fl_targets ' /proc/modules || fail "it is not loaded"
}
