/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - tests as a person writes them. A row is a script, then what is done
 * and what comes of it; an empty line ends it:
 *
 *	# a remark
 *	on fl_int1 if a == 3 return -EIO
 *	> x2 fl_int1 3
 *	int -5 x2
 *
 * A line with ">" is one of
 *
 *	[xCOUNT] FUNCTION ARGUMENT...	a call, as tests/vm/modules/fl_call.c has it
 *	set OBJECT.FIELD=VALUE		likewise; no answer
 *	param NAME NUMBER		a parameter's value from now on; no answer
 *	elapsed TIME			as if it had been armed so long ago; no answer
 *	sys NAME NUMBER...		a system call: "errno -5", or "real"
 *	counts				a line for each rule: calls matched injected fired
 *	log				what was logged
 *
 * and the lines behind it are its answer. Before the script may stand
 *
 *	%seed N		random numbers come from it
 *	%force		--force-return
 *	%alone		not in one object with other rows
 *	%live		not by the evaluator alone: it is about what facts do not have
 *
 * In the script, {pid} {ppid} {cgroup} are those of the task that calls.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval.h"

enum step_kind {
	STEP_CALL,
	STEP_SET,
	STEP_PARAM,
	STEP_ELAPSED,
	STEP_SYS,
	STEP_COUNTS,
	STEP_LOG,
};

struct step {
	enum step_kind kind;
	const char *text;     /* behind the word */
	const char *expected; /* lines with their ends; NULL: whatever they are */
	unsigned int line;
};

struct row {
	const char *file;
	unsigned int line;
	const char *script;
	bool seeded, force, alone, live;
	uint64_t seed;
	struct step *steps;
	size_t nsteps, steps_cap;
};

struct table {
	struct fl_arena arena;
	struct row *rows;
	size_t nrows, cap;
};

/* Ends the program with a message when a file cannot be understood. */
void table_read(struct table *t, char *const *files, const struct eval_task *task);
void table_free(struct table *t);

/* "2h" in ns */
uint64_t table_time(const char *text);

#endif /* TABLE_H */
