/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.c - `faultline -l`: injectable functions, or with --traceable those for
 * rules without a return.
 *
 * Names come first, from the kernel's lists, and are filtered; the rest is
 * looked up, sorted by module and name, and printed.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "candidate.h"
#include "facts.h"
#include "inspect.h"
#include "json.h"
#include "ko.h"
#include "near.h"

#define WIDEST 40 /* longer names push the other columns aside */

struct row {
	const char *name;
	const char *module; /* NULL: vmlinux */
	enum fl_tag tag;
	bool tag_guessed;
	unsigned int copies;
	bool probed, trampolined; /* as in struct fl_backend_facts */
	struct fl_backend_choice choice;
	char *proto; /* NULL: unknown */
};

struct table {
	struct row *rows;
	size_t n, cap;
	/* the selection */
	const char *module; /* glob, or NULL */
	char *module_text;
	const char *name; /* glob */
	bool security;	  /* only functions that return an int */
	struct fl_kernel *k;
	struct fl_near near;
	bool out_of_memory;
};

static int add_row(struct table *t, const char *name, const char *module, enum fl_tag tag)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 512;
		struct row *more = realloc(t->rows, cap * sizeof(t->rows[0]));

		if (!more) {
			t->out_of_memory = true;
			return 1;
		}
		t->rows = more;
		t->cap = cap;
	}
	t->rows[t->n++] = (struct row){ .name = name, .module = module, .tag = tag, .copies = 1 };
	return 0;
}

static bool is_wanted(const struct table *t, const char *name, const char *module)
{
	if (t->module && fnmatch(t->module, module ? module : "vmlinux", 0) != 0)
		return false;
	return !fnmatch(t->name, name, 0);
}

static int consider(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct table *t = arg;
	struct fl_func f;

	if (!is_wanted(t, name, module)) {
		if (!t->n)
			fl_near_consider(&t->near, module, name);
		return 0;
	}
	if (t->security) {
		if (!fl_hook_can_fail(t->k, name, &f))
			return 0;
		tag = f.tag ? f.tag : FL_TAG_ERRNO;
	}
	return add_row(t, name, module, tag);
}

static int by_module_and_name(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int order;

	if (!a->module != !b->module)
		return a->module ? 1 : -1;
	order = a->module ? strcmp(a->module, b->module) : 0;
	return order ? order : strcmp(a->name, b->name);
}

/* Rows that are the same in all that a rule can say become one. */
static void sort(struct table *t)
{
	size_t kept = 0;

	if (t->n)
		qsort(t->rows, t->n, sizeof(t->rows[0]), by_module_and_name);
	for (size_t i = 0; i < t->n; i++) {
		if (kept && !by_module_and_name(&t->rows[kept - 1], &t->rows[i]))
			t->rows[kept - 1].copies++;
		else
			t->rows[kept++] = t->rows[i];
	}
	t->n = kept;
}

/* The first choice; the kernel may still refuse it. */
static void choose_backend(struct row *r, const struct fl_func *func, bool traceable,
			   unsigned int lacks)
{
	struct fl_backend_facts f;

	fl_candidate(func, !traceable, &f);
	f.copies = r->copies;
	f.probed = r->probed;
	f.trampolined = r->trampolined;
	f.lacks = lacks;
	fl_backend_choose(&f, &r->choice);
}

/* The name, or a word for why there is none. */
static const char *backend_text(const struct row *r)
{
	if (r->choice.backend)
		return fl_backend_name(r->choice.backend);
	return r->choice.last.id == FL_WHY_AMBIGUOUS ? "ambiguous" : "none";
}

static int note_attached(const struct fl_attached *a, void *arg)
{
	const struct row key = { .name = a->func, .module = a->module };
	struct table *t = arg;
	struct row *r = bsearch(&key, t->rows, t->n, sizeof(key), by_module_and_name);

	if (r) {
		r->probed |= a->probe;
		r->trampolined |= a->trampoline;
	}
	return 0;
}

static void look_up(struct table *t, const struct fl_options *o)
{
	struct fl_backend_facts kernel = { 0 };
	char proto[1024];

	t->k->ops->each_attached(t->k, note_attached, t);
	if (!*o->sysroot && !o->traceable)
		fl_candidate_probe(t->k, &kernel);
	for (size_t i = 0; i < t->n; i++) {
		struct row *r = &t->rows[i];
		struct fl_func f;
		int err =
			t->k->ops->find_func(t->k, r->module ? r->module : "vmlinux", r->name, &f);

		if (!err && !r->tag) {
			r->tag = f.tag;
			r->tag_guessed = f.tag_guessed;
		}
		choose_backend(r, &f, o->traceable, kernel.lacks);
		err = t->k->ops->prototype(t->k, r->module, r->name, proto, sizeof(proto));
		if (!err || err == -E2BIG) {
			r->proto = strdup(proto);
			t->out_of_memory |= !r->proto;
		}
	}
}

