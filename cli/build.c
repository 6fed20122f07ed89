/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "lexer.h"

static int cannot_read(const char *path, const char *why)
{
	fprintf(stderr, "faultline: error: '%s' cannot be read: %s\n", path, why);
	return FL_EXIT_USAGE;
}

/* One byte more than the compiler takes, so that it can tell "too much". */
static int read_all(int fd, char **text, size_t *len)
{
	size_t cap = 65536;

	*len = 0;
	*text = malloc(cap);
	while (*text) {
		ssize_t n = read(fd, *text + *len, cap - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		*len += (size_t)n;
		if (!n || *len > FL_MAX_SOURCE)
			return 0;
		if (*len == cap) {
			char *bigger = realloc(*text, cap * 2);

			if (!bigger)
				break;
			*text = bigger;
			cap *= 2;
		}
	}
	return -ENOMEM;
}

int fl_input_read(struct fl_input *in, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	struct stat st;
	int fd, err;

	memset(in, 0, sizeof(*in));
	in->source.name = is_stdin ? "standard input" : path;
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot_read(path, strerror(errno));
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		err = -EISDIR;
	else
		err = read_all(fd, &in->text, &in->source.len);
	/* The true size, where there is one, makes the better message. */
	if (!err && S_ISREG(st.st_mode) && in->source.len > FL_MAX_SOURCE)
		in->source.len = (size_t)st.st_size;
	if (!is_stdin)
		close(fd);
	in->source.text = in->text;
	if (!err)
		return 0;
	fl_input_release(in);
	return cannot_read(path, err == -EISDIR ? "it is a directory" : strerror(-err));
}

void fl_input_from_option(struct fl_input *in, const char *rules)
{
	in->source = (struct fl_source){ "one-liner", rules, strlen(rules) };
	in->text = NULL;
}

void fl_input_release(struct fl_input *in)
{
	free(in->text);
	in->text = NULL;
}

/* A file that a script uses. */
int fl_read_used(void *arg, const char *path, char **text, size_t *len)
{
	struct stat st;
	int fd, err;

	(void)arg;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		err = -EISDIR;
	else
		err = read_all(fd, text, len);
	close(fd);
	return err;
}

bool fl_is_same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return !stat(a, &sa) && !stat(b, &sb) && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

struct fl_compile_opts fl_compile_options(const struct fl_options *o)
{
	return (struct fl_compile_opts){
		.sema = {
			.system_wide = o->system_wide,
			/* check cannot know; most scripts are run with one */
			.has_command = o->command || o->shell_command || o->pid ||
				       o->mode == FL_MODE_CHECK,
			.force_return = o->force_return,
			.wait = o->wait_for_module,
			.lenient = o->mode == FL_MODE_CHECK,
			.allowed = o->allowed,
			.nallowed = o->nallowed,
		},
		.plan = { .backend = o->backend, .force_return = o->force_return },
		.emit = o->emit_c ? FL_EMIT_C : FL_EMIT_OBJECT,
		.seeded = o->has_seed,
		.settings = o->settings,
		.nsettings = o->nsettings,
		.read = fl_read_used,
		.is_same_file = fl_is_same_file,
	};
}

void fl_print_diags(const struct fl_diags *ds)
{
	struct fl_arena arena;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	if (!setjmp(on_oom)) {
		for (size_t i = 0; i < ds->n; i++) {
			struct fl_buf text;

			fl_buf_init(&text, &arena);
			fl_diag_render(&ds->list[i], &text);
			fwrite(text.text, 1, text.len, stderr);
		}
	}
	fl_arena_release(&arena);
}

/* docs/events.md: the same as an event. */
static void write_diags(const struct fl_diags *ds, FILE *out)
{
	static const char *const severities[] = { "error", "warning", "note" };

	for (size_t i = 0; i < ds->n; i++) {
		const struct fl_diag *d = &ds->list[i];
		unsigned int line = 0, column = 0;
		struct fl_json j = { .out = out };

		if (d->span.src)
			fl_source_position(d->span.src, d->span.off, &line, &column);
		fl_json_open(&j, NULL, '{');
		fl_json_number(&j, "v", 1);
		fl_json_string(&j, "type", "error");
		fl_json_string(&j, "severity", severities[d->severity]);
		fl_json_string(&j, "tag", fl_diag_tag_name(d->tag));
		fl_json_string(&j, "file", d->span.src ? d->span.src->name : NULL);
		fl_json_number(&j, "line", line);
		fl_json_number(&j, "column", column);
		fl_json_string(&j, "text", d->text);
		fl_json_string(&j, "hint", d->hint);
		fl_json_close(&j, '{');
		fl_json_line(&j);
	}
}

int fl_build(const struct fl_input *in, struct fl_kernel *k, const struct fl_compile_opts *opts,
	     FILE *json, struct fl_object **obj)
{
	static const int exits[] = {
		[FL_CLASS_SCRIPT] = FL_EXIT_USAGE,
		[FL_CLASS_KERNEL] = FL_EXIT_KERNEL,
		[FL_CLASS_PERMISSION] = FL_EXIT_PERMISSION,
	};
	struct fl_diags ds;
	char *log = NULL;
	int err, status = 0;

	fl_diags_init(&ds);
	err = fl_compile(&in->source, k, opts, &ds, obj, &log);
	/* of a plan that was changed, all but errors was said of the first */
	if (err || !opts->plan.nrefusals) {
		fl_print_diags(&ds);
		if (json)
			write_diags(&ds, json);
	}
	if (err == -EINVAL) {
		status = exits[fl_diags_class(&ds)];
	} else if (err == -ENOMEM) {
		fprintf(stderr, "faultline: error: out of memory\n");
		status = FL_EXIT_FINDING;
	} else if (err) {
		fprintf(stderr,
			"faultline: error: the C for '%s' did not compile, which is a defect "
			"of faultline\n%s",
			in->source.name, log ? log : "");
		status = FL_EXIT_FINDING;
	}
	free(log);
	fl_diags_release(&ds);
	return status;
}
