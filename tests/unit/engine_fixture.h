/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_fixture.h - an engine on a machine that exists in memory only; Clang is real. */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

#include "unit.h"

#include "engine_impl.h"
#include "fake_machine.h"

/* What the sink heard. */
struct heard {
	size_t diags, faults, armed, events, splats, modules;
	struct fl_fault fault; /* the last one, without its log */
	char log[256];
	enum fl_diag_class class;
	const struct fl_object *obj;
	uint32_t slot;
	char splat[64];
	struct {
		enum fl_module_event event;
		char module[32];
		size_t nfunctions;
	} module[FAKE_MAX];
};

extern struct heard heard;
extern struct fl_engine *en;
extern struct fl_armed *set; /* of the last engine_prepare() */

int engine_setup(void **state);
int engine_teardown(void **state);
/* System-wide, with no limits. */
struct fl_arming engine_arming_of(const char *text);
int engine_prepare(const char *text);

#define WITH_ENGINE(test) cmocka_unit_test_setup_teardown(test, engine_setup, engine_teardown)

#endif /* ENGINE_FIXTURE_H */
