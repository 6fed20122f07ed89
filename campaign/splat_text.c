/* SPDX-License-Identifier: GPL-2.0-or-later */
/* splat_text.c - what a report is about: its title, and the symbols that make one of its kind. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "splat_impl.h"

static const char *const machinery[] = {
#define FL_SPLAT(id, kind, flags, glob)
#define FL_MACHINERY(glob) glob,
#define FL_CHECKER(glob)
#include "splat.def"
#undef FL_SPLAT
#undef FL_MACHINERY
#undef FL_CHECKER
};

static const char *const checkers[] = {
#define FL_SPLAT(id, kind, flags, glob)
#define FL_MACHINERY(glob)
#define FL_CHECKER(glob) glob,
#include "splat.def"
#undef FL_SPLAT
#undef FL_MACHINERY
#undef FL_CHECKER
};

static bool is_one_of(const char *const *globs, size_t n, const char *symbol)
{
	for (size_t i = 0; i < n; i++) {
		if (!fnmatch(globs[i], symbol, 0))
			return true;
	}
	return false;
}

bool fl_splat_is_machinery(const char *symbol)
{
	return is_one_of(machinery, sizeof(machinery) / sizeof(machinery[0]), symbol);
}

bool fl_splat_is_checker(const char *symbol)
{
	return is_one_of(checkers, sizeof(checkers) / sizeof(checkers[0]), symbol);
}

bool fl_splat_is_trace(const char *line)
{
	line += strspn(line, " ");
	return !strncmp(line, "Call Trace:", 11) || !strncmp(line, "Call trace:", 11) ||
	       !strncmp(line, "backtrace", 9);
}

/* "f.isra.0.cold" is f: which copy the compiler made says nothing. */
static void cut_suffix(char *symbol)
{
	static const char *const suffixes[] = { ".isra.", ".constprop.", ".part.", ".cold",
						".llvm." };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *at = strstr(symbol, suffixes[i]);

		if (at)
			*at = '\0';
	}
}

static bool is_symbol_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* "sym+0x1/0x2" at @at. */
static bool read_symbol(const char *at, char *buf, size_t size)
{
	size_t n = 0;

	while (is_symbol_char(at[n]))
		n++;
	if (!n || isdigit((unsigned char)at[0]) || strncmp(at + n, "+0x", 3) != 0)
		return false;
	snprintf(buf, size, "%.*s", (int)n, at);
	cut_suffix(buf);
	return true;
}

bool fl_splat_symbol(const char *line, char *buf, size_t size)
{
	line += strspn(line, " \t");
	if (*line == '?')
		return false;
	/* "[<ffffffff81234567>] f+0x1/0x2" */
	if (!strncmp(line, "[<", 2)) {
		line = strstr(line, ">]");
		if (!line)
			return false;
		line += 2;
		line += strspn(line, " ");
	}
	return read_symbol(line, buf, size);
}

static void add_symbol(struct fl_splat_reader *r, const char *symbol)
{
	if (r->nsymbols == FL_FINGERPRINT_SYMBOLS || fl_splat_is_machinery(symbol))
		return;
	/* the registers name the function that the stack begins with */
	if (r->nsymbols && !strcmp(r->symbols[r->nsymbols - 1], symbol))
		return;
	snprintf(r->symbols[r->nsymbols++], FL_SYMBOL_LEN, "%s", symbol);
}

/* "RIP: 0010:f+0x1/0x2", "pc : f+0x1/0x2": where it happened, before the stack. */
static bool read_register(const char *line, char *buf, size_t size)
{
	if (!strncmp(line, "RIP: 0010:", 10))
		return read_symbol(line + 10, buf, size);
	if (!strncmp(line, "pc : ", 5))
		return read_symbol(line + 5, buf, size);
	return false;
}

/* "0xffffffffc02ad7ff": its last twelve bits are the same whenever a module is loaded. */
static bool add_unnamed(struct fl_splat_reader *r, const char *line)
{
	char *end;
	unsigned long long address;

	line += strspn(line, " \t");
	if (!r->in_trace || r->nsymbols || strncmp(line, "0x", 2) != 0)
		return false;
	address = strtoull(line, &end, 16);
	if (*end)
		return false;
	if (r->nunnamed < FL_FINGERPRINT_SYMBOLS)
		r->unnamed[r->nunnamed++] = address & 0xfff;
	return true;
}

