# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# What a kernel cannot do is said in so many words, with a status of its own.

# What the distribution's kernels can do, too.
test_security_hook() {
	mkfifo go over
	fl_start -e 'on security_file_open if comm=="cat" return -EIO' -- \
		sh -c 'cat /etc/hostname 2>said; echo >go; read -r _ <over'
	read -r <go
	read -r line </etc/hostname || [[ -n $line ]] || fail "the shell beside it cannot read"
	head -n 1 /etc/hostname >beside || fail "head cannot read"
	echo >over
	wait "$fl_pid"
	expect_text said 'cat: .*Input/output error'
	expect_text err 'security_file_open = -EIO  cat '
	expect_text err 'security_file_open by fmod_ret:'
}

test_no_error_injection() {
	need_stock
	fl -e 'on should_failslab if comm=="ls" return -ENOMEM'
	expect_equal "status" 4 "$status"
	expect_text err "function 'should_failslab' is not injectable: this kernel is built without CONFIG_FUNCTION_ERROR_INJECTION"
	expect_text err '^hint: only security_\* functions are injectable on this kernel(; it |$)'
	fl -e 'on security_file_opne if comm=="ls" return -ENOMEM'
	expect_equal "misspelt" 2 "$status"
	expect_text err "did you mean 'security_file_open'"
	fl --backend kprobe -e 'on security_file_open if comm=="ls" return -ENOMEM'
	expect_equal "kprobe" 2 "$status"
	expect_text err 'kprobes can only override functions on the injectable list'
}

test_no_privileges() {
	local rule='on security_file_open if comm=="cat" return -EIO'

	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$faultline" -e "$rule" -- \
		cat /etc/hostname >out 2>err </dev/null || status=$?
	expect_equal "status" 5 "$status"
	expect_text err '^faultline: error: no permission to load BPF programs$'
	expect_text err '^hint: run it as root'
	expect_no_text out .
	echo "$rule" >rule.fault
	chmod 755 . && chmod 644 rule.fault
	setpriv --reuid 65534 --regid 65534 --clear-groups "$faultline" check rule.fault ||
		fail "check needs privileges"
}

test_no_btf() {
	mkdir empty
	mount --bind empty /sys/kernel/btf
	fl -e 'on security_file_open if comm=="cat" return -EIO' -- cat /etc/hostname
	expect_equal "security hook" 4 "$status"
	expect_text err "this kernel has no type information \(CONFIG_DEBUG_INFO_BTF\)"
	if [[ $fl_kernel == full ]]; then
		fl_start --include-self -e 'on fl_int0 return -EIO'
		expect_equal "answer" "int -5 x1" "$(call fl_int0)"
		fl_stop
		expect_text out "fl_int0 by kprobe: its module's type information \(BTF\) is missing or does not have it"
	fi
	umount /sys/kernel/btf
}

test_no_debugfs() {
	need_full
	mkdir debug
	exec 3<>"$fl_calls"
	mount --move /sys/kernel/debug debug 2>/dev/null || mount --bind empty /sys/kernel/debug 2>/dev/null ||
		{ mkdir empty && mount --bind empty /sys/kernel/debug; }
	[[ ! -e /sys/kernel/debug/error_injection ]] || fail "debugfs is still there"
	fl_start --include-self -e 'on fl_int0 return -EIO'
	echo fl_int0 >&3
	expect_equal "answer" "int -5 x1" "$(cat <&3)"
	fl_stop
	umount /sys/kernel/debug 2>/dev/null || mount --move debug /sys/kernel/debug
}

test_wrong_names() {
	need_full
	fl -e 'on mlx5_cmd_exce if comm=="ip" return -EIO'
	expect_equal "status" 2 "$status"
	expect_text err "^one-liner:1:4: error: no injectable function 'mlx5_cmd_exce'$"
	expect_text err "^hint: did you mean 'mlx5_cmd_exec' \(module mlx5_core\)\?$"
	fl -e 'on vfs_read if comm=="ip" return -EIO'
	expect_equal "not injectable" 2 "$status"
	expect_text err "function 'vfs_read' is not injectable"
	fl -e 'on nosuch:mlx5_cmd_exec return -EIO'
	expect_text err "module 'nosuch' is not loaded"
	fl -e 'on fl_ret_ptr_null return -ENOMEM'
	expect_text err "'fl_ret_ptr_null' may only return NULL \(tag NULL\)"
	fl -e 'on fl_int0 return EIO'
	expect_text err "^hint: the kernel returns errors as negative numbers: -EIO$"
	for text in '' 'on' 'on fl_int0 if' 'on fl_int0 return' '@' 'on fl_int0 if (pid return -EIO'; do
		fl -e "$text"
		expect_equal "'$text'" 2 "$status"
		expect_text err '^one-liner:1:[0-9]+: error: '
	done
}

# Files that are no scripts: each its own message, and nothing is armed.
test_bad_files() {
	need_full # the same on every kernel
	mkdir directory
	: >empty.fault
	head -c 10000000 /dev/urandom >noise.fault
	printf 'on x\x01' >control.fault
	dmesg -C
	bad_file directory "cannot read 'directory': it is a directory"
	bad_file missing "cannot read 'missing': No such file or directory"
	bad_file empty.fault '^empty.fault:1:1: error: no rules in this script$'
	bad_file noise.fault 'script too large: 10000000 bytes'
	bad_file control.fault 'not a script: invalid byte 0x01'
	dmesg >log
	expect_no_text log 'faultline'
}

bad_file() {
	fl "$1" -- touch started
	expect_equal "$1" 2 "$status"
	expect_text err "$2"
	expect_no_text err 'libbpf|verifier|clang|EINVAL|Invalid argument'
	[[ ! -e started ]] || fail "the command was started"
	expect_equal "lines" 1 "$(grep -c 'error:' err)"
}

test_verifier_and_clang_stay_inside() {
	fl -e 'on security_inode_mkdir if pid < (1 << 62) / (uid - gid + 3) return -EIO' -- mkdir v
	expect_no_text err 'libbpf|verifier|clang|EINVAL|Invalid argument'
	expect_equal "status" 0 "$status"
}
