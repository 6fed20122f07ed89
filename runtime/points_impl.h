/* SPDX-License-Identifier: GPL-2.0-or-later */
/* points_impl.h - what points.c and points_text.c share. Internal to them. */
#ifndef FL_POINTS_IMPL_H
#define FL_POINTS_IMPL_H

#include "ko.h"
#include "points.h"
#include "session_impl.h"
#include "symbols.h"

/* One module's functions, of either text. */
struct fl_module_text {
	uint64_t id; /* the programs' number of it, even */
	char name[FL_MODULE_NAME_LEN];
	struct fl_ko *ko;		 /* NULL: names come from kallsyms, and are ours */
	struct fl_ko_symbol *symbols[2]; /* text, init text */
	size_t nsymbols[2];
};

struct fl_points {
	struct fl_session *session;
	struct fl_points_opts opts;
	struct fl_symbols *symbols; /* of the kernel proper */
	int modules_fd;
	struct fl_module_text *modules;
	size_t nmodules;
};

/* points_text.c */
void fl_points_forget_names(struct fl_points *p);

#endif /* FL_POINTS_IMPL_H */
