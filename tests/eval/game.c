/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "game.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "model.h"
#include "arch.h"
#include "use.h"

#define MAX_FRAMES 128

int game_open(struct game *g, const char *text, struct fl_kernel *k, const struct game_opts *opts)
{
	struct fl_compile_opts compile = {
		.sema = { .system_wide = true, .force_return = opts->force },
	};
	struct eval_opts eval = {
		.task = opts->task,
		.read = model_read,
		.seeded = opts->seeded,
		.seed = opts->seed,
		.force_return = opts->force,
	};
	struct fl_buf shown;

	memset(g, 0, sizeof(*g));
	g->kernel = k;
	fl_diags_init(&g->diags);
	fl_arena_init(&g->arena, &g->no_memory);
	g->diags.on_oom = &g->no_memory;
	if (setjmp(g->no_memory))
		abort();
	g->src = (struct fl_source){ "script", text, strlen(text) };
	fl_parse_files(&g->src, &compile, &g->arena, &g->diags, &g->script);
	if (!g->diags.nerrors)
		fl_sema(&g->script, k, &compile.sema, &g->arena, &g->diags);
	for (size_t i = 0; g->diags.nerrors && i < g->diags.n && !opts->quiet; i++) {
		fl_buf_init(&shown, &g->arena);
		fl_diag_render(&g->diags.list[i], &shown);
		fputs(shown.text, stderr);
	}
	if (g->diags.nerrors)
		return -EINVAL;
	g->ev = eval_new(&g->script, k, &eval);
	return g->ev ? 0 : -ENOMEM;
}

void game_close(struct game *g)
{
	eval_free(g->ev);
	fl_diags_release(&g->diags);
	fl_arena_release(&g->arena);
}

/* What is on the kernel's stack outside of the module. */
static const struct eval_frame ksys_write = { NULL, "ksys_write", NULL };
static const struct eval_frame vfs_write = { NULL, "vfs_write", &ksys_write };

struct frames {
	struct eval_frame frame[MAX_FRAMES];
	char thunk[64];
};

static void fill_call(struct eval_call *call, const struct model_call *m, struct frames *f)
{
	size_t n = 0;

	*call = (struct eval_call){ .in_irq = m->in_irq };
	memcpy(call->arg, m->arg, sizeof(call->arg));
	for (const struct model_call *c = m; c && n + 2 < MAX_FRAMES; c = c->caller, n++) {
		f->frame[n] = (struct eval_frame){ "fl_targets", c->func, &f->frame[n + 1] };
		if (c->in_irq) {
			n++;
			f->frame[n] =
				(struct eval_frame){ "fl_targets", "fl_irq_run", &f->frame[n + 1] };
		}
		snprintf(f->thunk, sizeof(f->thunk), "call_%s", c->func);
	}
	f->frame[n] = (struct eval_frame){ "fl_targets", f->thunk, &vfs_write };
	call->frame = f->frame[0];
}

static bool on_enter(const struct model_call *m, uint64_t *value, void *arg)
{
	struct eval_call call;
	struct frames frames;

	fill_call(&call, m, &frames);
	return eval_enter(arg, &call, value);
}

static void on_leave(const struct model_call *m, uint64_t value, void *arg)
{
	struct eval_call call;
	struct frames frames;

	fill_call(&call, m, &frames);
	call.retval = value;
	eval_leave(arg, &call);
}

static const struct {
	const char *name;
	long number;
} syscalls[] = {
	{ "sys_umask", SYS_umask },
	{ "sys_getpgid", SYS_getpgid },
	{ "sys_getpriority", SYS_getpriority },
	{ "sys_alarm", SYS_alarm },
	{ "sys_access", SYS_access },
};

long game_syscall(const char *text, char *name, size_t size, uint64_t args[6])
{
	int n = 0;
	char *end;

	snprintf(name, size, "%.*s", (int)strcspn(text, " "), text);
	text += strcspn(text, " ");
	memset(args, 0, 6 * sizeof(args[0]));
	for (int i = 0; i < 6 && *text; i++, text = end)
		args[i] = strtoull(text, &end, 0);
	for (size_t i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++) {
		if (!strcmp(syscalls[i].name, name))
			n = (int)i + 1;
	}
	return n ? syscalls[n - 1].number : -1;
}

static int step_sys(struct game *g, const char *text, char *answer)
{
	struct eval_call call = { .frame = { NULL, NULL, NULL } };
	const struct fl_syscall *known;
	uint64_t value, args[6];
	char name[64];

	if (game_syscall(text, name, sizeof(name), args) < 0)
		return -EINVAL;
	known = fl_syscall_find(g->kernel->arch, name);
	if (!known)
		return -ENOENT;
	call.frame.func = known->function;
	memcpy(call.arg, args, sizeof(args));
	if (eval_enter(g->ev, &call, &value))
		snprintf(answer, GAME_ANSWER, "errno %" PRId64 "\n", (int64_t)value);
	else
		snprintf(answer, GAME_ANSWER, "real\n");
	eval_leave(g->ev, &call);
	return 0;
}

static int step_counts(const struct game *g, size_t first, size_t nrules, char *answer)
{
	size_t n = 0;

	for (size_t i = 0; i < nrules && n + 200 < GAME_ANSWER; i++) {
		struct eval_counts sum = { 0, 0, 0, 0 };

		for (size_t j = 0; j < g->script.rules[first + i].nons; j++) {
			const struct eval_counts *c = eval_counts(g->ev, first + i, j);

			sum.calls += c->calls;
			sum.matched += c->matched;
			sum.injected += c->injected;
			sum.fired += c->fired;
		}
		n += (size_t)snprintf(answer + n, GAME_ANSWER - n,
				      "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
				      sum.calls, sum.matched, sum.injected, sum.fired);
	}
	return 0;
}

int game_param(const struct game *g, const char *text, int64_t *value)
{
	const char *number = strchr(text, ' ');

	for (size_t i = 0; number && i < g->script.nparams; i++) {
		const char *name = g->script.params[i].name;

		if (strlen(name) == (size_t)(number - text) && !strncmp(name, text, strlen(name))) {
			*value = strtoll(number, NULL, 0);
			return (int)i;
		}
	}
	return -1;
}

int game_step(struct game *g, const struct step *s, size_t first, size_t nrules, char *answer)
{
	const struct model_hooks hooks = { on_enter, on_leave, g->ev };
	int64_t value;
	int param;

	*answer = '\0';
	switch (s->kind) {
	case STEP_CALL:
		return model_run(s->text, &hooks, answer, GAME_ANSWER);
	case STEP_SET:
		return model_set(s->text);
	case STEP_PARAM:
		param = game_param(g, s->text, &value);
		if (param < 0)
			return -ENOENT;
		eval_set_param(g->ev, (size_t)param, value);
		return 0;
	case STEP_ELAPSED:
		eval_set_elapsed(g->ev, table_time(s->text));
		return 0;
	case STEP_SYS:
		return step_sys(g, s->text, answer);
	case STEP_COUNTS:
		return step_counts(g, first, nrules, answer);
	case STEP_LOG:
		snprintf(answer, GAME_ANSWER, "%s", eval_log(g->ev));
		eval_clear_log(g->ev);
		return 0;
	}
	return -EINVAL;
}
