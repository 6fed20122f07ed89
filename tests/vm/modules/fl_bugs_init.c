// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same for a module's init: what it has allocated before a failure is lost
 * with wrong=1, and given back with wrong=0. It comes and goes with each trial,
 * at another address every time.
 */
#include <linux/module.h>
#include <linux/slab.h>

static bool wrong;
module_param(wrong, bool, 0400);

static void *fl_first, *fl_second;

static int __init fl_bugs_start(void)
{
	fl_first = kzalloc(200, GFP_KERNEL);
	if (!fl_first)
		return -ENOMEM;
	fl_second = kzalloc(300, GFP_KERNEL);
	if (fl_second)
		return 0;
	if (!wrong)
		kfree(fl_first);
	return -ENOMEM;
}

static void __exit fl_bugs_stop(void)
{
	kfree(fl_second);
	kfree(fl_first);
}

module_init(fl_bugs_start);
module_exit(fl_bugs_stop);
MODULE_DESCRIPTION("a wrong error path in a module's init");
MODULE_LICENSE("GPL");
