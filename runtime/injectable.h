/* SPDX-License-Identifier: GPL-2.0-or-later */
/* injectable.h - the kernel's list of injectable functions. Internal to runtime/. */
#ifndef FL_INJECTABLE_H
#define FL_INJECTABLE_H

#include "kernel.h"
#include "symbols.h"

struct fl_list_entry {
	const char *name;
	const char *module; /* NULL: vmlinux */
	enum fl_tag tag;    /* NONE: on the list, but its tag is not known */
};

struct fl_list {
	bool is_read;
	int err; /* of reading: -ENOMEM, and then again at each further try */
	enum fl_list_state state;
	char problem[160]; /* "" when the state is KNOWN */
	char *text;	   /* what the names point into, unless that is the symbols */
	struct fl_list_entry *entries;
	size_t n;
	uint32_t *by_name; /* indices of entries, by name and then in order */
};

/*
 * Find out, once. -ENOMEM, or 0 whatever the state. @symbols, unless NULL, are
 * searched for a list that debugfs does not give, and must outlive it then.
 */
int fl_list_read(struct fl_list *list, const char *root, struct fl_lazy_symbols *symbols);
void fl_list_release(struct fl_list *list);

/*
 * The entries called @name are entries[by_name[i]] for i from the result on,
 * @count of them.
 */
size_t fl_list_find(const struct fl_list *list, const char *name, size_t *count);

/*
 * The entry called @name of @module ("vmlinux" as well; NULL: any), the first where
 * *twice says that there are more. NULL: none.
 */
const struct fl_list_entry *fl_list_entry(const struct fl_list *list, const char *module,
					  const char *name, bool *twice);

#endif /* FL_INJECTABLE_H */
