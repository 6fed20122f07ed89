# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# doctor, -l and explain FUNCTION: what they say must be what the kernel does.

# hide_debugfs, show_debugfs: as if it were not mounted.
hide_debugfs() { mkdir -p empty && mount --bind empty /sys/kernel/debug; }
show_debugfs() { umount /sys/kernel/debug; }

answer_of() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .answer' out; }

# expect_reason FUNCTION ID STATUS: explain gives exactly this one as fatal.
expect_reason() {
	fl explain -f json "$1"
	expect_equal "reasons of $1" "$2" "$(jq -r '[.reasons[] | select(.fatal) | .id] | join(" ")' out)"
	expect_equal "$1 injectable" false "$(jq .injectable out)"
	expect_equal "status of $1" "$3" "$status"
	expect_equal "status told" "$3" "$(jq .exit out)"
}

test_doctor() {
	fl doctor
	expect_equal "status" 0 "$status"
	expect_text out "^  yes +programs "
	expect_text out "^  yes +fmod_ret +attached to security_"
	if [[ $fl_kernel == full ]]; then
		local listed
		listed=$(wc -l </sys/kernel/debug/error_injection/list)
		expect_text out "^injectable here: all listed functions \\($listed, some of them in 2 modules\\) and security_\\* \\([0-9]+\\)$"
		expect_no_text out '^  (no|denied|unsure) '
	else
		expect_text out "^injectable here: security_\\* only \\([0-9]+ functions\\)$"
		expect_text out "^  no +kprobe override +this kernel has no bpf_override_return\\(\\)$"
		expect_text out "^ +prevents: returning anything by a kprobe$"
		expect_text out "^ +to get it: .*CONFIG_KPROBES"
		expect_text out "^  no +injectable list +this kernel is built without CONFIG_FUNCTION_ERROR_INJECTION$"
	fi
	expect_no_text out $'\033'
}

# The answers against what the kernel can be seen to have.
test_doctor_json() {
	need_full # the same on every kernel
	fl doctor -f json
	expect_equal "status" 0 "$status"
	jq -e '.v == 1 and .type == "doctor" and .exit == 0' out >/dev/null ||
		fail "not the object that is documented"
	expect_equal "release" "$(uname -r)" "$(jq -r .release out)"
	expect_equal "btf" yes "$(answer_of btf)"
	if [[ $fl_kernel == full ]]; then
		expect_equal "scope" all "$(jq -r .injectable.scope out)"
		expect_equal "config" /proc/config.gz "$(jq -r .config out)"
	else
		expect_equal "scope" security "$(jq -r .injectable.scope out)"
		expect_equal "override" no "$(answer_of override)"
	fi
	# CONFIG_FPROBE was off in 6.1 and is on in 6.12
	if grep -q ' fprobe_handler$\| register_fprobe$' /proc/kallsyms; then
		expect_equal "kprobe.multi" yes "$(answer_of kprobe_multi)"
	else
		expect_equal "kprobe.multi" no "$(answer_of kprobe_multi)"
	fi
}

test_doctor_colour() {
	need_full # the same on every kernel
	setsid -w script -qec "$faultline doctor" /dev/null >out </dev/null || fail "status $?"
	expect_text out $'\033\\[32m'
	NO_COLOR=1 setsid -w script -qec "$faultline doctor" /dev/null >out </dev/null || fail "status $?"
	expect_no_text out $'\033'
}

test_doctor_unprivileged() {
	chmod 755 .
	as_nobody doctor -f json
	expect_equal "status" 5 "$status"
	expect_equal "capabilities" denied "$(answer_of capabilities)"
	expect_equal "programs" denied "$(answer_of programs)"
	expect_equal "scope" nothing "$(jq -r .injectable.scope out)"
	as_nobody doctor
	expect_text out "neither CAP_BPF nor CAP_PERFMON"
	expect_text out "^injectable here: nothing; this process is not permitted to$"
}

