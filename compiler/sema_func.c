/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sema_func.c - names of functions, and what to offer for those that are none. */
#include <errno.h>
#include <string.h>

#include "sema.h"

#define MAX_NAME 128 /* the kernel's names are shorter */
#define MAX_OFFERED 3
#define SECURITY "security_" /* can be made to fail though on no list */

unsigned int fl_distance(const char *a, const char *b, unsigned int most)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned int rows[3][MAX_NAME + 1];
	unsigned int *old = rows[0], *prev = rows[1], *row = rows[2];

	if (la > MAX_NAME || lb > MAX_NAME || (la > lb ? la - lb : lb - la) > most)
		return most + 1;
	for (size_t j = 0; j <= lb; j++)
		prev[j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int least = row[0] = (unsigned int)i;
		unsigned int *spare = old;

		for (size_t j = 1; j <= lb; j++) {
			unsigned int d = prev[j - 1] + (a[i - 1] != b[j - 1]);

			if (prev[j] + 1 < d)
				d = prev[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			/* two letters that changed places are one mistake */
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    old[j - 2] + 1 < d)
				d = old[j - 2] + 1;
			row[j] = d;
			if (d < least)
				least = d;
		}
		if (least > most)
			return most + 1;
		old = prev;
		prev = row;
		row = spare;
	}
	return prev[lb] <= most ? prev[lb] : most + 1;
}

struct offer {
	const char *name;
	const char *module;
	unsigned int distance;
};

struct search {
	const char *wanted;
	unsigned int most;
	struct offer best[MAX_OFFERED];
	size_t n;
};

static int consider(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct search *s = arg;
	unsigned int d = fl_distance(s->wanted, name, s->most);
	size_t at = s->n;

	(void)tag;
	if (d > s->most)
		return 0;
	while (at > 0 && s->best[at - 1].distance > d)
		at--;
	if (at == MAX_OFFERED)
		return 0;
	if (s->n < MAX_OFFERED)
		s->n++;
	memmove(&s->best[at + 1], &s->best[at], (s->n - at - 1) * sizeof(s->best[0]));
	s->best[at] = (struct offer){ name, module, d };
	return 0;
}

/* "'mlx5_cmd_exec' (module mlx5_core) or 'mlx5_cmd_do'", or NULL. */
static const char *offers(const char *wanted, struct fl_kernel *k, struct fl_arena *a)
{
	struct search s = { .wanted = wanted };
	struct fl_buf b;

	s.most = (unsigned int)strlen(wanted) / 4 + 1;
	if (s.most > 5)
		s.most = 5;
	k->ops->each_injectable(k, consider, &s);
	k->ops->each_function(k, SECURITY, consider, &s);
	fl_buf_init(&b, a);
	for (size_t i = 0; i < s.n; i++) {
		/* Behind a near hit, far ones are noise. */
		if (i && s.best[i].distance > s.best[0].distance + 1)
			break;
		if (i)
			fl_buf_puts(&b, " or ");
		fl_buf_printf(&b, "'%s'", s.best[i].name);
		if (s.best[i].module)
			fl_buf_printf(&b, " (module %s)", s.best[i].module);
	}
	return b.len ? b.text : NULL;
}

static bool is_security(const char *name)
{
	return !strncmp(name, SECURITY, strlen(SECURITY));
}

/* The list says nothing: a lenient compilation goes on with a warning. */
static void unseen(struct fl_target *t, struct fl_func *f, struct fl_kernel *k,
		   const struct fl_sema_opts *opts, struct fl_diags *ds)
{
	const char *problem = k->ops->list_problem(k);

	if (opts->lenient) {
		fl_report(ds, FL_W_UNVERIFIED, t->span, t->name, problem, NULL);
		t->func = f;
		t->on_list = true;
	} else if (k->ops->list_state(k) == FL_LIST_NO_SUPPORT) {
		fl_report(ds, FL_E_NO_INJECTION, t->span, t->name, problem, NULL);
	} else {
		fl_report(ds, FL_E_LIST_HIDDEN, t->span, t->name, problem,
			  "run faultline as root with debugfs mounted", NULL);
	}
}

static void not_injectable(struct fl_target *t, struct fl_kernel *k, struct fl_arena *a,
			   struct fl_diags *ds)
{
	const char *near = offers(t->name, k, a);

	fl_report(ds, FL_E_NOT_INJECTABLE, t->span, t->name,
		  near ? fl_arena_printf(a, "; near it: %s", near) : "", NULL);
}

void fl_sema_target(struct fl_target *t, struct fl_kernel *k, const struct fl_sema_opts *opts,
		    struct fl_arena *a, struct fl_diags *ds)
{
	struct fl_func *f = fl_arena_alloc(a, sizeof(*f));
	bool known = k->ops->list_state(k) == FL_LIST_KNOWN;
	int err;

	if (t->module && !k->ops->has_module(k, t->module) && known) {
		fl_report(ds, FL_E_NO_MODULE, t->module_span, t->module, NULL);
		return;
	}
	err = k->ops->find_func(k, t->module, t->name, f);
	if (err == -ENOTUNIQ) {
		fl_report(ds, FL_E_AMBIGUOUS, t->span, t->name, f->module, NULL);
		return;
	}
	if (err) {
		memset(f, 0, sizeof(*f));
		f->name = t->name;
		f->module = t->module;
	}
	if (is_security(t->name) && !f->tag) {
		const char *problem = k->ops->btf_problem(k);

		if (!err) {
			f->tag = FL_TAG_ERRNO;
			t->func = f;
		} else if (*problem && !opts->lenient) {
			fl_report(ds, FL_E_NO_BTF, t->span, t->name, problem, NULL);
		} else if (*problem) {
			fl_report(ds, FL_W_UNVERIFIED, t->span, t->name, problem, NULL);
			f->tag = FL_TAG_ERRNO;
			t->func = f;
		} else {
			fl_report(ds, FL_E_NO_FUNCTION, t->span, t->name, offers(t->name, k, a),
				  NULL);
		}
	} else if (f->tag) {
		t->func = f;
		t->on_list = true;
	} else if (!known) {
		unseen(t, f, k, opts, ds);
	} else if (!err) {
		not_injectable(t, k, a, ds);
	} else {
		fl_report(ds, FL_E_NO_FUNCTION, t->span, t->name, offers(t->name, k, a), NULL);
	}
}
