/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain.c - `faultline explain FUNCTION`: a verdict as text or as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "candidate.h"
#include "facts.h"
#include "inspect.h"
#include "json.h"
#include "near.h"
#include "arch.h"
#include "verdict.h"
#include "verdict_text.h"

#define NEIGHBOURS 6 /* that are shown */

/* Injectable functions that one calls, or that call it. */
struct neighbours {
	struct fl_near_name list[NEIGHBOURS];
	unsigned int distance[NEIGHBOURS];
	size_t n;
};

struct explanation {
	struct fl_verdict v;
	struct fl_near near; /* injectable functions */
	struct neighbours calls, callers;
	struct fl_kernel *kernel;
	const struct fl_syscall *call; /* requested by its name, or NULL */
};

static int consider(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct explanation *e = arg;

	(void)tag;
	if (strcmp(name, e->v.name) != 0)
		fl_near_consider(&e->near, module, name);
	return 0;
}

/* Of the hooks, those that can fail. */
static int consider_hook(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct explanation *e = arg;
	struct fl_func f;

	return fl_hook_can_fail(e->kernel, name, &f) ? consider(name, module, tag, arg) : 0;
}

/* A function that exists has kin; a name that nothing has is perhaps misspelt. */
static void find_near(struct explanation *e, struct fl_kernel *k)
{
	fl_near_init(&e->near, e->v.exists ? FL_NEAR_KIN : FL_NEAR_TYPO, e->v.name);
	e->kernel = k;
	k->ops->each_injectable(k, consider, e);
	k->ops->each_function(k, FL_SECURITY, consider_hook, e);
}

static int note_neighbour(const char *name, const char *module, unsigned int distance, void *arg)
{
	struct neighbours *n = arg;

	snprintf(n->list[n->n].name, sizeof(n->list[n->n].name), "%s%s%s", module ? module : "",
		 module ? ":" : "", name);
	n->distance[n->n++] = distance;
	return n->n == NEIGHBOURS;
}

/* What could fail in its place. */
static void find_neighbours(struct explanation *e, struct fl_kernel *k)
{
	const char *module = *e->v.module ? e->v.module : "vmlinux";

	if (!e->v.exists || e->v.injectable)
		return;
	k->ops->each_neighbour(k, module, e->v.name, false, note_neighbour, &e->calls);
	k->ops->each_neighbour(k, module, e->v.name, true, note_neighbour, &e->callers);
}

static void print_neighbours(const char *what, const struct neighbours *n)
{
	for (size_t i = 0; i < n->n; i++) {
		printf("  %-11s %s", i ? "" : what, n->list[i].name);
		if (n->distance[i] > 1)
			printf(", %u calls away", n->distance[i]);
		putchar('\n');
	}
}

