/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_func.c - functions: those that a rule is on, and those that its
 * conditions name.
 */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "near.h"
#include "sema_impl.h"

#define MAX_ONS 20000 /* functions of one rule */

/* "; it calls 'should_failslab' (3 calls away); see faultline explain NAME", or "". */
static const char *around(struct fl_sema *s, const struct fl_target *t)
{
	const char *calls = fl_neighbours(s, t->module, t->name, false);
	const char *callers = fl_neighbours(s, t->module, t->name, true);

	if (!calls && !callers)
		return "";
	return fl_arena_printf(s->arena, "%s%s%s%s; see faultline explain %s",
			       calls ? "; it calls " : "", calls ? calls : "",
			       callers ? "; it is called by " : "", callers ? callers : "",
			       t->name);
}

static void not_injectable(struct fl_sema *s, const struct fl_target *t)
{
	const char *others = around(s, t), *near = *others ? NULL : fl_offers(s, t->name, false);

	if (!*others)
		others =
			fl_arena_printf(s->arena, "%s%s; see faultline explain %s",
					near ? "; similar names: " : "", near ? near : "", t->name);
	fl_report(s->diags, FL_E_NOT_INJECTABLE, t->span, t->name, others, NULL);
}

/* The list is unknown: a lenient compilation continues with a warning. */
static bool unseen(struct fl_sema *s, const struct fl_target *t, struct fl_on *on)
{
	struct fl_kernel *k = s->kernel;
	const char *problem = k->ops->list_problem(k);

	if (s->opts->lenient) {
		fl_report(s->diags, FL_W_UNVERIFIED, t->span, t->name, problem, NULL);
		on->on_list = true;
		return true;
	}
	if (k->ops->list_state(k) == FL_LIST_NO_SUPPORT)
		fl_report(s->diags, FL_E_NO_INJECTION, t->span, t->name, problem, around(s, t),
			  NULL);
	else
		fl_report(s->diags, FL_E_LIST_HIDDEN, t->span, t->name, problem,
			  "run faultline as root with debugfs mounted", NULL);
	return false;
}

static int find_code(const struct fl_sema *s, const char *module, const char *name)
{
	const struct fl_range *ranges;
	size_t n;

	return s->kernel->ops->ranges(s->kernel, module, name, &ranges, &n);
}

/* Unknown function: suggest similar ones, or say what may have become of it. */
static void no_function(struct fl_sema *s, enum fl_diag_tag tag, struct fl_span span,
			const char *module, const char *name)
{
	const char *near = fl_offers(s, name, tag != FL_E_NO_FUNCTION);

	if (!near && !strpbrk(name, "*?[") && find_code(s, module, name) == -ENOENT)
		tag = FL_E_NO_CODE;
	fl_report(s->diags, tag, span, name, near, NULL);
}

static bool find_security(struct fl_sema *s, const struct fl_target *t, struct fl_func *f,
			  bool found)
{
	const char *problem = s->kernel->ops->btf_problem(s->kernel);

	f->tag = FL_TAG_ERRNO;
	if (found)
		return true;
	if (!*problem) {
		no_function(s, FL_E_NO_FUNCTION, t->span, t->module, t->name);
		return false;
	}
	fl_report(s->diags, s->opts->lenient ? FL_W_UNVERIFIED : FL_E_NO_BTF, t->span, t->name,
		  problem, NULL);
	return s->opts->lenient;
}

struct traceable {
	const struct fl_target *target;
	const char *module;
	bool found;
};

static int take_first(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct traceable *first = arg;

	(void)tag;
	if (strcmp(name, first->target->name))
		return 0;
	first->module = module;
	first->found = true;
	return 1;
}

/* A rule without return: any function that can be probed. */
static bool find_traceable(struct fl_sema *s, const struct fl_target *t, struct fl_func *f,
			   bool found)
{
	struct fl_kernel *k = s->kernel;
	struct traceable first = { .target = t };
	int err;

	if (found)
		return true;
	fl_each_traceable(k, take_first, &first);
	if (first.found &&
	    !k->ops->find_func(k, first.module ? first.module : "vmlinux", t->name, f))
		return true;
	/* without type information a kprobe works */
	err = find_code(s, t->module, t->name);
	if (err != -ENOENT)
		return true;
	if (s->opts->lenient && *k->ops->btf_problem(k)) {
		fl_report(s->diags, FL_W_UNVERIFIED, t->span, t->name, k->ops->btf_problem(k),
			  NULL);
		return true;
	}
	no_function(s, FL_E_NO_TRACEABLE, t->span, t->module, t->name);
	return false;
}

