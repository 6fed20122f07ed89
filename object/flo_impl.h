/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flo_impl.h - the layout of serialised objects. Internal to object/.
 *
 *	flo_layout.c	sections and their fields, for both directions
 *	flo_write.c	object to bytes
 *	flo_read.c	bytes to object: bounds, numbers, strings
 *	flo_check.c	what an object must be beyond the fields by themselves
 */
#ifndef FL_FLO_IMPL_H
#define FL_FLO_IMPL_H

#include "flo.h"

#define FL_FLO_MAGIC "\177FLO\r\n\032\n"
#define FL_FLO_HEADER 40 /* bytes */
#define FL_FLO_ENTRY 24	 /* of the table of sections */
#define FL_FLO_WORD 8	 /* of a field */

enum fl_flo_section {
	FL_FLO_NONE = 0,
	FL_FLO_HEAD = 1,
	FL_FLO_STRINGS = 2,
	FL_FLO_ELF = 3,
	FL_FLO_PROGS = 4,
	FL_FLO_ATTACHES = 5,
	FL_FLO_RULES = 6,
	FL_FLO_KNOBS = 7,
	FL_FLO_SLOTS = 8,
	FL_FLO_CONDS = 9,
	FL_FLO_TESTS = 10,
	FL_FLO_PARAMS = 11,
	FL_FLO_PARAM_USES = 12,
	FL_FLO_LOGS = 13,
	FL_FLO_LOG_ARGS = 14,
	FL_FLO_FUNCS = 15,
	FL_FLO_STATES = 16,
	FL_FLO_EXPECTS = 17,
	FL_FLO_OPS = 18,
	FL_FLO_MODULES = 19,
	FL_FLO_FACTS = 20,
	FL_FLO_COMMANDS = 21,
	FL_FLO_ALLOWS = 22,
	FL_FLO_NSECTIONS
};

enum fl_flo_kind {
	FL_FLO_U64,
	FL_FLO_U32,
	FL_FLO_BOOL,
	FL_FLO_SIZE,
	FL_FLO_ENUM,	 /* below arg */
	FL_FLO_INDEX,	 /* uint32_t: of a record of section arg */
	FL_FLO_INDEX_OR, /* int: the same, or -1 */
	FL_FLO_STRING,
	FL_FLO_STRING_OR, /* or NULL */
	FL_FLO_MANY,	  /* the next records of section arg: a pointer, and the count at count */
	FL_FLO_ONE,	  /* the next record of it: a pointer */
	FL_FLO_ONE_OR,	  /* the same, or NULL */
};

struct fl_flo_field {
	enum fl_flo_kind kind;
	unsigned int arg;
	size_t off;
	size_t count;
};

struct fl_flo_layout {
	size_t size; /* of a record in memory; 0: the section is bytes */
	const struct fl_flo_field *fields;
	size_t nfields;
	/* where struct fl_object has the records; only of those that no other record owns */
	bool is_top;
	size_t list;
	size_t count;
};

extern const struct fl_flo_layout fl_flo_layouts[FL_FLO_NSECTIONS];

/*
 * Checks consistency, once each field is valid by itself. The error, or NULL.
 */
const char *fl_flo_problem(const struct fl_object *obj);

#endif /* FL_FLO_IMPL_H */
