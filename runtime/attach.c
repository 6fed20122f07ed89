/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attach.c - programs into the kernel and onto its functions, by their back ends. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/ops.h"
#include "session_impl.h"

#define LOG_FIGURES 4 /* BPF_LOG_STATS in include/linux/bpf_verifier.h */

/* The session whose programs libbpf loads: its callbacks take no argument. */
static struct fl_session *loading;

static int find_prog(const struct fl_session *s, const char *name)
{
	for (size_t i = 0; i < s->obj->nprogs; i++) {
		if (!strcmp(s->obj->progs[i].name, name))
			return (int)i;
	}
	return -1;
}

static struct fl_attachment attachment(const struct fl_session *s, size_t prog,
				       struct bpf_program *bpf)
{
	const struct fl_obj_prog *p = &s->obj->progs[prog];

	return (struct fl_attachment){
		.prog = p,
		.targets = &s->obj->attaches[p->first_attach],
		.bpf = bpf,
		.btf_fd = -1,
	};
}

static void drop_btf_fd(struct fl_session *s)
{
	if (s->btf_fd >= 0)
		close(s->btf_fd);
	s->btf_fd = -1;
}

/* Called by libbpf before it loads a program, for back ends that have a hook there. */
static int prepare_load(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct fl_session *s = loading;
	int i = find_prog(s, bpf_program__name(prog)), err;
	struct fl_attachment a;

	if (i < 0)
		return -ENOENT;
	/* the kernel is done with that of the program before */
	drop_btf_fd(s);
	a = attachment(s, (size_t)i, prog);
	err = fl_backend_ops((enum fl_backend)cookie)->load(&a, opts);
	s->btf_fd = a.btf_fd;
	return err;
}

/*
 * Our own sections, for the whole process and never removed: when the last
 * handler is unregistered, libbpf frees the list of them and frees it again at
 * the next registration (libbpf_unregister_prog_handler() takes NULL from a
 * realloc() to nothing for a failure). They are declared as kprobes; see
 * tracing.c.
 */
static int register_sections(void)
{
	static int done = FL_BACKEND_AUTO;

	while (done + 1 < FL_NBACKENDS) {
		enum fl_backend b = (enum fl_backend)(done + 1);
		LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .cookie = b,
			    .prog_prepare_load_fn = prepare_load);
		char section[32];
		int id = 0;

		snprintf(section, sizeof(section), "%s+", fl_backend_name(b));
		if (fl_backend_ops(b)->load)
			id = libbpf_register_prog_handler(section, BPF_PROG_TYPE_KPROBE, 0,
							  &handler);
		if (id < 0)
			return id;
		done = b;
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

int fl_attach_program(struct fl_session *s, size_t i)
{
	const struct fl_obj_prog *p = &s->obj->progs[i];
	struct bpf_program *bpf = bpf_object__find_program_by_name(s->bpf, p->name);
	struct fl_attachment a;
	int err;

	if (!bpf)
		return -ENOENT;
	a = attachment(s, i, bpf);
	err = fl_backend_ops(p->backend)->attach(&a);
	s->links[i] = a.link;
	return err;
}

int fl_session_trampoline(const struct fl_session *s, size_t prog)
{
	bool is = s->links[prog] && fl_backend_ops(s->obj->progs[prog].backend)->by_trampoline;

	return is ? bpf_link__fd(s->links[prog]) : -1;
}

void fl_session_detach(struct fl_session *s, size_t prog)
{
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

		if (followers[i].of_sweep ? !s->obj->sweep : !s->obj->tracks_children)
			continue;
		prog = bpf_object__find_program_by_name(s->bpf, followers[i].name);
		if (!prog)
			return -ENOENT;
		s->followers[i] = bpf_program__attach(prog);
		if (!s->followers[i])
			return -errno;
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
