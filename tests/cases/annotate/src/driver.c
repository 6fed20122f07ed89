// SPDX-License-Identifier: GPL-2.0-or-later
/* driver.c - each function is a case: what is judged of it is in driver.expect. */
#include "driver.h"

static int drv_check(int err, const void *out)
{
	if (err)
		return err;
	return out ? 0 : -EIO;
}

/* a local result, of which another function makes the error */
int drv_exec(struct device *dev, void *in, void *out)
{
	int err = hw_send(dev, in, out);

	return drv_check(err, out);
}
EXPORT_SYMBOL_GPL(drv_exec);

/* the first error return comes before the store */
int drv_query(struct device *dev, u32 *value)
{
	u32 in[4] = { 0 }, out[4];
	int err;

	in[0] = device_reg(dev, 1);
	err = drv_exec(dev, in, out);
	if (err)
		return err;
	*value = out[1];
	return 0;
}

/* the lock is given back where it fails */
int drv_locked(struct device *dev)
{
	int err = 0;

	mutex_lock(&dev->lock);
	if (dev->users) {
		err = -EBUSY;
		goto unlock;
	}
	dev->users = 1;
unlock:
	mutex_unlock(&dev->lock);
	return err;
}

/* and here it is not */
int drv_unlocked_late(struct device *dev)
{
	mutex_lock(&dev->lock);
	if (dev->users)
		return -EBUSY;
	mutex_unlock(&dev->lock);
	return 0;
}

int drv_counts(struct device *dev)
{
	dev->users++;
	if (device_reg(dev, 0) & 1)
		return -EIO;
	return 0;
}

/* calls what may change anything */
int drv_kicks(struct device *dev)
{
	hw_kick(dev);
	hw_kick(dev->parent);
	hw_kick(dev->parent->parent);
	if (device_reg(dev, 0) & 1)
		return -EIO;
	return 0;
}

int drv_recovers(struct device *dev)
{
	struct device *copy;
	int err;

	get_device(dev);
	dev->parent = dev;
	copy = kmalloc(sizeof(*copy), GFP_KERNEL);
	if (!copy) {
		err = -ENOMEM;
		goto put;
	}
	copy->users = 0;
	kfree(copy);
	return 0;
put:
	dev->parent = NULL;
	put_device(dev);
	return err;
}

int drv_destroy(struct device *dev)
{
	if (dev->users)
		return -EBUSY;
	dev->ops = NULL;
	return 0;
}

int drv_ignored(struct device *dev)
{
	if (!dev->ops)
		return -EINVAL;
	return 0;
}

/* no errors, but numbers */
int drv_positive(struct device *dev)
{
	return dev->users ? 2 : 1;
}

struct device *drv_alloc(int size)
{
	struct device *dev = kmalloc((size_t)size, GFP_KERNEL);

	if (!dev)
		return NULL;
	dev->users = 0;
	return dev;
}

struct device *drv_get(int size)
{
	struct device *dev;

	if (size < 1)
		return ERR_PTR(-EINVAL);
	dev = drv_alloc(size);
	return dev ? dev : ERR_PTR(-ENOMEM);
}

struct device *drv_either(int size)
{
	if (size < 1)
		return ERR_PTR(-EINVAL);
	return drv_alloc(size);
}

bool drv_is_ready(struct device *dev)
{
	return dev->users > 0;
}

noinline bool drv_should_fail(struct device *dev)
{
	return dev->users > 100;
}

u32 drv_bits(struct device *dev)
{
	return dev->ops ? 1 : (u32)-EINVAL;
}

void drv_reset(struct device *dev)
{
	dev->users = 0;
}

int __init drv_start(struct device *dev)
{
	return dev->ops ? 0 : -EINVAL;
}

static int drv_helper(struct device *dev)
{
	return dev->ops ? 0 : -EINVAL;
}

static noinline int drv_kept(struct device *dev)
{
	return dev->ops ? 0 : -EINVAL;
}

static inline int drv_inlined(struct device *dev)
{
	return dev->ops ? 0 : -EINVAL;
}

int drv_marked(struct device *dev)
{
	if (drv_helper(dev) || drv_kept(dev) || drv_inlined(dev))
		return -EIO;
	return 0;
}
ALLOW_ERROR_INJECTION(drv_marked, ERRNO);

int drv_indirect(struct device *dev)
{
	if (dev->ops->start(dev->parent))
		return -EIO;
	return dev->ops->start(dev);
}

static int drv_op_start(struct device *dev)
{
	return dev->users ? -EBUSY : 0;
}

const struct ops drv_ops = { .start = drv_op_start };

/* the error is translated on the way */
int drv_translated(struct device *dev)
{
	int err = hw_send(dev, NULL, NULL);

	err = drv_check(err, dev);
	return err ? err : 0;
}

/* strings are no errors */
const char *drv_name(int n)
{
	switch (n) {
	case 1:
		return "one";
	default:
		return "many";
	}
}
