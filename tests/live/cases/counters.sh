# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Counters are exact, whatever happens to the lines.

# exact TARGETS OPTION...: eight processes call fl_int0, one of TARGETS.
exact() {
	local targets=$1 i pids=() failures

	shift
	need_full
	fl_start "$@" -q --include-self -e "on $targets if rand < 30 return -EIO"
	for ((i = 0; i < 8; i++)); do
		(call 'x125000 fl_int0' >"answer$i") &
		pids+=($!)
	done
	wait "${pids[@]}"
	fl_stop
	failures=$(sed -n 's/^int -5 x//p' answer? | paste -sd+ | bc)
	expect_equal "calls" 1000000 "$(calls_by out 1)"
	expect_equal "injected" "$failures" "$(injected_by out 1)"
	expect_between "injected" 290000 310000 "$failures"
}

test_counters_fmod_ret() {
	need_cpus 2
	exact fl_int0 --backend fmod_ret
}

test_counters_kprobe() {
	need_cpus 2
	exact fl_int0 --backend kprobe
}

# Lines may get lost when nobody can read that fast; that is counted and said.
test_lost_lines() {
	need_full
	local injected lines lost

	fl_start --include-self -e 'on fl_int0 return -EIO'
	kill -STOP "$fl_pid"
	call 'x40000 fl_int0' >answer
	kill -CONT "$fl_pid"
	fl_stop
	injected=$(injected_by out 1)
	expect_equal "injected" "$(sed -n 's/^int -5 x//p' answer)" "$injected"
	lines=$(grep -c '  fl_int0 = -EIO  ' out)
	lost=$(sed -n 's/^\([0-9]*\) events were not printed.*/\1/p' out)
	expect_between "lost" 1 40000 "${lost:-0}"
	expect_equal "lines and lost ones" "$injected" $((lines + lost))
}

# The same through one program for many functions.
test_counters_multi() {
	need_cpus 2
	exact 'fl_int?, fl_arg*'
	expect_text out '^ +1000000 +[0-9]+ +'"$(injected_by out 1)"' +fl_targets:fl_int0 by kprobe.multi$'
}

# As many events as come, and more than can be written.
test_overrun() {
	need_full
	need_cpus 2
	local i pids=() lines lost

	"$faultline" -o report --include-self -e "on fl_int0 return -EIO" </dev/null &
	fl_pid=$!
	wait_for "arming" grep -qs '^armed' report
	for ((i = 0; i < 8; i++)); do
		(call 'x125000 fl_int0' >"answer$i") &
		pids+=($!)
	done
	wait "${pids[@]}"
	fl_stop
	expect_equal "seen" 1000000 "$(sed -n 's/^int -5 x//p' answer? | paste -sd+ | bc)"
	expect_equal "injected" 1000000 "$(injected_by report 1)"
	lines=$(grep -c '  fl_int0 = -EIO  ' report)
	lost=$(sed -n 's/^\([0-9]*\) events were not printed.*/\1/p' report)
	expect_equal "lines and lost ones" 1000000 $((lines + ${lost:-0}))
}

# A function that was not called, and that the compiler made copies of for some callers.
test_copies_of_the_compiler() {
	local name seen=0

	while read -r name; do
		rm -f events
		fl -f json -o events -e "on $name log \"called\"" -- true
		((status == 0)) || continue
		((++seen < 10)) || fail "all of these are called"
		jq -e 'select(.type == "summary") | .calls == 0' events >/dev/null || continue
		expect_equal "copies" "$name" "$(jq -r 'select(.type == "summary") | .copied[0].function' events)"
		fl -e "on $name log \"called\"" -- true
		expect_text err "^'$name' was never called, but the compiler made copies of it \\($name\\.(constprop|isra|part)\\.\*.*\\), whose"
		return
	done < <(comm -12 \
		<(sed -nE 's/^\S+ t (\w+)\.(constprop|isra|part)\.[0-9]+$/\1/p' /proc/kallsyms | sort -u) \
		<(grep -xE '\w+' /sys/kernel/tracing/available_filter_functions | sort -u))
	fail "no such function"
}
