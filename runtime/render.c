/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ENTRY_BYTES 64 /* FL_ENTRY_BYTES in fl_stack.bpf.h */

struct text {
	char *buf;
	size_t size;
	size_t len;
};

static void put(struct text *t, char c)
{
	if (t->len + 1 < t->size)
		t->buf[t->len++] = (unsigned char)c < 0x20 || c == 0x7f ? '?' : c;
}

static void puts_text(struct text *t, const char *s, size_t most)
{
	for (size_t i = 0; i < most && s[i]; i++)
		put(t, s[i]);
}

bool fl_symbol_find(struct fl_kernel *k, uint64_t address, struct fl_symbol *out)
{
	struct fl_symbols *symbols;

	/* per-CPU data begins at 0 */
	return k && !fl_facts_symbols(k, &symbols) && fl_symbols_at(symbols, address, out) &&
	       out->addr;
}

void fl_symbol_text(struct fl_kernel *k, uint64_t address, char *buf, size_t size)
{
	struct fl_symbol sym;

	if (!fl_symbol_find(k, address, &sym)) {
		snprintf(buf, size, "0x%" PRIx64, address);
		return;
	}
	snprintf(buf, size, "%s", sym.name);
	if (address > sym.addr)
		snprintf(buf + strlen(buf), size - strlen(buf), "+0x%" PRIx64, address - sym.addr);
	if (sym.module)
		snprintf(buf + strlen(buf), size - strlen(buf), " [%s]", sym.module);
}

static void put_errno(struct text *t, int64_t v)
{
	const char *name = fl_error_name(v);
	char number[32];

	if (name) {
		put(t, '-');
		puts_text(t, name, strlen(name));
		return;
	}
	snprintf(number, sizeof(number), "%" PRId64, v);
	puts_text(t, number, sizeof(number));
}

static void put_number(struct text *t, char directive, uint64_t word, struct fl_kernel *k)
{
	char number[256];

	switch (directive) {
	case 'u':
		snprintf(number, sizeof(number), "%" PRIu64, word);
		break;
	case 'x':
		snprintf(number, sizeof(number), "%" PRIx64, word);
		break;
	case 'p':
		fl_symbol_text(k, word, number, sizeof(number));
		break;
	case 'e':
		put_errno(t, (int64_t)word);
		return;
	default:
		snprintf(number, sizeof(number), "%" PRId64, (int64_t)word);
	}
	puts_text(t, number, sizeof(number));
}

void fl_log_text(const struct fl_object *obj, const struct fl_event *e, struct fl_kernel *k,
		 char *buf, size_t size)
{
	const uint64_t *words = (const uint64_t *)(e + 1);
	const struct fl_obj_log *log = e->site < obj->nlogs ? &obj->logs[e->site] : NULL;
	struct text t = { buf, size, 0 };
	size_t arg = 0, at = 0;

	for (const char *p = log ? log->format : ""; *p; p++) {
		const struct fl_obj_log_arg *a;

		if (*p != '%') {
			put(&t, *p);
			continue;
		}
		p++;
		if (*p == '%') {
			put(&t, '%');
			continue;
		}
		a = arg < log->nargs ? &log->args[arg++] : NULL;
		if (!a || at + a->words > e->words)
			break;
		if (a->kind == FL_LOG_STRING)
			puts_text(&t, (const char *)&words[at], a->words * 8);
		else if (a->kind == FL_LOG_FUNC && words[at] < obj->nfuncs)
			puts_text(&t, obj->funcs[words[at]], SIZE_MAX);
		else
			put_number(&t, *p, words[at], k);
		at += a->words;
	}
	if (size)
		buf[t.len] = '\0';
}

size_t fl_stack_frames(const struct fl_event *e, const uint64_t **frames)
{
	const uint64_t *words = (const uint64_t *)(e + 1);
	uint64_t ip = (uint64_t)e->value;
	size_t n = e->words < FL_STACK_DEPTH ? e->words : FL_STACK_DEPTH, first = 0;

	/* before the function come the program itself and what called it */
	for (size_t i = 0; i < n; i++) {
		if (words[i] - ip < ENTRY_BYTES) {
			first = i;
			break;
		}
	}
	*frames = words + first;
	return n - first;
}