static void put_neighbours(struct fl_json *j, const char *what, const struct neighbours *n)
{
	fl_json_open(j, what, '[');
	for (size_t i = 0; i < n->n; i++) {
		fl_json_open(j, NULL, '{');
		fl_json_string(j, "function", n->list[i].name);
		fl_json_number(j, "distance", n->distance[i]);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

/*
 * 1 for what the source would have to change, 2 for names that are wrong here.
 * Of several reasons, the one with the highest status keeps it from all others.
 */
static enum fl_exit status_of_reason(const struct fl_reason *r)
{
	switch (r->id) {
	case FL_REASON_NO_SYMBOL:
	case FL_REASON_NO_MODULE:
	case FL_REASON_NOT_IN_MODULE:
	case FL_REASON_MODULE_NOT_LOADED:
		return FL_EXIT_USAGE;
	case FL_REASON_NO_INJECTION:
	case FL_REASON_NO_OVERRIDE:
	case FL_REASON_UNDONE:
	case FL_REASON_NOT_IN_BTF:
		return FL_EXIT_KERNEL;
	case FL_REASON_LIST_HIDDEN:
	case FL_REASON_NOT_PERMITTED:
		return FL_EXIT_PERMISSION;
	default:
		return r->fatal ? FL_EXIT_FINDING : FL_EXIT_OK;
	}
}

static enum fl_exit status_of(const struct fl_verdict *v)
{
	enum fl_exit worst = v->injectable ? FL_EXIT_OK : FL_EXIT_FINDING;

	for (size_t i = 0; i < v->nreasons; i++) {
		enum fl_exit status = status_of_reason(&v->reasons[i]);

		if (status > worst)
			worst = status;
	}
	return worst;
}

/* By faultline enable: the kernel has a list, and modules can refer to the function. */
static bool can_be_enabled(const struct fl_verdict *v)
{
	bool has_list = *v->macro && v->exported;

	for (size_t i = 0; i < v->nreasons; i++)
		has_list = has_list && v->reasons[i].id != FL_REASON_NO_INJECTION;
	return has_list;
}

static void print_macro(const struct fl_verdict *v)
{
	if (!*v->macro)
		return;
	printf("\nTo make it injectable, add this after it in its source file, and rebuild %s:\n\n"
	       "    #include <linux/error-injection.h>\n"
	       "    %s\n",
	       *v->module ? "the module" : "the kernel", v->macro);
	if (*v->macro_note)
		printf("\n(%s)\n", v->macro_note);
	if (can_be_enabled(v))
		printf("\nIt is exported, so on a test kernel this works without a rebuild:\n\n"
		       "    faultline enable %s:%s\n",
		       v->name, fl_tag_name(v->macro_tag));
}

static void print_call(const struct fl_syscall *call)
{
	unsigned int n = fl_syscall_nparams(call);

	printf("  %-11s %s(", "is", call->name);
	for (unsigned int i = 0; i < n; i++)
		printf("%s%s", i ? ", " : "", call->params[i].name);
	printf("), the system call\n");
}

static void print_reasons(const struct fl_verdict *v)
{
	for (size_t i = 0; i < v->nreasons; i++) {
		const struct fl_reason *r = &v->reasons[i];

		printf("  %-11s %s\n", r->fatal ? "because" : "but", r->text);
		if (*r->hint)
			printf("  %-11s %s\n", "", r->hint);
	}
}

static const char *outcome(const struct fl_verdict *v)
{
	if (!v->injectable)
		return "is not injectable";
	return status_of(v) ? "is injectable, but not by this process" : "is injectable";
}

static void print_text(const struct explanation *e)
{
	const struct fl_verdict *v = &e->v;

	printf("%s%s%s%s %s\n\n", v->name, *v->module ? " (module " : "", v->module,
	       *v->module ? ")" : "", outcome(v));
	print_reasons(v);
	if (e->call)
		print_call(e->call);
	if (*v->proto)
		printf("  %-11s %s\n", "prototype", v->proto);
	if (v->tag)
		printf("  %-11s %s (%s%s%s)\n", "may return", fl_may_return(v->tag),
		       v->on_list ? "tag " : "like every security hook: ", fl_tag_name(v->tag),
		       v->tag_guessed ? ", guessed from its type" : "");
	if (v->injectable)
		printf("  %-11s %s: %s\n", "back end", fl_backend_name(v->backend),
		       v->backend_reason);
	if (v->exists && !v->injectable && v->traceable == FL_YES)
		printf("  %-11s rules without a return are possible\n", "traceable");
	for (size_t i = 0; i < v->nvariants; i++)
		printf("  %-11s %s\n", i ? "" : "also as", v->variants[i]);
	print_neighbours("calls", &e->calls);
	print_neighbours("called by", &e->callers);
	for (size_t i = 0; i < e->near.n; i++)
		printf("  %-11s %s\n",
		       i	   ? ""
		       : v->exists ? "similar"
				   : "meant?",
		       e->near.best[i].name);
	if (e->near.n && v->exists)
		printf("  %-11s (injectable functions with similar names)\n", "");
	print_macro(v);
}

static void print_json(const struct explanation *e, int status)
{
	const struct fl_verdict *v = &e->v;
	struct fl_json j = { .out = stdout };

	fl_json_open(&j, NULL, '{');
	fl_json_number(&j, "v", 1);
	fl_json_string(&j, "type", "explanation");
	fl_json_string(&j, "name", v->name);
	fl_json_string(&j, "module", *v->module ? v->module : v->exists ? "vmlinux" : NULL);
	fl_json_string(&j, "syscall", e->call ? e->call->name : NULL);
	fl_json_bool(&j, "exists", v->exists);
	fl_json_bool(&j, "injectable", v->injectable);
	fl_json_bool(&j, "listed", v->on_list);
	fl_json_string(&j, "traceable", fl_answer_name(v->traceable));
	fl_json_string(&j, "tag", v->tag ? fl_tag_name(v->tag) : NULL);
	fl_json_bool(&j, "tag_guessed", v->tag_guessed);
	fl_json_string(&j, "prototype", *v->proto ? v->proto : NULL);
	fl_json_string(&j, "backend", v->injectable ? fl_backend_name(v->backend) : NULL);
	fl_json_string(&j, "backend_reason", v->injectable ? v->backend_reason : NULL);
	fl_json_open(&j, "reasons", '[');
	for (size_t i = 0; i < v->nreasons; i++) {
		fl_json_open(&j, NULL, '{');
		fl_json_string(&j, "id", fl_reason_name(v->reasons[i].id));
		fl_json_bool(&j, "fatal", v->reasons[i].fatal);
		fl_json_string(&j, "text", v->reasons[i].text);
		fl_json_string(&j, "hint", *v->reasons[i].hint ? v->reasons[i].hint : NULL);
		fl_json_close(&j, '{');
	}
	fl_json_close(&j, '[');
	fl_json_open(&j, "variants", '[');
	for (size_t i = 0; i < v->nvariants; i++)
		fl_json_string(&j, NULL, v->variants[i]);
	fl_json_close(&j, '[');
	put_neighbours(&j, "calls", &e->calls);
	put_neighbours(&j, "callers", &e->callers);
	fl_json_open(&j, "near", '[');
	for (size_t i = 0; i < e->near.n; i++)
		fl_json_string(&j, NULL, e->near.best[i].name);
	fl_json_close(&j, '[');
	fl_json_string(&j, "macro", *v->macro ? v->macro : NULL);
	fl_json_bool(&j, "can_be_enabled", can_be_enabled(v));
	fl_json_number(&j, "exit", status);
	fl_json_close(&j, '{');
	fl_json_line(&j);
}

/* @what is NAME or MODULE:NAME. 0 with @e filled, or -ENOMEM. */
static int examine(struct explanation *e, struct fl_kernel *k, const struct fl_options *o,
		   char *what)
{
	const struct fl_verdict_opts opts = { .root = o->sysroot, .probe = !*o->sysroot };
	char *colon = strchr(what, ':');
	const char *name = colon ? colon + 1 : what;
	int err;

	if (colon)
		*colon = '\0';
	e->call = colon ? NULL : fl_syscall_find(k->arch, name);
	err = fl_verdict(k, &opts, colon ? what : NULL, e->call ? e->call->function : name, &e->v);
	if (!err) {
		find_near(e, k);
		find_neighbours(e, k);
	}
	return err;
}

int fl_explain(const struct fl_options *o)
{
	const struct fl_facts_opts facts = { .root = o->sysroot, .search_symbols = true };
	char *what = strdup(o->files[0]);
	struct fl_kernel *k = NULL;
	struct explanation e = { .call = NULL };
	int status;

	if (!what || fl_facts_open(&facts, &k) || examine(&e, k, o, what) || k->out_of_memory) {
		status = fl_complain(FL_F_MEMORY, NULL);
	} else {
		status = status_of(&e.v);
		if (o->form == FL_FORM_JSON)
			print_json(&e, status);
		else
			print_text(&e);
	}
	fl_facts_close(k);
	free(what);
	return status;
}
