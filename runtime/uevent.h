/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uevent.h - loading and unloading of modules, from the kernel's uevents
 * (lib/kobject_uevent.c). A module is announced once its init function has
 * returned, when its functions can be attached to.
 */
#ifndef FL_UEVENT_H
#define FL_UEVENT_H

#include <stdbool.h>

/* A descriptor that is readable when there is news, yours to close; or -errno. */
int fl_uevent_open(void);

/*
 * Hand all waiting news of modules to @fn: the name, and whether it came or
 * went. A NULL name: news was lost, and anything may have happened. Never blocks.
 */
void fl_uevent_modules(int fd, void (*fn)(const char *module, bool came, void *arg), void *arg);

/* What one message says. False: it is not about a module. */
bool fl_uevent_parse(const char *text, const char **module, bool *came);

#endif /* FL_UEVENT_H */
