/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnosis.h - what the running kernel allows this process to do, and what
 * keeps it from doing more.
 *
 * Every check is a probe where there can be one; files that only describe the
 * kernel (its configuration) explain, and decide nothing.
 */
#ifndef FL_DIAGNOSIS_H
#define FL_DIAGNOSIS_H

#include <stddef.h>

#include "probe.h"

#define FL_MAX_CHECKS 24

enum fl_remedy_kind {
	FL_REMEDY_NONE,	   /* nothing is missing, or nothing helps */
	FL_REMEDY_COMMAND, /* it is a command, for root */
	FL_REMEDY_RIGHTS,
	FL_REMEDY_BUILD, /* the kernel lacks options */
};

struct fl_check {
	const char *id;	     /* for programs: "fmod_ret" */
	const char *section; /* for humans: "back ends" */
	const char *title;   /* "fmod_ret" */
	enum fl_answer answer;
	char detail[200];     /* what was found, one clause */
	const char *prevents; /* what cannot be done without it */
	char remedy[400];     /* how to get it; "" when the answer is yes */
	enum fl_remedy_kind kind;
	char missing[256]; /* options of the configuration, with blanks between; of BUILD */
};

enum fl_scope {
	FL_SCOPE_NOTHING,
	FL_SCOPE_SECURITY, /* security_* functions only */
	FL_SCOPE_ALL,	   /* those, and all functions on the list */
};

struct fl_diagnosis {
	char release[128];
	char machine[72];
	char config[256]; /* the file with the configuration, "" without one */
	struct fl_check checks[FL_MAX_CHECKS];
	size_t nchecks;

	enum fl_scope scope;
	bool list_known;
	size_t nlisted;	  /* functions on the list */
	size_t nmodules;  /* modules that have some of them */
	size_t nsecurity; /* security_* functions that return an int */
	bool by_fmod_ret; /* no kprobes: 0 and NULL cannot be returned */
	bool denied;	  /* with more rights, more could be done */
};

/* Examine the running kernel. 0 or -ENOMEM. */
int fl_diagnose(struct fl_diagnosis *d);

#endif /* FL_DIAGNOSIS_H */
