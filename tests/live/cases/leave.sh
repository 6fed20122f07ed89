# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # $status, $work and the like are lib.sh's
#
# Programs that leave their functions in the background.

many='on security_inode_m*, security_inode_r*, security_inode_s* if comm == "mkdir" return -EIO'
leaves='^faultline: process [0-9]+ detaches [0-9]+ trampolines in the background \(--wait waits for it\)$'

# leaver FILE: the process that the line in it names.
leaver() { sed -nE 's/.*process ([0-9]+) detaches .*/\1/p' "$1" | head -n 1; }
has_ended() { [[ ! -e /proc/$1 ]]; }

# Nothing is injected any more when faultline has ended; the programs go a little later.
test_leave_in_background() {
	local pid

	fl --system-wide --allow-idle -e "$many" -- true
	mkdir one || fail "it still injects"
	expect_equal "status" 0 "$status"
	expect_text err "$leaves"
	pid=$(leaver err)
	# the next one does not have to wait for it
	fl --system-wide -e "$many" -- sh -c '! mkdir two'
	expect_equal "status of the next" 0 "$status"
	[[ ! -e two ]] || fail "the next did not inject"
	wait_for "the first process" has_ended "$pid"
	wait_for "the second process" has_ended "$(leaver err)"
	nothing_attached || fail "they left something"
}

# Nothing is left when it has ended, and nobody is.
test_leave_and_wait() {
	fl --wait --system-wide --allow-idle -e "$many" -- true
	nothing_attached || fail "it did not wait"
	expect_equal "status" 0 "$status"
	expect_no_text err "in the background"
}

# A pipe ends with faultline.
test_leave_pipe() {
	"$faultline" --allow-idle -e "$many" -- true 2>&1 | cat >all
	expect_text all "$leaves"
	mkdir three || fail "it still injects"
}

# What a kprobe returns would be undone by a trampoline: the next one waits for it.
test_leave_before_kprobe() {
	need_full
	fl --allow-idle --backend fmod_ret -e 'on fl_int*, fl_arg_* if comm == "nobody" return -EIO' -- true
	expect_text err "$leaves"
	fl --include-self --backend kprobe -e 'on fl_int0 return -EIO' -- sh -c "echo fl_int0 >$fl_calls"
	expect_equal "status" 0 "$status"
	expect_text err '^fl_int0|1 injection|fl_int0 = -EIO'
}

test_leave_at_the_prompt() {
	start_repl
	say "$many" 'armed in'
	say 'disarm r1' 'trampolines in the background'
	say "$many" 'armed in'
	keys -l quit
	keys Enter
	wait_text 'ended with 0'
	expect_equal "removals" 2 "$(on_screen 'trampolines in the background')"
	stop_repl
}
