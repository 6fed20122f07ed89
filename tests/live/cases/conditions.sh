# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# Conditions, rules and their order, by what a caller gets.

# Rules without effect on this shell are about others; --include-self makes
# this shell, faultline's parent, one that is meant.
answer_under() {
	local text=$1

	shift
	fl_start --include-self --allow-idle -e "$text" "$@"
	call fl_int0
	fl_stop
}

test_builtins() {
	need_full
	local rules=() i=0 rule truth

	# condition, and whether it holds for this process
	while IFS='|' read -r rule truth; do
		rules+=("$truth")
		printf 'on %s if %s return -%d\n' "fl_int0" "($rule) && uid == 0" $((100 + i)) >"rule$i"
		i=$((i + 1))
	done <<-END
		pid == $BASHPID|yes
		tid == $BASHPID|yes
		pid != $BASHPID|no
		pid == 1|no
		uid == 0 && gid == 0|yes
		uid != 0|no
		gid > 0|no
		cpu in {0, 1}|yes
		cpu >= 2|no
		comm == "bash"|yes
		comm == "bas"|no
		comm == "bash2"|no
		comm != "bash"|no
		comm != "ba"|yes
		comm in {"ip", "bash"}|yes
		comm in {"ip", "tc"}|no
		!(comm == "bash")|no
		rand < 100|yes
		rand < 0|no
		rand >= 0|yes
		100 > rand|yes
		rand > 100|no
		pid / $BASHPID == 1|yes
		-pid / $BASHPID == -1|yes
		-pid % ($BASHPID + 1) == -pid|yes
		(pid ^ pid) == 0|yes
		(pid | 1) % 2 == 1|yes
		(pid << 2) >> 2 == pid|yes
		~pid == -pid - 1|yes
		pid * 2 - pid == pid|yes
		(uid ? 1 : 2) == 2|yes
		-1 < uid|yes
		18446744073709551615 < uid|no
		pid in {1, 2, $BASHPID}|yes
	END
	# Each is one rule on one function; they are asked one by one, by
	# switching among targets would need as many functions as rules.
	for ((i = 0; i < ${#rules[@]}; i++)); do
		cat "rule$i"
	done >all
	# The first that holds ends a call, so each gets a run of its own with
	# the ones before it left out; ten at a time are told apart by value.
	for ((i = 0; i < ${#rules[@]}; i++)); do
		if [[ ${rules[i]} == yes ]]; then
			expected="int -$((100 + i)) x1"
		else
			expected="int 1000 x1"
		fi
		fl_start --include-self --allow-idle -e "$(<"rule$i")"
		expect_equal "$(<"rule$i")" "$expected" "$(call fl_int0)"
		fl_stop
	done
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

test_second_gets_the_rest() {
	need_full
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
