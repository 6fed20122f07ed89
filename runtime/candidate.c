/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "candidate.h"

#include <string.h>

void fl_candidate(const struct fl_func *func, bool returns, struct fl_backend_facts *out)
{
	*out = (struct fl_backend_facts){
		.returns = returns,
		/* NULL is all that functions of that tag may return */
		.may_be_zero = returns && func->tag == FL_TAG_NULL,
		.nfuncs = 1,
		.on_list = func->tag != FL_TAG_NONE,
		.in_module = func->module != NULL,
		.in_btf = func->in_btf,
		.no_trampoline = func->no_trampoline,
	};
}

struct search {
	const struct fl_func *func;
	struct fl_backend_facts *facts;
};

static int note_attached(const struct fl_attached *a, void *arg)
{
	const struct search *s = arg;
	const char *module = s->func->module;

	if (strcmp(a->func, s->func->name) != 0 || !a->module != !module ||
	    (module && strcmp(a->module, module) != 0))
		return 0;
	s->facts->probed |= a->probe;
	s->facts->trampolined |= a->trampoline;
	return 0;
}

void fl_candidate_attached(struct fl_kernel *k, const struct fl_func *func,
			   struct fl_backend_facts *f)
{
	struct search s = { func, f };

	k->ops->each_attached(k, note_attached, &s);
}

bool fl_hook_can_fail(struct fl_kernel *k, const char *name, struct fl_func *out)
{
	struct fl_backend_facts f;
	struct fl_backend_choice c;

	if (k->ops->find_func(k, "vmlinux", name, out) || out->ret.kind != FL_TYPE_INT)
		return false;
	fl_candidate(out, true, &f);
	fl_backend_choose(&f, &c);
	return c.backend != FL_BACKEND_AUTO;
}

enum fl_answer fl_candidate_probe(struct fl_kernel *k, struct fl_backend_facts *f)
{
	struct fl_probe p;

	fl_probe(FL_FEATURE_OVERRIDE, k, &p);
	if (p.answer == FL_NO)
		f->lacks |= FL_LACKS_OVERRIDE;
	if (p.answer != FL_YES)
		return p.answer;
	fl_probe(FL_FEATURE_KPROBE, k, &p);
	if (p.answer == FL_NO)
		f->lacks |= FL_LACKS_KPROBE;
	return p.answer;
}
