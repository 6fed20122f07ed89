// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Error paths that are wrong, each in one known way, and the same paths right.
 *
 * A shape is an inline function with a flag: bug_NAME() and good_NAME() are the
 * same code with it and without it, so that a tool that looks for the wrong
 * ones has an equal number of right ones to keep quiet about. Without a fault
 * both do the same and succeed.
 *
 * The faults that matter are of the slab (should_failslab) and of fl_bugs_step(),
 * which may be made to return an errno. All calls come by way of fl_bugs_run().
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/error-injection.h>
#include <linux/etherdevice.h>
#include <linux/kref.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "fl_bugs.h"

#define FL_WORDS 8

/* noipa: what is told apart by name must not be merged or cloned. */
#define FL_CASE(name)                                                \
	static __attribute__((noipa)) int bug_##name(void)           \
	{                                                            \
		return name(true);                                   \
	}                                                            \
	static __attribute__((noipa)) int good_##name(void)          \
	{                                                            \
		return name(false);                                  \
	}

#define FL_SHAPE static __always_inline int

struct fl_box {
	struct list_head node;
	struct kref refs;
	struct timer_list timer;
	int words[FL_WORDS];
};

static struct fl_box *box(void)
{
	return kzalloc(sizeof(struct fl_box), GFP_KERNEL);
}

__attribute__((noipa)) int fl_bugs_step(int n);
__attribute__((noipa)) int fl_bugs_step(int n)
{
	return 0;
}
ALLOW_ERROR_INJECTION(fl_bugs_step, ERRNO);

/* --- memory --------------------------------------------------------------- */

FL_SHAPE leak(bool wrong)
{
	struct fl_box *a = box(), *b;

	if (!a)
		return -ENOMEM;
	b = box();
	if (!b) {
		if (!wrong)
			kfree(a);
		return -ENOMEM;
	}
	kfree(b);
	kfree(a);
	return 0;
}
FL_CASE(leak)

FL_SHAPE double_free(bool wrong)
{
	struct fl_box *a = box();
	int err;

	if (!a)
		return -ENOMEM;
	err = fl_bugs_step(1);
	if (err && wrong) {
		kfree(a);
		OPTIMIZER_HIDE_VAR(a);
	}
	kfree(a);
	return err;
}
FL_CASE(double_free)

FL_SHAPE use_after_free(bool wrong)
{
	struct fl_box *a = box();
	int err;

	if (!a)
		return -ENOMEM;
	err = fl_bugs_step(2);
	if (err && !wrong)
		WRITE_ONCE(a->words[0], err);
	kfree(a);
	OPTIMIZER_HIDE_VAR(a);
	if (err && wrong)
		WRITE_ONCE(a->words[0], err);
	return err;
}
FL_CASE(use_after_free)

FL_SHAPE unchecked(bool wrong)
{
	struct fl_box *a = box();

	if (!a && !wrong)
		return -ENOMEM;
	WRITE_ONCE(a->words[0], 1);
	kfree(a);
	return 0;
}
FL_CASE(unchecked)

FL_SHAPE out_of_bounds(bool wrong)
{
	int n = 24, err, *a = kcalloc(n, sizeof(*a), GFP_KERNEL);

	if (!a)
		return -ENOMEM;
	err = fl_bugs_step(3);
	OPTIMIZER_HIDE_VAR(n);
	if (err) {
		for (int i = 0; i < n + wrong; i++)
			WRITE_ONCE(a[i], 0);
	}
	kfree(a);
	return err;
}
FL_CASE(out_of_bounds)

/* An address inside of an object is freed. */
FL_SHAPE wrong_free(bool wrong)
{
	struct fl_box *a = box();
	void *p = a;
	int err;

	if (!a)
		return -ENOMEM;
	err = fl_bugs_step(4);
	if (err && wrong)
		p = &a->words[2];
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	return err;
}
FL_CASE(wrong_free)

