/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FL_CASES_DRIVER_H
#define FL_CASES_DRIVER_H

#include "kernel.h"

int drv_exec(struct device *dev, void *in, void *out);
int drv_query(struct device *dev, u32 *value);
int drv_locked(struct device *dev);
int drv_unlocked_late(struct device *dev);
int drv_counts(struct device *dev);
int drv_kicks(struct device *dev);
int drv_recovers(struct device *dev);
int drv_destroy(struct device *dev);
int drv_ignored(struct device *dev);
int drv_positive(struct device *dev);
int drv_start(struct device *dev);
int drv_marked(struct device *dev);
int drv_translated(struct device *dev);
const char *drv_name(int n);
int drv_indirect(struct device *dev);
struct device *drv_alloc(int size);
struct device *drv_get(int size);
struct device *drv_either(int size);
bool drv_is_ready(struct device *dev);
bool drv_should_fail(struct device *dev);
u32 drv_bits(struct device *dev);
void drv_reset(struct device *dev);
int drv_start_all(struct device *dev);
int drv_both(struct device *dev);
int drv_find(struct device **found);

#endif /* FL_CASES_DRIVER_H */
