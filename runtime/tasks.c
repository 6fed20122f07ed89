/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tasks.c - whose calls the rules are about. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "session_impl.h"
#include "task_stat.h"

pid_t fl_parent_of(pid_t pid)
{
	struct fl_task_stat stat;
	char name[16];

	snprintf(name, sizeof(name), "%d", pid);
	return fl_task_stat("", name, &stat) ? stat.parent : 0;
}

int fl_session_add_task(struct fl_session *s, pid_t pid, enum fl_task_scope scope)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(s->bpf, "fl_children");
	uint32_t key = (uint32_t)pid;
	uint8_t value = (uint8_t)scope;

	if (!map)
		return 0; /* no rule asks */
	return bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_ANY);
}

void fl_session_forget_tasks(struct fl_session *s)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(s->bpf, "fl_children");
	uint32_t key;

	/*
	 * from the front each time: iteration cannot continue from a deleted
	 * key
	 */
	while (map && !bpf_map_get_next_key(bpf_map__fd(map), NULL, &key))
		bpf_map_delete_elem(bpf_map__fd(map), &key);
}

struct generation {
	struct fl_session *session;
	int map, added;
};

static int add_child(pid_t pid, const struct fl_task_stat *task, void *arg)
{
	struct generation *g = arg;
	uint8_t one;

	if (!task->parent || bpf_map_lookup_elem(g->map, &task->parent, &one) ||
	    !bpf_map_lookup_elem(g->map, &pid, &one))
		return 0;
	g->added++;
	return fl_session_add_task(g->session, pid, FL_TASK_IN);
}

/* Add every process whose parent is in the map and that is not; how many, or -errno. */
static int add_generation(struct fl_session *s, int map)
{
	struct generation g = { s, map, 0 };
	int err = fl_each_process(add_child, &g);

	return err ? err : g.added;
}

/*
 * Processes forked from now on are followed in the kernel; earlier ones are in
 * /proc. Repeat until a scan finds no new one.
 */
int fl_session_add_tree(struct fl_session *s, pid_t pid)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(s->bpf, "fl_children");
	int err = fl_session_add_task(s, pid, FL_TASK_IN), added = 1;

	if (!err && pid != 1 && !fl_parent_of(pid))
		err = -ESRCH;
	while (!err && map && added) {
		added = add_generation(s, bpf_map__fd(map));
		if (added < 0)
			err = added;
	}
	return err;
}

bool fl_session_is_exempt(const struct fl_session *s, pid_t pid)
{
	const struct fl_run_knobs *run = s->run.memory;

	for (uint64_t i = 0; i < run->nexempt; i++) {
		if (run->exempt[i] == (uint32_t)pid)
			return true;
	}
	return false;
}