/* An error pointer is taken for an object. */
FL_SHAPE error_pointer(bool wrong)
{
	struct fl_box *a = box();
	struct fl_box *p;
	int err;

	if (!a)
		return -ENOMEM;
	err = fl_bugs_step(5);
	p = err ? ERR_PTR(err) : a;
	OPTIMIZER_HIDE_VAR(p);
	if (wrong ? !p : IS_ERR_OR_NULL(p)) {
		kfree(a);
		return err;
	}
	WRITE_ONCE(p->words[0], 1);
	kfree(a);
	return 0;
}
FL_CASE(error_pointer)

/* --- more than one fault, or not the first call --------------------------- */

/* Only when undoing fails as well. */
FL_SHAPE pair(bool wrong)
{
	struct fl_box *a = box(), *b, *undo;

	if (!a)
		return -ENOMEM;
	b = box();
	if (!b) {
		undo = box();
		if (undo || !wrong)
			kfree(a);
		kfree(undo);
		return -ENOMEM;
	}
	kfree(b);
	kfree(a);
	return 0;
}
FL_CASE(pair)

/* Only when it fails again and again. */
FL_SHAPE persistent(bool wrong)
{
	struct fl_box *a = box(), *b = NULL;

	if (!a)
		return -ENOMEM;
	for (int i = 0; i < 3 && !b; i++)
		b = box();
	if (!b) {
		if (!wrong)
			kfree(a);
		return -ENOMEM;
	}
	kfree(b);
	kfree(a);
	return 0;
}
FL_CASE(persistent)

/* Only when the third of four calls at one place fails. */
FL_SHAPE third(bool wrong)
{
	struct fl_box *all[4] = { NULL };
	int err = 0;

#pragma GCC unroll 1
	for (int i = 0; i < 4 && !err; i++) {
		all[i] = box();
		if (all[i])
			continue;
		err = -ENOMEM;
		if (wrong && i == 2)
			all[1] = NULL;
	}
	for (int i = 0; i < 4; i++)
		kfree(all[i]);
	return err;
}
FL_CASE(third)

/* --- references ----------------------------------------------------------- */

static void free_box(struct kref *refs)
{
	kfree(container_of(refs, struct fl_box, refs));
}

/* The counter's object outlives the mistake: only the counter is wrong. */
FL_SHAPE put_twice(bool wrong)
{
	static refcount_t refs;
	bool last;
	int err;

	refcount_set(&refs, 1);
	err = fl_bugs_step(6);
	last = refcount_dec_and_test(&refs);
	if (err && wrong)
		last |= refcount_dec_and_test(&refs);
	return last ? err : -EBUSY;
}
FL_CASE(put_twice)

/* What was counted before is dropped without a word; later uses report, without a fault. */
FL_SHAPE miscounts(bool wrong)
{
	static refcount_t users[2] = { REFCOUNT_INIT(1), REFCOUNT_INIT(1) };
	struct fl_box *a = box();

	if (!a) {
		if (wrong && refcount_dec_and_test(&users[wrong]))
			pr_debug("the last user is gone\n");
		return -ENOMEM;
	}
	refcount_inc(&users[wrong]);
	kfree(a);
	return refcount_dec_and_test(&users[wrong]) ? -EBUSY : 0;
}
FL_CASE(miscounts)

FL_SHAPE never_put(bool wrong)
{
	struct fl_box *a = box();
	int err;

	if (!a)
		return -ENOMEM;
	kref_init(&a->refs);
	kref_get(&a->refs);
	err = fl_bugs_step(7);
	if (!err || !wrong)
		kref_put(&a->refs, free_box);
	kref_put(&a->refs, free_box);
	return err;
}
FL_CASE(never_put)

FL_SHAPE module_use(bool wrong)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	err = fl_bugs_step(8);
	if (err && wrong)
		atomic_inc(&fl_uses);
	else
		module_put(THIS_MODULE);
	return err;
}
FL_CASE(module_use)

/* --- locks and contexts --------------------------------------------------- */

