/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.c - from an object in memory to an armed kernel and back.
 *
 * attach.c loads and attaches; fault.c makes messages of what libbpf and the
 * verifier say.
 */
#include "session.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backend/ops.h"
#include "knobs.h"
#include "session_impl.h"

#define NS_PER_S 1000000000ULL
#define HEARTBEAT_MAX_NS (3 * NS_PER_S)

uint64_t fl_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static struct fl_run_knobs *run_knobs(const struct fl_session *s)
{
	return s->run.memory;
}

int fl_session_new(const struct fl_object *obj, const struct fl_session_opts *opts,
		   struct fl_session **out)
{
	struct fl_session *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->obj = obj;
	s->opts = *opts;
	s->btf_fd = -1;
	s->links = calloc(obj->nprogs + 1, sizeof(s->links[0]));
	if (!s->links) {
		free(s);
		return -ENOMEM;
	}
	*out = s;
	return 0;
}

static void unshare(struct fl_shared *m)
{
	if (m->memory)
		munmap(m->memory, m->size);
	m->memory = NULL;
}

void fl_session_free(struct fl_session *s)
{
	if (!s)
		return;
	if (!s->opts.extends)
		fl_session_disarm(s);
	for (size_t i = 0; i < s->obj->nprogs; i++)
		fl_session_detach(s, i);
	for (size_t i = 0; i < FL_NFOLLOWERS; i++)
		bpf_link__destroy(s->followers[i]);
	ring_buffer__free(s->events);
	unshare(&s->run);
	unshare(&s->rules);
	unshare(&s->states);
	unshare(&s->params);
	unshare(&s->counts);
	unshare(&s->sweep);
	unshare(&s->points);
	bpf_object__close(s->bpf);
	fl_fault_log_release(&s->log);
	fl_fault_log_release(&s->figures);
	free(s->links);
	free(s);
}

static int share(struct fl_session *s, const char *name, size_t size, struct fl_shared *m)
{
	struct bpf_map *map = bpf_object__find_map_by_name(s->bpf, name);
	long page = sysconf(_SC_PAGESIZE);
	void *memory;

	if (!map)
		return -ENOENT;
	if (bpf_map__value_size(map) < size)
		return -EPROTO;
	m->size = (size + (size_t)page - 1) / (size_t)page * (size_t)page;
	memory = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (memory == MAP_FAILED)
		return -errno;
	m->memory = memory;
	return 0;
}

/* Points are an array of their own, whose length is the runtime's choice. */
static int share_sweep(struct fl_session *s)
{
	uint32_t n = fl_session_max_points(s);
	struct bpf_map *map = bpf_object__find_map_by_name(s->bpf, "fl_points");
	int err = share(s, ".data.sweep", sizeof(struct fl_sweep_knobs), &s->sweep);
	void *memory;

	if (err)
		return err;
	s->points.size = n * sizeof(struct fl_point);
	memory = mmap(NULL, s->points.size, PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);
	if (memory == MAP_FAILED)
		return -errno;
	s->points.memory = memory;
	return 0;
}

static int on_sample(void *arg, void *data, size_t size)
{
	struct fl_session *s = arg;

	if (size >= sizeof(struct fl_event) && s->on_event)
		s->on_event(data, s->on_event_arg);
	return 0;
}

static void fill_exempt(struct fl_session *s)
{
	struct fl_run_knobs *run = run_knobs(s);
	pid_t pid = getpid();

	if (!s->opts.include_init)
		run->exempt[run->nexempt++] = 1;
	if (s->opts.include_self)
		return;
	while (pid > 1 && run->nexempt < FL_MAX_EXEMPT) {
		run->exempt[run->nexempt++] = (uint32_t)pid;
		pid = fl_parent_of(pid);
	}
}