test_doctor_one_capability() {
	status=0
	setpriv --bounding-set=-all,+bpf --inh-caps=-all "$faultline" doctor >out 2>err </dev/null || status=$?
	expect_equal "status" 5 "$status"
	expect_text out "denied +capabilities +this process has CAP_BPF, but not CAP_PERFMON"
	status=0
	setpriv --bounding-set=-all,+bpf,+perfmon,+dac_read_search,+dac_override,+syslog --inh-caps=-all \
		"$faultline" doctor >out 2>err </dev/null || status=$?
	expect_equal "with both" 0 "$status"
	expect_text out "yes +capabilities +CAP_BPF CAP_PERFMON *$"
}

test_doctor_no_debugfs() {
	hide_debugfs
	fl doctor
	show_debugfs
	expect_equal "status" 0 "$status"
	expect_text out "no +debugfs +it is not mounted at /sys/kernel/debug"
	expect_text out "to get it: mount -t debugfs debugfs /sys/kernel/debug$"
	if [[ $fl_kernel == full ]]; then
		# the symbols name the same functions
		expect_text out "yes +injectable list +[0-9]+ functions"
		expect_text out "^injectable here: all listed"
	fi
}

test_doctor_fix_hint() {
	need_full # others lack options
	fl doctor --fix-hint
	expect_equal "status" 0 "$status"
	expect_equal "hint" "# nothing is missing" "$(<out)"
	hide_debugfs
	fl doctor --fix-hint
	show_debugfs
	expect_equal "status" 0 "$status"
	expect_equal "hint" $'# now, until the next boot\nsudo mount -t debugfs debugfs /sys/kernel/debug' "$(<out)"
	as_nobody doctor --fix-hint
	expect_equal "status of nobody" 5 "$status"
	expect_text out "^# run it as root, or with CAP_BPF and CAP_PERFMON"
	expect_no_text out "^[^#]*make "
}

test_doctor_no_btf() {
	mkdir empty
	mount --bind empty /sys/kernel/btf
	fl doctor
	umount /sys/kernel/btf
	expect_text out "no +types \\(BTF\\) +this kernel has no type information"
	expect_text out "no +fmod_ret +this kernel has no type information"
	if [[ $fl_kernel == full ]]; then
		expect_equal "status" 0 "$status"
		expect_text out "^injectable here: all listed functions \\([0-9]+, some of them in 2 modules\\)$"
	else
		expect_equal "status" 4 "$status"
		expect_text out "^injectable here: nothing$"
	fi
}

test_doctor_usage() {
	need_full # the same on every kernel
	fl doctor something
	expect_equal "status" 2 "$status"
	expect_text err "doctor does not take 'something'"
	fl --sysroot / doctor
	expect_equal "sysroot" 2 "$status"
	fl doctor -f yaml
	expect_equal "format" 2 "$status"
	expect_text err "invalid value 'yaml' for -f: use text or json"
}

test_list_all() {
	fl -l
	expect_equal "status" 0 "$status"
	expect_text out "^security_file_open +vmlinux +ERRNO +fmod_ret +int security_file_open\\(struct file \\*file\\)$"
	expect_no_text out "^security_inode_free " # returns nothing
	if [[ $fl_kernel == full ]]; then
		# every name on the kernel's list is there once, with its tag
		sed -E 's/^([^+[:space:]]+)(\+[^[:space:]]*)?([[:space:]]+\[([^]]+)\])?\t(.*)$/\1 \4 \5/' \
			/sys/kernel/debug/error_injection/list |
			awk '{ print $1, (NF == 3 ? $2 : "vmlinux"), $NF }' | sort -u >expected
		awk '!/^security_/ { print $1, $2, $3 }' out | sort >actual
		[[ -s expected ]] || fail "the kernel's list was not understood"
		diff expected actual || fail "the list differs from the kernel's"
		expect_text out "^mlx5_cmd_exec +mlx5_core +ERRNO +fmod_ret +int mlx5_cmd_exec\\(struct mlx5_core_dev \\*dev, void \\*in, int in_size, void \\*out, int out_size\\)$"
		[[ ! -s err ]] || fail "$(<err)"
	else
		! grep -v '^security_' out || fail "more than security_* functions"
		expect_text err "^note: these are only the security_\\* functions: this kernel is built without CONFIG_FUNCTION_ERROR_INJECTION$"
	fi
}

