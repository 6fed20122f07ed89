/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lex_number.c - numbers with their prefixes and suffixes, times, versions. */
#include <string.h>

#include "lex.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static unsigned int number_base(const struct fl_lexer *lx, size_t pos)
{
	if (at(lx, pos) != '0')
		return 10;
	switch (at(lx, pos + 1) | 0x20) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		return 10;
	}
}

/* The digits of one number; false when it is too large. */
static bool scan_digits(struct fl_lexer *lx, unsigned int base, uint64_t *value, size_t *ndigits)
{
	bool fits = true;

	*value = 0;
	*ndigits = 0;
	for (;; lx->pos++) {
		int digit = hex_digit(at(lx, lx->pos));

		if (at(lx, lx->pos) == '_' && *ndigits)
			continue;
		if (digit < 0 || (unsigned int)digit >= base)
			return fits;
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit, value))
			fits = false;
		(*ndigits)++;
	}
}

static void bad_number(struct fl_lexer *lx, enum fl_tok kind, size_t from, const char *hint)
{
	const char *text;

	while (is_name(at(lx, lx->pos)))
		lx->pos++;
	text = fl_arena_strndup(lx->arena, lx->src->text + from, lx->pos - from);
	fl_report(lx->diags, FL_E_BAD_NUMBER, span_of(lx, from, lx->pos), text, hint, NULL);
	fl_lex_push(lx, kind, from);
}

static const char *digits_hint(unsigned int base)
{
	switch (base) {
	case 16:
		return "use digits 0 to 9 and a to f after 0x";
	case 8:
		return "use digits 0 to 7 after 0o";
	case 2:
		return "use digits 0 and 1 after 0b";
	default:
		return "a suffix is one of K, M and G, or a time: ns, us, ms, s, m, h";
	}
}

static const struct {
	const char *text;
	uint64_t factor;
	enum fl_tok kind;
} suffixes[] = {
	{ "K", UINT64_C(1) << 10, FL_TOK_INT },
	{ "M", UINT64_C(1) << 20, FL_TOK_INT },
	{ "G", UINT64_C(1) << 30, FL_TOK_INT },
	{ "ns", 1, FL_TOK_DURATION },
	{ "us", 1000, FL_TOK_DURATION },
	{ "ms", 1000000, FL_TOK_DURATION },
	{ "s", UINT64_C(1000000000), FL_TOK_DURATION },
	{ "m", 60 * UINT64_C(1000000000), FL_TOK_DURATION },
	{ "h", 3600 * UINT64_C(1000000000), FL_TOK_DURATION },
};

/* The suffix of a number, as an index; -1: none; -2: unknown. */
static int find_suffix(const struct fl_lexer *lx)
{
	size_t len = 0;

	while (is_name(at(lx, lx->pos + len)))
		len++;
	if (!len)
		return -1;
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		if (strlen(suffixes[i].text) == len &&
		    !memcmp(suffixes[i].text, lx->src->text + lx->pos, len))
			return (int)i;
	}
	return -2;
}

/* ".01" after a whole number; the value is kept in units of 1e-9. */
static void lex_fraction(struct fl_lexer *lx, size_t from, uint64_t whole)
{
	uint64_t unit = 1000000000, value;
	struct fl_token *t;

	if (__builtin_mul_overflow(whole, unit, &value))
		value = UINT64_MAX / 2;
	lx->pos++;
	for (; is_digit(at(lx, lx->pos)); lx->pos++) {
		unit /= 10;
		value += unit * (uint64_t)(at(lx, lx->pos) - '0');
	}
	if (is_name(at(lx, lx->pos))) {
		int suffix = find_suffix(lx);

		bad_number(lx, suffix >= 0 ? suffixes[suffix].kind : FL_TOK_FRACTION, from,
			   "times and sizes are whole numbers: 500us, not 0.5ms");
		return;
	}
	t = fl_lex_push(lx, FL_TOK_FRACTION, from);
	t->value = value;
}

/* "6.1.2" from its first dot on. */
static bool lex_version(struct fl_lexer *lx, size_t from)
{
	size_t pos = lx->pos + 1;

	while (is_digit(at(lx, pos)))
		pos++;
	if (at(lx, pos) != '.' || !is_digit(at(lx, pos + 1)))
		return false;
	for (pos++; is_digit(at(lx, pos)); pos++)
		;
	lx->pos = pos;
	fl_lex_push(lx, FL_TOK_VERSION, from);
	return true;
}

/* 010 is 8 in C, and 10 to most people. */
static void report_octal(struct fl_lexer *lx, size_t from, bool has_suffix)
{
	size_t digits = from;
	const char *text;

	while (at(lx, digits) == '0' && is_digit(at(lx, digits + 1)))
		digits++;
	text = fl_arena_strndup(lx->arena, lx->src->text + digits, lx->pos - digits);
	if (!has_suffix)
		text = fl_arena_printf(lx->arena, "%s or 0o%s", text, text);
	fl_report(lx->diags, FL_E_OCTAL, span_of(lx, from, lx->pos), text, NULL);
}

void fl_lex_number(struct fl_lexer *lx)
{
	size_t from = lx->pos, ndigits;
	unsigned int base = number_base(lx, from);
	enum fl_tok kind = FL_TOK_INT;
	uint64_t value;
	bool fits;
	int suffix;

	if (base != 10)
		lx->pos += 2;
	fits = scan_digits(lx, base, &value, &ndigits);
	if (!ndigits) {
		bad_number(lx, FL_TOK_INT, from, digits_hint(base));
		return;
	}
	if (base == 10 && at(lx, lx->pos) == '.' && is_digit(at(lx, lx->pos + 1))) {
		if (!lex_version(lx, from))
			lex_fraction(lx, from, value);
		return;
	}
	suffix = find_suffix(lx);
	if (suffix == -2 || (suffix >= 0 && base != 10)) {
		bad_number(lx, FL_TOK_INT, from, digits_hint(base));
		return;
	}
	if (suffix >= 0) {
		fits = fits && !__builtin_mul_overflow(value, suffixes[suffix].factor, &value);
		lx->pos += strlen(suffixes[suffix].text);
		kind = suffixes[suffix].kind;
	}
	if (!fits) {
		fl_report(lx->diags, FL_E_BIG_NUMBER, span_of(lx, from, lx->pos),
			  fl_arena_strndup(lx->arena, lx->src->text + from, lx->pos - from), NULL);
	} else if (base == 10 && ndigits > 1 && at(lx, from) == '0') {
		report_octal(lx, from, suffix >= 0);
	}
	fl_lex_push(lx, kind, from)->value = value;
}
