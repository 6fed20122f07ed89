# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# What cannot be done, and what to do instead: each with words of its own.
# More of it: kernels.sh (rights, BTF, error injection, debugfs, files),
# modules.sh (modules that are not there), inspect.sh (explain).

# refused STATUS MESSAGE HINT ARG...: faultline does not arm that, and says why.
refused() {
	local wanted=$1 message=$2 hint=$3

	shift 3
	fl --allow-idle --deadline 10ms "$@"
	expect_equal "status of $*" "$wanted" "$status"
	expect_text err "error: $message\$"
	expect_text err "^hint: $hint\$"
	expect_equal "errors" 1 "$(grep -c 'error:' err)"
	expect_no_text err 'libbpf|EINVAL|Invalid argument'
	expect_no_text out '^armed'
}

# Of a function that was inlined nothing is left, not even a name.
test_inlined_function() {
	need_full
	local hint="it may be inlined, configured out, or in a module that is not loaded; use a caller of it, or see faultline explain fl_vanishes"

	refused 2 "the kernel has no function 'fl_vanishes'" "$hint" -e 'on fl_vanishes return -EIO'
	refused 2 "the kernel has no function 'fl_vanishes'" "$hint" -e 'on fl_vanishes log "x"'
	refused 2 "the kernel has no function 'fl_vanishes'" "$hint" -e 'on fl_int0 if within(fl_vanishes) return -EIO'
	# what it says to do works
	fl_start --include-self -e 'on fl_uses_inline return -EIO'
	expect_equal "its caller" "int -5 x1" "$(call 'fl_uses_inline 1')"
	fl_stop
}

# A module that was built without BTF, or lost it: everything but names by kprobe.
test_module_without_btf() {
	need_full
	objcopy --remove-section .BTF "$modules/fl_targets.ko" fl_targets.ko
	rmmod fl_targets
	insmod fl_targets.ko || fail "it cannot be loaded without BTF"
	trap 'rmmod fl_targets; insmod "$modules/fl_targets.ko"' EXIT
	[[ ! -e /sys/kernel/btf/fl_targets ]] || fail "it has BTF"
	fl_start --include-self -e 'on fl_int2(a, b) if b == 2 return -EIO'
	expect_equal "as asked" "int -5 x1" "$(call 'fl_int2 1 2')"
	expect_equal "another value" "int 1003 x1" "$(call 'fl_int2 2 1')"
	fl_stop
	expect_text out "fl_targets:fl_int2 by kprobe: its module's type information \\(BTF\\) is missing or does not have it$"
	refused 2 "unknown name 'b'" "no type information \(BTF\) for the arguments of 'fl_int2': use arg0, arg1 and so on, or name them in the rule: fl_int2\(first, second\)" \
		-e 'on fl_int2 if b == 2 return -EIO'
	refused 2 "cannot use fmod_ret for 'fl_int2': its module's type information \\(BTF\\) is missing or does not have it" \
		"faultline explain fl_int2 shows the back ends that can be used" --backend fmod_ret -e 'on fl_int2 return -EIO'
	refused 2 "function 'fl_traceable' is not injectable" \
		"only functions marked ALLOW_ERROR_INJECTION .*" -e 'on fl_traceable return -EIO'
}

# Until Linux 6.6 trampolines pass six arguments; security_compute_sid has more.
test_hook_with_many_arguments() {
	local pattern='on security_c* if comm == "nobody" return -EACCES'

	fl --allow-idle --system-wide --deadline 10ms -e "$pattern"
	expect_equal "pattern" 0 "$status"
	expect_text out '^armed'
	expect_no_text err 'error|warning'
	[[ $fl_kernel == stock-6.1 ]] || return 0
	fl explain security_compute_sid
	expect_equal "explain" 1 "$status"
	expect_text out "not by fmod_ret: the function takes more arguments than this kernel's BPF trampolines support$"
	fl -l 'security_c*'
	expect_equal "list" 0 "$status"
	expect_no_text out '^security_compute_sid'
	refused 2 "cannot use fmod_ret for 'security_compute_sid': the function takes more arguments than this kernel's BPF trampolines support" \
		"faultline explain security_compute_sid shows the back ends that can be used" -e 'on security_compute_sid if comm == "nobody" return -EACCES'
	# without a return it is a kprobe's
	fl --allow-idle --deadline 10ms -v -e 'on security_compute_sid log "x"'
	expect_equal "watching" 0 "$status"
	expect_text out "security_compute_sid by kprobe: the function takes more arguments than this kernel's BPF trampolines support$"
}

