/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach.c - programs into the kernel and onto its functions.
 *
 * For programs of tracing's kind (fmod_ret, fentry, fexit) we do libbpf's
 * lookup ourselves: the compiler already knows the function's BTF id, and
 * libbpf would parse all of the kernel's BTF to find it again.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "session_impl.h"

#define MAX_SYMBOL 256
#define LOG_FIGURES 4 /* BPF_LOG_STATS in include/linux/bpf_verifier.h */

/* Whose programs libbpf loads: what it calls back has nothing of ours. */
static struct fl_session *loading;

static int find_prog(const struct fl_session *s, const char *name)
{
	for (size_t i = 0; i < s->obj->nprogs; i++) {
		if (!strcmp(s->obj->progs[i].name, name))
			return (int)i;
	}
	return -1;
}

static const struct fl_obj_attach *first_attach(const struct fl_session *s, size_t prog)
{
	return &s->obj->attaches[s->obj->progs[prog].first_attach];
}

static void drop_btf_fd(struct fl_session *s)
{
	if (s->btf_fd >= 0)
		close(s->btf_fd);
	s->btf_fd = -1;
}

/*
 * libbpf asks us before it loads a program of tracing's kind. It was told that
 * these are kprobes, because for others it would want all of the kernel's BTF
 * first; here it learns the truth.
 */
static int prepare_tracing(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	static const enum bpf_attach_type types[] = {
		[FL_BACKEND_FMOD_RET] = BPF_MODIFY_RETURN,
		[FL_BACKEND_FENTRY] = BPF_TRACE_FENTRY,
		[FL_BACKEND_FEXIT] = BPF_TRACE_FEXIT,
	};
	struct fl_session *s = loading;
	int i = find_prog(s, bpf_program__name(prog)), err;
	const struct fl_obj_attach *attach;

	(void)cookie;
	if (i < 0)
		return -ENOENT;
	attach = first_attach(s, (size_t)i);
	drop_btf_fd(s);
	if (attach->module) {
		s->btf_fd = fl_btf_module_fd(attach->module);
		if (s->btf_fd < 0)
			return s->btf_fd;
		opts->attach_btf_obj_fd = (__u32)s->btf_fd;
	}
	err = bpf_program__set_type(prog, BPF_PROG_TYPE_TRACING);
	if (err)
		return err;
	opts->expected_attach_type = types[s->obj->progs[i].backend];
	opts->attach_btf_id = attach->btf_id;
	return 0;
}

/*
 * Our sections, for the whole process and for good: when the last handler is
 * unregistered, libbpf frees the list of them and frees it again at the next
 * registration (libbpf_unregister_prog_handler() takes NULL from a realloc()
 * to nothing for a failure).
 */
static int register_sections(void)
{
	static const char *const sections[] = { "fmod_ret+", "fentry+", "fexit+" };
	static size_t done;
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .prog_prepare_load_fn = prepare_tracing);

	for (; done < sizeof(sections) / sizeof(sections[0]); done++) {
		int id = libbpf_register_prog_handler(sections[done], BPF_PROG_TYPE_KPROBE, 0,
						      &handler);

		if (id < 0)
			return id;
	}
	return 0;
}

uint32_t fl_session_max_points(const struct fl_session *s)
{
	uint32_t n = 1;

	if (!s->opts.max_points)
		return FL_SWEEP_POINTS;
	while (n < s->opts.max_points && n < 1U << 20)
		n *= 2;
	return n;
}

static void set_max_points(struct fl_session *s)
{
	static const char *const maps[] = { "fl_points", "fl_point_numbers" };

	for (size_t i = 0; i < 2 && !s->opts.extends; i++)
		bpf_map__set_max_entries(bpf_object__find_map_by_name(s->bpf, maps[i]),
					 fl_session_max_points(s));
}

int fl_load_programs(struct fl_session *s, struct fl_fault *fault, bool *told)
{
	LIBBPF_OPTS(bpf_object_open_opts, open, .object_name = "faultline",
		    .kernel_log_level = s->opts.keep_figures ? LOG_FIGURES : 0);
	int err = register_sections();

	*told = false;
	if (err)
		return err;
	s->bpf = bpf_object__open_mem(s->obj->elf, s->obj->elf_len, &open);
	if (!s->bpf)
		return -errno;
	err = fl_share_states(s, fault);
	*told = err != 0;
	if (err)
		return err;
	if (s->opts.ring_bytes)
		bpf_map__set_max_entries(bpf_object__find_map_by_name(s->bpf, "fl_events"),
					 s->opts.ring_bytes);
	if (s->obj->sweep)
		set_max_points(s);
	loading = s;
	err = bpf_object__load(s->bpf);
	loading = NULL;
	drop_btf_fd(s);
	return err;
}

