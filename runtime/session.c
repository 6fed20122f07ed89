/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.c - libbpf from an object in memory to an armed kernel and back.
 *
 * fault.c makes messages of what libbpf and the verifier say. For fmod_ret we
 * do libbpf's lookup ourselves: the compiler already knows the function's BTF
 * id, and libbpf would parse all of the kernel's BTF to find it again.
 */
#include "session.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "facts.h"
#include "fault.h"

#define NS_PER_S 1000000000ULL
#define HEARTBEAT_MAX_NS (3 * NS_PER_S)

/* A map that is memory of both sides. */
struct shared {
	void *memory;
	size_t size;
};

struct fl_session {
	const struct fl_object *obj;
	struct fl_session_opts opts;
	struct bpf_object *bpf;
	struct ring_buffer *events;
	struct bpf_link **links; /* kprobes and what follows children */
	size_t nlinks;
	int *fmod_links; /* file descriptors, -1: none */
	int btf_fd;	 /* module BTF of the program being loaded, or -1 */
	struct shared run;
	struct shared rules;
	struct shared counts;
	struct fl_fault_log log;
	void (*on_event)(const struct fl_event *e, void *arg);
	void *on_event_arg;
};

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
	/* two programs more: those that follow the command's tasks */
	s->links = calloc(obj->nprogs + 2, sizeof(s->links[0]));
	s->fmod_links = malloc(obj->nprogs * sizeof(s->fmod_links[0]));
	if (!s->links || !s->fmod_links) {
		free(s->links);
		free(s->fmod_links);
		free(s);
		return -ENOMEM;
	}
	for (size_t i = 0; i < obj->nprogs; i++)
		s->fmod_links[i] = -1;
	*out = s;
	return 0;
}

static void unshare(struct shared *m)
{
	if (m->memory)
		munmap(m->memory, m->size);
	m->memory = NULL;
}

void fl_session_free(struct fl_session *s)
{
	if (!s)
		return;
	fl_session_disarm(s);
	for (size_t i = 0; i < s->obj->nprogs; i++) {
		if (s->fmod_links[i] >= 0)
			close(s->fmod_links[i]);
	}
	for (size_t i = 0; i < s->nlinks; i++)
		bpf_link__destroy(s->links[i]);
	ring_buffer__free(s->events);
	unshare(&s->run);
	unshare(&s->rules);
	unshare(&s->counts);
	bpf_object__close(s->bpf);
	fl_fault_log_release(&s->log);
	free(s->links);
	free(s->fmod_links);
	free(s);
}

static int share(struct fl_session *s, const char *name, size_t size, struct shared *m)
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

static int on_sample(void *arg, void *data, size_t size)
{
	struct fl_session *s = arg;

	if (size >= sizeof(struct fl_event) && s->on_event)
		s->on_event(data, s->on_event_arg);
	return 0;
}

/* The parent of @pid, 0 when there is none to be seen. */
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512], *p;
	FILE *f;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	/* the name in parentheses may hold anything, parentheses too */
	if (fgets(text, sizeof(text), f)) {
		p = strrchr(text, ')');
		if (!p || sscanf(p, ") %*c %d", &parent) != 1)
			parent = 0;
	}
	fclose(f);
	return parent;
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
		pid = parent_of(pid);
	}
}

static void fill_knobs(struct fl_session *s)
{
	struct fl_run_knobs *run = run_knobs(s);
	struct fl_rule_knobs *rules = s->rules.memory;

	memset(run, 0, sizeof(*run));
	run->heartbeat_max_ns =
		s->opts.heartbeat_max_ns ? s->opts.heartbeat_max_ns : HEARTBEAT_MAX_NS;
	run->seed = s->opts.seed;
	run->dry_run = s->opts.dry_run;
	run->silent = s->opts.silent;
	run->budget_set = s->opts.max_injections >= 0;
	run->budget = run->budget_set ? s->opts.max_injections : 0;
	fill_exempt(s);
	for (size_t i = 0; i < s->obj->nrules; i++) {
		rules[i].enabled = 1;
		rules[i].rate = s->obj->rules[i].rate;
		rules[i].value = s->obj->rules[i].value;
	}
}

static int find_prog(const struct fl_session *s, const char *name)
{
	for (size_t i = 0; i < s->obj->nprogs; i++) {
		if (!strcmp(s->obj->progs[i].name, name))
			return (int)i;
	}
	return -1;
}

static void drop_btf_fd(struct fl_session *s)
{
	if (s->btf_fd >= 0)
		close(s->btf_fd);
	s->btf_fd = -1;
}

/*
 * libbpf asks us before it loads a fmod_ret program. It was told that these
 * are kprobes, because for a tracing program it would want all of the
 * kernel's BTF first; here it learns the truth.
 */
static int prepare_fmod_ret(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct fl_session *s = (struct fl_session *)cookie;
	int i = find_prog(s, bpf_program__name(prog));
	int err;

	if (i < 0)
		return -ENOENT;
	drop_btf_fd(s);
	if (s->obj->progs[i].module) {
		s->btf_fd = fl_btf_module_fd(s->obj->progs[i].module);
		if (s->btf_fd < 0)
			return s->btf_fd;
		opts->attach_btf_obj_fd = (__u32)s->btf_fd;
	}
	err = bpf_program__set_type(prog, BPF_PROG_TYPE_TRACING);
	if (err)
		return err;
	opts->expected_attach_type = BPF_MODIFY_RETURN;
	opts->attach_btf_id = s->obj->progs[i].btf_id;
	return 0;
}

