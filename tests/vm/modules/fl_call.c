// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How the targets are called. Below /sys/kernel/debug/fl_targets:
 *
 * functions	one line each: NAME KIND TAG PROTOTYPE
 * set		changes the objects, see fl_objects.c
 * call		one line is written, the answer is read from the same open file:
 *
 *	[xCOUNT] NAME ARGUMENT...
 *
 * calls NAME COUNT times. An argument is a number (-5, 0x10, true, false); an
 * object, obj0 obj1 obj2 null bad or an address; or a text, one word or
 * between "", where null, bad and 0x... are pointers. A text for a __user
 * pointer is put into the caller's own memory. The answer has a line for each
 * value that was returned, in the order of their first appearance:
 *
 *	int -5 x3			bool true x1
 *	ptr err=-12 x1			ptr null x1
 *	ptr obj0 x1			ptr 0xffff888003a10000 x1
 *
 * At most FL_VALUES values are told apart, the line `more xN` counts the rest.
 *
 * Nothing is shared between open files and nothing is locked around a call, so
 * threads that have a file each call at the same time.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "fl_call.h"
#include "fl_functions.h"

#define FL_LINE 512
#define FL_VALUES 32

static const char *const fl_kinds[] = {
	"int", "long", "s64", "s8", "s16", "u32", "u64", "bool", "ptr", "void",
};

struct fl_values {
	u64 value[FL_VALUES];
	u64 count[FL_VALUES];
	u64 more;
	int used;
};

struct fl_file {
	struct mutex lock;
	size_t length;
	char text[FL_VALUES * 48];
};

/* Between a row's arguments and the call that was asked for. */
#define I(n) (c->number[n])
#define O(n) (c->pointer[n])
#define OBJECT(n) (*(struct fl_object **)&c->pointer[n])
#define S(n) (c->pointer[n])
#define U(n) ((const char __user *)c->pointer[n])

#define FL_THUNK_SPECIAL(ret, name, params, kind, tag, form, call)	\
	static u64 call_##name(struct fl_call *c)			\
	{								\
		return FL_CALL_##kind(name call);				\
	}
#define FL_THUNK_PLAIN(ret, name, params, kind, tag, form, call, answer) \
	FL_THUNK_SPECIAL(ret, name, params, kind, tag, form, call)

#define FL_CALL_int(call) ((u64)(call))
#define FL_CALL_long(call) ((u64)(call))
#define FL_CALL_s64(call) ((u64)(call))
#define FL_CALL_s8(call) ((u64)(call))
#define FL_CALL_s16(call) ((u64)(call))
#define FL_CALL_u32(call) ((u64)(call))
#define FL_CALL_u64(call) ((u64)(call))
#define FL_CALL_bool(call) ((u64)(call))
#define FL_CALL_ptr(call) ((u64)(unsigned long)(call))
#define FL_CALL_void(call) ((call), 0)

FL_PLAIN(FL_THUNK_PLAIN)
/* This one is to be called from an interrupt; its thunk finds the way there. */
#define fl_in_irq(a) fl_call_in_irq(a)
FL_SPECIAL(FL_THUNK_SPECIAL)
#undef fl_in_irq

