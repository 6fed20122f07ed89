# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# What the caller of a function really gets, for every kind of function.

# gets BACKEND RULE CALL ANSWER
gets() {
	local answer options=(--backend "$1")

	[[ $1 != auto ]] || options=()
	fl_start "${options[@]}" --include-self -e "$2"
	answer=$(call "$3")
	fl_stop
	expect_equal "$1: $2: $3" "$4" "$answer"
	expect_equal "status" 0 "$status"
	expect_equal "afterwards" 1 "$(call "$3" | grep -vcF "$4")"
}

values() {
	need_full
	gets "$1" 'on fl_ret_ptr_errno_null return -ENOMEM' 'x3 fl_ret_ptr_errno_null 1' 'ptr err=-12 x3'
	gets "$1" 'on fl_ret_ptr return -ENOMEM' 'fl_ret_ptr 1' 'ptr err=-12 x1'
	gets "$1" 'on fl_ret_bool return true' 'fl_ret_bool 5' 'bool true x1'
	gets "$1" 'on fl_int1 return -4095' 'x2 fl_int1 5' 'int -4095 x2'
	gets "$1" 'on fl_ret_long return -EIO' 'fl_ret_long 1' 'long -5 x1'
	gets "$1" 'on fl_ret_s64 return -22' 'fl_ret_s64 1' 's64 -22 x1'
	gets "$1" 'on fl_ret_s8 return -EIO' 'fl_ret_s8 1' 's8 -5 x1'
	gets "$1" 'on fl_ret_s16 return -EIO' 'fl_ret_s16 1' 's16 -5 x1'
}

test_values_fmod_ret() { values fmod_ret; }

test_values_kprobe() {
	values kprobe
	gets kprobe 'on fl_ret_ptr_null return NULL' 'fl_ret_ptr_null 1' 'ptr null x1'
	gets kprobe 'on fl_ret_ptr_errno_null return NULL' 'fl_ret_ptr_errno_null 1' 'ptr null x1'
}

# fmod_ret cannot return zero: left to itself faultline takes a kprobe and says so.
test_null_needs_kprobe() {
	need_full
	gets auto 'on fl_ret_ptr_null return NULL' 'fl_ret_ptr_null 1' 'ptr null x1'
	expect_text out 'fl_ret_ptr_null by kprobe: fmod_ret runs the function when the value is 0'
	fl --backend fmod_ret -e 'on fl_ret_ptr_null return NULL'
	expect_equal "status" 2 "$status"
	expect_text err "cannot use fmod_ret for '[a-z0-9_]+': fmod_ret runs the function when the value is 0"
}

# A success value is refused, and given when it is asked for in so many words.
test_force_return() {
	need_full
	fl -e 'on fl_int0 return 0'
	expect_equal "status" 2 "$status"
	expect_text err "0 means success for 'fl_int0'"
	fl_start --include-self --force-return -e 'on fl_int0 return 0'
	expect_equal "answer" "int 0 x1" "$(call fl_int0)"
	fl_stop
	expect_text out 'any value may be returned \(--force-return\)'
}
