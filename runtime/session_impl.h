/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session_impl.h - what session.c and attach.c share. Internal to runtime/. */
#ifndef FL_SESSION_IMPL_H
#define FL_SESSION_IMPL_H

#include <bpf/libbpf.h>

#include "refusal.h"
#include "session.h"

#define FL_NFOLLOWERS 5 /* programs that follow the command's tasks, and modules */

/* A map that is memory of both sides. */
struct fl_shared {
	void *memory;
	size_t size;
};

struct fl_session {
	const struct fl_object *obj;
	struct fl_session_opts opts;
	struct bpf_object *bpf;
	struct ring_buffer *events;
	struct bpf_link **links; /* one per program, or NULL */
	struct bpf_link *followers[FL_NFOLLOWERS];
	int btf_fd; /* module BTF of the program being loaded, or -1 */
	struct fl_shared run;
	struct fl_shared rules;
	struct fl_shared states;
	struct fl_shared params;
	struct fl_shared counts;
	struct fl_shared sweep; /* with points, only where the object was compiled for one */
	struct fl_shared points;
	struct fl_fault_log log;
	struct fl_fault_log figures; /* verifier log of accepted programs */
	void (*on_event)(const struct fl_event *e, void *arg);
	void *on_event_arg;
};

/* attach.c: from ELF bytes to programs, and from those to links. */
/* *told is set if the reason is already in @fault. */
int fl_load_programs(struct fl_session *s, struct fl_fault *fault, bool *told);
int fl_attach_program(struct fl_session *s, size_t i);
/* tasks.c: the parent of a process, 0 when it is unknown. */
pid_t fl_parent_of(pid_t pid);
/* states.c: before loading, replace our maps by those of other sessions. */
int fl_share_states(struct fl_session *s, struct fl_fault *fault);
/* The programs that follow the command's tasks, and modules. */
int fl_attach_followers(struct fl_session *s);
/* Points that the session has room for. */
uint32_t fl_session_max_points(const struct fl_session *s);

#endif /* FL_SESSION_IMPL_H */