/* By the one of its names that the injectable list has. */
static int find_syscall(struct fl_kernel *k, const struct fl_syscall *call, struct fl_func *f)
{
	int err = k->ops->find_func(k, NULL, call->function, f);
	struct fl_func alias;

	if (err == -ENOENT || (!err && f->tag == FL_TAG_NONE)) {
		if (call->alias && !k->ops->find_func(k, NULL, call->alias, &alias)) {
			*f = alias;
			return 0;
		}
	}
	return err;
}

/* The function's arguments are the system call's, which its wrapper unpacks. */
static void take_syscall(const struct fl_syscall *call, struct fl_func *f)
{
	f->in_btf = true;
	f->nparams = fl_syscall_nparams(call);
	for (unsigned int i = 0; i < f->nparams; i++) {
		f->params[i].name = call->params[i].name;
		f->params[i].type = call->params[i].type;
	}
	if (f->tag == FL_TAG_NONE && f->ret.kind == FL_TYPE_UNKNOWN)
		f->ret = (struct fl_type){ FL_TYPE_INT, 8, true, "long", 0, 0, 0, false };
}

static void report_twice(struct fl_sema *s, const struct fl_target *t, const struct fl_func *f)
{
	struct fl_func again;
	const char *module = f->module ? f->module : "vmlinux";

	if (s->kernel->ops->find_func(s->kernel, module, t->name, &again) == -ENOTUNIQ)
		fl_report(s->diags, FL_E_TWICE, t->span, t->name, module, NULL);
	else
		fl_report(s->diags, FL_E_AMBIGUOUS, t->span, t->name, module, NULL);
}

bool fl_find_on(struct fl_sema *s, const struct fl_target *t, bool needs_return, struct fl_on *on)
{
	struct fl_kernel *k = s->kernel;
	struct fl_func *f = fl_arena_alloc(s->arena, sizeof(*f));
	bool known = k->ops->list_state(k) == FL_LIST_KNOWN;
	const struct fl_syscall *call = t->module ? NULL : fl_syscall_find(k->arch, t->name);
	const char *name = call ? call->function : t->name;
	int err;

	*on = (struct fl_on){ .target = t, .func = f, .is_syscall = call != NULL };
	if (t->module && !k->ops->has_module(k, t->module) && known) {
		fl_report(s->diags, FL_E_NO_MODULE, t->module_span, t->module, NULL);
		return false;
	}
	err = call ? find_syscall(k, call, f) : k->ops->find_func(k, t->module, name, f);
	if (err == -ENOTUNIQ) {
		report_twice(s, t, f);
		return false;
	}
	if (err) {
		memset(f, 0, sizeof(*f));
		f->name = name;
		f->module = t->module;
	}
	on->on_list = f->tag != FL_TAG_NONE;
	on->fmod_ret_id = f->btf_id;
	if (call)
		take_syscall(call, f);
	if (fl_is_hook(name) && !f->tag && needs_return)
		return find_security(s, t, f, !err);
	if (!needs_return) {
		bool found = find_traceable(s, t, f, !err);

		/* a module's function that is on no list is only known now */
		if (!call)
			on->fmod_ret_id = f->btf_id;
		return found;
	}
	if (on->on_list)
		return true;
	if (!known)
		return unseen(s, t, on);
	/* without type information its symbol shows that it exists */
	if (err && find_code(s, t->module, name))
		no_function(s, FL_E_NO_FUNCTION, t->span, t->module, t->name);
	else
		not_injectable(s, t);
	return false;
}

bool fl_same_func(const struct fl_func *a, const struct fl_func *b)
{
	if (!a || !b || strcmp(a->name, b->name))
		return false;
	return a->module == b->module || (a->module && b->module && !strcmp(a->module, b->module));
}

static bool has_return(const struct fl_rule *rule)
{
	return fl_find_action(rule->acts, rule->nacts, FL_ACT_RETURN) != NULL;
}

struct expansion {
	struct fl_sema *s;
	struct fl_rule *rule;
	const struct fl_target *target;
	size_t *cap;
	size_t found;
	unsigned int classes;  /* of system calls, instead of a pattern */
	const char **left_out; /* what must not fail */
	size_t nleft_out;
	size_t cap_left_out;
	bool full;
};

