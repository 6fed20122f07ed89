# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Constants that C has as macros, against what the running kernel has of them.

# format_value NAME: of a flag, as the kernel's own tracepoints are to print it.
format_value() {
	local text

	text=$(grep -oE '\{[^{}]*, "'"$1"'"\}' "$format" | head -n 1)
	text=$(sed -E 's/^\{//; s/, "[^"]*"\}$//; s/\( ?(gfp_t|unsigned long)\)//g
		s/\b(0x[0-9a-f]+|[0-9]+)(UL|u)/\1/g' <<<"$text")
	echo $((text))
}

# gfp_values NAME...: the numbers that they are here; output in out and err.
gfp_values() {
	local name rule='on vfs_read {'

	for name; do
		rule+=" log \"%x\", $name;"
	done
	fl --emit c -e "$rule }"
}

# Every flag that the kernel's tracepoints print is the same number here.
test_gfp_flags() {
	local format=/sys/kernel/tracing/events/kmem/mm_page_alloc/format name i
	local -a names=() expected=() said

	[[ -r $format ]] || skip "no tracepoint prints flags of allocations"
	mapfile -t names < <(grep -oE '"_*GFP_\w+"' "$format" | tr -d '"' | sort -u)
	gfp_values "${names[@]}"
	# before 6.10 some are not known, and some have gone since; any other must be 0
	for i in "${!names[@]}"; do
		name=${names[i]}
		expected[i]=$(format_value "$name")
		if grep -E "'$name' is not available|unknown name '$name'" err >/dev/null; then
			[[ $fl_kernel == stock-6.1 ]] || ((!${expected[i]:-0})) ||
				fail "$name is ${expected[i]}"
			unset "names[i]" "expected[i]"
		fi
	done
	gfp_values "${names[@]}"
	expect_equal "status" 0 "$status"
	mapfile -t said < <(sed -nE 's/.*w\[0\] = ([0-9]+)LL;/\1/p' out)
	expect_equal "flags" "${#names[@]}" "${#said[@]}"
	echo "${#names[@]} flags"
	((${#names[@]} >= 20)) || fail "so few show nothing"
	expect_equal "${names[*]}" "${expected[*]}" "${said[*]}"
}

test_gfp_flags_in_a_condition() {
	need_full
	fl -e 'may: on should_failslab if comm == "ls" && gfpflags & __GFP_DIRECT_RECLAIM @may = 1
		all: on should_failslab if comm == "ls" && (gfpflags & GFP_KERNEL) == GFP_KERNEL @all = 1
		expect may.fired > 0 && all.fired > 0 && may.fired < all.calls' -- ls /
	expect_equal "status" 0 "$status"
}

test_open_flags_in_a_condition() {
	need_full
	fl --propagate -e 'on sys_openat if comm == "dd" && flags & O_CREAT && (flags & O_ACCMODE) == O_WRONLY
		return -ENOSPC' -- dd if=/dev/zero of=made bs=1 count=1
	[[ ! -e made ]] || fail "the file was made"
	expect_text err "No space left on device"
	expect_equal "status" 1 "$status"
}

test_ioctl_numbers() {
	need_full
	touch file
	# FS_IOC_GETFLAGS of include/uapi/linux/fs.h
	fl -e 'on sys_ioctl if comm == "lsattr" && cmd == _IOR("f", 1, long) return -EBUSY' -- lsattr file
	expect_text err "Device or resource busy"
	fl -e 'on sys_ioctl if comm == "lsattr" && cmd == _IOW("f", 1, long) return -EBUSY' -- lsattr file
	expect_equal "status" 3 "$status"
}

# Classes of system calls are those of strace.
test_classes_of_system_calls() {
	need_full
	echo text >file
	fl -e 'f: on sys_%file if comm == "cat" return -EACCES' -- cat file
	expect_text err "Permission denied"
	expect_no_text out "^text$"
	fl -e 'n: on sys_%network if comm == "cat" return -EACCES' -- cat file
	expect_equal "status" 3 "$status"
	expect_text out "^text$"
}
