/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * points_text.c - frames of points as text.
 *
 * A module may be gone by the time that somebody asks, and its init text is
 * never in /proc/kallsyms afterwards: so names come from the module's file,
 * laid out as the kernel does it, and only without one from kallsyms.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "points_impl.h"

static void release_module(struct fl_module_text *m)
{
	for (int init = 0; init < 2; init++) {
		for (size_t i = 0; !m->ko && i < m->nsymbols[init]; i++)
			free((char *)m->symbols[init][i].name);
		free(m->symbols[init]);
		m->symbols[init] = NULL;
		m->nsymbols[init] = 0;
	}
	fl_ko_close(m->ko);
	m->ko = NULL;
}

void fl_points_forget_names(struct fl_points *p)
{
	for (size_t i = 0; i < p->nmodules; i++)
		release_module(&p->modules[i]);
	free(p->modules);
	p->modules = NULL;
	p->nmodules = 0;
}

/* From its file; whatever keeps it from being read, kallsyms may do. */
static bool read_file(struct fl_module_text *m)
{
	char path[PATH_MAX];
	struct utsname u;

	if (uname(&u) || fl_ko_find("", u.release, m->name, path, sizeof(path)) ||
	    fl_ko_open(path, &m->ko))
		return false;
	for (int init = 0; init < 2; init++) {
		if (fl_ko_text(m->ko, init, &m->symbols[init], &m->nsymbols[init])) {
			release_module(m);
			return false;
		}
	}
	return true;
}

/* From kallsyms as it is now, while the module is loaded, to @text. */
static void read_symbols(struct fl_module_text *m, uint64_t text, uint64_t size)
{
	struct fl_symbols *symbols;
	size_t n, used = 0;

	if (fl_symbols_open("", &symbols)) {
		fl_symbols_free(symbols);
		return;
	}
	n = fl_symbols_count(symbols);
	m->symbols[0] = calloc(n, sizeof(m->symbols[0][0]));
	for (size_t i = 0; m->symbols[0] && i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(symbols, i);
		struct fl_ko_symbol *s = &m->symbols[0][used];

		if (!sym.module || strcmp(sym.module, m->name) != 0 || sym.addr - text >= size ||
		    !fl_symbol_is_text(&sym))
			continue;
		s->offset = sym.addr - text;
		s->name = strdup(sym.name);
		used += s->name != NULL;
	}
	m->nsymbols[0] = used;
	fl_symbols_free(symbols);
}

/* What is known of the module that the programs call @id; NULL: nothing at all. */
static struct fl_module_text *find_module(struct fl_points *p, uint64_t id)
{
	struct fl_module known;
	struct fl_module_text *m;

	for (size_t i = 0; i < p->nmodules; i++) {
		if (p->modules[i].id == id)
			return &p->modules[i];
	}
	if (bpf_map_lookup_elem(p->modules_fd, &id, &known))
		return NULL;
	m = realloc(p->modules, (p->nmodules + 1) * sizeof(*m));
	if (!m)
		return NULL;
	p->modules = m;
	m = &p->modules[p->nmodules++];
	memset(m, 0, sizeof(*m));
	m->id = id;
	memcpy(m->name, known.name, sizeof(m->name));
	m->name[sizeof(m->name) - 1] = '\0';
	if (!read_file(m) && known.text_size)
		read_symbols(m, known.text, known.text_size);
	return m;
}

/* The last function that begins at or before @offset. */
static const struct fl_ko_symbol *function_at(const struct fl_ko_symbol *list, size_t n,
					      uint64_t offset)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list[mid].offset <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	/* of aliases the first */
	while (low > 1 && list[low - 2].offset == list[low - 1].offset)
		low--;
	return low ? &list[low - 1] : NULL;
}

/* A return address may be the first one after the function that it belongs to. */
void fl_points_frame(struct fl_points *p, uint64_t frame, char *buf, size_t len)
{
	uint64_t id = frame >> 32, offset = (uint32_t)frame, init = id & 1;
	const struct fl_sweep_knobs *k = p->session->sweep.memory;
	uint64_t address = k->text.start + offset;
	const struct fl_module_text *m;
	const struct fl_ko_symbol *s;
	struct fl_symbol sym;

	if (!id) {
		if (fl_symbols_at(p->symbols, address - 1, &sym))
			snprintf(buf, len, "%s+0x%" PRIx64, sym.name, address - sym.addr);
		else
			snprintf(buf, len, "_stext+0x%" PRIx64, offset);
		return;
	}
	m = find_module(p, id - init);
	s = m ? function_at(m->symbols[init], m->nsymbols[init], offset - 1) : NULL;
	if (s)
		snprintf(buf, len, "%s+0x%" PRIx64 " [%s]", s->name, offset - s->offset, m->name);
	else
		snprintf(buf, len, "[%s]+0x%" PRIx64, m ? m->name : "?", offset);
}