static int width_of(const struct table *t, bool of_module)
{
	size_t width = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct row *r = &t->rows[i];
		const char *text = !of_module ? r->name : r->module ? r->module : "vmlinux";

		if (strlen(text) > width && strlen(text) <= WIDEST)
			width = strlen(text);
	}
	return (int)width;
}

static void print_text(const struct table *t)
{
	int names = width_of(t, false), modules = width_of(t, true);

	for (size_t i = 0; i < t->n; i++) {
		const struct row *r = &t->rows[i];
		char tag[16];

		snprintf(tag, sizeof(tag), "%s%s", r->tag ? fl_tag_name(r->tag) : "-",
			 r->tag_guessed ? "?" : "");
		printf("%-*s  %-*s  %-10s  %-9s  %s\n", names, r->name, modules,
		       r->module ? r->module : "vmlinux", tag, backend_text(r),
		       r->proto ? r->proto : "-");
	}
}

static void print_json(const struct table *t)
{
	struct fl_json j = { .out = stdout };

	for (size_t i = 0; i < t->n; i++) {
		const struct row *r = &t->rows[i];

		fl_json_open(&j, NULL, '{');
		fl_json_number(&j, "v", 1);
		fl_json_string(&j, "type", "function");
		fl_json_string(&j, "name", r->name);
		fl_json_string(&j, "module", r->module ? r->module : "vmlinux");
		fl_json_string(&j, "tag", r->tag ? fl_tag_name(r->tag) : NULL);
		fl_json_bool(&j, "tag_guessed", r->tag_guessed);
		fl_json_string(&j, "backend",
			       r->choice.backend ? fl_backend_name(r->choice.backend) : NULL);
		fl_json_number(&j, "copies", r->copies);
		fl_json_string(&j, "prototype", r->proto);
		fl_json_close(&j, '{');
		fl_json_line(&j);
	}
}

static void print(const struct table *t, bool json)
{
	if (json)
		print_json(t);
	else
		print_text(t);
}

static void release(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].proto);
	free(t->rows);
	free(t->module_text);
}

/*
 * Nothing was listed: does the pattern not match, or is the list unavailable?
 */
static int no_match(const struct table *t, const struct fl_options *o, const char *pattern)
{
	enum fl_list_state state = t->k->ops->list_state(t->k);
	const char *why = t->k->ops->list_problem(t->k);
	char near[512], hint[600];

	if (*why && !o->traceable && !o->nfiles) {
		if (*t->k->ops->btf_problem(t->k))
			why = t->k->ops->btf_problem(t->k);
		return fl_complain(state == FL_LIST_HIDDEN ? FL_F_LIST_HIDDEN : FL_F_LIST_UNKNOWN,
				   why, NULL);
	}
	if (fl_near_text(&t->near, near, sizeof(near)))
		snprintf(hint, sizeof(hint), "similar names: %s", near);
	else if (*why && !o->traceable)
		snprintf(hint, sizeof(hint), "only " FL_SECURITY "* functions are visible: %s",
			 why);
	else
		snprintf(hint, sizeof(hint), "faultline -l%s lists all of them",
			 o->traceable ? " --traceable" : "");
	return fl_complain(FL_F_NO_MATCH, o->traceable ? "traceable" : "injectable", pattern, hint,
			   NULL);
}

static int read_traceable(struct table *t)
{
	int err = t->k->ops->each_traceable(t->k, consider, t);

	if (!err || t->out_of_memory)
		return 0;
	return fl_complain(err == -EACCES || err == -EPERM ? FL_F_TRACEABLE_HIDDEN
							   : FL_F_TRACEABLE_UNKNOWN,
			   strerror(-err), NULL);
}

static void read_injectable(struct table *t)
{
	t->k->ops->each_injectable(t->k, consider, t);
	t->security = true;
	t->k->ops->each_function(t->k, FL_SECURITY, consider, t);
}

