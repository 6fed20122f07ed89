/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <stdbool.h>
#include <sys/resource.h>

static struct rlimit before;
static bool raised;

void fl_files_raise(void)
{
	struct rlimit more;

	if (raised || getrlimit(RLIMIT_NOFILE, &before))
		return;
	more = before;
	more.rlim_cur = more.rlim_max;
	raised = !setrlimit(RLIMIT_NOFILE, &more);
}

void fl_files_restore(void)
{
	if (raised)
		setrlimit(RLIMIT_NOFILE, &before);
}
