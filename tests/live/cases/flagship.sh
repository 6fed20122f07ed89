# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# The sentence that faultline exists for, on the real mlx5 driver: one call in
# ten fails for ip, and none for programs whose names only begin alike.

# links IP TIMES: up and down that often by processes of their own, then four
# times as often by one process that goes through a batch.
links() {
	local ip=$1 i

	for ((i = 0; i < $2; i++)); do
		"$ip" link set flnet0 up
		"$ip" link set flnet0 down
	done 2>>"errors.${ip##*/}"
	for ((i = 0; i < $2 * 4; i++)); do
		printf 'link set flnet0 up\nlink set flnet0 down\n'
	done >commands
	"$ip" -force -batch commands >/dev/null 2>>"errors.${ip##*/}"
	true
}

# A line of the module's table of callers: "COMM CALLS FAILURES".
caller() { awk -v c="$1" '$1 == c { print $2, $3 }' "$fl_netdev/failures"; }

flagship() {
	local backend=$1 ip calls failures

	need_full
	ip=$(command -v ip)
	cp "$ip" ./ipset
	cp "$ip" ./i
	echo 1 >"$fl_netdev/reset"
	# The seed makes a test of what is otherwise a matter of luck.
	fl_start --seed 7 --backend "$backend" \
		-e 'on mlx5_cmd_exec if comm=="ip" && rand<10 return -EIO'
	expect_text out "mlx5_core:mlx5_cmd_exec by $backend:"
	links "$ip" 100
	links ./ipset 5
	links ./i 5
	fl_stop
	ip link set flnet0 down
	expect_equal "status" 0 "$status"

	read -r calls failures <<<"$(caller ip)"
	echo "ip: $calls calls, $failures failures"
	expect_between "calls by ip" 900 1001 "$calls"
	expect_between "failures in 1000 calls" 70 130 "$((failures * 1000 / calls))"
	expect_equal "injected" "$failures" "$(injected_by out 1)"
	expect_equal "lines" "$failures" "$(grep -cE 'mlx5_cmd_exec = -EIO  ip [0-9]+/[0-9]+  cpu [01]$' out)"
	# ip is told of every failure to go up, and of nothing else
	expect_equal "words of ip" "$(<"$fl_netdev/open_failures")" \
		"$(grep -c 'RTNETLINK answers: Input/output error' errors.ip)"
	expect_no_text errors.ip 'RTNETLINK answers: [^I]'
	for name in ipset i; do
		[[ ! -s errors.$name ]] || fail "$name was told: $(head -n 1 "errors.$name")"
		read -r calls failures <<<"$(caller "$name")"
		expect_equal "failures of $name" 0 "$failures"
		expect_between "calls by $name" 1 1000 "$calls"
	done
}

test_flagship_fmod_ret() { flagship fmod_ret; }
test_flagship_kprobe() { flagship kprobe; }

# What a person sees: iproute2's own words, and one line per injection.
test_flagship_words() {
	need_full
	fl -e 'on mlx5_cmd_exec if comm=="ip" return -EIO' -- ip link set flnet0 up
	expect_text err 'RTNETLINK answers: Input/output error'
	expect_text err '^ +[0-9]+\.[0-9]{6}  mlx5_cmd_exec = -EIO  ip [0-9]+/[0-9]+  cpu [01]$'
	expect_text err '^ +1 +1 +1 +1  on mlx5_cmd_exec if comm == "ip" return -EIO$'
	expect_text err '^the command exited with status 2$'
	expect_equal "status" 0 "$status"
}