static bool is_on(const struct fl_rule *rule, const struct fl_func *f)
{
	for (size_t i = 0; i < rule->nons; i++) {
		if (fl_same_func(rule->ons[i].func, f))
			return true;
	}
	return false;
}

static void add_on(struct expansion *x, const struct fl_on *on)
{
	x->rule->ons = fl_arena_grow(x->s->arena, x->rule->ons, x->rule->nons, x->cap,
				     sizeof(*x->rule->ons));
	x->rule->ons[x->rule->nons++] = *on;
}

/* A pattern expands to injectable functions only. */
static bool returns_nothing(const struct fl_func *f)
{
	return f->in_btf && f->ret.kind == FL_TYPE_VOID;
}

/*
 * Would the rule fail a function that must not fail? Notes that it is skipped.
 */
static bool leaves_out(struct expansion *x, const char *name)
{
	if (!has_return(x->rule) || !fl_denied(x->s, name))
		return false;
	/* the list has a system call under another name than the table */
	name = fl_script_name(name);
	for (size_t i = 0; i < x->nleft_out; i++) {
		if (!strcmp(x->left_out[i], name))
			return true;
	}
	x->left_out = fl_arena_grow(x->s->arena, x->left_out, x->nleft_out, &x->cap_left_out,
				    sizeof(*x->left_out));
	x->left_out[x->nleft_out++] = name;
	return true;
}

static void report_left_out(const struct expansion *x)
{
	struct fl_buf names;

	if (!x->nleft_out)
		return;
	fl_buf_init(&names, x->s->arena);
	for (size_t i = 0; i < x->nleft_out; i++)
		fl_buf_printf(&names, "%s%s", i ? ", " : "", x->left_out[i]);
	fl_report(x->s->diags, FL_N_DENIED, x->target->span, x->target->name, names.text,
		  x->left_out[0], NULL);
}

/* One function that a glob may mean. */
static int expand(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct expansion *x = arg;
	const struct fl_target *t = x->target;
	struct fl_func *f;
	struct fl_on on = { .target = t, .on_list = tag != FL_TAG_NONE };

	if (fnmatch(t->name, name, FNM_NOESCAPE) ||
	    (t->module && fnmatch(t->module, module ? module : "vmlinux", FNM_NOESCAPE)))
		return 0;
	if (x->rule->nons == MAX_ONS) {
		x->full = true;
		return 1;
	}
	f = fl_arena_alloc(x->s->arena, sizeof(*f));
	on.func = f;
	if (leaves_out(x, name))
		return 0;
	/* patterns skip ambiguous functions */
	if (x->s->kernel->ops->find_func(x->s->kernel, module ? module : "vmlinux", name, f))
		return 0;
	if (has_return(x->rule) && returns_nothing(f))
		return 0;
	/* the list of traceable functions has no tags */
	on.on_list |= f->tag != FL_TAG_NONE;
	if (!on.on_list && fl_is_hook(name)) {
		if (has_return(x->rule) && f->no_trampoline)
			return 0;
		f->tag = FL_TAG_ERRNO;
	}
	on.fmod_ret_id = f->btf_id;
	x->found++;
	if (!is_on(x->rule, f))
		add_on(x, &on);
	return 0;
}

/* Of the hooks, those that can be attached to: some were gone after the boot. */
static int expand_hook(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	return fl_is_hook(name) ? expand(name, module, tag, arg) : 0;
}

static bool means_syscall(const struct expansion *x, const struct fl_syscall *call)
{
	if (x->classes)
		return fl_syscall_is_in(call, x->classes);
	return !fnmatch(x->target->name, call->name, FNM_NOESCAPE);
}

static void expand_syscalls(struct expansion *x)
{
	const struct fl_target *t = x->target;

	for (size_t i = 0; i < fl_syscall_count(); i++) {
		struct fl_target *one;
		struct fl_func f;
		const struct fl_syscall *call = fl_syscall_at(x->s->kernel->arch, i);
		struct fl_on on;

		if (!call || !means_syscall(x, call) || find_syscall(x->s->kernel, call, &f))
			continue;
		one = fl_arena_alloc(x->s->arena, sizeof(*one));
		*one = *t;
		one->name = call->name;
		one->is_glob = false;
		if (leaves_out(x, call->name))
			continue;
		/* this kernel was built without it */
		if (has_return(x->rule) && !f.tag &&
		    x->s->kernel->ops->list_state(x->s->kernel) == FL_LIST_KNOWN)
			continue;
		if (fl_find_on(x->s, one, has_return(x->rule), &on)) {
			x->found++;
			if (!is_on(x->rule, on.func))
				add_on(x, &on);
		}
	}
}

