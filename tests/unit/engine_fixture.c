/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine_fixture.h"

#include <stdio.h>

struct heard heard;
struct fl_engine *en;
struct fl_armed *set;

static void on_diags(void *arg, const struct fl_diags *ds)
{
	(void)arg;
	heard.diags++;
	heard.class = fl_diags_class(ds);
}

static void on_fault(void *arg, const struct fl_fault *f)
{
	(void)arg;
	heard.faults++;
	heard.fault = *f;
	heard.fault.log = NULL;
	snprintf(heard.log, sizeof(heard.log), "%s", f->log ? f->log : "");
}

static void on_armed(void *arg, const struct fl_armed *a)
{
	(void)arg;
	heard.armed++;
	assert_ptr_equal(a, set);
}

static void on_event(void *arg, const struct fl_armed *a, const struct fl_object *obj,
		     const struct fl_event *e)
{
	(void)arg;
	(void)a;
	heard.events++;
	heard.obj = obj;
	heard.slot = e->slot;
}

static void on_splat(void *arg, const char *line)
{
	(void)arg;
	heard.splats++;
	snprintf(heard.splat, sizeof(heard.splat), "%s", line);
}

static void on_module(void *arg, const struct fl_armed *a, const struct fl_module_news *news)
{
	(void)arg;
	(void)a;
	heard.module[heard.modules].event = news->event;
	snprintf(heard.module[heard.modules].module, sizeof(heard.module[0].module), "%s",
		 news->module);
	heard.module[heard.modules++].nfunctions = news->nfunctions;
}

int engine_setup(void **state)
{
	const struct fl_engine_opts opts = {
		.sink = {
			.diags = on_diags,
			.fault = on_fault,
			.armed = on_armed,
			.event = on_event,
			.splat = on_splat,
			.module = on_module,
		},
	};

	(void)state;
	memset(&heard, 0, sizeof(heard));
	set = NULL;
	fake_machine_boot();
	return fl_engine_new(&opts, &en);
}

int engine_teardown(void **state)
{
	(void)state;
	fl_engine_free(en);
	return fake_machine.sessions != 0;
}

struct fl_arming engine_arming_of(const char *text)
{
	return (struct fl_arming){
		.src = { "test", text, strlen(text) },
		.compile = { .sema = { .system_wide = true } },
		.session = { .max_injections = -1 },
	};
}

int engine_prepare(const char *text)
{
	const struct fl_arming arming = engine_arming_of(text);

	return fl_engine_prepare(en, &arming, &set);
}