# fmod_ret goes on working where kprobes cannot override.
test_no_kprobe_override() {
	need_full
	insmod "$modules/fl_no_helper.ko"
	trap 'rmmod fl_no_helper' EXIT
	fl_start --include-self -e 'on fl_int0 return -EIO'
	expect_equal "fmod_ret" "int -5 x1" "$(call fl_int0)"
	fl_stop
	# many functions, which one kprobe.multi would do best
	fl_start --include-self -e 'on fl_int*, fl_arg_* return -EIO'
	expect_equal "many" "int -5 x1" "$(call fl_int0)"
	fl_stop
	expect_text out 'fl_targets:fl_int0 by fmod_ret: '
	refused 4 "cannot fail 'fl_ret_ptr_null': this kernel's kprobes cannot override return values" \
		"it needs CONFIG_BPF_KPROBE_OVERRIDE; a kprobe is used because fmod_ret runs the function when the value is 0" \
		-e 'on fl_ret_ptr_null return NULL'
	refused 4 "cannot fail 'fl_int0': this kernel's kprobes cannot override return values" \
		"it needs CONFIG_BPF_KPROBE_OVERRIDE; a kprobe is used because --backend kprobe was given" \
		--backend kprobe -e 'on fl_int0 return -EIO'
	fl explain fl_ret_ptr_null
	expect_equal "explain" 4 "$status"
	expect_text out "this kernel's kprobes cannot override$"
	fl -l 'fl_targets:fl_ret_ptr_null'
	expect_text out "^fl_ret_ptr_null +fl_targets +NULL +none "
	fl doctor
	expect_text out "^  no +kprobe override +this kernel has no bpf_override_return\\(\\)$"
	expect_text out "not with 0 or NULL, which needs kprobes$"
}

# What the verifier says is told on request; that it is nobody's mistake, at once.
test_verifier_rejects() {
	need_full
	insmod "$modules/fl_no_helper.ko" helper=16 # bpf_get_current_comm()
	trap 'rmmod fl_no_helper' EXIT
	refused 1 "the kernel's verifier rejected the program for 'fl_int0'" \
		"this is a bug in faultline; -v shows the verifier's log" \
		--backend kprobe -e 'on fl_int0 if comm == "x" return -EIO'
	fl -v --backend kprobe -e 'on fl_int0 if comm == "x" return -EIO'
	expect_text err 'bpf_get_current_comm#16$'
	fl explain --backend kprobe -e 'on fl_int0 if comm == "x" return -EIO'
	expect_equal "explain" 1 "$status"
	expect_text out "^sizes were not measured: the kernel's verifier rejected the program for 'fl_int0'$"
}

# texts N: a condition that reads and matches N texts.
texts() {
	local i

	printf 'on security_file_open if pid == 1'
	for ((i = 0; i < $1; i++)); do
		printf '%s' " && !(str(file->f_path.dentry->d_name.name) like \"*a$i*b*\")"
	done
	printf ' return -EIO'
}

# More than the verifier looks at, and more than there may be memory for.
test_too_large() {
	need_full # takes a minute in each kernel
	local hint="simplify their conditions, or arm them in separate runs"

	refused 2 "rules on 'security_file_open' are too large for the kernel" "$hint" -e "$(texts 120)"
	refused 2 "rules are too large for the kernel" "$hint" -e "$(texts 240)"
}

# A misspelt name in a condition is one before anything is armed.
test_misspelt_callers() {
	need_full # the same on every kernel
	echo 'on security_file_open if comm == "x" && within(vfs_opne) return -EIO' >caller.fault
	fl check caller.fault
	expect_equal "check" 2 "$status"
	expect_text err "error: the kernel has no function 'vfs_opne'$"
	expect_text err "^hint: did you mean 'vfs_open'"
	chmod 755 . && chmod 644 caller.fault
	setpriv --reuid 65534 --regid 65534 --clear-groups "$faultline" check caller.fault 2>err && fail "checked as nobody"
	expect_text err "error: the kernel has no function 'vfs_opne'$"
	: >no_symbols
	chmod 000 no_symbols
	mount --bind no_symbols /proc/kallsyms
	setpriv --reuid 65534 --regid 65534 --clear-groups "$faultline" check caller.fault 2>err
	status=$?
	umount /proc/kallsyms
	expect_equal "without symbols" 0 "$status"
	expect_text err "warning: cannot verify function 'vfs_opne': cannot read the kernel's symbols$"
}

# A hook that returns nothing is no help to a rule with a return.
test_hooks_that_return_nothing() {
	fl -e 'on security_task_fre if pid == 1 return -EIO'
	expect_equal "status" 2 "$status"
	expect_no_text err 'security_task_free'
	fl -e 'on security_task_fre if pid == 1 log "x"'
	expect_text err "^hint: did you mean 'security_task_free'"
}
