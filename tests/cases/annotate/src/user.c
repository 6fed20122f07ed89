// SPDX-License-Identifier: GPL-2.0-or-later
/* user.c - callers that are in another file. */
#include "driver.h"

int drv_start_all(struct device *dev)
{
	u32 value;
	int err;

	err = drv_query(dev, &value);
	if (err)
		return err;
	err = drv_locked(dev) ? -EIO : drv_recovers(dev);
	if (err < 0)
		goto out;
	if (drv_unlocked_late(dev) || drv_counts(dev))
		return -EIO;
	while ((err = drv_kicks(dev)))
		;
	drv_ignored(dev);
	(void)drv_ignored(dev->parent);
	err = drv_ignored(dev);
	err = drv_destroy(dev);
out:
	if (err)
		dev_err(dev, "not started: %d", err);
	return err;
}

int drv_find(struct device **found)
{
	struct device *dev = drv_get(1), *other = drv_either(2);

	if (IS_ERR(dev))
		return (int)PTR_ERR(dev);
	if (IS_ERR(other) || !other)
		return -ENOMEM;
	*found = drv_alloc(3);
	if (!*found)
		return -ENOMEM;
	if (drv_should_fail(dev))
		return -EIO;
	return drv_is_ready(dev) ? drv_positive(dev) : 0;
}

/* as macros of drivers do it: a block in a block */
int drv_both(struct device *dev)
{
	return ({ ({ drv_translated(dev); }); });
}
