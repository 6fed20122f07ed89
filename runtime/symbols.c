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

/* Strings are offsets into the text; the type precedes the name. */
struct entry {
	uint64_t addr;
	uint32_t name;
	uint32_t module; /* 0: vmlinux */
};

struct fl_symbols {
	char *text;
	struct entry *list;
	size_t n;
	unsigned int owners;
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
static bool parse_line(char *line, struct fl_symbol *sym)
{
	const char *p = line;
	char *tab;

	sym->addr = parse_hex(&p);
	if (p == line || strlen(p) < 4 || p[0] != ' ' || p[2] != ' ')
		return false;
	sym->type = p[1];
	sym->name = p + 3;
	sym->module = NULL;
	tab = strchr(sym->name, '\t');
	if (tab && tab[1] == '[') {
		*tab = '\0';
		sym->module = tab + 2;
		tab[2 + strcspn(sym->module, "]")] = '\0';
	}
	return true;
}

/*
 * Store @sym at *used in the text, in place: a line is longer than its stored
 * part. Symbols of one module are adjacent.
 */
static void keep(struct fl_symbols *s, const struct fl_symbol *sym, size_t *used)
{
	struct entry *e = &s->list[s->n];
	size_t len = strlen(sym->name) + 1;

	e->addr = sym->addr;
	s->text[(*used)++] = sym->type;
	e->name = (uint32_t)*used;
	memmove(s->text + *used, sym->name, len);
	*used += len;
	if (!sym->module) {
		e->module = 0;
	} else if (s->n && e[-1].module && !strcmp(s->text + e[-1].module, sym->module)) {
		e->module = e[-1].module;
	} else {
		e->module = (uint32_t)*used;
		len = strlen(sym->module) + 1;
		memmove(s->text + *used, sym->module, len);
		*used += len;
	}
	s->n++;
}

static int parse(struct fl_symbols *s, size_t len)
{
	size_t lines = 1, used = 0;
	struct fl_symbol sym;
	char *less;

	if (len >= UINT32_MAX)
		return -E2BIG;
	for (const char *p = s->text; (p = memchr(p, '\n', len - (size_t)(p - s->text))); p++)
		lines++;
	s->list = malloc(lines * sizeof(s->list[0]));
	if (!s->list)
		return -ENOMEM;
	for (char *line = s->text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (parse_line(line, &sym))
			keep(s, &sym, &used);
	}
	less = realloc(s->text, used + 1);
	if (less)
		s->text = less;
	return 0;
}

/* By address, then by position, to keep the kernel's order. */
static int by_address(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return a->name < b->name ? -1 : 1;
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
	s->owners = 1;
	snprintf(path, sizeof(path), "%s/proc/kallsyms", root);
	s->text = fl_read_text(path, &len);
	err = s->text ? parse(s, len) : -errno;
	if (err) {
		fl_symbols_free(s);
		return err;
	}
	if (s->n)
		qsort(s->list, s->n, sizeof(s->list[0]), by_address);
	*out = s;
	return s->n && !s->list[s->n - 1].addr ? -EPERM : 0;
}

struct fl_symbols *fl_symbols_hold(struct fl_symbols *s)
{
	s->owners++;
	return s;
}

void fl_symbols_free(struct fl_symbols *s)
{
	if (!s || --s->owners)
		return;
	free(s->list);
	free(s->text);
	free(s);
}

size_t fl_symbols_count(const struct fl_symbols *s)
{
	return s->n;
}

struct fl_symbol fl_symbols_get(const struct fl_symbols *s, size_t i)
{
	const struct entry *e = &s->list[i];

	return (struct fl_symbol){
		.addr = e->addr,
		.name = s->text + e->name,
		.module = e->module ? s->text + e->module : NULL,
		.type = s->text[e->name - 1],
	};
}

/* The first one above @addr. */
static size_t above(const struct fl_symbols *s, uint64_t addr)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->list[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint64_t fl_symbols_end(const struct fl_symbols *s, uint64_t addr)
{
	size_t next = above(s, addr);

	if (next == s->n || s->list[next].addr - addr > MOST_CODE)
		return addr + MOST_CODE;
	return s->list[next].addr;
}

bool fl_symbols_at(const struct fl_symbols *s, uint64_t addr, struct fl_symbol *out)
{
	size_t i = above(s, addr);

	if (!i || addr >= fl_symbols_end(s, s->list[i - 1].addr))
		return false;
	i--;
	while (i && s->list[i - 1].addr == s->list[i].addr)
		i--;
	*out = fl_symbols_get(s, i);
	return true;
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

int fl_symbols_ranges(const struct fl_symbols *s, const char *module, const char *glob,
		      struct fl_range **out, size_t *n)
{
	struct fl_range *list = NULL;
	size_t used = 0, cap = 0;

	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct fl_symbol sym = fl_symbols_get(s, i);
		uint64_t end;

		if (!fl_symbol_is_text(&sym) || !fl_symbol_matches(&sym, module, glob))
			continue;
		end = fl_symbols_end(s, sym.addr);
		if (used && sym.addr <= list[used - 1].end) {
			if (end > list[used - 1].end)
				list[used - 1].end = end;
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
		list[used++] = (struct fl_range){ sym.addr, end };
	}
	*out = list;
	*n = used;
	return 0;
}

int fl_lazy_symbols(struct fl_lazy_symbols *s, struct fl_symbols **out)
{
	if (!s->is_read)
		s->err = fl_symbols_open(s->root, &s->table);
	s->is_read = true;
	*out = s->table;
	return s->err;
}

void fl_lazy_symbols_forget(struct fl_lazy_symbols *s)
{
	fl_symbols_free(s->table);
	s->table = NULL;
	s->is_read = false;
}
