// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A wrong error path in a module's init, and the same path right: what was
 * allocated before a failure is lost on the one and given back on the other.
 * The module comes and goes with each trial, at another address every time.
 */
#include <linux/module.h>
#include <linux/slab.h>

static void *fl_first[2], *fl_second[2];

static __always_inline int fl_start(int i, bool wrong)
{
	fl_first[i] = kzalloc(200, GFP_KERNEL);
	if (!fl_first[i])
		return -ENOMEM;
	fl_second[i] = kzalloc(300, GFP_KERNEL);
	if (fl_second[i])
		return 0;
	if (!wrong)
		kfree(fl_first[i]);
	fl_first[i] = NULL;
	return -ENOMEM;
}

/* noipa: a fault is put down to a bug by the name of its function. */
static __attribute__((noipa)) int __init bug_in_init(void)
{
	return fl_start(0, true);
}

static __attribute__((noipa)) int __init good_in_init(void)
{
	return fl_start(1, false);
}

static void fl_free(int i)
{
	kfree(fl_second[i]);
	kfree(fl_first[i]);
}

static int __init fl_bugs_start(void)
{
	int err = bug_in_init();

	if (err)
		return err;
	err = good_in_init();
	if (err)
		fl_free(0);
	return err;
}

static void __exit fl_bugs_stop(void)
{
	fl_free(1);
	fl_free(0);
}

module_init(fl_bugs_start);
module_exit(fl_bugs_stop);
MODULE_DESCRIPTION("a wrong error path in a module's init");
MODULE_LICENSE("GPL");
