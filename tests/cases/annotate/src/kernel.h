/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.h - as much of a kernel as the sources here need. */
#ifndef FL_CASES_KERNEL_H
#define FL_CASES_KERNEL_H

#define NULL ((void *)0)
#define EIO 5
#define ENOMEM 12
#define EBUSY 16
#define EINVAL 22
#define noinline __attribute__((noinline))
#define __init __attribute__((section(".init.text")))
#define EXPORT_SYMBOL_GPL(name) extern typeof(name) name
#define ALLOW_ERROR_INJECTION(name, tag) extern typeof(name) name
#define GFP_KERNEL 0
#define kmalloc(...) kmalloc_noprof(__VA_ARGS__)

typedef _Bool bool;
typedef unsigned int u32;
typedef unsigned long size_t;

struct mutex {
	int count;
};

struct device {
	struct mutex lock;
	struct device *parent;
	int users;
	u32 regs[4];
	const struct ops *ops;
};

struct ops {
	int (*start)(struct device *dev);
};

void *kmalloc_noprof(size_t size, int flags);
void kfree(const void *p);
void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);
void get_device(struct device *dev);
void put_device(struct device *dev);
void dev_err(struct device *dev, const char *format, ...);
int hw_send(struct device *dev, const void *in, void *out);
void hw_kick(struct device *dev);

static inline long IS_ERR(const void *p)
{
	return (unsigned long)p >= (unsigned long)-4095;
}

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *p)
{
	return (long)p;
}

static inline u32 device_reg(const struct device *dev, int n)
{
	return dev->regs[n & 3];
}

#endif /* FL_CASES_KERNEL_H */
