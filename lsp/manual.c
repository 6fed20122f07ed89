/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manual.c - docs/language.md is where words are explained, once: a row of a
 * table, or a paragraph that begins with the word. Paragraphs are one line.
 */
#include <ctype.h>
#include <string.h>

#include "fl_manual.h"
#include "lsp_impl.h"

/* Markdown, without links: their targets are sections of the manual. */
static void put_text(FILE *out, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *close = *text == '[' ? memchr(text, ']', (size_t)(end - text)) : NULL;
		const char *after = close && close + 1 < end && close[1] == '('
					    ? memchr(close, ')', (size_t)(end - close))
					    : NULL;

		if (after) {
			fwrite(text + 1, 1, (size_t)(close - text) - 1, out);
			text = after + 1;
		} else {
			fputc(*text++, out);
		}
	}
}

/* "| `nth 3` | the third matched call only |" as "`nth 3`: the third ..." */
static void put_row(FILE *out, const char *row, size_t len)
{
	const char *cell = row + 2, *bar = memmem(cell, len - 2, " | ", 3);

	if (!bar)
		return;
	put_text(out, cell, (size_t)(bar - cell));
	fputs(": ", out);
	cell = bar + 3;
	len -= (size_t)(cell - row);
	put_text(out, cell, len > 2 ? len - 2 : len);
	/* on its own line */
	fputs("  \n", out);
}

/* Does @text begin with @word, and not with a longer one? */
static bool begins(const char *text, const char *word, bool is_call)
{
	size_t len = strlen(word);

	if (strncmp(text, word, len) != 0)
		return false;
	return is_call ? text[len] == '('
		       : text[len] == '`' || text[len] == ' ' || text[len] == '*';
}

static bool is_paragraph(const char *line, const char *word)
{
	if (!strncmp(line, "**", 2))
		return begins(line + 2, word, false);
	return *line == '`' && begins(line + 1, word, false);
}

bool fl_manual_print(FILE *out, const char *word, bool is_call)
{
	const char *end, *paragraph = NULL;
	bool found = false;

	for (const char *line = fl_manual[0].text; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (!strncmp(line, "| `", 3) && begins(line + 3, word, is_call)) {
			put_row(out, line, (size_t)(end - line));
			found = true;
		} else if (!paragraph && !is_call && is_paragraph(line, word)) {
			paragraph = line;
		}
	}
	if (!found && paragraph) {
		put_text(out, paragraph, (size_t)(strchrnul(paragraph, '\n') - paragraph));
		fputc('\n', out);
	}
	return found || paragraph;
}
