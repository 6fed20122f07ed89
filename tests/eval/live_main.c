/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * live - what the evaluator says against what a kernel does; run in a virtual
 * machine with fl_targets loaded.
 *
 *	live table BACKEND MOST FILE...
 *	live random SEED COUNT [FIRST]
 *	live chances
 *	live size
 *	live security MOST
 */
#include "live_main.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"

static enum fl_backend backend_named(const char *name)
{
	if (!strcmp(name, "fmod_ret"))
		return FL_BACKEND_FMOD_RET;
	return strcmp(name, "kprobe") ? FL_BACKEND_AUTO : FL_BACKEND_KPROBE;
}

static int run(struct fl_kernel *k, const struct eval_task *task, char **argv)
{
	if (argv[1] && !strcmp(argv[1], "table") && argv[2] && argv[3] && argv[4])
		return live_tables(k, task, argv + 4, backend_named(argv[2]),
				   strtoul(argv[3], NULL, 10));
	if (argv[1] && !strcmp(argv[1], "random") && argv[2] && argv[3])
		return live_random(k, task, strtoull(argv[2], NULL, 0), strtoull(argv[3], NULL, 0),
				   argv[4] ? strtoull(argv[4], NULL, 0) : 0);
	if (argv[1] && !strcmp(argv[1], "chances"))
		return live_chances(k);
	if (argv[1] && !strcmp(argv[1], "size"))
		return live_size(k);
	if (argv[1] && !strcmp(argv[1], "security") && argv[2])
		return live_security(k, strtoul(argv[2], NULL, 10));
	fprintf(stderr, "usage: live table BACKEND MOST FILE... | random SEED COUNT [FIRST] | "
			"chances | size | security MOST\n");
	return 2;
}

int main(int argc, char **argv)
{
	const struct fl_facts_opts opts = { .root = "" };
	struct eval_task task;
	struct fl_kernel *k;
	uint64_t start = fl_now_ns();
	int status;

	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (fl_facts_open(&opts, &k))
		return 2;
	live_task(&task, k);
	status = run(k, &task, argv);
	if (live_times.n)
		printf("%zu objects: compiling %" PRIu64 " ms, loading %" PRIu64
		       " ms, attaching %" PRIu64 " ms, detaching %" PRIu64 " ms; all %" PRIu64
		       " ms\n",
		       live_times.n, live_times.compile / 1000000, live_times.load / 1000000,
		       live_times.attach / 1000000, live_times.free / 1000000,
		       (fl_now_ns() - start) / 1000000);
	fl_facts_close(k);
	return status;
}