/* "mlx5_core:mlx5_*" or "mlx5_*"; false without memory. */
static bool parse_pattern(struct table *t, const char *pattern)
{
	const char *colon = strchr(pattern, ':');

	t->name = colon ? colon + 1 : pattern;
	if (colon) {
		t->module_text = strndup(pattern, (size_t)(colon - pattern));
		t->module = t->module_text;
		if (!t->module)
			return false;
	}
	fl_near_init(&t->near, FL_NEAR_TYPO, t->name);
	return true;
}

static int list_kernel(struct table *t, const struct fl_options *o, const char *pattern)
{
	int status = 0;

	if (!parse_pattern(t, pattern))
		t->out_of_memory = true;
	else if (o->traceable)
		status = read_traceable(t);
	else
		read_injectable(t);
	if (status)
		return status;
	if (t->out_of_memory)
		return fl_complain(FL_F_MEMORY, NULL);
	if (!t->n)
		return no_match(t, o, pattern);
	sort(t);
	look_up(t, o);
	print(t, o->form == FL_FORM_JSON);
	if (!o->traceable && *t->k->ops->list_problem(t->k))
		fprintf(stderr, "note: these are only the " FL_SECURITY "* functions: %s\n",
			t->k->ops->list_problem(t->k));
	return FL_EXIT_OK;
}

static int cannot_open(const char *path, int err)
{
	const char *why = strerror(-err);

	if (err == -ENOEXEC)
		why = "not a kernel module";
	else if (err == -EOPNOTSUPP)
		why = "a module for another architecture";
	else if (err == -EBADMSG)
		why = "damaged file";
	return fl_complain(FL_F_READ, path, why, NULL);
}

static void note_types(const struct fl_ko *ko, const char *path, int err)
{
	if (err == -ENOENT)
		fprintf(stderr, "note: '%s' has no type information, so prototypes are unknown\n",
			path);
	else if (err == -ESTALE)
		fprintf(stderr,
			"note: '%s' was built for kernel %s; prototypes need that kernel's types "
			"(--sysroot)\n",
			path, ko->release);
	else if (err)
		fprintf(stderr,
			"note: prototypes are unknown: cannot read the kernel's types: %s\n",
			strerror(-err));
}

/* A module that is not loaded. */
static int list_file(struct table *t, const struct fl_options *o, const char *path)
{
	char proto[1024];
	struct fl_ko *ko;
	int err = fl_ko_open(path, &ko);

	if (err)
		return cannot_open(path, err);
	if (!ko->nfuncs) {
		err = fl_complain(FL_F_MODULE_EMPTY, ko->name, NULL);
		fl_ko_close(ko);
		return err;
	}
	err = fl_ko_read_types(ko, o->sysroot, t->k->release);
	note_types(ko, path, err);
	for (size_t i = 0; i < ko->nfuncs; i++) {
		if (add_row(t, ko->funcs[i].name, ko->name, ko->funcs[i].tag))
			break;
	}
	sort(t);
	for (size_t i = 0; i < t->n; i++) {
		struct row *r = &t->rows[i];
		/* types that cannot be read here can be where it is loaded */
		struct fl_func f = { .module = ko->name,
				     .tag = r->tag,
				     .in_btf = err && ko->has_btf };

		if (fl_ko_proto(ko, r->name, proto, sizeof(proto)) != -ENOENT) {
			r->proto = strdup(proto);
			t->out_of_memory |= !r->proto;
			f.in_btf = true;
			f.no_trampoline = strstr(proto, "...)") ? FL_WHY_VARIADIC : FL_WHY_NONE;
		}
		choose_backend(r, &f, false, 0);
	}
	print(t, o->form == FL_FORM_JSON);
	fl_ko_close(ko);
	return FL_EXIT_OK;
}

int fl_list(const struct fl_options *o)
{
	const struct fl_facts_opts opts = { .root = o->sysroot, .search_symbols = true };
	const char *pattern = o->nfiles ? o->files[0] : "*";
	struct table t = { .name = NULL };
	int status;

	if (fl_facts_open(&opts, &t.k))
		return fl_complain(FL_F_MEMORY, NULL);
	if (!fl_ko_is_path(pattern))
		status = list_kernel(&t, o, pattern);
	else if (o->traceable)
		status = fl_complain(FL_O_TRACEABLE_FILE, NULL);
	else
		status = list_file(&t, o, pattern);
	release(&t);
	if (!status && (t.k->out_of_memory || t.out_of_memory))
		status = fl_complain(FL_F_MEMORY, NULL);
	fl_facts_close(t.k);
	return status;
}
