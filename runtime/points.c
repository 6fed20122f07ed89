/* SPDX-License-Identifier: GPL-2.0-or-later */
/* points.c - trials of a campaign: stores into the memory of fl_sweep.bpf.h. */
#include "points.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "points_impl.h"

static struct fl_sweep_knobs *knobs(const struct fl_points *p)
{
	return p->session->sweep.memory;
}

static const struct fl_point *points(const struct fl_points *p)
{
	return p->session->points.memory;
}

#define load(from) __atomic_load_n(from, __ATOMIC_RELAXED)

/* --- at the start ------------------------------------------------------- */

/* Symbols that bound something: the kernel's text, and code that interrupts enter by. */
static const struct {
	const char *start;
	const char *end; /* NULL: the symbol's own */
} ranges[] = {
	{ "_stext", "_etext" },
	{ "__irqentry_text_start", "__irqentry_text_end" },
	{ "__softirqentry_text_start", "__softirqentry_text_end" },
	{ "__do_softirq", NULL },
	{ "handle_softirqs", NULL },
};
#define NRANGES (sizeof(ranges) / sizeof(ranges[0]))

_Static_assert(NRANGES == FL_SWEEP_CUTS + 1, "the first is the text, the others are cuts");

static void find_addresses(const struct fl_symbols *symbols, struct fl_sweep_knobs *k)
{
	size_t n = fl_symbols_count(symbols);

	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(symbols, i);

		if (sym.module)
			continue;
		if (!strcmp(sym.name, "modules") && !fl_symbol_is_text(&sym))
			k->modules = sym.addr;
		for (size_t j = 0; j < NRANGES; j++) {
			struct fl_sweep_range *r = j ? &k->cuts[j - 1] : &k->text;

			if (!strcmp(sym.name, ranges[j].start)) {
				r->start = sym.addr;
				if (!ranges[j].end)
					r->end = fl_symbols_end(symbols, sym.addr);
			} else if (ranges[j].end && !strcmp(sym.name, ranges[j].end)) {
				r->end = sym.addr;
			}
		}
	}
	for (size_t j = 0; j < FL_SWEEP_CUTS; j++) {
		if (!k->cuts[j].start || k->cuts[j].end < k->cuts[j].start)
			k->cuts[j] = (struct fl_sweep_range){ 0, 0 };
	}
}

/* Have the kernel's list of modules walked by the program for that. */
static int scan_modules(const struct fl_points *p)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	const struct bpf_program *prog =
		bpf_object__find_program_by_name(p->session->bpf, "fl_scan_modules");
	int err = prog ? bpf_prog_test_run_opts(bpf_program__fd(prog), &run) : -ENOENT;

	return err ? err : run.retval ? -EFAULT : 0;
}

static int learn_kernel(struct fl_points *p, struct fl_kernel *kernel, struct fl_fault *fault)
{
	struct fl_sweep_knobs *k = knobs(p);
	struct fl_symbols *symbols;
	int err = fl_facts_symbols(kernel, &symbols);

	/* the kernel proper stays as it is, whatever modules come */
	if (symbols)
		p->symbols = fl_symbols_hold(symbols);
	if (err) {
		fl_fault_errno(fault, FL_F_SYMBOLS, err);
		return err;
	}
	find_addresses(p->symbols, k);
	if (!k->text.start || k->text.end <= k->text.start || !k->modules) {
		fl_fault_raise(fault, FL_F_NO_SYMBOL,
			       k->modules ? "_stext or _etext" : "the list of modules", NULL);
		return -EOPNOTSUPP;
	}
	err = scan_modules(p);
	if (err)
		fl_fault_errno(fault, FL_F_MODULE_LIST, err);
	return err;
}

int fl_points_open(struct fl_session *s, const struct fl_points_opts *opts, struct fl_points **out,
		   struct fl_fault *fault)
{
	struct fl_points *p;
	int err;

	*out = NULL;
	if (!s->obj->sweep) {
		fl_fault_raise(fault, FL_F_NO_SWEEP, NULL);
		return -EINVAL;
	}
	p = calloc(1, sizeof(*p));
	if (!p) {
		fl_fault_raise(fault, FL_F_MEMORY, NULL);
		return -ENOMEM;
	}
	p->session = s;
	p->modules_fd = bpf_object__find_map_fd_by_name(s->bpf, "fl_modules");
	p->frames_fd = bpf_object__find_map_fd_by_name(s->bpf, "fl_frames");
	knobs(p)->each = opts->each;
	knobs(p)->any_context = opts->any_context;
	knobs(p)->max_points = fl_session_max_points(s);
	err = learn_kernel(p, opts->kernel, fault);
	if (err) {
		fl_points_close(p);
		return err;
	}
	*out = p;
	return 0;
}

void fl_points_close(struct fl_points *p)
{
	if (!p)
		return;
	fl_points_end(p);
	fl_symbols_free(p->symbols);
	free(p);
}

/* --- trials ---------------------------------------------------------------- */

/* The object's attach that the point with @key is on; -1: it was not seen yet. */
static int64_t attach_of_key(const struct fl_points *p, uint64_t key)
{
	const struct fl_object *obj = p->session->obj;
	size_t n = fl_points_count(p);

	for (size_t i = 0; i < n; i++) {
		const struct fl_point *point = &points(p)[i];

		if (point->ready && point->key == key && point->slot < obj->nslots)
			return obj->slots[point->slot].attach;
	}
	return -1;
}