/* Not one by the other: on the way, NULL and __user would be expanded. */
#define FL_ROW_SPECIAL(ret, name, params, kind, tag, form, call)	\
	{ #name, #tag, #ret " " #name #params, form, FL_##kind, call_##name },
#define FL_ROW_PLAIN(ret, name, params, kind, tag, form, call, answer)	\
	{ #name, #tag, #ret " " #name #params, form, FL_##kind, call_##name },

const struct fl_target fl_targets[] = {
	FL_PLAIN(FL_ROW_PLAIN)
	FL_SPECIAL(FL_ROW_SPECIAL)
	{}
};

static void add_value(struct fl_values *v, u64 value)
{
	int i;

	for (i = 0; i < v->used; i++) {
		if (v->value[i] == value) {
			v->count[i]++;
			return;
		}
	}
	if (v->used == FL_VALUES) {
		v->more++;
		return;
	}
	v->value[v->used] = value;
	v->count[v->used++] = 1;
}

static size_t print_value(char *to, size_t size, enum fl_kind kind, u64 value)
{
	void *pointer = (void *)(unsigned long)value;
	int i;

	switch (kind) {
	case FL_void:
		return scnprintf(to, size, "void -");
	case FL_bool:
		return scnprintf(to, size, "bool %s", value ? "true" : "false");
	case FL_u32:
	case FL_u64:
		return scnprintf(to, size, "%s %llu", fl_kinds[kind], value);
	case FL_ptr:
		break;
	default:
		return scnprintf(to, size, "%s %lld", fl_kinds[kind], (s64)value);
	}
	if (!value)
		return scnprintf(to, size, "ptr null");
	if (IS_ERR(pointer))
		return scnprintf(to, size, "ptr err=%ld", PTR_ERR(pointer));
	for (i = 0; i < FL_OBJECTS; i++)
		if (pointer == &fl_objects[i])
			return scnprintf(to, size, "ptr obj%d", i);
	return scnprintf(to, size, "ptr 0x%llx", value);
}

static void print_values(struct fl_file *f, enum fl_kind kind,
			 const struct fl_values *v)
{
	size_t size = sizeof(f->text), n = 0;
	int i;

	for (i = 0; i < v->used; i++) {
		n += print_value(f->text + n, size - n, kind, v->value[i]);
		n += scnprintf(f->text + n, size - n, " x%llu\n", v->count[i]);
	}
	if (v->more)
		n += scnprintf(f->text + n, size - n, "more x%llu\n", v->more);
	f->length = n;
}

static int run_line(struct fl_file *f, char *line)
{
	const struct fl_target *t;
	struct fl_call c = {};
	struct fl_values *v;
	u64 count, i;
	int err = 0;

	f->length = 0;
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	t = fl_read_call(line, &count, &c);
	if (!t)
		err = -EINVAL;
	for (i = 0; !err && i < count; i++) {
		add_value(v, t->call(&c));
		if (i % 1024 == 1023) {
			cond_resched();
			if (fatal_signal_pending(current))
				err = -EINTR;
		}
	}
	if (!err)
		print_values(f, t->kind, v);
	if (c.user)
		vm_munmap(c.user, PAGE_SIZE);
	kfree(v);
	return err;
}

/* copy_line: one line of user text without its end, to be freed. */
static char *copy_line(const char __user *text, size_t size)
{
	char *line;

	if (!size || size > FL_LINE)
		return ERR_PTR(-EINVAL);
	line = memdup_user_nul(text, size);
	if (!IS_ERR(line))
		line[strcspn(line, "\n")] = '\0';
	return line;
}

static int call_open(struct inode *inode, struct file *file)
{
	struct fl_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	mutex_init(&f->lock);
	file->private_data = f;
	return 0;
}

static int call_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t call_write(struct file *file, const char __user *text,
			  size_t size, loff_t *pos)
{
	struct fl_file *f = file->private_data;
	char *line = copy_line(text, size);
	int err;

	if (IS_ERR(line))
		return PTR_ERR(line);
	mutex_lock(&f->lock);
	err = run_line(f, line);
	mutex_unlock(&f->lock);
	kfree(line);
	/* What is read next is this call's answer, from its beginning. */
	*pos = 0;
	return err ?: size;
}

static ssize_t call_read(struct file *file, char __user *text, size_t size,
			 loff_t *pos)
{
	struct fl_file *f = file->private_data;
	ssize_t n;

	mutex_lock(&f->lock);
	n = simple_read_from_buffer(text, size, pos, f->text, f->length);
	mutex_unlock(&f->lock);
	return n;
}

static const struct file_operations call_fops = {
	.owner = THIS_MODULE,
	.open = call_open,
	.release = call_release,
	.read = call_read,
	.write = call_write,
};

static DEFINE_MUTEX(set_lock);

static ssize_t set_write(struct file *file, const char __user *text,
			 size_t size, loff_t *pos)
{
	char *line = copy_line(text, size);
	int err;

	if (IS_ERR(line))
		return PTR_ERR(line);
	mutex_lock(&set_lock);
	err = fl_object_set(line);
	mutex_unlock(&set_lock);
	kfree(line);
	return err ?: size;
}

static const struct file_operations set_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = set_write,
};

static int functions_show(struct seq_file *m, void *unused)
{
	int i;

	for (i = 0; fl_targets[i].name; i++)
		seq_printf(m, "%s %s %s %s\n", fl_targets[i].name,
			   fl_kinds[fl_targets[i].kind], fl_targets[i].tag,
			   fl_targets[i].prototype);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(functions);

static struct dentry *fl_dir;

static int __init fl_init(void)
{
	fl_objects_reset();
	fl_dir = debugfs_create_dir("fl_targets", NULL);
	debugfs_create_file("call", 0600, fl_dir, NULL, &call_fops);
	debugfs_create_file("set", 0200, fl_dir, NULL, &set_fops);
	debugfs_create_file("functions", 0444, fl_dir, NULL, &functions_fops);
	return 0;
}

static void __exit fl_exit(void)
{
	debugfs_remove(fl_dir);
}

module_init(fl_init);
module_exit(fl_exit);

MODULE_DESCRIPTION("faultline: functions to inject errors into");
MODULE_LICENSE("GPL");
