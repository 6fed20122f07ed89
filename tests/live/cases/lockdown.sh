# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# A kernel that is locked down stays so until it is booted again: a test of this
# file runs in a machine of its own, where it is asked for by name.

lock_down() {
	echo "$1" >/sys/kernel/security/lockdown || fail "the kernel cannot be locked down"
	expect_text /sys/kernel/security/lockdown "\\[$1\\]"
}

# locked MESSAGE ARG...: faultline does not arm that, because of lockdown.
locked() {
	local message=$1

	shift
	fl --allow-idle --deadline 10ms "$@"
	expect_equal "status of $*" 5 "$status"
	expect_text err "error: the kernel is locked down \\(confidentiality\\): $message\$"
	expect_text err "^hint: boot with lockdown=integrity or lockdown=none, or without Secure Boot$"
	expect_no_text err 'defect|libbpf|Operation not permitted'
	expect_no_text out '^armed'
}

# Nobody may open what debugfs lets write, so that is done before.
open_calls() {
	exec 11<>"$fl_calls" 12<>"$fl_calls"
}

test_lockdown() {
	need_naming
	local hook='on security_file_open if comm == "cat"'
	local named='str(file->f_path.dentry->d_name.name) == "hostname"'

	[[ $fl_kernel != full ]] || open_calls
	lock_down integrity
	fl -e "$hook && $named return -EIO" -- cat /etc/hostname
	expect_equal "integrity" 0 "$status"
	expect_text err 'Input/output error'
	if [[ $fl_kernel == full ]]; then
		fl_start --include-self --backend kprobe -e 'on fl_int2(a, b) if b == 2 return -EIO'
		expect_equal "integrity, a kprobe" "int -5 x1" "$(ask 11 'fl_int2 1 2')"
		fl_stop
		fl -l fl_int2
		expect_text out '^fl_int2 +fl_targets +ERRNO +fmod_ret '
	fi
	fl doctor
	expect_equal "integrity, doctor" 0 "$status"
	expect_text out '^  yes +lockdown +the kernel is locked down \(integrity\)$'

	lock_down confidentiality
	fl doctor
	expect_equal "doctor" 0 "$status"
	expect_text out '^  denied +lockdown +the kernel is locked down \(confidentiality\)$'
	expect_text out '^  denied +kprobe +opening one is not permitted$'
	expect_text out "to get it: boot without lockdown: lockdown=none"
	# what needs neither is done
	fl -e "$hook return -EIO" -- cat /etc/hostname
	expect_equal "a hook" 0 "$status"
	expect_text err 'Input/output error'
	locked "the program for 'security_file_open' cannot read kernel memory" \
		-e "$hook && $named return -EIO"
	locked "cannot attach a kprobe to 'vfs_fsync_range'" --backend kprobe -e 'on vfs_fsync_range log "x"'
	[[ $fl_kernel == full ]] || return 0
	fl -l fl_int2
	expect_text out '^fl_int2 +fl_targets +ERRNO +fmod_ret '
	fl_start --include-self -e 'on fl_int0 return -EIO'
	expect_equal "a listed function" "int -5 x1" "$(ask 12 fl_int0)"
	fl_stop
	locked "cannot attach a kprobe to 'fl_ret_ptr_null'" -e 'on fl_ret_ptr_null return NULL'
}
