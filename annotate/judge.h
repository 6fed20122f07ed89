/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge.h - which functions qualify, by the rules of fault-injection.rst. */
#ifndef FL_JUDGE_H
#define FL_JUDGE_H

#include "findings.h"

#define FL_SCORE_QUALIFIES 60

struct fl_reason {
	const char *id;
	const char *text;
	bool fatal;
	int points;	   /* what it costs */
	unsigned int line; /* 0: none */
};

struct fl_verdict {
	const struct fl_function *function;
	const char *tag; /* NULL: none fits */
	int score;	 /* 0 to 100 */
	bool qualifies;
	struct fl_reason *reasons;
	size_t nreasons, cap;
	size_t checking, seen;
};

struct fl_verdicts {
	struct fl_verdict *list;
	size_t n;
};

/* All functions, best first. */
void fl_judge(struct fl_findings *f, struct fl_verdicts *out);

#endif /* FL_JUDGE_H */