static int load_programs(struct fl_session *s)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .cookie = (long)s,
		    .prog_prepare_load_fn = prepare_fmod_ret);
	LIBBPF_OPTS(bpf_object_open_opts, open, .object_name = "faultline");
	int id, err;

	id = libbpf_register_prog_handler("fmod_ret+", BPF_PROG_TYPE_KPROBE, 0, &handler);
	if (id < 0)
		return id;
	s->bpf = bpf_object__open_mem(s->obj->elf, s->obj->elf_len, &open);
	err = s->bpf ? bpf_object__load(s->bpf) : -errno;
	libbpf_unregister_prog_handler(id);
	drop_btf_fd(s);
	return err;
}

int fl_session_load(struct fl_session *s, struct fl_fault *fault)
{
	struct bpf_map *ring;
	int err;

	fl_fault_log_start(&s->log);
	err = load_programs(s);
	fl_fault_log_stop(&s->log);
	if (err) {
		fl_fault_load(fault, s->obj, &s->log, err);
		return err;
	}
	err = share(s, ".data.run", sizeof(struct fl_run_knobs), &s->run);
	if (!err)
		err = share(s, ".data.rules", s->obj->nrules * sizeof(struct fl_rule_knobs),
			    &s->rules);
	if (!err)
		err = share(s, ".bss", s->obj->nslots * s->obj->ncpus * sizeof(struct fl_counts),
			    &s->counts);
	if (err) {
		fl_fault_set(fault, err, "the memory shared with the programs cannot be mapped");
		return err;
	}
	ring = bpf_object__find_map_by_name(s->bpf, "fl_events");
	s->events = ring ? ring_buffer__new(bpf_map__fd(ring), on_sample, s, NULL) : NULL;
	if (!s->events) {
		err = ring ? -errno : -ENOENT;
		fl_fault_set(fault, err, "the ring buffer of events cannot be mapped");
		return err;
	}
	fill_knobs(s);
	return 0;
}

static int attach_prog(struct fl_session *s, size_t i)
{
	const struct fl_obj_prog *p = &s->obj->progs[i];
	struct bpf_program *prog = bpf_object__find_program_by_name(s->bpf, p->name);
	char symbol[256];
	struct bpf_link *link;
	int fd;

	if (!prog)
		return -ENOENT;
	if (p->backend == FL_BACKEND_FMOD_RET) {
		fd = bpf_raw_tracepoint_open(NULL, bpf_program__fd(prog));
		if (fd < 0)
			return fd;
		s->fmod_links[i] = fd;
		return 0;
	}
	/* MODULE:FUNCTION is what the kernel's kprobe events understand */
	snprintf(symbol, sizeof(symbol), "%s%s%s", p->module ? p->module : "", p->module ? ":" : "",
		 p->func);
	link = bpf_program__attach_kprobe(prog, false, symbol);
	if (!link)
		return -errno;
	s->links[s->nlinks++] = link;
	return 0;
}

static int attach_followers(struct fl_session *s)
{
	static const char *const names[] = { "fl_on_fork", "fl_on_free" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bpf_program *prog = bpf_object__find_program_by_name(s->bpf, names[i]);
		struct bpf_link *link = prog ? bpf_program__attach(prog) : NULL;

		if (!link)
			return prog ? -errno : -ENOENT;
		s->links[s->nlinks++] = link;
	}
	return 0;
}

int fl_session_attach(struct fl_session *s, struct fl_fault *fault)
{
	int err = 0;

	fl_fault_log_start(&s->log);
	if (s->obj->tracks_children)
		err = attach_followers(s);
	if (err)
		fl_fault_set(fault, err, "the command's tasks cannot be followed");
	for (size_t i = 0; i < s->obj->nprogs && !err; i++) {
		err = attach_prog(s, i);
		if (err)
			fl_fault_attach(fault, s->obj, (int)i, &s->log, err);
	}
	fl_fault_log_stop(&s->log);
	return err;
}

void fl_session_arm(struct fl_session *s)
{
	struct fl_run_knobs *run = run_knobs(s);
	uint64_t now = fl_now_ns();

	run->armed_ns = now;
	run->deadline_ns = s->opts.deadline_ns ? now + s->opts.deadline_ns : 0;
	__atomic_store_n(&run->heartbeat_ns, now, __ATOMIC_RELEASE);
	__atomic_store_n(&run->armed, 1, __ATOMIC_RELEASE);
}

void fl_session_disarm(struct fl_session *s)
{
	if (s->run.memory)
		__atomic_store_n(&run_knobs(s)->armed, 0, __ATOMIC_RELEASE);
}

int fl_session_add_child(struct fl_session *s, pid_t pid)
{
	struct bpf_map *map = bpf_object__find_map_by_name(s->bpf, "fl_children");
	uint32_t key = (uint32_t)pid;
	uint8_t one = 1;

	if (!map)
		return 0; /* no rule asks */
	return bpf_map_update_elem(bpf_map__fd(map), &key, &one, BPF_ANY);
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
		sum->lost += __atomic_load_n(&one->lost, __ATOMIC_RELAXED);
	}
}

uint64_t fl_session_armed_ns(const struct fl_session *s)
{
	return run_knobs(s)->armed_ns;
}

bool fl_session_spent(const struct fl_session *s)
{
	const struct fl_run_knobs *run = run_knobs(s);

	if (run->deadline_ns && fl_now_ns() >= run->deadline_ns)
		return true;
	return run->budget_set && __atomic_load_n(&run->budget, __ATOMIC_RELAXED) <= 0;
}