/* fmod_ret lets the function run when a program gives 0. */
static bool can_return(const struct fl_points *p, size_t attach, int64_t value)
{
	const struct fl_object *obj = p->session->obj;
	const struct fl_obj_attach *a = &obj->attaches[attach];

	if (!a || (!value && obj->progs[a->prog].backend == FL_BACKEND_FMOD_RET))
		return false;
	return p->session->opts.force_return || fl_tag_allows(a->tag, value);
}

/* An unseen point may be on any function of rules with a return. */
static bool can_any_return(const struct fl_points *p, int64_t value)
{
	const struct fl_object *obj = p->session->obj;

	for (size_t i = 0; i < obj->nslots; i++) {
		if (obj->rules[obj->slots[i].rule].returns &&
		    can_return(p, obj->slots[i].attach, value))
			return true;
	}
	return false;
}

static int check_value(const struct fl_points *p, const struct fl_chosen *c, struct fl_fault *fault)
{
	int64_t attach = attach_of_key(p, c->key);

	if (!c->has_value ||
	    (attach < 0 ? can_any_return(p, c->value) : can_return(p, (size_t)attach, c->value)))
		return 0;
	if (attach >= 0)
		fl_fault_raise(fault, FL_F_VALUE, p->session->obj->attaches[attach].shown,
			       fl_digits(c->value).text, NULL);
	else
		fl_fault_raise(fault, FL_F_NO_VALUE, fl_digits(c->value).text, NULL);
	return -EINVAL;
}

int fl_points_begin(struct fl_points *p, uint64_t trial, const struct fl_chosen *choices,
		    size_t nchoices, struct fl_fault *fault)
{
	struct fl_sweep_knobs *k = knobs(p);
	int err;

	fl_points_end(p);
	if (!trial || nchoices > FL_MAX_CHOSEN) {
		fl_fault_raise(fault, FL_F_TRIAL, fl_digits(FL_MAX_CHOSEN).text, NULL);
		return -EINVAL;
	}
	for (size_t i = 0; i < nchoices; i++) {
		err = check_value(p, &choices[i], fault);
		if (err)
			return err;
	}
	k->matched = k->injected = k->on_all = 0;
	for (size_t i = 0; i < FL_SWEEP_FAULTS; i++) {
		k->reached[i] = 0;
		k->faults[i] = (struct fl_sweep_fault){ 0 };
		if (i < nchoices)
			k->faults[i] = (struct fl_sweep_fault){
				.key = choices[i].key,
				.occurrence = choices[i].occurrence,
				.value = choices[i].value,
				.mode = choices[i].mode,
				.has_value = choices[i].has_value,
			};
	}
	k->nfaults = (uint32_t)nchoices;
	k->last_trial = trial;
	__atomic_store_n(&k->trial, trial, __ATOMIC_RELEASE);
	return 0;
}

void fl_points_end(struct fl_points *p)
{
	__atomic_store_n(&knobs(p)->trial, 0, __ATOMIC_RELEASE);
}

static void copy_hit(const struct fl_sweep_hit *from, struct fl_point_hit *to)
{
	*to = (struct fl_point_hit){
		.key = from->key,
		.point = from->point,
		.occurrence = from->occurrence,
		.ordinal = from->ordinal,
		.time_ns = from->time_ns,
		.value = from->value,
		.choice = from->fault,
	};
}

void fl_points_result(const struct fl_points *p, struct fl_trial_result *out)
{
	const struct fl_sweep_knobs *k = knobs(p);

	memset(out, 0, sizeof(*out));
	out->matched = load(&k->matched);
	out->injected = load(&k->injected);
	out->lost = load(&k->lost);
	out->cut = load(&k->cut);
	out->modules_lost = load(&k->modules_lost);
	for (size_t i = 0; i < FL_MAX_CHOSEN; i++)
		out->reached[i] = load(&k->reached[i]);
	out->nhits = out->injected < FL_SWEEP_HITS ? out->injected : FL_SWEEP_HITS;
	for (size_t i = 0; i < out->nhits; i++)
		copy_hit(&k->hits[i], &out->hits[i]);
}

/* --- what was found ---------------------------------------------------------- */

size_t fl_points_count(const struct fl_points *p)
{
	uint64_t n = load(&knobs(p)->points), most = knobs(p)->max_points;

	return n < most ? n : most;
}

bool fl_points_get(const struct fl_points *p, size_t i, struct fl_point_info *out)
{
	const struct fl_point *point = &points(p)[i];
	const struct fl_object *obj = p->session->obj;
	uint64_t calls, trial;

	if (!__atomic_load_n(&point->ready, __ATOMIC_ACQUIRE) || point->slot >= obj->nslots)
		return false;
	calls = load(&point->calls);
	trial = load(&knobs(p)->last_trial);
	*out = (struct fl_point_info){
		.key = point->key,
		.rule = obj->slots[point->slot].rule,
		.attach = obj->slots[point->slot].attach,
		.calls = (calls >> FL_PASSED_BITS) == (trial & FL_EPOCH_MASK)
				 ? calls & FL_PASSED_MASK
				 : 0,
		.total = load(&point->total),
		.trial = point->trial,
		.after = point->after,
		.position = point->ordinal,
		.context = (enum fl_point_context)point->context,
		.is_path = point->each == FL_SWEEP_PATH,
		.nframes = point->nframes,
		.frames = point->frames,
	};
	return true;
}

const char *fl_point_context_name(enum fl_point_context context)
{
	static const char *const names[] = {
		[FL_CONTEXT_TASK] = "task",	      [FL_CONTEXT_SOFTIRQ] = "softirq",
		[FL_CONTEXT_HARDIRQ] = "hardirq",     [FL_CONTEXT_KTHREAD] = "kthread",
		[FL_CONTEXT_WORKQUEUE] = "workqueue",
	};

	return names[context];
}