static void no_match(const struct expansion *x, bool returns)
{
	const struct fl_target *t = x->target;
	struct fl_span span = t->span;
	const char *shown = t->name;

	if (t->module) {
		span = t->module_span;
		span.len = t->span.off + t->span.len - span.off;
		shown = fl_arena_printf(x->s->arena, "%s:%s", t->module, t->name);
	}
	fl_report(x->s->diags, FL_E_NO_MATCH, span, returns ? "injectable" : "traceable", shown,
		  x->nleft_out || x->classes ? NULL : fl_offers(x->s, t->name, !returns), NULL);
}

/* sys_%file: false after a report. */
static bool find_classes(struct expansion *x)
{
	const struct fl_target *t = x->target;
	size_t prefix = strlen(FL_SYSCALL_PREFIX "%");
	const char *best = NULL, *name, *hint;
	unsigned int distance = 3;
	struct fl_buf all;

	if (!t->module && !strncmp(t->name, FL_SYSCALL_PREFIX "%", prefix))
		x->classes = fl_syscall_class(t->name + prefix);
	if (x->classes)
		return true;
	fl_buf_init(&all, x->s->arena);
	for (size_t i = 0; (name = fl_syscall_class_at(i)); i++) {
		if (strlen(t->name) > prefix)
			fl_nearest(t->name + prefix, name, &best, &distance);
		fl_buf_printf(&all, "%s" FL_SYSCALL_PREFIX "%%%s", i ? ", " : "there are ", name);
	}
	hint = best ? fl_arena_printf(x->s->arena, "did you mean '" FL_SYSCALL_PREFIX "%%%s'?",
				      best)
		    : all.text;
	fl_report(x->s->diags, FL_E_NO_CLASS, t->span, t->name, hint, NULL);
	return false;
}

static void expand_glob(struct expansion *x)
{
	struct fl_sema *s = x->s;
	struct fl_kernel *k = s->kernel;
	const struct fl_target *t = x->target;
	bool returns = has_return(x->rule);

	if (strchr(t->name, '%') && !find_classes(x))
		return;
	if (!strncmp(t->name, FL_SYSCALL_PREFIX, strlen(FL_SYSCALL_PREFIX)) && !t->module)
		expand_syscalls(x);
	if (!returns && !x->classes)
		fl_each_traceable(k, expand, x);
	else if (!x->classes)
		k->ops->each_injectable(k, expand, x);
	if (returns && fl_is_hook(t->name) && !x->full)
		fl_each_traceable(k, expand_hook, x);
	report_left_out(x);
	if (x->full)
		fl_report(s->diags, FL_E_LIMIT, t->span, fl_arena_printf(s->arena, "%d", MAX_ONS),
			  "functions for one rule", NULL);
	else if (!x->found && returns && k->ops->list_state(k) != FL_LIST_KNOWN &&
		 !fl_is_hook(t->name))
		fl_report(s->diags, s->opts->lenient ? FL_W_GLOB_UNSEEN : FL_E_LIST_HIDDEN, t->span,
			  t->name, k->ops->list_problem(k),
			  "run faultline as root with debugfs mounted", NULL);
	else if (!x->found)
		no_match(x, returns);
}

/* Names for arguments: not more than there are, and each one once. */
static void check_renames(struct fl_sema *s, const struct fl_on *on)
{
	const struct fl_target *t = on->target;
	const struct fl_func *f = on->func;

	for (size_t i = 0; i < t->nrenames; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!strcmp(t->renames[i].name, t->renames[j].name))
				fl_report(s->diags, FL_E_NAME_TAKEN, t->renames[i].span,
					  t->renames[i].name, NULL);
		}
	}
	if (!f->in_btf || f->variadic || t->nrenames <= f->nparams)
		return;
	fl_report(s->diags, FL_E_RENAMES, t->renames[f->nparams].span, f->name,
		  fl_arena_printf(s->arena, "%u", f->nparams), NULL);
}

