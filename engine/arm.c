/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arm.c - from rules to attached programs:
 *
 *	compile	compiler/	text to an object, Clang by server.c
 *	or fit	fit.c		a compiled object: is it for this
 *				kernel?
 *	load	runtime/	its programs through the verifier
 *	attach	runtime/	onto their functions, still idle
 *	again	refusals.c	with another plan, where the kernel refused a
 *				program of one kind and another kind may do
 *
 * fl_armed_begin() in armed.c lets them act. A module that comes later takes the
 * same way (awaited.c), with the targets that waited for it.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine_impl.h"
#include "fit.h"

static int compile(struct fl_armed *a, const struct fl_wait *only, size_t nonly, struct fl_part *p)
{
	struct fl_compile_opts opts = a->arming.compile;
	int err;

	opts.sema.only = only;
	opts.sema.nonly = nonly;
	/* a function that is not there yet may turn out to need it */
	opts.tracks_children |= opts.sema.wait && opts.sema.has_command;
	opts.plan.refusals = a->refusals.list;
	opts.plan.nrefusals = a->refusals.n;
	err = fl_engine_compile(a->en, &a->arming.src, &opts, &p->obj);
	fl_engine_beat(a->en);
	return err;
}

/* An object that there is already. */
static int take_object(struct fl_armed *a, struct fl_part *p)
{
	struct fl_fault fault;
	int err = fl_object_fits(a->arming.object, a->en->kernel, &fault);

	if (err && fault.tag == FL_F_OBJECT_BACKEND && fl_engine_let_leave(a->en)) {
		fl_fault_release(&fault);
		err = fl_object_fits(a->arming.object, a->en->kernel, &fault);
	}
	p->obj = a->arming.object;
	a->arming.object = NULL;
	if (err)
		fl_engine_report_fault(a->en, &fault);
	return err;
}

static int load(struct fl_armed *a, struct fl_part *p, struct fl_fault *fault)
{
	struct fl_session_opts opts = a->arming.session;
	struct fl_state_map *states = NULL;
	uint64_t started = fl_now_ns();
	int err = fl_engine_states(a->en, &states, &opts.nstates);

	opts.states = states;
	opts.extends = a->nparts ? a->parts[0]->session : NULL;
	opts.keep_figures = a->arming.measure;
	if (!err)
		err = fl_session_new(p->obj, &opts, &p->session);
	if (err)
		fl_fault_raise(fault, FL_F_MEMORY, NULL);
	else
		err = fl_session_load(p->session, fault);
	free(states);
	a->en->timing.load_ns += fl_now_ns() - started;
	fl_engine_beat(a->en);
	return err;
}

static int attach(struct fl_armed *a, struct fl_part *p, struct fl_fault *fault)
{
	uint64_t started = fl_now_ns();
	int err = a->arming.measure ? 0 : fl_session_attach(p->session, fault);

	a->en->timing.attach_ns += fl_now_ns() - started;
	fl_engine_beat(a->en);
	return err;
}

/* Once the way of one plan. *again: another one may do, and nothing was reported. */
static int try_part(struct fl_armed *a, const struct fl_wait *only, size_t nonly, struct fl_part *p,
		    bool *again)
{
	bool is_object = a->arming.object;
	struct fl_fault fault;
	int err = is_object ? take_object(a, p) : compile(a, only, nonly, p);

	*again = false;
	if (err || (only && !p->obj->nslots))
		return err;
	err = load(a, p, &fault);
	if (!err)
		err = attach(a, p, &fault);
	if (!err)
		return a->arming.measure ? 0 : fl_part_watch(p);
	fl_session_free(p->session);
	p->session = NULL;
	*again = !is_object &&
		 fl_refusals_note(&a->refusals, p->obj, &fault, a->arming.compile.plan.backend);
	if (!*again)
		fl_engine_report_fault(a->en, &fault);
	fl_fault_release(&fault);
	return err;
}

int fl_armed_add_part(struct fl_armed *a, const struct fl_wait *only, size_t nonly)
{
	struct fl_part *p = NULL;
	bool again;
	int err;

	do {
		fl_part_free(p);
		p = fl_part_new(a);
		if (!p)
			return fl_engine_no_memory(a->en);
		err = try_part(a, only, nonly, p, &again);
	} while (again);
	/* what explains a script shows its plan although the kernel refused it */
	if (p->obj && (p->obj->nslots || !only) && (!err || a->arming.measure))
		a->parts[a->nparts++] = p;
	else
		fl_part_free(p);
	return err;
}

int fl_engine_prepare(struct fl_engine *en, const struct fl_arming *arming, struct fl_armed **out)
{
	struct fl_armed *a = fl_armed_new(en, arming);
	int err = 0;

	*out = NULL;
	if (!a) {
		fl_object_free(arming->object);
		return fl_engine_no_memory(en);
	}
	/* from before the script is compiled, so that no module is missed */
	if (!arming->measure)
		err = fl_modules_listen(en, arming->compile.sema.wait);
	if (!err)
		err = fl_armed_add_part(a, NULL, 0);
	if (!a->nparts) {
		fl_armed_free(a);
		a = NULL;
	}
	*out = a;
	return err;
}
