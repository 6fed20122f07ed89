/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* How far the last function before a hole may reach. */
#define MOST_CODE ((uint64_t)1 << 20)

struct fl_symbols {
	char *text; /* what the names point into */
	struct fl_symbol *list;
	size_t n;
};

static uint64_t parse_hex(const char **p)
{
	uint64_t value = 0;

	for (;; (*p)++) {
		unsigned char c = (unsigned char)**p;

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (c - 'a' + 10U);
		else
			return value;
	}
}

/* "ffffffffc0201000 t mlx5_cmd_exec\t[mlx5_core]"; false for anything else. */
static bool parse_line(char *line, char *end, struct fl_symbol *sym)
{
	const char *p = line;
	char *tab;

	sym->addr = parse_hex(&p);
	if (p == line || end - p < 4 || p[0] != ' ' || p[2] != ' ')
		return false;
	sym->type = p[1];
	sym->name = p + 3;
	sym->module = NULL;
	tab = memchr(sym->name, '\t', (size_t)(end - sym->name));
	if (tab && tab[1] == '[') {
		*tab = '\0';
		sym->module = tab + 2;
		tab[2 + strcspn(sym->module, "]")] = '\0';
	}
	return true;
}

static int parse(struct fl_symbols *s, size_t len)
{
	size_t lines = 1;

	for (const char *p = s->text; (p = memchr(p, '\n', len - (size_t)(p - s->text))); p++)
		lines++;
	s->list = malloc(lines * sizeof(s->list[0]));
	if (!s->list)
		return -ENOMEM;
	for (char *line = s->text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (parse_line(line, line + strlen(line), &s->list[s->n]))
			s->n++;
	}
	return 0;
}

/* By address; what is equal keeps the kernel's order, so by where it stood. */
static int by_address(const void *left, const void *right)
{
	const struct fl_symbol *a = left, *b = right;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return a->name < b->name ? -1 : 1;
}

static void find_ends(struct fl_symbols *s)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = s->n; i-- > 0;) {
		uint64_t addr = s->list[i].addr;

		if (i + 1 < s->n && s->list[i + 1].addr != addr)
			next = s->list[i + 1].addr;
		s->list[i].end = next - addr > MOST_CODE ? addr + MOST_CODE : next;
	}
}

int fl_symbols_open(const char *root, struct fl_symbols **out)
{
	struct fl_symbols *s = calloc(1, sizeof(*s));
	char path[PATH_MAX];
	size_t len = 0;
	int err;

	*out = NULL;
	if (!s)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/proc/kallsyms", root);
	s->text = fl_read_text(path, &len);
	err = s->text ? parse(s, len) : -errno;
	if (err) {
		fl_symbols_free(s);
		return err;
	}
	if (s->n)
		qsort(s->list, s->n, sizeof(s->list[0]), by_address);
	find_ends(s);
	*out = s;
	return s->n && !s->list[s->n - 1].addr ? -EPERM : 0;
}

void fl_symbols_free(struct fl_symbols *s)
{
	if (!s)
		return;
	free(s->list);
	free(s->text);
	free(s);
}

const struct fl_symbol *fl_symbols_all(const struct fl_symbols *s, size_t *n)
{
	*n = s->n;
	return s->list;
}

const struct fl_symbol *fl_symbols_at(const struct fl_symbols *s, uint64_t addr)
{
	size_t low = 0, high = s->n;

	/* the first one above it */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->list[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || addr >= s->list[low - 1].end)
		return NULL;
	low--;
	while (low && s->list[low - 1].addr == s->list[low].addr)
		low--;
	return &s->list[low];
}

bool fl_symbol_is_text(const struct fl_symbol *sym)
{
	/* weak ones too: most of them are functions */
	return strchr("tTwW", sym->type) != NULL;
}

const char *fl_symbol_suffix(const char *name)
{
	const char *dot = strchr(name + (*name == '.'), '.');

	return dot ? dot : name + strlen(name);
}

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

static bool name_matches(const char *name, const char *glob)
{
	const char *suffix = fl_symbol_suffix(name);
	size_t len = (size_t)(suffix - name);
	char base[256];

	if (!is_glob(glob))
		return !strcmp(name, glob) || (!strncmp(name, glob, len) && !glob[len]);
	if (!fnmatch(glob, name, 0))
		return true;
	if (!*suffix || len >= sizeof(base))
		return false;
	memcpy(base, name, len);
	base[len] = '\0';
	return !fnmatch(glob, base, 0);
}

bool fl_symbol_matches(const struct fl_symbol *sym, const char *module, const char *glob)
{
	const char *in = sym->module ? sym->module : "vmlinux";

	if (module && (is_glob(module) ? fnmatch(module, in, 0) : strcmp(module, in)))
		return false;
	return name_matches(sym->name, glob);
}

int fl_symbols_ranges_in(const struct fl_symbols *s, const char *module, const char *glob,
			 struct fl_range **out, size_t *n)
{
	struct fl_range *list = NULL;
	size_t used = 0, cap = 0;

	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct fl_symbol *sym = &s->list[i];

		if (!fl_symbol_is_text(sym) || !fl_symbol_matches(sym, module, glob))
			continue;
		if (used && sym->addr <= list[used - 1].end) {
			if (sym->end > list[used - 1].end)
				list[used - 1].end = sym->end;
			continue;
		}
		if (used == cap) {
			struct fl_range *more =
				realloc(list, (cap ? cap * 2 : 16) * sizeof(list[0]));

			if (!more) {
				free(list);
				return -ENOMEM;
			}
			list = more;
			cap = cap ? cap * 2 : 16;
		}
		list[used++] = (struct fl_range){ sym->addr, sym->end };
	}
	*out = list;
	*n = used;
	return 0;
}

int fl_symbols_ranges(const char *root, const char *module, const char *glob, struct fl_range **out,
		      size_t *n)
{
	struct fl_symbols *s;
	int err = fl_symbols_open(root, &s);

	*out = NULL;
	*n = 0;
	if (!err)
		err = fl_symbols_ranges_in(s, module, glob, out, n);
	fl_symbols_free(s);
	return err;
}