/* A lock that an earlier run has left is made anew: its task is gone. */
FL_SHAPE lock_left(bool wrong)
{
	static struct mutex lock;
	int err;

	mutex_init(&lock);
	mutex_lock(&lock);
	err = fl_bugs_step(9);
	if (err && wrong)
		return err;
	mutex_unlock(&lock);
	return err;
}
FL_CASE(lock_left)

FL_SHAPE rcu_left(bool wrong)
{
	int err;

	rcu_read_lock();
	err = fl_bugs_step(10);
	if (err && wrong)
		return err;
	rcu_read_unlock();
	return err;
}
FL_CASE(rcu_left)

static DEFINE_MUTEX(fl_first);
static DEFINE_MUTEX(fl_second);

FL_SHAPE lock_order(bool wrong)
{
	int err;

	mutex_lock(&fl_first);
	mutex_lock(&fl_second);
	mutex_unlock(&fl_second);
	mutex_unlock(&fl_first);
	err = fl_bugs_step(11);
	if (err) {
		mutex_lock(wrong ? &fl_second : &fl_first);
		mutex_lock(wrong ? &fl_first : &fl_second);
		mutex_unlock(wrong ? &fl_first : &fl_second);
		mutex_unlock(wrong ? &fl_second : &fl_first);
	}
	return err;
}
FL_CASE(lock_order)

FL_SHAPE sleeps_in_atomic(bool wrong)
{
	static DEFINE_SPINLOCK(lock);
	struct fl_box *a = box();
	int err;

	if (!a)
		return -ENOMEM;
	spin_lock(&lock);
	err = fl_bugs_step(12);
	if (err && wrong)
		might_sleep();
	spin_unlock(&lock);
	if (err && !wrong)
		might_sleep();
	kfree(a);
	return err;
}
FL_CASE(sleeps_in_atomic)

/* --- life cycles ---------------------------------------------------------- */

static void on_timer(struct timer_list *timer)
{
}

FL_SHAPE timer_freed(bool wrong)
{
	struct fl_box *a = box();
	int err;

	if (!a)
		return -ENOMEM;
	timer_setup(&a->timer, on_timer, 0);
	mod_timer(&a->timer, jiffies + 3600 * HZ);
	err = fl_bugs_step(13);
	if (!err || !wrong)
		del_timer_sync(&a->timer);
	kfree(a);
	return err;
}
FL_CASE(timer_freed)

FL_SHAPE deleted_twice(bool wrong)
{
	static LIST_HEAD(all);
	struct fl_box *a = box();
	int err;

	if (!a)
		return -ENOMEM;
	list_add(&a->node, &all);
	err = fl_bugs_step(14);
	list_del(&a->node);
	if (err && wrong)
		list_del(&a->node);
	kfree(a);
	return err;
}
FL_CASE(deleted_twice)

/* --- said by the code itself ---------------------------------------------- */

FL_SHAPE warns(bool wrong)
{
	struct fl_box *a = box();

	WARN_ON(wrong && !a);
	if (!a)
		return -ENOMEM;
	kfree(a);
	return 0;
}
FL_CASE(warns)

FL_SHAPE asserts(bool wrong)
{
	struct fl_box *a = box();

	BUG_ON(wrong && !a);
	if (!a)
		return -ENOMEM;
	kfree(a);
	return 0;
}
FL_CASE(asserts)

FL_SHAPE shifts(bool wrong)
{
	int err = fl_bugs_step(15), by = wrong ? err : -err & 7;
	u32 mask;

	OPTIMIZER_HIDE_VAR(by);
	mask = 1U << by;
	OPTIMIZER_HIDE_VAR(mask);
	return err;
}
FL_CASE(shifts)

FL_SHAPE panics(bool wrong)
{
	struct fl_box *a = box();

	if (!a && wrong)
		panic("fl_bugs: no memory, as planted");
	if (!a)
		return -ENOMEM;
	kfree(a);
	return 0;
}
FL_CASE(panics)

/* --- seen from outside only ----------------------------------------------- */

