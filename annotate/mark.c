/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mark.h"

#include <ctype.h>
#include <string.h>

static size_t word_at(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)text[n]) || text[n] == '_'))
		n++;
	return n;
}

static bool begins(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && !memcmp(text, word, strlen(word));
}

static void mark(const char *line, size_t len, struct fl_function *f, struct fl_arena *a)
{
	size_t macro = word_at(line, len), name, tag;
	const char *p = line + macro + 1;

	if (!macro || macro >= len || line[macro] != '(')
		return;
	name = word_at(p, len - macro - 1);
	if (name != strlen(f->name) || memcmp(p, f->name, name) != 0)
		return;
	p += name;
	if (begins(line, macro, "EXPORT_SYMBOL"))
		f->traits |= FL_TRAIT_EXPORTED;
	else if (macro == 15 && begins(line, macro, "NOKPROBE_SYMBOL"))
		f->traits |= FL_TRAIT_NOINSTR;
	if (macro != 21 || !begins(line, macro, "ALLOW_ERROR_INJECTION"))
		return;
	f->traits |= FL_TRAIT_MARKED;
	while (p < line + len && (*p == ',' || *p == ' ' || *p == '\t'))
		p++;
	tag = word_at(p, (size_t)(line + len - p));
	f->tag = fl_arena_strndup(a, p, tag);
}

void fl_marks_of(const char *text, size_t len, struct fl_function *f, struct fl_arena *a)
{
	const char *end = text + len, *newline;

	for (; text < end; text = newline + 1) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			newline = end;
		if (*text == 'E' || *text == 'N' || *text == 'A')
			mark(text, (size_t)(newline - text), f, a);
	}
}
