/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"
#include "file.h"
#include "lexer.h"

int fl_input_read(struct fl_input *in, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	struct stat st;
	int fd, err;

	memset(in, 0, sizeof(*in));
	in->source.name = is_stdin ? "standard input" : path;
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fl_complain(FL_F_READ, path, strerror(errno), NULL);
	/* too much is the compiler's to refuse */
	err = fl_read_fd(fd, FL_MAX_SOURCE, &in->text, &in->source.len);
	/* the true size, where there is one, makes the better message */
	if (!err && in->source.len > FL_MAX_SOURCE && !fstat(fd, &st) && S_ISREG(st.st_mode))
		in->source.len = (size_t)st.st_size;
	if (!is_stdin)
		close(fd);
	in->source.text = in->text;
	if (!err)
		return 0;
	fl_input_release(in);
	return fl_complain(FL_F_READ, path, fl_file_error(err), NULL);
}

int fl_input_of(struct fl_input *in, const struct fl_options *o)
{
	if (!o->rules)
		return fl_input_read(in, o->nfiles ? o->files[0] : "-");
	in->source = (struct fl_source){ "one-liner", o->rules, strlen(o->rules) };
	in->text = NULL;
	return 0;
}

void fl_input_release(struct fl_input *in)
{
	free(in->text);
	in->text = NULL;
}

/* A file that a script uses. */
int fl_read_used(void *arg, const char *path, char **text, size_t *len)
{
	(void)arg;
	return fl_read_file(path, FL_MAX_SOURCE, text, len);
}

bool fl_is_same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return !stat(a, &sa) && !stat(b, &sb) && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

struct fl_compile_opts fl_compile_options(const struct fl_options *o)
{
	/* an editor's continues */
	bool is_check = o->mode == FL_MODE_CHECK || o->mode == FL_MODE_LSP;

	return (struct fl_compile_opts){
		.sema = {
			.system_wide = o->system_wide,
			/* check and objects cannot know; most scripts are run with one */
			.has_command = o->command || o->shell_command || o->pid ||
				       is_check || o->emit == FL_EMIT_TO_OBJECT,
			.force_return = o->force_return,
			.wait = o->wait_for_module,
			.lenient = is_check,
			.allowed = o->allowed,
			.nallowed = o->nallowed,
		},
		.sweep = o->random  ? FL_SWEEP_RANDOM
			 : o->sweep ? FL_SWEEP_SYSTEMATIC
				    : FL_SWEEP_NONE,
		.plan = { .backend = o->backend, .force_return = o->force_return },
		.emit = o->emit == FL_EMIT_TO_C	       ? FL_EMIT_C
			: o->emit == FL_EMIT_TO_OBJECT ? FL_EMIT_FILE
						       : FL_EMIT_OBJECT,
		.seeded = o->has_seed,
		.settings = o->settings,
		.nsettings = o->nsettings,
		.read = fl_read_used,
		.is_same_file = fl_is_same_file,
	};
}

struct fl_session_opts fl_arming_options(const struct fl_options *o)
{
	return (struct fl_session_opts){
		.deadline_ns = o->deadline_ns,
		.max_injections = o->max_injections,
		.rate_cap = o->rate_cap,
		.seed = o->seed,
		.dry_run = o->no_return,
		.silent = o->quiet,
		.include_init = o->include_init,
		.include_self = o->include_self,
		.force_return = o->force_return,
	};
}

struct fl_facts_opts fl_facts_options(const struct fl_options *o)
{
	return (struct fl_facts_opts){
		.root = o->sysroot,
		.search_symbols = o->mode == FL_MODE_RUN || o->mode == FL_MODE_EXPLAIN ||
				  o->mode == FL_MODE_LSP,
	};
}

int fl_errors_engine(const struct fl_options *o, struct fl_errors *e,
		     const struct fl_engine_sink *sink, struct fl_engine **out)
{
	const struct fl_engine_sink own = {
		.arg = e,
		.diags = fl_errors_diags,
		.fault = fl_errors_fault,
	};
	const struct fl_engine_opts opts = {
		.facts = fl_facts_options(o),
		.sink = sink ? *sink : own,
	};
	int err = fl_engine_new(&opts, out);

	return err ? fl_errors_new_engine(e, err) : 0;
}