static int keep_link(struct bpf_link **place, struct bpf_link *link)
{
	*place = link;
	return link ? 0 : -errno;
}

/* MODULE:FUNCTION is what the kernel's kprobe events understand. */
static void symbol_of(const struct fl_obj_attach *attach, char *out)
{
	snprintf(out, MAX_SYMBOL, "%s%s%s", attach->module ? attach->module : "",
		 attach->module ? ":" : "", attach->func);
}

static int attach_kprobe(struct fl_session *s, size_t i, const struct bpf_program *prog)
{
	bool at_end = s->obj->progs[i].backend == FL_BACKEND_KRETPROBE;
	char symbol[MAX_SYMBOL];

	symbol_of(first_attach(s, i), symbol);
	return keep_link(&s->links[i], bpf_program__attach_kprobe(prog, at_end, symbol));
}

/* One link for all of a program's functions; each gets its number as cookie. */
static int attach_multi(struct fl_session *s, size_t i, const struct bpf_program *prog)
{
	const struct fl_obj_attach *attach = first_attach(s, i);
	size_t n = s->obj->progs[i].nattaches;
	const char **names = malloc(n * sizeof(*names));
	__u64 *cookies = malloc(n * sizeof(*cookies));
	int err = -ENOMEM;

	for (size_t j = 0; names && cookies && j < n; j++) {
		names[j] = attach[j].func;
		cookies[j] = attach[j].cookie;
	}
	if (names && cookies) {
		LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = names, .cookies = cookies,
			    .cnt = n);

		err = keep_link(&s->links[i],
				bpf_program__attach_kprobe_multi_opts(prog, NULL, &opts));
	}
	free(names);
	free(cookies);
	return err;
}

int fl_attach_program(struct fl_session *s, size_t i)
{
	const struct fl_obj_prog *p = &s->obj->progs[i];
	const struct bpf_program *prog = bpf_object__find_program_by_name(s->bpf, p->name);
	int fd;

	if (!prog)
		return -ENOENT;
	if (p->backend == FL_BACKEND_KPROBE_MULTI)
		return attach_multi(s, i, prog);
	if (!fl_backend_is_tracing(p->backend))
		return attach_kprobe(s, i, prog);
	fd = bpf_raw_tracepoint_open(NULL, bpf_program__fd(prog));
	if (fd < 0)
		return fd;
	s->tracing_links[i] = fd;
	return 0;
}

void fl_session_detach(struct fl_session *s, size_t prog)
{
	if (s->tracing_links[prog] >= 0)
		close(s->tracing_links[prog]);
	s->tracing_links[prog] = -1;
	bpf_link__destroy(s->links[prog]);
	s->links[prog] = NULL;
}

int fl_attach_followers(struct fl_session *s)
{
	static const struct {
		const char *name;
		bool of_sweep;
	} followers[FL_NFOLLOWERS] = {
		{ "fl_on_fork", false },       { "fl_on_exec", false },
		{ "fl_on_free", false },       { "fl_on_module_load", true },
		{ "fl_on_module_free", true },
	};

	for (size_t i = 0; i < FL_NFOLLOWERS; i++) {
		struct bpf_program *prog;
		int err;

		if (followers[i].of_sweep ? !s->obj->sweep : !s->obj->tracks_children)
			continue;
		prog = bpf_object__find_program_by_name(s->bpf, followers[i].name);
		err = prog ? keep_link(&s->followers[i], bpf_program__attach(prog)) : -ENOENT;
		if (err)
			return err;
	}
	return 0;
}

const char *fl_libbpf_version(void)
{
	return libbpf_version_string();
}

int fl_session_prog_fd(const struct fl_session *s, size_t prog)
{
	const struct bpf_program *p =
		bpf_object__find_program_by_name(s->bpf, s->obj->progs[prog].name);

	return p ? bpf_program__fd(p) : -1;
}