test_list_patterns() {
	fl -l 'security_file_op*'
	expect_equal "one" 1 "$(wc -l <out)"
	fl -l 'vmlinux:security_file_ope?' -f json
	expect_equal "json" '["security_file_open","vmlinux","ERRNO","fmod_ret",1]' \
		"$(jq -c '[.name, .module, .tag, .backend, .copies]' out)"
	fl -l 'security_file_opne'
	expect_equal "no match" 2 "$status"
	expect_text err "no injectable function matches 'security_file_opne'"
	expect_text err "^hint: similar names: 'security_file_open'"
	[[ ! -s out ]] || fail "$(<out)"
	[[ $fl_kernel == full ]] || return 0
	fl -l 'fl_targets:*null*'
	expect_equal "in a module" "fl_ret_ptr_errno_null fl_ret_ptr_null" "$(awk '{ print $1 }' out | xargs)"
	expect_text out "^fl_ret_ptr_null +fl_targets +NULL +kprobe "
	fl -l fl_twice -f json
	expect_equal "twice" '[2,null]' "$(jq -c '[.copies, .backend]' out)"
	fl -l 'fl_*:mlx5*'
	expect_equal "wrong module" 2 "$status"
}

test_list_traceable() {
	local n

	fl -l --traceable vfs_read
	expect_equal "status" 0 "$status"
	expect_text out "^vfs_read +vmlinux +- +fentry +ssize_t vfs_read\\(struct file \\*file, char \\*buf, size_t count, loff_t \\*pos\\)$"
	fl -l --traceable vfs_raed
	expect_equal "no match" 2 "$status"
	expect_text err "no traceable function matches 'vfs_raed'"
	expect_text err "'vfs_read'"
	fl -l --traceable
	n=$(grep -vc __ftrace_invalid /sys/kernel/tracing/available_filter_functions)
	# equal ones are one row
	expect_between "functions" $((n * 9 / 10)) "$n" "$(wc -l <out)"
}

test_list_without_debugfs() {
	need_full
	hide_debugfs
	fl -l 'fl_ret_*'
	show_debugfs
	expect_equal "status" 0 "$status"
	# the symbols do not tell the tags: the type does
	expect_text out "^fl_ret_bool +fl_targets +TRUE\\? "
}

test_list_unprivileged() {
	chmod 755 .
	as_nobody -l 'security_file_open'
	expect_equal "status" 0 "$status"
	expect_text out "^security_file_open +vmlinux +ERRNO"
	as_nobody -l --traceable vfs_read
	expect_equal "traceable" 5 "$status"
	expect_text err "cannot read the kernel's list of traceable functions: Permission denied"
}

# A module's file tells what the kernel tells once it is loaded.
test_list_file() {
	need_full
	fl -l 'fl_targets:*'
	mv out loaded
	expect_text loaded "^fl_int2 +fl_targets +ERRNO +fmod_ret +int fl_int2\\(int a, int b\\)$"
	fl -l "$modules/fl_targets.ko"
	expect_equal "status" 0 "$status"
	diff loaded out || fail "the file tells something else"
	[[ ! -s err ]] || fail "$(<err)"
	cp "$modules/fl_targets.ko" . && xz -k fl_targets.ko && zstd -q fl_targets.ko && gzip -k fl_targets.ko
	chmod 755 . && chmod 644 fl_targets.ko*
	for file in fl_targets.ko.xz fl_targets.ko.zst fl_targets.ko.gz; do
		as_nobody -l "./$file"
		expect_equal "$file" 0 "$status"
		diff loaded out || fail "$file tells something else"
	done
	fl -l fl_targets.ko -f json
	expect_equal "json" "$(wc -l <loaded)" "$(jq -s length out)"
}

