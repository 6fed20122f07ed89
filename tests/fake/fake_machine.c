/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "facts.h"
#include "klog.h"
#include "knobs.h"
#include "session_impl.h"
#include "uevent.h"

struct fake_machine fake_machine;

/* What a fake session has beside the memory of a real one. */
struct ring {
	struct fl_session *session;
	int fd; /* an eventfd: as many as there are events */
	struct fl_event events[FAKE_MAX];
	size_t n;
};

static struct ring rings[FAKE_MAX];
static int log_fd = -1, uevent_fd = -1;

void __real_fl_session_free(struct fl_session *s);
int __wrap_fl_session_load(struct fl_session *s, struct fl_fault *fault);
int __wrap_fl_session_attach(struct fl_session *s, struct fl_fault *fault);
void __wrap_fl_session_free(struct fl_session *s);
int __wrap_fl_session_event_fd(const struct fl_session *s);
int __wrap_fl_session_events(struct fl_session *s, void (*fn)(const struct fl_event *e, void *arg),
			     void *arg);
int __wrap_fl_session_add_task(struct fl_session *s, pid_t pid, enum fl_task_scope scope);
void __wrap_fl_session_forget_tasks(struct fl_session *s);
uint64_t __wrap_fl_session_misses(const struct fl_session *s);
void __wrap_fl_session_state(const struct fl_session *s, size_t i, struct fl_state_map *out);
int __wrap_fl_session_figures(const struct fl_session *s, size_t prog, struct fl_figures *out);
int __wrap_fl_facts_open(const struct fl_facts_opts *opts, struct fl_kernel **out);
void __wrap_fl_facts_forget(struct fl_kernel *k);
void __wrap_fl_facts_close(struct fl_kernel *k);
void __wrap_fl_klog(const char *format, ...);
int __wrap_fl_klog_open(void);
int __wrap_fl_uevent_open(void);

