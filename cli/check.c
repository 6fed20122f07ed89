/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - what compiles and arms nothing. */
#include <stdio.h>

#include "facts.h"
#include "run.h"
#include "run_impl.h"

int fl_read_rules(const struct fl_options *o, struct fl_input *in)
{
	if (o->rules) {
		fl_input_from_option(in, o->rules);
		return 0;
	}
	return fl_input_read(in, o->nfiles ? o->files[0] : "-");
}

int fl_open_facts(const struct fl_options *o, struct fl_kernel **k)
{
	const struct fl_facts_opts opts = {
		.root = o->sysroot,
		.search_symbols = o->mode == FL_MODE_RUN || o->mode == FL_MODE_EXPLAIN,
	};

	if (!fl_facts_open(&opts, k))
		return 0;
	fprintf(stderr, "faultline: error: out of memory\n");
	return FL_EXIT_FINDING;
}

int fl_check(const struct fl_options *o)
{
	const struct fl_compile_opts opts = fl_compile_options(o);
	FILE *json = o->json ? stdout : NULL;
	struct fl_kernel *k = NULL;
	int worst;

	worst = fl_open_facts(o, &k);
	for (int i = 0; k && i < o->nfiles; i++) {
		struct fl_object *obj = NULL;
		struct fl_input in;
		int status = fl_input_read(&in, o->files[i]);

		if (!status)
			status = fl_build(&in, k, &opts, json, &obj);
		if (!worst)
			worst = status;
		fl_object_free(obj);
		fl_input_release(&in);
	}
	fl_facts_close(k);
	return worst;
}

int fl_emit_text(const struct fl_options *o)
{
	const struct fl_compile_opts opts = fl_compile_options(o);
	struct fl_kernel *k = NULL;
	struct fl_object *obj = NULL;
	struct fl_input in;
	int status = fl_read_rules(o, &in);

	if (status)
		return status;
	status = fl_open_facts(o, &k);
	if (!status)
		status = fl_build(&in, k, &opts, NULL, &obj);
	if (!status)
		fwrite(obj->c_text, 1, obj->c_len, stdout);
	fl_object_free(obj);
	fl_facts_close(k);
	fl_input_release(&in);
	return status;
}
