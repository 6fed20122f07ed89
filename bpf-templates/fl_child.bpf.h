/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_child.bpf.h - the tasks of the command, followed across fork and exec.
 *
 * The emitted file defines FL_NCHILDREN, FL_TASK_PID and FL_TASK_TGID: room
 * for processes, and offsets in struct task_struct.
 */
#ifndef FL_CHILD_BPF_H
#define FL_CHILD_BPF_H

/* Process IDs (TGIDs) of the command and of all that descend from it: enum fl_task_scope. */
struct {
	int (*type)[FL_MAP_TYPE_HASH];
	int (*max_entries)[FL_NCHILDREN];
	u32 *key;
	u8 *value;
} fl_children SEC(".maps");

FL_INLINE s64 fl_child(void)
{
	u32 tgid = fl_pid();
	u8 *in = bpf_map_lookup_elem(&fl_children, &tgid);

	return in && *in == FL_TASK_IN;
}

/* sched_process_fork(parent, child): include/trace/events/sched.h */
SEC("raw_tp/sched_process_fork") u64 fl_on_fork(u64 *ctx)
{
	u32 parent = bpf_get_current_pid_tgid() >> 32;
	u8 *in = bpf_map_lookup_elem(&fl_children, &parent);
	u32 child;
	u8 same;
	int bad = 0;

	if (!in)
		return 0;
	same = *in;
	child = FL_LOAD(u32, ctx[1] + FL_TASK_TGID, bad);
	if (child != parent && !bad)
		bpf_map_update_elem(&fl_children, &child, &same, 0);
	return 0;
}

/* sched_process_exec(task, old_pid, bprm): exec has succeeded, in the task itself. */
SEC("raw_tp/sched_process_exec") u64 fl_on_exec(u64 *ctx)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32;
	u8 *in = bpf_map_lookup_elem(&fl_children, &tgid);

	(void)ctx;
	if (in)
		*in = FL_TASK_IN;
	return 0;
}

/* sched_process_free(task): the last reference to a task is gone. */
SEC("raw_tp/sched_process_free") u64 fl_on_free(u64 *ctx)
{
	int bad = 0;
	u32 tgid = FL_LOAD(u32, ctx[0] + FL_TASK_TGID, bad);
	u32 tid = FL_LOAD(u32, ctx[0] + FL_TASK_PID, bad);

	if (tid == tgid && !bad)
		bpf_map_delete_elem(&fl_children, &tgid);
	return 0;
}

#endif /* FL_CHILD_BPF_H */
