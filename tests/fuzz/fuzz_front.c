/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are a script: it compiles or its mistakes are told, and nothing
 * else happens. Of what compiles, one in 32 goes on to Clang, which must take
 * every line of C that the emitter writes. What parses is formatted: twice is
 * once, and the C stays the same.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clang.h"
#include "compile.h"
#include "fake_kernel.h"
#include "fl_templates.h"
#include "format.h"

#define CLANG_EVERY 32

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long runs, successes, through_clang;

/* A fuzzer that never gets beyond the parser would pass for a good one. */
static void print_counts(void)
{
	printf("fuzz_front: %lu scripts, %lu compiled, %lu of those by Clang\n", runs, successes,
	       through_clang);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	atexit(print_counts);
	return 0;
}

static void require(int holds, const char *what, const char *more)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_front: %s\n%s\n", what, more ? more : "");
	abort();
}

/* Options and kernels differ, but are the same whenever the text is. */
static uint32_t hash(const uint8_t *data, size_t size)
{
	uint32_t h = 2166136261;

	for (size_t i = 0; i < size; i++)
		h = (h ^ data[i]) * 16777619;
	return h ^ h >> 15;
}

static int read_used(void *arg, const char *path, char **text, size_t *len)
{
	static const char used[] = "let used = 5 used: on fake_errno if pid == 5 return -EIO";

	(void)arg;
	if (strcmp(path, "x.fault"))
		return -ENOENT;
	*text = strdup(used);
	*len = strlen(used);
	return *text ? 0 : -ENOMEM;
}

static void check_diags(const struct fl_diags *ds, const struct fl_source *src)
{
	struct fl_arena arena;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	if (!setjmp(on_oom)) {
		for (size_t i = 0; i < ds->n; i++) {
			const struct fl_span *span = &ds->list[i].span;
			struct fl_buf out;

			require(span->src != src || span->off <= src->len, "a span outside",
				fl_diag_tag_name(ds->list[i].tag));
			fl_buf_init(&out, &arena);
			fl_diag_render(&ds->list[i], &out);
			require(out.len && out.text[out.len - 1] == '\n', "no line", out.text);
			for (size_t j = 0; j < out.len; j++)
				require((unsigned char)out.text[j] >= 0x20 || out.text[j] == '\n',
					"a control character", out.text);
		}
	}
	fl_arena_release(&arena);
}

static void check_c(const struct fl_object *obj)
{
	const struct fl_clang_opts opts = {
		.headers = fl_templates,
		.nheaders = fl_ntemplates,
		.arch = "x86",
	};
	struct fl_clang_result result = { 0 };
	int err = fl_clang_compile("rules.bpf.c", obj->c_text, obj->c_len, &opts, &result);

	if (err) {
		fprintf(stderr, "%s\n", obj->c_text);
		require(0, "Clang does not take the C", result.log);
	}
	fl_clang_result_release(&result);
}

/* The formatted text, or NULL where there are mistakes. */
static char *format(const char *text, size_t size, size_t *len)
{
	const struct fl_source src = { "fuzz", text, size };
	struct fl_diags diags;
	char *out;
	int err;

	fl_diags_init(&diags);
	err = fl_format(&src, &diags, &out, len);
	check_diags(&diags, &src);
	require(err == 0 || err == -EINVAL || err == -ENOMEM, "formatted, it says something else",
		text);
	require(err != -EINVAL || diags.nerrors, "not formatted without an error", NULL);
	fl_diags_release(&diags);
	return out;
}

/* @obj is what the text compiles to, or NULL. */
static void check_format(const struct fl_source *src, struct fl_kernel *k,
			 const struct fl_compile_opts *opts, const struct fl_object *obj)
{
	size_t once_len, twice_len;
	char *once = format(src->text, src->len, &once_len), *twice, *log = NULL;
	struct fl_source again = { "fuzz", once, once_len };
	struct fl_diags diags;
	struct fl_object *other;

	require(once || !obj, "what compiles is not formatted", NULL);
	if (!once)
		return;
	twice = format(once, once_len, &twice_len);
	require(twice && twice_len == once_len && !memcmp(once, twice, once_len),
		"formatted twice is not once", once);
	if (obj) {
		fl_diags_init(&diags);
		fl_compile(&again, k, opts, &diags, &other, &log);
		require(other != NULL, "does not compile when formatted", once);
		require(other->c_len == obj->c_len &&
				!memcmp(other->c_text, obj->c_text, obj->c_len),
			"formatted, it becomes other C", once);
		fl_object_free(other);
		fl_diags_release(&diags);
		free(log);
	}
	free(twice);
	free(once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t h = hash(data, size);
	const struct fl_compile_opts opts = {
		.sema = { .system_wide = h & 1,
			  .has_command = h & 2,
			  .force_return = !(h & 12),
			  .lenient = !(h & 0x30) },
		.plan = { .backend = h & 0xc0 ? FL_BACKEND_AUTO : (enum fl_backend)(h >> 8 & 3) },
		.emit = FL_EMIT_C,
		.seeded = h & 0x1000,
		.read = read_used,
	};
	const struct fl_source src = { "fuzz", (const char *)data, size };
	struct fake_kernel fake;
	struct fl_diags diags;
	struct fl_object *obj;
	char *log = NULL;
	int err;

	fake_kernel_init(&fake);
	if (!(h & 0x1e000))
		fake.state =
			(enum fl_list_state)(h >> 20 & 1 ? FL_LIST_HIDDEN : FL_LIST_NO_SUPPORT);
	fake.has_btf = h & 0xe00000;
	fl_diags_init(&diags);
	err = fl_compile(&src, &fake.k, &opts, &diags, &obj, &log);
	require(err == 0 || err == -EINVAL || err == -ENOMEM, "an unexpected status", log);
	require(!err == !!obj, "an object without success", NULL);
	require(err != -EINVAL || diags.nerrors, "a failure without an error", NULL);
	require(err || !diags.nerrors, "an error with success", NULL);
	check_diags(&diags, &src);
	check_format(&src, &fake.k, &opts, obj);
	runs++;
	if (obj && successes++ % CLANG_EVERY == 0) {
		through_clang++;
		check_c(obj);
	}
	fl_object_free(obj);
	fl_diags_release(&diags);
	free(log);
	return 0;
}
