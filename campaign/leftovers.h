/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leftovers.h - what a machine has: modules and their uses, mounts, devices,
 * kernel threads. Lines, compared with those of an earlier time.
 */
#ifndef FL_LEFTOVERS_H
#define FL_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fl_leftovers {
	char **lines;
	size_t n, cap;
	bool no_memory;
};

void fl_leftovers_release(struct fl_leftovers *l);
/* Usable as a fl_line_fn; @arg is the list. */
void fl_leftovers_add(void *arg, const char *line);
void fl_leftovers_sort(struct fl_leftovers *l);
/*
 * Pass what @now has more ('+') and less ('-') than @base; both are sorted.
 * Returns how many. @fn may be NULL.
 */
size_t fl_leftovers_compare(const struct fl_leftovers *base, const struct fl_leftovers *now,
			    void (*fn)(void *arg, char sign, const char *line), void *arg);

__attribute__((format(printf, 2, 3))) void fl_leftovers_addf(struct fl_leftovers *l,
							     const char *format, ...);

/*
 * Tasks that a scan saw. The next scan only reads new ones, since a stat file
 * costs more than the rest of a scan.
 */
struct fl_known_task {
	pid_t pid;
	bool is_thread; /* of the kernel */
	char comm[32];
};

struct fl_known_tasks {
	struct fl_known_task *list; /* by pid */
	size_t n, cap;
};

void fl_known_tasks_release(struct fl_known_tasks *known);

/*
 * What the running machine has, below @root ("" for /): "module loop (used 1)",
 * "mount /mnt ext4 /dev/loop0", "network device d0", "block device sda",
 * "loop device loop0 /img".
 */
void fl_leftovers_scan(const char *root, struct fl_leftovers *l);
/*
 * "kernel thread jbd2", without transient ones, and "process
 * sleep (open: /f)" for children of this process, which adopted what a workload
 * left. @known is empty at first, and kept from scan to scan.
 */
void fl_leftover_tasks(const char *root, struct fl_known_tasks *known, struct fl_leftovers *l);

#endif /* FL_LEFTOVERS_H */
