// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How the shapes are called, and how what they leave is put away.
 *
 * Below /sys/kernel/debug/fl_bugs:
 *
 * cases	one name a line: bug_leak, good_leak ...
 * run		writing a name calls it; the write fails as it does
 * written	what lost_error has stored and what it was to store, two numbers;
 *		reading sets both to 0
 * reset	writing puts away what bugs have left: threads, devices, references
 */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "fl_bugs.h"

atomic_t fl_uses;
DECLARE_COMPLETION(fl_never);
int fl_wanted, fl_stored;

static LIST_HEAD(fl_all_left);
static DEFINE_MUTEX(fl_left_lock);

void fl_stop(struct fl_left *left)
{
	if (left->thread)
		kthread_stop(left->thread);
	if (left->netdev) {
		unregister_netdev(left->netdev);
		free_netdev(left->netdev);
	}
	kfree(left);
}

void fl_leave(struct fl_left *left)
{
	mutex_lock(&fl_left_lock);
	list_add(&left->node, &fl_all_left);
	mutex_unlock(&fl_left_lock);
}

/* noipa: rules say within(fl_bugs_run). */
static __attribute__((noipa)) int fl_bugs_run(const char *name)
{
	for (size_t i = 0; i < fl_ncases; i++) {
		int err;

		if (strcmp(fl_cases[i].name, name) != 0)
			continue;
		err = fl_cases[i].fn();
		/* no tail call: this function has to stay on the stack */
		barrier();
		return err;
	}
	return -ENOENT;
}

static ssize_t run_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	char name[64];
	int err;

	if (len >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buf, len))
		return -EFAULT;
	name[len] = '\0';
	err = fl_bugs_run(strim(name));
	return err ?: len;
}

static const struct file_operations fl_run_fops = {
	.owner = THIS_MODULE,
	.write = run_write,
};

static int cases_show(struct seq_file *m, void *unused)
{
	for (size_t i = 0; i < fl_ncases; i++)
		seq_printf(m, "%s\n", fl_cases[i].name);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cases);

static int written_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%d %d\n", fl_stored, fl_wanted);
	fl_stored = fl_wanted = 0;
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(written);

static void put_away(void)
{
	struct fl_left *left, *next;

	mutex_lock(&fl_left_lock);
	list_for_each_entry_safe(left, next, &fl_all_left, node) {
		list_del(&left->node);
		fl_stop(left);
	}
	mutex_unlock(&fl_left_lock);
	while (atomic_add_unless(&fl_uses, -1, 0))
		module_put(THIS_MODULE);
	complete_all(&fl_never);
	/* those that wait are on their way; the next ones wait again */
	msleep(100);
	reinit_completion(&fl_never);
}

static ssize_t reset_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	put_away();
	return len;
}

static const struct file_operations fl_reset_fops = {
	.owner = THIS_MODULE,
	.write = reset_write,
};

static struct dentry *fl_dir;

static int __init fl_bugs_init(void)
{
	fl_dir = debugfs_create_dir("fl_bugs", NULL);
	debugfs_create_file("run", 0200, fl_dir, NULL, &fl_run_fops);
	debugfs_create_file("reset", 0200, fl_dir, NULL, &fl_reset_fops);
	debugfs_create_file("cases", 0400, fl_dir, NULL, &cases_fops);
	debugfs_create_file("written", 0400, fl_dir, NULL, &written_fops);
	return 0;
}

static void __exit fl_bugs_exit(void)
{
	debugfs_remove(fl_dir);
	put_away();
}

module_init(fl_bugs_init);
module_exit(fl_bugs_exit);
MODULE_DESCRIPTION("wrong error paths, and right ones of the same shapes");
MODULE_LICENSE("GPL");
