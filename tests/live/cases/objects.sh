# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2016
#
# Objects: rules that were compiled earlier, and are armed without compiling.

# emit FILE ARG...: as fl, and there is a file.
emit() {
	local file=$1

	shift
	fl --emit object -o "$file" "$@"
	if ((status)) || [[ ! -s $file ]]; then
		cat err
		fail "no $file"
	fi
}

# What a compiler would have to read is not there.
hide_facts() {
	mkdir -p empty
	mount --bind empty /sys/kernel/btf
	mount --bind empty /sys/kernel/debug/error_injection
}

show_facts() { umount /sys/kernel/debug/error_injection /sys/kernel/btf; }

test_object() {
	emit hook.flo -e "$mkdir_fails"
	mkdir empty
	mount --bind empty /sys/kernel/btf
	# what mkdir says has a file of its own: events come between its words
	fl run hook.flo -- sh -c 'mkdir made 2>said; rmdir made'
	umount /sys/kernel/btf
	expect_text err 'security_inode_mkdir = -EIO +mkdir '
	expect_text said "mkdir: cannot create directory 'made': Input/output error"
	expect_equal "status" 0 "$status"
	fl hook.flo -f json -o out.json -- mkdir made
	expect_equal "without the word" 0 "$status"
	expect_text out.json '"type": ?"injected"'
}

test_object_damaged() {
	emit hook.flo -e "$mkdir_fails"
	head -c 500 hook.flo >short.flo
	fl run short.flo
	expect_equal "short" 2 "$status"
	expect_text err "error: 'short.flo' is damaged: 500 bytes, and it should be "
	echo "$mkdir_fails" >script.flo
	fl run script.flo
	expect_equal "a script" 2 "$status"
	expect_text err "error: 'script.flo' is not an object of faultline"
	fl run none.flo
	expect_equal "none" 2 "$status"
	expect_text err "error: cannot read 'none.flo': "
}

# Like a script's, its rules are limited to a command; which one is said later.
test_object_scope() {
	local rule='on security_inode_mkdir return -EIO'

	emit scope.flo -e "$rule"
	fl run scope.flo
	expect_equal "no command" 2 "$status"
	expect_text err "error: the rules of 'scope.flo' are limited to a command's tasks, but no command was given"
	fl run scope.flo -- mkdir made
	expect_equal "a command" 0 "$status"
	expect_equal "injected" 1 "$(injected_by err 1)"
	fl run scope.flo --system-wide -- mkdir made
	expect_equal "compiled in" 2 "$status"
	expect_text err "error: --system-wide has no effect on object 'scope.flo'"
	emit wide.flo --system-wide -e "$rule"
	fl_start wide.flo
	! mkdir made 2>mkdir.err || fail "mkdir beside it succeeded"
	fl_stop
}

test_object_params() {
	printf '%s\n' 'param n = 1 "which call"' 'param who = "mkdir"' 'param rate = 100.0' \
		'first: on security_inode_mkdir if comm == $who && rand < $rate nth $n return -EIO' \
		'expect first.matched == 2' >p.fault
	emit p.flo p.fault
	# on the root's overlay, a directory is made twice
	mkdir t
	mount -t tmpfs none t
	fl run p.flo n=2 -- sh -c 'mkdir t/a; mkdir t/b'
	expect_text err "cannot create directory 't/b'"
	[[ -d t/a && ! -d t/b ]] || fail "another call failed"
	expect_equal "status" 0 "$status"
	fl run p.flo rate=0 -- sh -c 'mkdir t/c t/d'
	[[ -d t/c && -d t/d ]] || fail "the rate was not set"
	expect_text err '^FAILED: .*first.matched == 2'
	umount t
	fl run p.flo n=0 -- true
	expect_equal "n=0" 2 "$status"
	fl run p.flo n=many -- true
	expect_text err "error: invalid value 'many' for parameter 'n': it is a whole number"
	fl run p.flo who=ls -- true
	expect_text err "error: invalid value 'ls' for parameter 'who': it is a string, which is compiled into the rules"
	fl run p.flo raet=1 -- true
	expect_equal "unknown" 2 "$status"
	expect_text err "error: 'p.flo' has no parameter 'raet'"
	expect_text err "hint: did you mean 'rate'"
}

test_object_seed() {
	local rule='on security_inode_mkdir if comm == "mkdir" && rand < 50 return -EIO'

	emit any.flo -e "$rule"
	fl run any.flo --seed 1 -- true
	expect_equal "no seed inside" 2 "$status"
	expect_text err "error: 'any.flo' was emitted without a seed"
	emit seed.flo --seed 7 -e "$rule"
	made() {
		fl run seed.flo "$@" -- mkdir d1 d2 d3 d4 d5 d6 d7 d8 d9
		echo d*
		rm -rf d*
	}
	made >one
	made >two
	made --seed 8 >three
	made --seed 7 >four
	cmp one two || fail "two runs differ"
	cmp one four || fail "the same seed differs"
	! cmp -s one three || fail "another seed is the same"
}

# Each back end, modules and all, with nothing to compile from.
test_object_backends() {
	need_full
	emit fmod.flo -e 'on fl_int0 return -EIO'
	emit kprobe.flo --backend kprobe -e 'on fl_int0 return -EPERM'
	emit multi.flo -e 'on fl_targets:fl_int* return -ENOSYS'
	hide_facts
	for name in fmod:-5 kprobe:-1 multi:-38; do
		fl_start "${name%:*}.flo" --include-self -p $$
		expect_equal "$name" "int ${name#*:} x1" "$(call fl_int0)"
		fl_stop
	done
	show_facts
}

test_object_module() {
	need_full
	emit mod.flo -e 'on fl_int0 return -EIO'
	rmmod fl_targets
	fl run mod.flo -- true
	expect_equal "not loaded" 4 "$status"
	expect_text err "error: module 'fl_targets' is not loaded"
	insmod "$modules/fl_targets.ko"
	fl_start mod.flo --include-self -p $$
	expect_equal "loaded again" "int -5 x1" "$(call fl_int0)"
	fl_stop
	# one of another build
	mount --bind /sys/module/mlx5_core/notes /sys/module/fl_targets/notes
	fl run mod.flo -- true
	umount /sys/module/fl_targets/notes
	expect_equal "another build" 4 "$status"
	expect_text err "error: module 'fl_targets' is of another build than the object is for"
}

# A kprobe would be undone by what is there already; an object has no other plan.
test_object_others() {
	need_full
	emit kprobe.flo --backend kprobe -e 'on fl_int0 return -EPERM'
	fl_start --include-self -e 'on fl_int0 if pid == 1 return -EIO'
	refused=0
	"$faultline" run kprobe.flo -- true >out2 2>err2 </dev/null || refused=$?
	fl_stop
	expect_equal "status" 4 "$refused"
	expect_text err2 "error: cannot use kprobe for 'fl_int0': a BPF trampoline is on the function already"
}
