/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rewrite.h - a rule's text with the changes that were made to it while armed. */
#ifndef FL_REWRITE_H
#define FL_REWRITE_H

#include <stdbool.h>
#include <stdint.h>

struct fl_rule_edit {
	const char *label; /* to give it; "": none; NULL: as it is */
	bool set_rate;	   /* in 1e-9 of a per cent: the first rand < N, or a new term */
	uint64_t rate;
	bool set_times;
	uint64_t times; /* FL_NEVER: no limit */
	bool set_value;
	int64_t value;
	bool pointer; /* value to return: 0 is NULL */
};

/*
 * The one rule in @text, printed with @edit applied; malloc'd, yours.
 * NULL with errno set: EINVAL, it is not one rule; ENOTSUP, a rate cannot be
 * written because rand is an argument on some of the functions; ENOMEM.
 */
char *fl_rewrite_rule(const char *text, const struct fl_rule_edit *edit);

#endif /* FL_REWRITE_H */
