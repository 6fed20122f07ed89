/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rlimit.h"

#include <stdbool.h>
#include <sys/resource.h>

#define ENOUGH 65536

static struct rlimit before;
static bool raised;

void fl_rlimit_raise(void)
{
	struct rlimit more = { .rlim_cur = ENOUGH, .rlim_max = ENOUGH };

	if (raised || getrlimit(RLIMIT_NOFILE, &before) || before.rlim_cur >= ENOUGH)
		return;
	if (before.rlim_max > ENOUGH)
		more.rlim_max = before.rlim_max;
	raised = !setrlimit(RLIMIT_NOFILE, &more);
	if (raised)
		return;
	/* without CAP_SYS_RESOURCE, up to the hard limit */
	more = before;
	more.rlim_cur = more.rlim_max;
	raised = !setrlimit(RLIMIT_NOFILE, &more);
}

void fl_rlimit_restore(void)
{
	if (raised)
		setrlimit(RLIMIT_NOFILE, &before);
}
