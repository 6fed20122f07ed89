/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oom.c - an allocator that fails on demand, linked in front of the real one
 * (-Wl,--wrap) for all of faultline but Clang, whose answer to a lack of
 * memory is the end of its process: from where the command line is read to
 * where that is forgotten.
 *
 *	FL_OOM_AT=N	the Nth allocation fails, and no other
 *	FL_OOM_FROM=N	from the Nth on, all fail
 *	FL_OOM_COUNT=FILE	how many there were is written there at the end
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clang.h"
#include "options.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
FILE *__real_open_memstream(char **text, size_t *len);
int __real_fl_clang_compile(const char *name, const char *text, size_t len,
			    const struct fl_clang_opts *opts, struct fl_clang_result *out);
int __real_fl_options_parse(struct fl_options *o, int argc, char **argv);
void __real_fl_options_release(struct fl_options *o);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
FILE *__wrap_open_memstream(char **text, size_t *len);
int __wrap_fl_clang_compile(const char *name, const char *text, size_t len,
			    const struct fl_clang_opts *opts, struct fl_clang_result *out);
int __wrap_fl_options_parse(struct fl_options *o, int argc, char **argv);
void __wrap_fl_options_release(struct fl_options *o);

static size_t allocations, fail_at, fail_from;
static bool counts, in_clang;

static size_t number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

static void write_count(void)
{
	FILE *f = fopen(getenv("FL_OOM_COUNT"), "we");

	if (!f)
		return;
	fprintf(f, "%zu\n", allocations);
	fclose(f);
}

__attribute__((constructor)) static void begin(void)
{
	fail_at = number_of("FL_OOM_AT");
	fail_from = number_of("FL_OOM_FROM");
	if (getenv("FL_OOM_COUNT"))
		atexit(write_count);
}

static bool fails(void)
{
	if (!counts || in_clang)
		return false;
	allocations++;
	if (allocations != fail_at && (!fail_from || allocations < fail_from))
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
	return fails() ? NULL : __real_strndup(text, len);
}

FILE *__wrap_open_memstream(char **text, size_t *len)
{
	return fails() ? NULL : __real_open_memstream(text, len);
}

int __wrap_fl_clang_compile(const char *name, const char *text, size_t len,
			    const struct fl_clang_opts *opts, struct fl_clang_result *out)
{
	int err;

	in_clang = true;
	err = __real_fl_clang_compile(name, text, len, opts, out);
	in_clang = false;
	return err;
}

int __wrap_fl_options_parse(struct fl_options *o, int argc, char **argv)
{
	counts = true;
	return __real_fl_options_parse(o, argc, argv);
}

void __wrap_fl_options_release(struct fl_options *o)
{
	__real_fl_options_release(o);
	counts = false;
}
