/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool.h - files are studied in processes of their own, as many at a time as there are CPUs. */
#ifndef FL_POOL_H
#define FL_POOL_H

#include "database.h"
#include "findings.h"

struct fl_pool_result {
	size_t failed;	       /* files that could not be read */
	size_t with_errors;    /* files that have some */
	const char **troubles; /* the error of each failed file */
	size_t ntroubles, cap;
};

/*
 * All findings go to @all, in the order of the sources whatever the order in
 * which they end. A process that crashes costs its file. 0 or -errno.
 */
int fl_pool_study(const struct fl_sources *sources, const char *macro, struct fl_findings *all,
		  struct fl_pool_result *result);

#endif /* FL_POOL_H */