static void fill_knobs(struct fl_session *s)
{
	struct fl_run_knobs *run = run_knobs(s);
	struct fl_rule_knobs *rules = s->rules.memory;

	memset(run, 0, sizeof(*run));
	run->abi = FL_ABI_VERSION;
	run->heartbeat_max_ns =
		s->opts.heartbeat_max_ns ? s->opts.heartbeat_max_ns : HEARTBEAT_MAX_NS;
	run->seed = s->opts.seed;
	run->dry_run = s->opts.dry_run;
	run->silent = s->opts.silent;
	run->rate_cap = s->opts.rate_cap;
	run->budget_set = s->opts.max_injections >= 0;
	run->budget = run->budget_set ? s->opts.max_injections : 0;
	fill_exempt(s);
	for (size_t i = 0; i < s->obj->nrules; i++)
		rules[i] = *s->obj->rules[i].knobs;
	for (size_t i = 0; i < s->obj->nparams; i++)
		fl_session_set_param(s, i, s->obj->params[i].value);
}

/* The knobs are those of the session that this one extends; rules that it knew little of are new. */
static void take_knobs(struct fl_session *s)
{
	const struct fl_object *known = s->opts.extends->obj;
	struct fl_rule_knobs *rules = s->rules.memory;

	for (size_t i = 0; i < s->obj->nrules; i++) {
		uint64_t enabled = rules[i].enabled;

		if (known->rules[i].resolved || !s->obj->rules[i].resolved)
			continue;
		rules[i] = *s->obj->rules[i].knobs;
		rules[i].enabled = enabled;
	}
	for (size_t i = 0; i < s->obj->nparams; i++)
		fl_session_set_param(s, i, fl_session_param(s, i));
}

/*
 * Programs see the numbers that processes have in the first name space, and a
 * process in another one does not know its own there. The inode is
 * PROC_PID_INIT_INO of include/linux/proc_ns.h.
 */
static bool knows_its_pid(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) || st.st_ino == 0xEFFFFFFC;
}

int fl_session_load(struct fl_session *s, struct fl_fault *fault)
{
	/* while all functions are awaited there are none; allocate one anyway */
	size_t nslots = s->obj->nslots ? s->obj->nslots : 1;
	struct bpf_map *ring;
	bool told;
	int err;

	if (!knows_its_pid()) {
		fl_fault_raise(fault, FL_F_PID_NAMESPACE, NULL);
		return -EOPNOTSUPP;
	}
	fl_fault_log_start(&s->log, s->opts.keep_figures ? &s->figures : NULL);
	err = fl_load_programs(s, fault, &told);
	fl_fault_log_stop(&s->log);
	if (err) {
		if (!told)
			fl_fault_load(fault, s->obj, &s->log, err);
		return err;
	}
	err = share(s, ".data.run", sizeof(struct fl_run_knobs), &s->run);
	if (!err && run_knobs(s)->abi != FL_ABI_VERSION) {
		fl_fault_raise(fault, FL_F_ABI, fl_digits((int64_t)run_knobs(s)->abi).text,
			       fl_digits(FL_ABI_VERSION).text, NULL);
		return -EPROTO;
	}
	if (!err)
		err = share(s, ".data.rules", s->obj->nrules * sizeof(struct fl_rule_knobs),
			    &s->rules);
	if (!err)
		err = share(s, ".data.states", s->obj->nrules * sizeof(struct fl_rule_state),
			    &s->states);
	if (!err && s->obj->nparams)
		err = share(s, ".data.params", s->obj->nparams * sizeof(struct fl_param_knob),
			    &s->params);
	if (!err)
		err = share(s, ".bss", nslots * s->obj->ncpus * sizeof(struct fl_counts),
			    &s->counts);
	if (!err && s->obj->sweep)
		err = share_sweep(s);
	if (err) {
		fl_fault_errno(fault, FL_F_SHARED_MEMORY, err);
		return err;
	}
	ring = bpf_object__find_map_by_name(s->bpf, "fl_events");
	s->events = ring ? ring_buffer__new(bpf_map__fd(ring), on_sample, s, NULL) : NULL;
	if (!s->events) {
		err = ring ? -errno : -ENOENT;
		fl_fault_errno(fault, FL_F_RING, err);
		return err;
	}
	if (s->opts.extends)
		take_knobs(s);
	else
		fill_knobs(s);
	return 0;
}