void fl_splat_look_at(struct fl_splat_reader *r, const char *line)
{
	char symbol[FL_SYMBOL_LEN];

	if (!r->row || r->trace_done) {
		return;
	}
	if (fl_splat_is_trace(line)) {
		r->in_trace = true;
		return;
	}
	if (!r->in_trace && read_register(line, symbol, sizeof(symbol))) {
		add_symbol(r, symbol);
		return;
	}
	if (!r->in_trace && !(r->row->flags & FL_SPLAT_BARE))
		return;
	if (add_unnamed(r, line))
		return;
	if (!r->nunnamed && fl_splat_symbol(line, symbol, sizeof(symbol))) {
		r->in_trace = true;
		add_symbol(r, symbol);
		return;
	}
	line += strspn(line, " \t");
	/* "<TASK>", "<IRQ>" and "? f" belong to the stack, all else ends it */
	if (r->in_trace && *line != '<' && *line != '?' && strncmp(line, "[<", 2) != 0)
		r->trace_done = true;
	if (!strncmp(line, "</TASK>", 7))
		r->trace_done = true;
}

/* How long the address at @at is, 0 when there is none: it differs from run to run. */
static size_t address(const char *at)
{
	size_t prefix = !strncmp(at, "0x", 2) ? 2 : 0;
	size_t n = strspn(at + prefix, "0123456789abcdef");

	if (is_symbol_char(at[prefix + n]) && at[prefix + n] != '.')
		return 0;
	return n >= 8 ? prefix + n : 0;
}

/* "+0x1/0x2" after a symbol. */
static size_t offset(const char *at)
{
	size_t n = 3;

	if (strncmp(at, "+0x", 3) != 0)
		return 0;
	n += strspn(at + n, "0123456789abcdef");
	if (!strncmp(at + n, "/0x", 3))
		n += 3 + strspn(at + n + 3, "0123456789abcdef");
	return n;
}

static const char *past_header(const char *line)
{
	const char *at;

	/* "WARNING: CPU: 1 PID: 77 at fs/inode.c:42 f+0x1/0x2" */
	if (!strncmp(line, "WARNING: CPU: ", 14) && (at = strstr(line, " at ")))
		return at + 1;
	return NULL;
}

void fl_splat_title(struct fl_splat_reader *r, const char *line)
{
	const char *rest = past_header(line);
	size_t n = 0, skip;

	if (rest) {
		n = (size_t)snprintf(r->title, sizeof(r->title), "WARNING ");
		line = rest;
	}
	for (const char *at = line; *at && n + 5 < sizeof(r->title);) {
		bool starts = at == line || !is_symbol_char(at[-1]);

		skip = offset(at);
		at += skip;
		skip = starts && !skip ? address(at) : 0;
		at += skip;
		if (skip)
			n += (size_t)snprintf(r->title + n, 5, "ADDR");
		else if (*at && !(*at == ' ' && n && r->title[n - 1] == ' '))
			r->title[n++] = *at++;
		else if (*at)
			at++;
	}
	while (n && r->title[n - 1] == ' ')
		n--;
	r->title[n] = '\0';
}

/* Numbers in one-line reports are counts and process IDs. */
static size_t without_numbers(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		bool digit = isdigit((unsigned char)*text) != 0;

		if (!digit)
			buf[n++] = *text;
		else if (!n || buf[n - 1] != '#')
			buf[n++] = '#';
	}
	buf[n] = '\0';
	return n;
}

void fl_splat_fingerprint(const struct fl_splat_reader *r, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "%s", r->row->kind);

	if (!r->nsymbols && !r->nunnamed) {
		n += (size_t)snprintf(buf + n, size - n, ": ");
		without_numbers(r->title, buf + n, size - n);
	}
	for (size_t i = 0; i < r->nunnamed && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, " *%03x", r->unnamed[i]);
	for (size_t i = 0; i < r->nsymbols && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, " %s", r->symbols[i]);
}
