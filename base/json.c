/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <inttypes.h>
#include <stddef.h>

#include "utf8.h"

static void put_string(const struct fl_json *j, const char *s)
{
	FILE *out = j->out;

	fputc('"', out);
	while (*s) {
		size_t len = fl_utf8_sequence(s);

		if (!len)
			fputs("\\ufffd", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if ((len == 1 && (unsigned char)*s < 0x20) || *s == 0x7f ||
			 (j->in_page && *s == '<'))
			fprintf(out, "\\u%04x", *s);
		else
			fwrite(s, 1, len, out);
		s += len ? len : 1;
	}
	fputc('"', out);
}

static void begin(struct fl_json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->out);
	if (key) {
		put_string(j, key);
		fputc(':', j->out);
	}
	j->comma = true;
}

void fl_json_open(struct fl_json *j, const char *key, char bracket)
{
	begin(j, key);
	fputc(bracket, j->out);
	j->comma = false;
}

void fl_json_close(struct fl_json *j, char bracket)
{
	fputc(bracket == '{' ? '}' : ']', j->out);
	j->comma = true;
}

void fl_json_string(struct fl_json *j, const char *key, const char *value)
{
	begin(j, key);
	if (value)
		put_string(j, value);
	else
		fputs("null", j->out);
}

void fl_json_number(struct fl_json *j, const char *key, int64_t value)
{
	begin(j, key);
	fprintf(j->out, "%" PRId64, value);
}

void fl_json_decimal(struct fl_json *j, const char *key, double value)
{
	begin(j, key);
	fprintf(j->out, "%.6f", value);
}

void fl_json_bool(struct fl_json *j, const char *key, bool value)
{
	begin(j, key);
	fputs(value ? "true" : "false", j->out);
}

void fl_json_raw(struct fl_json *j, const char *key, const char *value)
{
	begin(j, key);
	fputs(value, j->out);
}

void fl_json_line(struct fl_json *j)
{
	fputc('\n', j->out);
	j->comma = false;
}

int64_t fl_json_integer(double number)
{
	/* 2^63 is the least that does not fit; INT64_MAX is no double */
	if (number >= 0x1p63)
		return INT64_MAX;
	return number >= -0x1p63 ? (int64_t)number : INT64_MIN;
}

uint64_t fl_json_count(double number, uint64_t max)
{
	if (!(number > 0))
		return 0;
	return number < 0x1p64 && (uint64_t)number < max ? (uint64_t)number : max;
}
