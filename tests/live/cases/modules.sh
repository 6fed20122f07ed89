# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Modules that come and go while rules are armed, and many functions at once.

reload() { insmod "$modules/fl_targets.ko" || fail "cannot load the module again"; }

# fl_targets is loaded when a test begins, and is again when it ends.
without_targets() {
	rmmod fl_targets || fail "cannot unload the module"
	trap reload EXIT
}

# The rules wait, with their module named or not; the one that is there is armed.
waits_for() {
	need_full
	without_targets
	fl_start --include-self --wait-for-module -e \
		"param often = 100 mk: on security_inode_mkdir if comm == \"mkdir\" { @n++ return -EIO }
		late: on $1(a) if a == 7 && rand < \$often && @n == 1 return -EIO"
	mkdir one 2>/dev/null && fail "the rule that need not wait is not armed"
	expect_text out "^waiting for $2 with 'fl_int1'\$"
	reload
	trap - EXIT
	wait_for "the module's rule" grep -q "^module 'fl_targets' was loaded: armed 1 function of it$" out
	expect_equal "armed" "int -5 x3" "$(call 'x3 fl_int1 7')"
	expect_equal "condition" "int 1008 x3" "$(call 'x3 fl_int1 8')"
	# the state is shared with the rule that was there before
	mkdir two 2>/dev/null && fail "not armed any more"
	expect_equal "state" "int 1007 x3" "$(call 'x3 fl_int1 7')"
	fl_stop
	expect_equal "calls" 9 "$(calls_by out 2)"
	expect_equal "injected" 3 "$(injected_by out 2)"
	expect_equal "of the first rule" 2 "$(injected_by out 1)"
}

test_wait_for_module() { waits_for fl_targets:fl_int1 "module 'fl_targets'"; }
test_wait_for_function() { waits_for fl_int1 "a module"; }

test_waits_in_vain() {
	fl --wait-for-module --deadline 100ms -e 'on no_such_module:no_such_function return -EIO'
	expect_equal "status" 3 "$status"
	expect_text err 'nothing was injected: the awaited module was not loaded'
}

test_without_waiting() {
	need_full
	fl -e 'on no_such_module:no_such_function return -EIO'
	expect_equal "status" 2 "$status"
	expect_text err "no_such_module"
}

# The module has no such function: said once, and the rest goes on.
test_module_without_the_function() {
	need_full
	without_targets
	fl_start --wait-for-module --allow-idle -e \
		'on fl_targets:fl_misspelt return -EIO on fl_int0 log "here"'
	reload
	trap - EXIT
	wait_for "the refusal" grep -q "^module 'fl_targets' was loaded, but cannot be armed" out
	expect_text err "no injectable function 'fl_misspelt'|function 'fl_misspelt'"
	fl_stop
}

# Unloaded while armed by kprobes, which do not hold it; loaded again.
test_module_goes_and_comes() {
	need_full
	fl_start --include-self --wait-for-module --backend kprobe -e \
		'on fl_int0 return -EIO on security_inode_mkdir if comm == "mkdir" log "made"'
	expect_equal "before" "int -5 x2" "$(call 'x2 fl_int0')"
	without_targets
	wait_for "the news" grep -q "^module 'fl_targets' was unloaded: disarmed 1 function of it$" out
	mkdir still
	wait_for "the other rule" grep -q 'security_inode_mkdir: made' out
	reload
	trap - EXIT
	wait_for "its coming back" grep -q "^module 'fl_targets' was loaded: armed 1 function of it$" out
	expect_equal "after" "int -5 x3" "$(call 'x3 fl_int0')"
	fl_stop
	expect_equal "injected" 5 "$(injected_by out 1)"
}

# fmod_ret holds its module: it cannot go, and all stays as it is.
test_module_is_held() {
	need_full
	fl_start --include-self --backend fmod_ret -e 'on fl_int0 return -EIO'
	rmmod fl_targets 2>/dev/null && { reload; fail "unloaded under an armed function"; }
	expect_equal "armed" "int -5 x3" "$(call 'x3 fl_int0')"
	fl_stop
}

# More than 300 functions by one pattern. The time is the machine's own and
# without the compiler's: from loading to armed, and from there to the end.
test_many_functions() {
	need_full
	local started ended functions

	fl_start -q --include-self --system-wide --allow-idle -e \
		'on __x64_sys_* if comm == "mkdir" && func == "__x64_sys_mkdir" return -EIO
		 on fl_int?, fl_arg* log "%s", func'
	functions=$(sed -n 's/^armed 2 rules on \([0-9]*\) functions.*/\1/p' out)
	expect_between "functions" 300 1000 "$functions"
	expect_text out '^  [0-9]{3} functions by kprobe.multi: one program for many functions$'
	mkdir hit 2>/dev/null && fail "not armed"
	call 'x5 fl_int0' >/dev/null
	call 'x7 fl_int2 1 2' >/dev/null
	call 'x9 fl_arg8 1 2' >/dev/null
	started=$(date +%s%N)
	fl_stop
	ended=$(date +%s%N)
	expect_between "milliseconds to disarm" 0 $((functions * 10)) $(((ended - started) / 1000000))
	expect_equal "injected" 1 "$(injected_by out 1)"
	expect_text out '^ +1 +1 +1 +__x64_sys_mkdir by kprobe.multi$'
	expect_text out '^ +5 +5 +5 +fl_targets:fl_int0 by '
	expect_text out '^ +7 +7 +7 +fl_targets:fl_int2 by '
	expect_text out '^ +9 +9 +9 +fl_targets:fl_arg8 by '
}