static int attach_programs(struct fl_session *s, bool last, struct fl_fault *fault)
{
	int err = 0;

	for (size_t i = 0; i < s->obj->nprogs && !err; i++) {
		if (fl_backend_ops(s->obj->progs[i].backend)->attach_last != last)
			continue;
		err = fl_attach_program(s, i);
		if (err)
			fl_fault_attach(fault, s->obj, (int)i, &s->log, err);
	}
	return err;
}

int fl_session_attach(struct fl_session *s, struct fl_fault *fault)
{
	int err = 0;

	fl_fault_log_start(&s->log, NULL);
	if (!s->opts.extends)
		err = fl_attach_followers(s);
	if (err)
		fl_fault_errno(fault, FL_F_FOLLOW, err);
	if (!err)
		err = attach_programs(s, false, fault);
	if (!err)
		err = attach_programs(s, true, fault);
	fl_fault_log_stop(&s->log);
	return err;
}

void fl_session_arm(struct fl_session *s)
{
	struct fl_run_knobs *run = run_knobs(s);
	uint64_t now = fl_now_ns();

	run->armed_ns = now;
	fl_session_set_deadline(s, s->opts.deadline_ns);
	__atomic_store_n(&run->heartbeat_ns, now, __ATOMIC_RELEASE);
	__atomic_store_n(&run->armed, 1, __ATOMIC_RELEASE);
}

void fl_session_disarm(struct fl_session *s)
{
	if (s->run.memory)
		__atomic_store_n(&run_knobs(s)->armed, 0, __ATOMIC_RELEASE);
}

void fl_session_beat(struct fl_session *s)
{
	__atomic_store_n(&run_knobs(s)->heartbeat_ns, fl_now_ns(), __ATOMIC_RELEASE);
}

int fl_session_event_fd(const struct fl_session *s)
{
	return ring_buffer__epoll_fd(s->events);
}

int fl_session_events(struct fl_session *s, void (*fn)(const struct fl_event *e, void *arg),
		      void *arg)
{
	s->on_event = fn;
	s->on_event_arg = arg;
	return ring_buffer__consume(s->events);
}

void fl_session_counts(const struct fl_session *s, size_t slot, struct fl_counts *sum)
{
	const struct fl_counts *c = s->counts.memory;

	memset(sum, 0, sizeof(*sum));
	for (size_t cpu = 0; cpu < s->obj->ncpus; cpu++) {
		const struct fl_counts *one = &c[slot * s->obj->ncpus + cpu];

		sum->calls += __atomic_load_n(&one->calls, __ATOMIC_RELAXED);
		sum->matched += __atomic_load_n(&one->matched, __ATOMIC_RELAXED);
		sum->injected += __atomic_load_n(&one->injected, __ATOMIC_RELAXED);
		sum->fired += __atomic_load_n(&one->fired, __ATOMIC_RELAXED);
		sum->lost += __atomic_load_n(&one->lost, __ATOMIC_RELAXED);
	}
}

uint64_t fl_session_keys_lost(const struct fl_session *s)
{
	return __atomic_load_n(&run_knobs(s)->keys_lost, __ATOMIC_RELAXED);
}

uint64_t fl_session_delays_skipped(const struct fl_session *s)
{
	return __atomic_load_n(&run_knobs(s)->delays_skipped, __ATOMIC_RELAXED);
}

uint64_t fl_session_misses(const struct fl_session *s)
{
	struct bpf_program *prog;
	uint64_t sum = 0;

	bpf_object__for_each_program(prog, s->bpf)
	{
		struct bpf_prog_info info = { 0 };
		__u32 len = sizeof(info);

		/* kernels that do not count them leave the field as it is */
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
			sum += info.recursion_misses;
	}
	return sum;
}

uint64_t fl_session_armed_ns(const struct fl_session *s)
{
	return run_knobs(s)->armed_ns;
}

bool fl_session_spent(const struct fl_session *s)
{
	const struct fl_run_knobs *run = run_knobs(s);

	if (!fl_session_deadline(s))
		return true;
	return run->budget_set && __atomic_load_n(&run->budget, __ATOMIC_RELAXED) <= 0;
}
