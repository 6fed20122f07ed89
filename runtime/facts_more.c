/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts_more.c - facts beside functions and types: addresses, settings, control groups. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "facts.h"
#include "facts_impl.h"

int fl_facts_list(struct fl_facts *f)
{
	int err = fl_list_read(&f->list, f->root, f->search_symbols ? &f->symbols : NULL);

	f->k.out_of_memory |= err == -ENOMEM;
	return err;
}

int fl_facts_symbols(struct fl_kernel *k, struct fl_symbols **out)
{
	int err = fl_lazy_symbols(&fl_facts_of(k)->symbols, out);

	k->out_of_memory |= err == -ENOMEM;
	return err;
}

/* The kernel hides addresses: does it have such a function? */
static int find_hidden(const struct fl_symbols *symbols, const char *module, const char *name)
{
	size_t n = fl_symbols_count(symbols);

	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(symbols, i);

		if (fl_symbol_is_text(&sym) && fl_symbol_matches(&sym, module, name))
			return -EACCES;
	}
	return -ENOENT;
}

int fl_facts_ranges(struct fl_kernel *k, const char *module, const char *name,
		    const struct fl_range **out, size_t *n)
{
	struct fl_facts *f = fl_facts_of(k);
	struct fl_range *ranges, **more;
	struct fl_symbols *symbols;
	int err = fl_facts_symbols(k, &symbols);

	if (!symbols)
		return err == -ENOMEM ? -ENOMEM : -ENODATA;
	if (err == -EPERM)
		return find_hidden(symbols, module, name);
	err = fl_symbols_ranges(symbols, module, name, &ranges, n);
	k->out_of_memory |= err == -ENOMEM;
	if (err || !*n)
		return err ? err : -ENOENT;
	more = realloc(f->ranges, (f->nranges + 1) * sizeof(f->ranges[0]));
	if (!more) {
		k->out_of_memory = true;
		free(ranges);
		return -ENOMEM;
	}
	f->ranges = more;
	f->ranges[f->nranges++] = ranges;
	*out = ranges;
	return 0;
}

int fl_facts_address(struct fl_kernel *k, const char *name, uint64_t *out)
{
	struct fl_symbols *symbols;
	int err = fl_facts_symbols(k, &symbols);
	size_t n = symbols ? fl_symbols_count(symbols) : 0;

	if (!symbols)
		return err == -ENOMEM ? -ENOMEM : -EACCES;
	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(symbols, i);

		if (sym.module || strcmp(sym.name, name) != 0)
			continue;
		if (err == -EPERM)
			return -EACCES;
		*out = sym.addr;
		return 0;
	}
	return -ENOENT;
}

const char *fl_facts_config(struct fl_kernel *k, const char *name, bool *known)
{
	struct fl_facts *f = fl_facts_of(k);
	char full[128];
	const char *value;

	*known = false;
	if (!f->config_read && fl_config_read(&f->config, f->root, f->release)) {
		k->out_of_memory = true;
		return NULL;
	}
	f->config_read = true;
	snprintf(full, sizeof(full), "CONFIG_%s", name);
	value = fl_config_get(&f->config, full, f->config_value, sizeof(f->config_value));
	*known = value != NULL;
	return value && strcmp(value, "n") != 0 ? value : NULL;
}

/* A group's id is its directory's inode number (kernfs, 64 bits). */
int fl_facts_cgroup(struct fl_kernel *k, const char *path, uint64_t *id, unsigned int *level)
{
	struct fl_facts *f = fl_facts_of(k);
	char full[PATH_MAX];
	struct stat st;

	while (*path == '/')
		path++;
	if (snprintf(full, sizeof(full), "%s/sys/fs/cgroup/%s", f->root, path) >= (int)sizeof(full))
		return -ENAMETOOLONG;
	if (stat(full, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOENT;
	*id = st.st_ino;
	*level = 0;
	for (const char *p = path; *p;) {
		size_t len = strcspn(p, "/");

		*level += len != 0;
		p += len;
		p += *p == '/';
	}
	return 0;
}

void fl_facts_more_forget(struct fl_facts *f)
{
	fl_calls_free(f->calls);
	f->calls = NULL;
	fl_lazy_symbols_forget(&f->symbols);
	while (f->nranges > 0)
		free(f->ranges[--f->nranges]);
}

void fl_facts_more_release(struct fl_facts *f)
{
	fl_facts_more_forget(f);
	fl_config_release(&f->config);
	free(f->ranges);
}