/* The error is lost: success, and nothing was stored. */
FL_SHAPE lost_error(bool wrong)
{
	struct fl_box *a = box();

	if (!a && !wrong)
		return -ENOMEM;
	fl_wanted++;
	if (a)
		fl_stored++;
	kfree(a);
	return 0;
}
FL_CASE(lost_error)

FL_SHAPE hangs(bool wrong)
{
	int err = fl_bugs_step(16);

	/* ended by reset, so that a machine can go on */
	if (err && wrong)
		wait_for_completion(&fl_never);
	return err;
}
FL_CASE(hangs)

static int idle_thread(void *unused)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

FL_SHAPE thread_left(bool wrong)
{
	struct fl_left *left = kzalloc(sizeof(*left), GFP_KERNEL);
	int err;

	if (!left)
		return -ENOMEM;
	left->thread = kthread_run(idle_thread, NULL, "fl_bugs_idle");
	if (IS_ERR(left->thread)) {
		err = PTR_ERR(left->thread);
		kfree(left);
		return err;
	}
	err = fl_bugs_step(17);
	if (err && wrong)
		fl_leave(left);
	else
		fl_stop(left);
	return err;
}
FL_CASE(thread_left)

static netdev_tx_t drop(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops fl_netdev_ops = { .ndo_start_xmit = drop };

static void set_up(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &fl_netdev_ops;
	eth_hw_addr_random(dev);
}

FL_SHAPE device_left(bool wrong)
{
	struct fl_left *left = kzalloc(sizeof(*left), GFP_KERNEL);
	int err;

	if (!left)
		return -ENOMEM;
	left->netdev = alloc_netdev(0, "flbug%d", NET_NAME_ENUM, set_up);
	if (!left->netdev) {
		kfree(left);
		return -ENOMEM;
	}
	err = register_netdev(left->netdev);
	if (err) {
		free_netdev(left->netdev);
		kfree(left);
		return err;
	}
	err = fl_bugs_step(18);
	if (err && wrong)
		fl_leave(left);
	else
		fl_stop(left);
	return err;
}
FL_CASE(device_left)

/* The work is done by another task than the caller. */
struct fl_job {
	struct work_struct work;
	bool wrong;
	int err;
};

static __attribute__((noipa)) void fl_bugs_work(struct work_struct *work)
{
	struct fl_job *job = container_of(work, struct fl_job, work);
	struct fl_box *a = box(), *b = a ? box() : NULL;

	job->err = b ? 0 : -ENOMEM;
	kfree(b);
	if (b || !job->wrong)
		kfree(a);
}

FL_SHAPE worker_leaks(bool wrong)
{
	struct fl_job job = { .wrong = wrong };

	INIT_WORK_ONSTACK(&job.work, fl_bugs_work);
	schedule_work(&job.work);
	flush_work(&job.work);
	destroy_work_on_stack(&job.work);
	return job.err;
}
FL_CASE(worker_leaks)

/* --- the table ------------------------------------------------------------- */

#define FL_ROW(name) { "bug_" #name, bug_##name }, { "good_" #name, good_##name },

const struct fl_case fl_cases[] = {
	FL_ROW(leak) FL_ROW(double_free) FL_ROW(use_after_free) FL_ROW(unchecked)
	FL_ROW(out_of_bounds) FL_ROW(wrong_free) FL_ROW(error_pointer) FL_ROW(pair)
	FL_ROW(persistent) FL_ROW(third) FL_ROW(put_twice) FL_ROW(never_put)
	FL_ROW(miscounts)
	FL_ROW(module_use) FL_ROW(lock_left) FL_ROW(rcu_left) FL_ROW(lock_order)
	FL_ROW(sleeps_in_atomic) FL_ROW(timer_freed) FL_ROW(deleted_twice) FL_ROW(warns)
	FL_ROW(asserts) FL_ROW(shifts) FL_ROW(panics) FL_ROW(lost_error)
	FL_ROW(hangs) FL_ROW(thread_left) FL_ROW(device_left) FL_ROW(worker_leaks)
};

const size_t fl_ncases = ARRAY_SIZE(fl_cases);