test_list_file_errors() {
	need_full # the same on every kernel
	echo text >text.ko
	fl -l text.ko
	expect_equal "text" 2 "$status"
	expect_text err "cannot read 'text.ko': not a kernel module$"
	fl -l --traceable text.ko
	expect_equal "traceable" 2 "$status"
	expect_text err "error: --traceable does not read module files$"
	fl -l /bin/true
	expect_equal "program" 2 "$status"
	expect_text err "cannot read '/bin/true': not a kernel module$"
	fl -l ./nowhere.ko
	expect_equal "nowhere" 2 "$status"
	expect_text err "cannot read './nowhere.ko': No such file or directory$"
	# one of the kernel's own, compressed or not, that has no list
	local module
	module=$(find "/lib/modules/$(uname -r)/" -name 'virtio_console.ko*' -o -name 'mlxfw.ko*' | head -n 1)
	if [[ -n $module ]]; then
		fl -l "$module"
		expect_equal "no list" 2 "$status"
		expect_text err "has no injectable functions \\(no section _error_injection_whitelist\\)$"
		expect_text err "^hint: add ALLOW_ERROR_INJECTION"
	fi
	[[ $fl_kernel != full ]] || {
		fl -l "$modules/fl_netdev.ko"
		expect_equal "fl_netdev" 2 "$status"
		expect_text err "module 'fl_netdev' has no injectable functions"
	}
}

test_explain_hook() {
	fl explain security_file_open
	expect_equal "status" 0 "$status"
	expect_text out "^security_file_open is injectable$"
	expect_text out "^  prototype +int security_file_open\\(struct file \\*file\\)$"
	expect_text out "^  may return +an error, -1 to -4095, by name or number \\(like every security hook: ERRNO\\)$"
	expect_text out "^  back end +fmod_ret: the verifier accepts a fmod_ret program for it$"
	expect_reason security_inode_free no-error-return 1
}

test_explain_injectable() {
	need_full
	fl explain mlx5_cmd_exec
	expect_equal "status" 0 "$status"
	expect_text out "^mlx5_cmd_exec \\(module mlx5_core\\) is injectable$"
	expect_text out "\\(tag ERRNO\\)$"
	fl explain sys_openat
	expect_equal "system call" 0 "$status"
	expect_text out "^__[a-z0-9]*_sys_openat is injectable$"
	expect_text out "^  is +sys_openat\\(dfd, filename, flags, mode\\), the system call$"
	fl explain -f json fl_ret_ptr_null
	expect_equal "null" '["kprobe","NULL",true]' "$(jq -c '[.backend, .tag, .injectable]' out)"
	fl explain -f json fl_targets:fl_int0
	expect_equal "int0" '["fmod_ret","fl_targets"]' "$(jq -c '[.backend, .module]' out)"
}

# Each reason by a function that has it.
test_explain_reasons() {
	need_full
	expect_reason vfs_read not-listed 1
	expect_equal "macro" "ALLOW_ERROR_INJECTION(vfs_read, ERRNO);" "$(jq -r .macro out)"
	expect_reason fl_traceable not-listed 1
	expect_equal "macro" "ALLOW_ERROR_INJECTION(fl_traceable, ERRNO);" "$(jq -r .macro out)"
	expect_equal "near" true "$(jq 'any(.near[]; startswith("fl_targets:fl_"))' out)"
	expect_reason fl_vanishes no-symbol 2
	expect_reason mlx5_cmd_exce no-symbol 2
	expect_equal "meant" mlx5_core:mlx5_cmd_exec "$(jq -r '.near[0]' out)"
	expect_reason fl_notrace notrace 1
	expect_reason fl_twice duplicate 1
	expect_reason nosuch:function no-module 2
	expect_reason mlx5_core:fl_int0 not-in-module 2
	expect_reason ext4:ext4_lookup no-module 2
	expect_text out "built into this kernel"
}

