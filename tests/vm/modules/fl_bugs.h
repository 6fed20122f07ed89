/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fl_bugs.h - between the shapes of fl_bugs and how they are called. */
#ifndef FL_BUGS_H
#define FL_BUGS_H

#include <linux/completion.h>
#include <linux/list.h>

struct fl_case {
	const char *name;
	int (*fn)(void);
};

extern const struct fl_case fl_cases[];
extern const size_t fl_ncases;

/* What bugs leave behind, until it is put away. */
struct fl_left {
	struct list_head node;
	struct task_struct *thread;
	struct net_device *netdev;
};

/* Stops the thread, unregisters the device, frees @left. */
void fl_stop(struct fl_left *left);
/* To be stopped when it is put away. */
void fl_leave(struct fl_left *left);

extern atomic_t fl_uses;	      /* of the module, never given back */
extern struct completion fl_never;    /* what hangs waits for */
extern int fl_wanted, fl_stored;      /* of lost_error */

#endif /* FL_BUGS_H */