static void close_own(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void fake_machine_boot(void)
{
	memset(&fake_machine, 0, sizeof(fake_machine));
	fake_kernel_init(&fake_machine.kernel);
	close_own(&log_fd);
	close_own(&uevent_fd);
}

/* --- sessions ------------------------------------------------------------------- */

static struct ring *ring_of(const struct fl_session *s)
{
	for (size_t i = 0; i < FAKE_MAX; i++) {
		if (rings[i].session == s)
			return &rings[i];
	}
	return NULL;
}

/* Does the machine refuse one of the programs? */
static int refuse(const struct fl_session *s, unsigned int backends, struct fl_fault *fault)
{
	for (size_t i = 0; i < s->obj->nprogs; i++) {
		if (!(backends >> s->obj->progs[i].backend & 1))
			continue;
		*fault = (struct fl_fault){ .kind = FL_FAULT_REFUSED, .prog = (int)i };
		snprintf(fault->text, sizeof(fault->text), "no %s here",
			 fl_backend_name(s->obj->progs[i].backend));
		return -EINVAL;
	}
	return 0;
}

static void *memory(size_t n, size_t size)
{
	return calloc(n + 1, size);
}

int __wrap_fl_session_load(struct fl_session *s, struct fl_fault *fault)
{
	const struct fl_object *obj = s->obj;
	struct ring *ring = ring_of(NULL);
	int err = refuse(s, fake_machine.no_load, fault);
	struct fl_rule_knobs *rules;

	fake_machine.loads++;
	fake_machine.nstates = s->opts.nstates;
	if (err)
		return err;
	/* a session that extends another one has its memory */
	if (s->opts.extends) {
		s->run = s->opts.extends->run;
		s->rules = s->opts.extends->rules;
		s->params = s->opts.extends->params;
	} else {
		s->run.memory = memory(1, sizeof(struct fl_run_knobs));
		rules = s->rules.memory = memory(obj->nrules, sizeof(*rules));
		for (size_t i = 0; i < obj->nrules; i++)
			rules[i] = *obj->rules[i].knobs;
		s->params.memory = memory(obj->nparams, sizeof(struct fl_param_knob));
		for (size_t i = 0; i < obj->nparams; i++)
			fl_session_set_param(s, i, obj->params[i].value);
	}
	s->states.memory = memory(obj->nrules, sizeof(struct fl_rule_state));
	s->counts.memory = memory(obj->nslots * obj->ncpus, sizeof(struct fl_counts));
	*ring = (struct ring){ .session = s, .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
	fake_machine.session = s;
	fake_machine.sessions++;
	return 0;
}

int __wrap_fl_session_attach(struct fl_session *s, struct fl_fault *fault)
{
	return refuse(s, fake_machine.no_attach, fault);
}

static void forget_memory(struct fl_shared *m, bool own)
{
	if (own)
		free(m->memory);
	m->memory = NULL;
}

void __wrap_fl_session_free(struct fl_session *s)
{
	struct ring *ring = s ? ring_of(s) : NULL;

	if (ring) {
		close(ring->fd);
		*ring = (struct ring){ .session = NULL };
		fake_machine.sessions--;
		forget_memory(&s->run, !s->opts.extends);
		forget_memory(&s->rules, !s->opts.extends);
		forget_memory(&s->params, !s->opts.extends);
		forget_memory(&s->states, true);
		forget_memory(&s->counts, true);
	}
	__real_fl_session_free(s);
}

int __wrap_fl_session_event_fd(const struct fl_session *s)
{
	return ring_of(s)->fd;
}

int __wrap_fl_session_events(struct fl_session *s, void (*fn)(const struct fl_event *e, void *arg),
			     void *arg)
{
	struct ring *ring = ring_of(s);
	size_t n = ring->n;
	eventfd_t unused;

	ring->n = 0;
	if (n)
		eventfd_read(ring->fd, &unused);
	for (size_t i = 0; i < n; i++)
		fn(&ring->events[i], arg);
	return (int)n;
}

void fake_machine_event(struct fl_session *s, uint32_t slot)
{
	struct ring *ring = ring_of(s);

	ring->events[ring->n++] = (struct fl_event){ .kind = FL_EVENT_INJECTED, .slot = slot };
	eventfd_write(ring->fd, 1);
}

struct fl_counts *fake_machine_counts(struct fl_session *s, size_t slot)
{
	return (struct fl_counts *)s->counts.memory + slot * s->obj->ncpus;
}

const struct fl_run_knobs *fake_machine_knobs(const struct fl_session *s)
{
	return s->run.memory;
}

int __wrap_fl_session_add_task(struct fl_session *s, pid_t pid, enum fl_task_scope scope)
{
	(void)s;
	fake_machine.tasks[fake_machine.ntasks++] = (struct fake_task){ pid, scope };
	return 0;
}

void __wrap_fl_session_forget_tasks(struct fl_session *s)
{
	(void)s;
	fake_machine.ntasks = 0;
}

uint64_t __wrap_fl_session_misses(const struct fl_session *s)
{
	(void)s;
	return 0;
}

void __wrap_fl_session_state(const struct fl_session *s, size_t i, struct fl_state_map *out)
{
	*out = (struct fl_state_map){ .name = s->obj->states[i].name, .fd = -1 };
}

int __wrap_fl_session_figures(const struct fl_session *s, size_t prog, struct fl_figures *out)
{
	(void)s;
	*out = (struct fl_figures){ .insns = 100 + (uint32_t)prog };
	return 0;
}

/* --- facts, log, modules ---------------------------------------------------------- */

int __wrap_fl_facts_open(const struct fl_facts_opts *opts, struct fl_kernel **out)
{
	(void)opts;
	*out = &fake_machine.kernel.k;
	return 0;
}

void __wrap_fl_facts_close(struct fl_kernel *k)
{
	(void)k;
}

void __wrap_fl_facts_forget(struct fl_kernel *k)
{
	(void)k;
	fake_machine.forgotten++;
}

void __wrap_fl_klog(const char *format, ...)
{
	(void)format;
}

/* One message a read, as /dev/kmsg has it. */
static int open_pair(int *own)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds))
		return -errno;
	close_own(own);
	*own = fds[0];
	return fds[1];
}

int __wrap_fl_klog_open(void)
{
	return open_pair(&log_fd);
}

int __wrap_fl_uevent_open(void)
{
	return fake_machine.deaf ? -EPROTONOSUPPORT : open_pair(&uevent_fd);
}

void fake_machine_log(const char *line)
{
	char record[256];
	int len = snprintf(record, sizeof(record), "4,1,1,-;%s\n", line);

	if (send(log_fd, record, (size_t)len, 0) != len)
		abort();
}

void fake_machine_uevent(const char *text)
{
	ssize_t len = (ssize_t)strlen(text);

	if (send(uevent_fd, text, (size_t)len, 0) != len)
		abort();
}
