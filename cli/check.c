/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - what compiles and arms nothing. */
#include <stdio.h>

#include "build.h"
#include "errors.h"
#include "run.h"
#include "stored.h"

/* @path NULL: the rules of -e. */
static int check_one(const struct fl_options *o, struct fl_engine *en, struct fl_errors *errors,
		     const char *path)
{
	const struct fl_compile_opts opts = fl_compile_options(o);
	struct fl_object *obj = NULL;
	struct fl_input in;
	int status = path ? fl_input_read(&in, path) : fl_input_of(&in, o);

	if (status)
		return status;
	errors->status = 0;
	fl_engine_compile(en, &in.source, &opts, &obj);
	fl_object_free(obj);
	fl_input_release(&in);
	return errors->status;
}

int fl_check(const struct fl_options *o)
{
	struct fl_errors errors = fl_errors_of(o);
	struct fl_engine *en;
	int worst = fl_errors_engine(o, &errors, NULL, &en);

	if (en && o->rules)
		worst = check_one(o, en, &errors, NULL);
	for (int i = 0; en && i < o->nfiles; i++) {
		int status = check_one(o, en, &errors, o->files[i]);

		if (!worst)
			worst = status;
	}
	fl_engine_free(en);
	return worst;
}

int fl_emit_to(const struct fl_options *o)
{
	const struct fl_compile_opts opts = fl_compile_options(o);
	struct fl_errors errors = { .verbose = o->verbose };
	struct fl_engine *en = NULL;
	struct fl_object *obj = NULL;
	struct fl_input in;
	int status = fl_input_of(&in, o);

	if (status)
		return status;
	status = fl_errors_engine(o, &errors, NULL, &en);
	if (!status) {
		fl_engine_compile(en, &in.source, &opts, &obj);
		status = errors.status;
	}
	if (!status && o->emit == FL_EMIT_TO_OBJECT)
		status = fl_stored_write(o, &errors, obj);
	else if (!status)
		fwrite(obj->c_text, 1, obj->c_len, stdout);
	fl_object_free(obj);
	fl_engine_free(en);
	fl_input_release(&in);
	return status;
}
