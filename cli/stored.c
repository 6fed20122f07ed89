/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "define.h"
#include "file.h"
#include "flo.h"
#include "near.h"

#define MAX_FILE ((size_t)64 << 20) /* a script becomes a few hundred kilobytes */

#define refuse(errors, ...)                                 \
	do {                                                \
		struct fl_fault fault_;                     \
                                                            \
		fl_fault_raise(&fault_, __VA_ARGS__, NULL); \
		fl_errors_fault((errors), &fault_);         \
	} while (0)

int fl_stored_write(const struct fl_options *o, struct fl_errors *errors, struct fl_object *obj)
{
	void *data = NULL;
	size_t len;
	int err;

	obj->seed = o->seed;
	err = fl_flo_write(obj, &data, &len);
	if (!err)
		err = fl_replace_file(o->output, 0644, data, len);
	free(data);
	if (err)
		refuse(errors, FL_F_WRITE, o->output, fl_file_error(err));
	return err ? errors->status : 0;
}

static bool needs_command(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nrules; i++) {
		if (obj->rules[i].child_only)
			return true;
	}
	return false;
}

int fl_stored_read(const struct fl_options *o, struct fl_errors *errors, struct fl_object **out)
{
	const char *path = o->files[0];
	char *data = NULL, why[FL_FLO_WHY];
	size_t len;
	int err = fl_read_file(path, MAX_FILE, &data, &len);

	*out = NULL;
	if (err) {
		refuse(errors, FL_F_READ, path, fl_file_error(err));
		return errors->status;
	}
	err = fl_flo_read(data, len, out, why);
	free(data);
	if (err == -ENOMEM)
		refuse(errors, FL_F_MEMORY);
	else if (err)
		refuse(errors, FL_F_OBJECT_DAMAGED, path, why);
	else if (needs_command(*out) && !o->command && !o->shell_command && !o->pid)
		refuse(errors, FL_F_OBJECT_SCOPE, path);
	else if (o->has_seed && !(*out)->seeded)
		refuse(errors, FL_F_OBJECT_SEED, path);
	else
		return 0;
	fl_object_free(*out);
	*out = NULL;
	return errors->status;
}

/* NULL with *value set from @text; otherwise a description of valid values. */
static const char *read_value(const struct fl_obj_param *p, const char *text, int64_t *value)
{
	enum fl_literal kind;

	if (p->string)
		return "a string, which is compiled into the rules";
	if (p->is_fraction)
		return fl_literal_percent(text, value) ? NULL : "a percentage from 0 to 100";
	if (!fl_literal_read(text, &kind, value) ||
	    kind != (p->is_duration ? FL_LITERAL_TIME : FL_LITERAL_NUMBER))
		return p->is_duration ? "a time such as 30s or 500ms" : "a whole number";
	return NULL;
}

static int set_one(const struct fl_options *o, struct fl_errors *errors, struct fl_armed *a,
		   const struct fl_param_setting *set)
{
	const struct fl_object *obj = fl_armed_object(a, 0);
	const char *best = NULL, *wrong;
	unsigned int distance = 3;
	struct fl_fault fault;
	int64_t value;
	size_t i;

	for (i = 0; i < obj->nparams && strcmp(obj->params[i].name, set->name) != 0; i++)
		fl_nearest(set->name, obj->params[i].name, &best, &distance);
	if (i == obj->nparams) {
		refuse(errors, FL_F_OBJECT_NO_PARAM, o->files[0], set->name, best);
		return errors->status;
	}
	wrong = read_value(&obj->params[i], set->text, &value);
	if (wrong) {
		refuse(errors, FL_F_OBJECT_PARAM, set->name, set->text, wrong);
		return errors->status;
	}
	if (!fl_armed_change_param(a, i, value, &fault))
		return 0;
	fl_errors_fault(errors, &fault);
	fl_fault_release(&fault);
	return errors->status;
}

int fl_stored_settings(const struct fl_options *o, struct fl_errors *errors, struct fl_armed *a)
{
	int status = 0;

	for (size_t i = 0; i < o->nsettings && !status; i++)
		status = set_one(o, errors, a, &o->settings[i]);
	return status;
}
