# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Kprobes that return and BPF's trampolines on the same function: the kernel
# lets both be attached, and then what a kprobe returns gets lost. See
# docs/internals.md.

# start_other RULES...: another faultline, beside the one that fl_start starts.
start_other() {
	"$faultline" -v --allow-idle --include-self "$@" >other 2>&1 </dev/null &
	other_pid=$!
	wait_for "the other's arming" grep -q '^armed' other
}

stop_other() {
	kill -INT "$other_pid"
	wait "$other_pid"
}

test_mixed_in_a_script() {
	need_full
	fl_start --include-self -e 'on fl_ret_ptr_null return NULL
		on exit fl_ret_ptr_null log "got %x", retval'
	expect_equal "answer" 'ptr null x3' "$(call 'x3 fl_ret_ptr_null 1')"
	fl_stop
	expect_text out 'fl_ret_ptr_null by kretprobe: a kprobe returns in the function.s place'
	expect_equal "seen at the end" 3 "$(grep -c 'got 0$' out)"
}

# What watches stands before what returns.
test_mixed_within() {
	need_full
	fl_start --include-self --force-return -e '
		on fl_inner if within(fl_middle if a == 6) return -EIO
		on fl_middle if a == 5 return 0'
	expect_equal "overridden" 'int 1000 x1' "$(call 'fl_outer 5')"
	expect_equal "watched" 'int -5 x1' "$(call 'fl_outer 6')"
	expect_equal "neither" 'int 2107 x1' "$(call 'fl_outer 7')"
	fl_stop
}

test_mixed_multi() {
	need_full
	fl_start --include-self -e 'on fl_int?, fl_arg* return -EIO
		on exit fl_int0 log "got %d", retval
		on exit fl_int1(a) log "%d got %d", a, retval'
	expect_equal "kretprobe" 'int -5 x2' "$(call 'x2 fl_int0')"
	expect_equal "fexit" 'int -5 x2' "$(call 'x2 fl_int1 7')"
	fl_stop
	expect_text out ' functions by kprobe.multi: '
	expect_text out 'fl_int1 by fmod_ret: '
	expect_equal "seen at the end" 4 "$(grep -c 'got -5$' out)"
}

# Somebody else's trampoline: what can do without a kprobe does, the rest is refused.
test_mixed_trampoline_first() {
	need_full
	local rule

	for rule in 'on fl_int0 log "x"' 'on exit fl_int0 log "x"' 'on fl_int0 if pid == 1 return -EPERM'; do
		start_other -e "$rule"
		fl --include-self --backend kprobe -e 'on fl_int0 return -EIO'
		expect_equal "status" 4 "$status"
		expect_text err "'fl_int0' needs a kprobe .*, but a BPF trampoline already on it would undo what that returns"
		fl_start --include-self -e 'on fl_int0 return -EIO'
		expect_equal "answer" 'int -5 x1' "$(call fl_int0)"
		fl_stop
		stop_other
	done
}

# Somebody else's kprobe: what can go by one too does, the rest is armed with a warning.
test_mixed_kprobe_first() {
	need_full
	start_other --backend kprobe -e 'on fl_int0 return -EIO'
	fl_start --include-self --allow-idle -e 'on fl_int0 if pid == 1 return -EPERM
		on exit fl_int0 log "got %d", retval'
	expect_equal "answer" 'int -5 x1' "$(call fl_int0)"
	fl_stop
	expect_text out 'fl_int0 by kprobe: a kprobe is on the function already'
	expect_text out 'fl_int0 by kretprobe: '
	expect_text out 'got -5$'
	stop_other
	start_other --backend kprobe -e 'on fl_int1 if pid == 1 return -EIO'
	fl_start -e 'on exit fl_int1(a) log "%d", a'
	fl_stop
	expect_text err "warning: fexit on 'fl_int1' will undo what the kprobe already there returns"
	stop_other
}

# What is on a function counts for -l and explain too.
test_mixed_explained() {
	need_full
	start_other -e 'on fl_ret_ptr_null log "x"'
	expect_reason fl_ret_ptr_null undone 4
	fl -l fl_ret_ptr_null
	expect_text out "^fl_ret_ptr_null +fl_targets +NULL +none "
	stop_other
	start_other --backend kprobe -e 'on fl_int0 return -EIO'
	fl explain fl_int0
	expect_text out "^  back end +kprobe: a kprobe is on the function already, and a BPF trampoline would undo"
	fl -l fl_int0
	expect_text out "^fl_int0 +fl_targets +ERRNO +kprobe "
	stop_other
	fl explain fl_int0
	expect_text out "^  back end +fmod_ret: "
}

# The prompt arms rules one by one.
test_mixed_at_the_prompt() {
	need_full
	open_terminal "$faultline --include-self"
	type_in $'on fl_ret_ptr_null return NULL\n'
	wait_for "the first rule" seen 'fl_ret_ptr_null by kprobe, armed'
	type_in $'on exit fl_ret_ptr_null log "got %x", retval\n'
	wait_for "the second rule" seen 'fl_ret_ptr_null by kretprobe, armed'
	expect_equal "answer" 'ptr null x1' "$(call 'fl_ret_ptr_null 1')"
	type_in $'on exit fl_ret_ptr_errno_null log "x"\n'
	wait_for "the third rule" seen 'fl_ret_ptr_errno_null by fexit, armed'
	type_in $'on fl_ret_ptr_errno_null return NULL\n'
	wait_for "a refusal" seen "'fl_ret_ptr_errno_null' needs a kprobe"
	type_in $'quit\n'
	type_in $'y\n'
	wait "$script_pid" || true
	exec 8>&-
}