test_explain_suffix() {
	local name

	# a function that the symbols have only with a suffix
	name=$(awk '$2 ~ /[tT]/ && NF == 3 { if ($3 ~ /^[a-z][a-z0-9_]*\.isra\.0$/) { sub(/\.isra\.0/, "", $3); isra[$3] } else plain[$3] }
		END { for (f in isra) if (!(f in plain)) print f }' /proc/kallsyms | sort | head -n 1)
	[[ -n $name ]] || skip "no function of this kernel has a suffix only"
	fl explain "$name"
	expect_text out "^  because +it exists only as '$name\\.isra\\.0'"
	expect_text out "^ +mark it noinline in the source"
	[[ $fl_kernel != full ]] || expect_equal "status" 1 "$status"
}

test_explain_module_not_loaded() {
	need_full
	rmmod fl_netdev mlx5_core
	trap 'modprobe mlx5_core; insmod "$modules/fl_netdev.ko"' EXIT
	expect_reason mlx5_core:mlx5_cmd_exec module-not-loaded 2
	expect_equal "hint" "modprobe mlx5_core" "$(jq -r '.reasons[0].hint' out)"
	expect_equal "tag" ERRNO "$(jq -r .tag out)"
	expect_equal "prototype" "int mlx5_cmd_exec(struct mlx5_core_dev *dev, void *in, int in_size, void *out, int out_size)" \
		"$(jq -r .prototype out)"
	# it is exported, so the name alone is enough
	expect_reason mlx5_cmd_exec module-not-loaded 2
	expect_text out "modprobe mlx5_core"
	fl explain -f json mlx5_core:mlx5_cmd_do
	expect_equal "not on its list" "module-not-loaded not-listed" "$(jq -r '[.reasons[].id] | join(" ")' out)"
}

test_explain_no_error_injection() {
	need_stock
	expect_reason vfs_read no-error-injection 4
	fl explain vfs_read
	expect_text out "^  because +this kernel is built without CONFIG_FUNCTION_ERROR_INJECTION$"
	expect_text out "only security_\\* functions are injectable on this kernel"
}

test_explain_without_files() {
	need_full # the same on every kernel
	mkdir empty
	mount --bind empty /sys/kernel/btf
	expect_reason security_file_open not-in-btf 4
	if [[ $fl_kernel == full ]]; then
		fl explain fl_int0
		expect_equal "status" 0 "$status"
		expect_text out "^  back end +kprobe: its module's type information \\(BTF\\) is missing or does not have it$"
	fi
	umount /sys/kernel/btf
	[[ $fl_kernel == full ]] || return 0
	hide_debugfs
	fl explain fl_int0
	show_debugfs
	expect_equal "without debugfs" 0 "$status"
	expect_text out "tag ERRNO, guessed from its type"
}

test_explain_unprivileged() {
	chmod 755 .
	as_nobody explain security_file_open
	expect_equal "status" 5 "$status"
	expect_text out "^security_file_open is injectable, but not by this process$"
	expect_text out "^  but +this process may not load BPF programs"
}

test_explain_rules() {
	local rule='on security_file_open if rand<10 && comm=="cat" return -EIO'

	fl explain -e "$rule"
	expect_equal "status" 0 "$status"
	expect_text out '^security_file_open by fmod_ret: preferred \(lower overhead\)$'
	expect_equal "order" 'comm == "cat"|heartbeat, deadline, exempt tasks|rand < 10' \
		"$(sed -nE 's/^    (cost [0-9]|guard ) +//p' out | paste -sd '|')"
	expect_text out '^  [1-9][0-9]* instructions, [1-9][0-9]* bytes of machine code$'
	expect_text out '^  the verifier looked at [1-9][0-9]* instructions in [1-9][0-9]* states \([1-9][0-9]* at a time\), stack [0-9+]+ bytes$'
	expect_text out '^SEC\("fmod_ret/security_file_open"\)'
	[[ ! -s err ]] || fail "$(<err)"
	nothing_attached || fail "$(attached)"
	# a run is of the same programs
	fl explain -f json -e "$rule"
	verified=$(jq '.programs[0].figures.verified' out)
	fl_start -e "$rule"
	grep -qx "verified_insns:.$verified" /proc/"$fl_pid"/fdinfo/* || fail "no program of $verified in the run"
	fl_stop
}

# The plan is that of the run, whose command is not run.
test_explain_script() {
	need_full # the same on every kernel
	cat >rules.fault <<-'END'
		param limit = 3
		on security_inode_mkdir if cpu < $limit return -EIO
		on exit vfs_mkdir log "made %d", retval
	END
	fl explain rules.fault limit=5 -v -- touch started
	expect_equal "status" 0 "$status"
	[[ ! -e started ]] || fail "the command was run"
	expect_text out '^    cost 2  child$'
	expect_text out '^vfs_mkdir by fexit: '
	expect_equal "programs" 2 "$(grep -c 'bytes of machine code$' out)"
	fl explain --system-wide ./rules.fault
	expect_equal "no command" 0 "$status"
	expect_no_text out '  child$'
	fl explain -e 'on security_inode_mkdir return -EIO'
	expect_equal "every task" 2 "$status"
	expect_text err '--system-wide'
	fl explain -f json -e 'on security_inode_mkdri if pid == 5 return -EIO'
	expect_equal "mistake" 2 "$status"
	expect_equal "as event" '["error","E_NO_FUNCTION"]' "$(jq -c '[.type, .tag]' out)"
}

# What the kernel must be asked for is left out, with the reason; the plan is told.
test_explain_rules_unprivileged() {
	chmod 755 .
	as_nobody explain -e 'on security_file_open if comm=="cat" return -EIO'
	expect_equal "status" 5 "$status"
	expect_text out '^security_file_open by fmod_ret: '
	expect_text out '^    cost 3  comm == "cat"$'
	expect_text out '^sizes were not measured: no permission to load BPF programs$'
	expect_text out '^hint: run it as root'
	expect_text out '^SEC\("fmod_ret/security_file_open"\)'
	as_nobody explain -f json -e 'on security_file_open if comm=="cat" return -EIO'
	expect_equal "json" '[null,5]' "$(jq -c '[.programs[0].figures, .exit]' out)"
}

# A plan that the kernel does not take is made again, as for a run.
test_explain_rules_full() {
	need_full
	fl explain -e 'on mlx5_cmd_exec if rand < 10 && comm == "ip" return -EIO on fl_ret_ptr_null return NULL on fl_int0 if within(fl_outer if a == 1) return -EIO'
	expect_equal "status" 0 "$status"
	expect_text out '^mlx5_core:mlx5_cmd_exec by fmod_ret: '
	expect_text out '^fl_targets:fl_ret_ptr_null by kprobe: fmod_ret runs the function when the value is 0$'
	expect_text out '^fl_targets:fl_outer by fentry: watched for within\(\)$'
	expect_equal "programs" 5 "$(grep -c 'the verifier looked at' out)"
	fl explain -e 'on fl_int*, fl_arg_* if pid == 3 return -EIO'
	expect_text out '^fl_targets:fl_[a-z0-9_]+, .* by kprobe.multi: one program for many functions$'
}

# What explain says against what happens: armed for a moment, or refused.
test_explain_agrees() {
	need_full
	local name said armed

	for name in fl_int0 fl_int7 fl_arg_pair fl_ret_bool fl_ret_ptr fl_ret_ptr_null fl_string \
		fl_notrace fl_twice fl_vanishes fl_traceable mlx5_cmd_exec security_file_open; do
		fl explain -f json "$name"
		said=$(jq .injectable out)
		case $(jq -r .tag out) in
		NULL) value=NULL ;;
		TRUE) value=true ;;
		*) value=-EIO ;;
		esac
		fl --allow-idle --deadline 1ms -e "on $name if pid == 1 return $value"
		armed=false
		((status)) || armed=true
		expect_equal "$name" "$said" "$armed"
	done
}

# What else could fail, by the kernel's code: of vfs_read() the hook that rw_verify_area() asks.
test_neighbours() {
	[[ -e /proc/kcore ]] || not_here
	fl -e 'on vfs_read if comm == "cat" return -EIO'
	expect_text err "^hint: .*; it calls '?security_file_permission'?.*; see faultline explain vfs_read$"
	fl explain vfs_read
	expect_text out '^  calls +security_file_permission(, [2-4] calls away)?$'
	fl -f json explain vfs_read
	jq -e '.calls[] | select(.function == "security_file_permission") | .distance <= 3' out >/dev/null ||
		fail "$(<out)"
	# without the code nothing is named
	as_nobody check -e 'on vfs_read if comm == "cat" return -EIO'
	expect_no_text err 'it calls'
}
