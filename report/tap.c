/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap.c - a suite as TAP version 13, in the way of kselftests (ksft_print_cnts()
 * in tools/testing/selftests/kselftest.h), and as KTAP version 1 with a subtest
 * for each group (Documentation/dev-tools/ktap.rst). Diagnostics of a case
 * precede its line, as both require.
 */
#include <inttypes.h>
#include <string.h>

#include "suite.h"
#include "utf8.h"

/*
 * Text inside of a line: in a name a '#' would begin a directive. Who looks
 * through results for the word SKIP takes any for a test that was skipped.
 */
static void put_text(FILE *out, const char *s, size_t n, bool is_name)
{
	for (const char *end = s + n; s < end;) {
		size_t len = fl_utf8_sequence(s);

		if (!strncmp(s, "SKIP", 4)) {
			fputs("skip", out);
			len = 4;
		} else if (!len) {
			fputs("\xef\xbf\xbd", out);
		} else if (is_name && *s == '#') {
			fputc('_', out);
		} else if (len == 1 && ((unsigned char)*s < 0x20 || *s == 0x7f)) {
			fputc(' ', out);
		} else {
			fwrite(s, 1, len, out);
		}
		s += len ? len : 1;
	}
}

/* Lines for humans; indented, so that they cannot be mistaken for a result. */
static void put_notes(FILE *out, const char *indent, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		fprintf(out, "%s#   ", indent);
		put_text(out, text, len, false);
		fputc('\n', out);
		text += len + (text[len] == '\n');
	}
}

static void put_case(FILE *out, const char *indent, size_t number, const struct fl_case *c,
		     bool with_group)
{
	if (c->message)
		put_notes(out, indent, c->message);
	put_notes(out, indent, c->detail);
	fprintf(out, "%s%s %zu ", indent, c->result == FL_CASE_PASS ? "ok" : "not ok", number);
	if (with_group) {
		put_text(out, c->group, strlen(c->group), true);
		fputs(": ", out);
	}
	put_text(out, c->name, strlen(c->name), true);
	fputc('\n', out);
}

static void put_totals(FILE *out, const struct fl_suite *s)
{
	for (size_t i = 0; i < s->nnumbers; i++)
		fprintf(out, "# %s: %" PRIu64 "\n", s->numbers[i].key, s->numbers[i].value);
	fprintf(out, "# Totals: pass:%zu fail:%zu xfail:0 xpass:0 skip:%d error:%zu\n",
		fl_suite_count(s, FL_CASE_PASS), fl_suite_count(s, FL_CASE_FAIL),
		s->skipped != NULL, fl_suite_count(s, FL_CASE_ERROR));
}

void fl_suite_tap(FILE *out, const struct fl_suite *s)
{
	fprintf(out, "TAP version 13\n");
	put_notes(out, "", s->notes);
	if (s->skipped) {
		fprintf(out, "1..0 # SKIP ");
		put_text(out, s->skipped, strlen(s->skipped), true);
		fputc('\n', out);
	} else {
		fprintf(out, "1..%zu\n", s->ncases);
	}
	for (size_t i = 0; i < s->ncases; i++)
		put_case(out, "", i + 1, &s->cases[i], true);
	put_totals(out, s);
}

static void put_subtest(FILE *out, const struct fl_suite *s, size_t first, size_t n, size_t number)
{
	const char *group = s->cases[first].group;
	bool good = true;

	fprintf(out, "  KTAP version 1\n  # Subtest: ");
	put_text(out, group, strlen(group), true);
	fprintf(out, "\n  1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		put_case(out, "  ", i + 1, &s->cases[first + i], false);
		good &= s->cases[first + i].result == FL_CASE_PASS;
	}
	fprintf(out, "%s %zu ", good ? "ok" : "not ok", number);
	put_text(out, group, strlen(group), true);
	fputc('\n', out);
}

void fl_suite_ktap(FILE *out, const struct fl_suite *s)
{
	size_t groups = 0, number = 0, n;

	for (size_t i = 0; i < s->ncases; i += fl_suite_group(s, i))
		groups++;
	fprintf(out, "KTAP version 1\n");
	put_notes(out, "", s->notes);
	fprintf(out, "1..%zu\n", s->skipped ? 1 : groups);
	if (s->skipped) {
		fprintf(out, "ok 1 ");
		put_text(out, s->name, strlen(s->name), true);
		fprintf(out, " # SKIP ");
		put_text(out, s->skipped, strlen(s->skipped), true);
		fputc('\n', out);
	}
	for (size_t i = 0; i < s->ncases; i += n) {
		n = fl_suite_group(s, i);
		put_subtest(out, s, i, n, ++number);
	}
	put_totals(out, s);
}
