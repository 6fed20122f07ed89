/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts_more.c - facts beside functions and types: addresses, settings, control groups. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "facts_impl.h"

/* The symbol table; NULL when there is none or no memory. */
static struct fl_symbols *symbols_of(struct fl_facts *f)
{
	if (!f->symbols_read)
		f->symbols_err = fl_symbols_open(f->root, &f->symbols);
	f->symbols_read = true;
	f->k.out_of_memory |= f->symbols_err == -ENOMEM;
	return f->symbols;
}

int fl_facts_ranges(struct fl_kernel *k, const char *module, const char *name,
		    const struct fl_range **out, size_t *n)
{
	struct fl_facts *f = fl_facts_of(k);
	struct fl_symbols *symbols = symbols_of(f);
	const struct fl_symbol *all;
	struct fl_range *ranges, **more;
	size_t count;
	int err;

	if (!symbols)
		return f->symbols_err == -ENOMEM ? -ENOMEM : -ENODATA;
	if (f->symbols_err == -EPERM) {
		all = fl_symbols_all(symbols, &count);
		for (size_t i = 0; i < count; i++) {
			if (fl_symbol_is_text(&all[i]) && fl_symbol_matches(&all[i], module, name))
				return -EACCES;
		}
		return -ENOENT;
	}
	err = fl_symbols_ranges_in(symbols, module, name, &ranges, n);
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
	struct fl_facts *f = fl_facts_of(k);
	struct fl_symbols *symbols = symbols_of(f);
	const struct fl_symbol *all;
	size_t n;

	if (!symbols)
		return f->symbols_err == -ENOMEM ? -ENOMEM : -EACCES;
	all = fl_symbols_all(symbols, &n);
	for (size_t i = 0; i < n; i++) {
		if (all[i].module || strcmp(all[i].name, name) != 0)
			continue;
		if (f->symbols_err == -EPERM)
			return -EACCES;
		*out = all[i].addr;
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

void fl_facts_more_release(struct fl_facts *f)
{
	fl_symbols_free(f->symbols);
	fl_config_release(&f->config);
	for (size_t i = 0; i < f->nranges; i++)
		free(f->ranges[i]);
	free(f->ranges);
}