/* Was this target compiled already, in another object? */
static bool is_left_out(const struct fl_sema *s, const struct fl_rule *rule, size_t target)
{
	if (!s->opts->only)
		return false;
	for (size_t i = 0; i < s->opts->nonly; i++) {
		if (&s->script->rules[s->opts->only[i].rule] == rule &&
		    s->opts->only[i].target == target)
			return false;
	}
	return true;
}

/* Nothing of that name is there, and a module may bring it. */
static bool may_come(const struct fl_sema *s, const struct fl_target *t)
{
	struct fl_kernel *k = s->kernel;
	struct fl_func f;

	if (t->module)
		return !k->ops->has_module(k, t->module);
	return !t->is_glob && !fl_syscall_find(k->arch, t->name) && !fl_is_hook(t->name) &&
	       k->ops->find_func(k, NULL, t->name, &f) == -ENOENT &&
	       find_code(s, NULL, t->name) == -ENOENT;
}

static void wait_for(struct fl_sema *s, const struct fl_rule *rule, size_t target)
{
	struct fl_awaited *w = FL_APPEND(s->arena, s->script, waits);

	w->rule = (uint32_t)(rule - s->script->rules);
	w->target = (uint32_t)target;
	w->module = rule->targets[target].module;
	w->name = rule->targets[target].name;
}

void fl_check_targets(struct fl_sema *s, struct fl_rule *rule)
{
	size_t cap = 0;

	for (size_t i = 0; i < rule->ntargets && !s->diags->full; i++) {
		struct fl_target *t = &rule->targets[i];
		struct expansion x = { .s = s, .rule = rule, .target = t, .cap = &cap };
		struct fl_on on;

		if (is_left_out(s, rule, i))
			continue;
		if (s->opts->wait && may_come(s, t)) {
			wait_for(s, rule, i);
		} else if (t->is_glob) {
			expand_glob(&x);
		} else if (fl_find_on(s, t, has_return(rule), &on)) {
			const char *why = has_return(rule) ? fl_denied(s, t->name) : NULL;

			if (why)
				fl_report(s->diags, FL_E_DENIED, t->span, t->name, why, NULL);
			else if (is_on(rule, on.func))
				fl_report(s->diags, FL_E_DUPLICATE_TARGET, t->span, t->name, NULL);
			else
				add_on(&x, &on);
		}
	}
	for (size_t i = 0; i < rule->nons; i++)
		check_renames(s, &rule->ons[i]);
}

/*
 * Nothing of that name, or no symbols to look in. False: the compilation cannot
 * continue.
 */
static bool goes_on_without_code(struct fl_sema *s, const struct fl_pattern *p, int err)
{
	bool away = p->module && !strpbrk(p->module, "*?[") &&
		    !s->kernel->ops->has_module(s->kernel, p->module);

	if (s->opts->lenient && err == -EACCES)
		return true;
	if (s->opts->lenient && (err != -ENOENT || away)) {
		fl_report(s->diags, FL_W_UNVERIFIED, p->span, p->name,
			  away ? fl_arena_printf(s->arena, "module '%s' is not loaded", p->module)
			       : "cannot read the kernel's symbols",
			  NULL);
		return true;
	}
	if (err == -ENOENT)
		no_function(s, FL_E_NO_SYMBOL, p->span, p->module, p->name);
	else
		fl_report(s->diags, FL_E_HIDDEN_ADDRESS, p->span, p->name, NULL);
	return false;
}

void fl_check_pattern(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_kernel *k = s->kernel;
	const struct fl_pattern *p = e->pattern;
	const struct fl_syscall *call = p->module ? NULL : fl_syscall_find(k->arch, p->name);
	struct fl_pattern_set *set;
	const struct fl_range *ranges = NULL;
	size_t n = 0, first = 0;
	const char *symbol = call ? call->function : p->name;
	int err;

	if (strchr(p->name, '%')) {
		fl_report(s->diags, FL_E_CLASS_PLACE, p->span, p->name, NULL);
		return;
	}
	err = k->ops->ranges(k, p->module, symbol, &ranges, &n);

	if (err && !goes_on_without_code(s, p, err))
		return;
	if (s->script->npatterns) {
		set = &s->script->patterns[s->script->npatterns - 1];
		first = set->first + set->nranges;
	}
	e->index = (unsigned int)s->script->npatterns;
	e->type = FL_VALUE_INT;
	set = FL_APPEND(s->arena, s->script, patterns);
	set->pattern = p;
	set->symbol = symbol;
	set->ranges = ranges;
	set->nranges = n;
	set->first = first;
}
