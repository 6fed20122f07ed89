/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lines of the kernel log and messages about modules say. */
#include "unit.h"

#include "klog.h"
#include "uevent.h"

static void test_splats(void **state)
{
	static const char *const are[] = {
		"WARNING: CPU: 1 PID: 77 at fs/inode.c:42 drop_nlink+0x1/0x2",
		"BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"BUG: KASAN: slab-use-after-free in fl_int0+0x1/0x2 [fl_targets]",
		"UBSAN: shift-out-of-bounds in lib/x.c:1:2",
		"Oops: 0000 [#1] PREEMPT SMP",
		"kernel BUG at mm/slub.c:1!",
		"general protection fault, probably for non-canonical address 0xdead",
		"Unable to handle kernel paging request at virtual address 0",
		"Kernel panic - not syncing: Attempted to kill init!",
		"watchdog: BUG: soft lockup - CPU#0 stuck for 22s!",
		"INFO: task mount:77 blocked for more than 120 seconds.",
		"rcu: INFO: rcu_sched self-detected stall on CPU",
	};
	static const char *const are_not[] = {
		"",
		"BUG",
		"faultline[77]: armed: on fl_int0 return -EIO",
		"EXT4-fs (loop0): WARNING: mounting fs with errors",
		"Modules linked in: fl_targets",
		"FAULT_INJECTION: forcing a failure.",
		"INFO: lockdep is turned off.",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(are); i++) {
		if (!fl_is_splat(are[i]))
			fail_msg("'%s' is not taken for a report", are[i]);
	}
	for (size_t i = 0; i < COUNT(are_not); i++) {
		if (fl_is_splat(are_not[i]))
			fail_msg("'%s' is taken for a report", are_not[i]);
	}
}

static void test_modules(void **state)
{
	static const struct {
		const char *text;
		const char *module; /* NULL: not about one */
		bool came;
	} messages[] = {
		{ "add@/module/mlx5_core", "mlx5_core", true },
		{ "remove@/module/loop", "loop", false },
		{ "change@/module/loop", NULL, false },
		{ "add@/module/loop/holders", NULL, false },
		{ "add@/devices/virtual/block/loop0", NULL, false },
		{ "add@/module/", NULL, false },
		{ "add@/module", NULL, false },
		{ "/module/loop", NULL, false },
		{ "", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		const char *module = NULL;
		bool came = false, good;

		good = fl_uevent_parse(messages[i].text, &module, &came);
		assert_int_equal(good, messages[i].module != NULL);
		if (!good)
			continue;
		assert_string_equal(module, messages[i].module);
		assert_int_equal(came, messages[i].came);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_splats),
		cmocka_unit_test(test_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
