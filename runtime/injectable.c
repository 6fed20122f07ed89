/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "injectable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "lockdown.h"

#define SYMBOL_PREFIX "_eil_addr_" /* include/asm-generic/error-injection.h */

static int add(struct fl_list *list, size_t *cap, const char *name, const char *module,
	       enum fl_tag tag)
{
	if (list->n == *cap) {
		size_t more = *cap ? *cap * 2 : 512;
		struct fl_list_entry *bigger =
			realloc(list->entries, more * sizeof(list->entries[0]));

		if (!bigger)
			return -ENOMEM;
		list->entries = bigger;
		*cap = more;
	}
	list->entries[list->n++] = (struct fl_list_entry){ name, module, tag };
	return 0;
}

/* "mlx5_cmd_exec+0x0/0x40 [mlx5_core]\tERRNO" */
static int parse_line(struct fl_list *list, size_t *cap, char *line)
{
	char *tab = strchr(line, '\t'), *module, *end;
	enum fl_tag tag;

	if (!tab)
		return 0;
	*tab++ = '\0';
	tag = fl_tag_parse(tab, strlen(tab));
	module = strstr(line, " [");
	if (module) {
		*module = '\0';
		module += 2;
		end = strpbrk(module, " ]");
		if (end)
			*end = '\0';
	}
	end = strchr(line, '+');
	if (end)
		*end = '\0';
	return tag == FL_TAG_NONE ? 0 : add(list, cap, line, module, tag);
}

static int parse_list(struct fl_list *list)
{
	size_t cap = 0;
	char *save = NULL;

	for (char *line = strtok_r(list->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (parse_line(list, &cap, line))
			return -ENOMEM;
	}
	return 0;
}

/* No list in debugfs: the symbols have its names, but no tags. */
static int search(struct fl_list *list, struct fl_lazy_symbols *lazy)
{
	struct fl_symbols *symbols;
	bool has_support = false;
	size_t cap = 0, n;
	int err = fl_lazy_symbols(lazy, &symbols);

	if (!symbols)
		return err == -ENOMEM ? err : 0;
	n = fl_symbols_count(symbols);
	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(symbols, i);

		has_support |= !strcmp(sym.name, "within_error_injection_list");
		if (!strncmp(sym.name, SYMBOL_PREFIX, strlen(SYMBOL_PREFIX)) &&
		    add(list, &cap, sym.name + strlen(SYMBOL_PREFIX), sym.module, FL_TAG_NONE))
			return -ENOMEM;
	}
	if (list->n) {
		list->state = FL_LIST_KNOWN;
		list->problem[0] = '\0';
	} else if (!has_support) {
		list->state = FL_LIST_NO_SUPPORT;
		snprintf(list->problem, sizeof(list->problem),
			 "this kernel is built without CONFIG_FUNCTION_ERROR_INJECTION");
	}
	return 0;
}

/* debugfs is mounted when its directory, which always exists, has something in it. */
static bool has_debugfs(const char *root)
{
	static const char *const usual[] = { "tracing", "bdi", "block", "clear_warn_once" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		snprintf(path, sizeof(path), "%s/sys/kernel/debug/%s", root, usual[i]);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

static void say_hidden(struct fl_list *list, const char *root, int err)
{
	char lockdown[FL_LOCKDOWN_SIZE];

	list->state = FL_LIST_HIDDEN;
	if (err == ENOENT) {
		snprintf(list->problem, sizeof(list->problem),
			 "debugfs is not mounted at /sys/kernel/debug");
		return;
	}
	if (!fl_lockdown(root, lockdown) && strcmp(lockdown, "none") != 0)
		snprintf(list->problem, sizeof(list->problem),
			 "the kernel is locked down and hides its list of injectable functions");
	else
		snprintf(list->problem, sizeof(list->problem),
			 "cannot read the kernel's list of injectable functions: %s",
			 strerror(err));
}

static int by_name(const void *left, const void *right, void *entries)
{
	const struct fl_list_entry *e = entries;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = strcmp(e[a].name, e[b].name);

	return order ? order : a < b ? -1 : 1;
}

static int sort(struct fl_list *list)
{
	if (!list->n)
		return 0;
	list->by_name = malloc(list->n * sizeof(list->by_name[0]));
	if (!list->by_name)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++)
		list->by_name[i] = (uint32_t)i;
	qsort_r(list->by_name, list->n, sizeof(list->by_name[0]), by_name, list->entries);
	return 0;
}

size_t fl_list_find(const struct fl_list *list, const char *name, size_t *count)
{
	size_t low = 0, high = list->n, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(list->entries[list->by_name[mid]].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < list->n; end++) {
		if (strcmp(list->entries[list->by_name[end]].name, name) != 0)
			break;
	}
	*count = end - low;
	return low;
}

static bool is_in(const struct fl_list_entry *e, const char *module)
{
	return !module || !strcmp(e->module ? e->module : "vmlinux", module);
}

const struct fl_list_entry *fl_list_entry(const struct fl_list *list, const char *module,
					  const char *name, bool *twice)
{
	const struct fl_list_entry *found = NULL;
	size_t count, first = fl_list_find(list, name, &count);

	*twice = false;
	for (size_t i = 0; i < count && !*twice; i++) {
		const struct fl_list_entry *e = &list->entries[list->by_name[first + i]];

		if (!is_in(e, module))
			continue;
		if (found)
			*twice = true;
		else
			found = e;
	}
	return found;
}

static int read_list(struct fl_list *list, const char *root, struct fl_lazy_symbols *symbols)
{
	char path[PATH_MAX];
	size_t len;
	int err;

	snprintf(path, sizeof(path), "%s/sys/kernel/debug/error_injection/list", root);
	list->text = fl_read_text(path, &len);
	if (list->text) {
		list->state = FL_LIST_KNOWN;
		return parse_list(list);
	}
	err = errno;
	if (err == ENOMEM)
		return -ENOMEM;
	if (err == ENOENT && has_debugfs(root)) {
		list->state = FL_LIST_NO_SUPPORT;
		snprintf(list->problem, sizeof(list->problem),
			 "this kernel is built without CONFIG_FUNCTION_ERROR_INJECTION");
		return 0;
	}
	say_hidden(list, root, err);
	return symbols ? search(list, symbols) : 0;
}

int fl_list_read(struct fl_list *list, const char *root, struct fl_lazy_symbols *symbols)
{
	int err;

	if (list->is_read)
		return list->err;
	list->is_read = true;
	err = read_list(list, root, symbols);
	list->err = err ? err : sort(list);
	/* half a list would look complete */
	if (list->err)
		list->n = 0;
	return list->err;
}

void fl_list_release(struct fl_list *list)
{
	free(list->by_name);
	free(list->entries);
	free(list->text);
	memset(list, 0, sizeof(*list));
}
