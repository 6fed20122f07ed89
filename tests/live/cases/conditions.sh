# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Conditions, rules and their order, by what a caller gets.

# Conditions and whether they hold for this process. Every rule is on a
# function of its own, as many in one run as there are functions; what the
# functions answer tells which conditions held.
test_builtins() {
	need_full
	local functions=(fl_int0 'fl_int1 1' 'fl_int2 1 2' 'fl_int3 1 2 3' 'fl_int4 1 2 3 4'
		'fl_int5 1 2 3 4 5' 'fl_int6 1 2 3 4 5 6' 'fl_arg8 1 1' 'fl_arg16 1 1'
		'fl_arg32 1 1' 'fl_arg64 1 1' 'fl_ret_long 1' 'fl_ret_s64 1' 'fl_inner 1')
	local conditions=() truths=() line i

	while read -r line; do
		conditions+=("${line% *}")
		truths+=("${line##* }")
	done <<-END
		pid == $BASHPID yes
		tid == $BASHPID yes
		pid != $BASHPID no
		pid == 1 no
		uid == 0 && gid == 0 yes
		uid != 0 no
		gid > 0 no
		cpu in {0, 1} yes
		cpu >= $(nproc) no
		comm == "bash" yes
		comm == "bas" no
		comm == "bash2" no
		comm != "bash" no
		comm != "ba" yes
		comm in {"ip", "bash"} yes
		comm in {"ip", "tc"} no
		!(comm == "bash") no
		rand < 100 yes
		rand < 0 no
		rand >= 0 yes
		100 > rand yes
		rand > 100 no
		pid / $BASHPID == 1 yes
		-pid / $BASHPID == -1 yes
		-pid % ($BASHPID + 1) == -pid yes
		(pid ^ pid) == 0 yes
		(pid | 1) % 2 == 1 yes
		(pid << 2) >> 2 == pid yes
		~pid == -pid - 1 yes
		pid * 2 - pid == pid yes
		(uid ? 1 : 2) == 2 yes
		-1 < uid yes
		18446744073709551615 < uid no
		pid in {1, 2, $BASHPID} yes
	END
	for ((i = 0; i < ${#conditions[@]}; i += ${#functions[@]})); do
		conditions_hold "$i"
	done
}

# The ones from number $1 on, in one run.
conditions_hold() {
	local from=$1 i rules='' function answer

	for ((i = from; i < from + ${#functions[@]} && i < ${#conditions[@]}; i++)); do
		function=${functions[i - from]}
		rules+="on ${function%% *} if (${conditions[i]}) && uid == 0 return -$((100 + i))"$'\n'
	done
	fl_start --include-self --allow-idle -e "$rules"
	for ((i = from; i < from + ${#functions[@]} && i < ${#conditions[@]}; i++)); do
		# in this very process: $(...) would be another pid
		call "${functions[i - from]}" >answer
		answer=$(<answer)
		if [[ ${truths[i]} == yes ]]; then
			[[ $answer == *" -$((100 + i)) x1" ]] ||
				fail "'${conditions[i]}' did not hold: $answer"
		else
			[[ $answer == *" 1"[0-9][0-9][0-9]" x1" ]] ||
				fail "'${conditions[i]}' held: $answer"
		fi
	done
	fl_stop
}

test_order() {
	need_full
	# the first return that fires wins; the second rule sees what is left
	fl_start --include-self -e '
		first: on fl_int0, fl_int1 if comm == "bash" && cpu >= 0 return -EIO
		second: on fl_int0 return -ENOMEM
		third: on fl_targets:fl_int2 return -EPERM'
	expect_equal "fl_int0" "int -5 x4" "$(call 'x4 fl_int0')"
	expect_equal "fl_int1" "int -5 x2" "$(call 'x2 fl_int1 1')"
	expect_equal "fl_int2" "int -1 x3" "$(call 'x3 fl_int2 1 2')"
	fl_stop
	expect_equal "calls of first" 6 "$(calls_by out 1)"
	expect_equal "injected by first" 6 "$(injected_by out 1)"
	expect_equal "calls of second" 0 "$(calls_by out 2)"
	expect_equal "injected by third" 3 "$(injected_by out 3)"
}

# More than a program may have functions: BPF_MAX_SUBPROGS is 256. By a return,
# without one, and on two functions at once.
test_order_of_many() {
	local i backend

	need_full
	for ((i = 1; i <= 300; i++)); do
		((i != 20)) || echo 'on fl_int1(a) if a == 1 log "seen %d", a'
		echo "on fl_int1(a)$( ((i < 290)) || echo ', fl_int2(a)') if a == $i % 299 + 1 return -$i"
	done >many.fault
	for backend in fmod_ret kprobe; do
		fl_start --include-self --backend "$backend" many.fault
		expect_equal "the first of two" 'int -1 x2' "$(call 'x2 fl_int1 2')"
		expect_equal "the last but one" 'int -299 x2' "$(call 'x2 fl_int1 1')"
		expect_equal "the 6th" 'int -6 x2' "$(call 'x2 fl_int1 7')"
		expect_equal "the other function" 'int -294 x3' "$(call 'x3 fl_int2 295 1')"
		fl_stop
		expect_equal "calls of the first" 6 "$(calls_by out 1)"
		expect_equal "calls of those after a return" 2 "$(calls_by out 7)"
		expect_equal "injected by the 6th" 2 "$(injected_by out 6)"
		expect_equal "injected by the 295th, after a log" 3 "$(injected_by out 295)"
		expect_equal "logged" 2 "$(grep -c 'seen 1' out)"
	done
}

test_second_gets_the_rest() {
	need_full
	need_cpus 2
	fl_start --include-self --seed 3 -e '
		on fl_int0 if rand < 50 return -EIO
		on fl_int0 if uid == 0 return -ENOMEM'
	call 'x1000 fl_int0' >answer
	fl_stop
	expect_text answer '^int -5 x'
	expect_text answer '^int -12 x'
	expect_no_text answer '1000 x'
	expect_equal "sum" 1000 $(($(injected_by out 1) + $(injected_by out 2)))
	expect_equal "left for the second" "$(calls_by out 2)" "$(injected_by out 2)"
}

# All tests of one call, of two rules here, look at the same copy of the stack.
test_callers() {
	need_full
	fl_start --include-self -e '
		on fl_inner if caller(fl_outer) || within(vfs_open) return -EPERM
		on fl_inner if within(fl_outer) && !within(vfs_open) && caller(fl_middle)
			&& !caller(fl_outer) times 1 return -EIO
		on fl_inner if within(fl_middle) && caller(fl_mid*) times 1 return -ENODEV'
	expect_equal "second rule" 'int -5 x1' "$(call 'fl_outer 6')"
	expect_equal "third rule" 'int -19 x1' "$(call 'fl_outer 6')"
	expect_equal "none" 'int 2106 x1' "$(call 'fl_outer 6')"
	fl_stop
}

# 20,000 draws within four standard deviations; a seed decides the same twice.
test_rand() {
	need_full
	local injected again

	fl_start --include-self -q --seed 42 -e 'on fl_int0 if rand < 50 return -EIO'
	call 'x20000 fl_int0' >answer
	fl_stop
	injected=$(injected_by out 1)
	expect_text answer "^int -5 x$injected\$"
	expect_between "half of 20000" 9717 10283 "$injected"
	fl_start --include-self -q --seed 42 -e 'on fl_int0 if rand < 50 return -EIO'
	call 'x20000 fl_int0' >answer
	fl_stop
	again=$(injected_by out 1)
	expect_equal "the same seed" "$injected" "$again"
	fl_start --include-self -q --allow-idle -e 'on fl_int0 if rand < 0.1 return -EIO'
	call 'x100000 fl_int0' >answer
	fl_stop
	expect_between "0.1 % of 100000" 60 140 "$(injected_by out 1)"
}

test_same_function_twice_in_kernel() {
	need_full
	fl -e 'on fl_twice return -EIO' -- true
	((status != 0)) || fail "a function that exists twice was armed"
	expect_text err "error: "
}
