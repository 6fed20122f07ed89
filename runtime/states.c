/* SPDX-License-Identifier: GPL-2.0-or-later */
/* states.c - the maps of @states: shared between sessions, and read. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_impl.h"

static struct bpf_map *find_map(const struct fl_session *s, size_t i)
{
	char name[32];

	snprintf(name, sizeof(name), "fl_at_%zu", i);
	return bpf_object__find_map_by_name(s->bpf, name);
}

static const struct fl_state_map *find_shared(const struct fl_session *s, const char *name)
{
	for (size_t i = 0; i < s->opts.nstates; i++) {
		if (!strcmp(s->opts.states[i].name, name))
			return &s->opts.states[i];
	}
	return NULL;
}

/* What makes two sessions one script. */
static int share_script(struct fl_session *s)
{
	static const char *const names[] = { ".data.run",	 ".data.rules", ".data.states",
					     ".data.params",	 "fl_keys",	"fl_children",
					     ".data.sweep",	 "fl_points",	"fl_texts",
					     "fl_point_numbers", "fl_modules",	"fl_frames" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bpf_map *ours = bpf_object__find_map_by_name(s->bpf, names[i]);
		const struct bpf_map *theirs =
			bpf_object__find_map_by_name(s->opts.extends->bpf, names[i]);
		int err = ours && theirs ? bpf_map__reuse_fd(ours, bpf_map__fd(theirs)) : 0;

		if (err)
			return err;
	}
	return 0;
}

int fl_share_states(struct fl_session *s, struct fl_fault *fault)
{
	int failed = s->opts.extends ? share_script(s) : 0;

	if (failed) {
		fl_fault_errno(fault, FL_F_SHARED_RULES, failed);
		return failed;
	}
	for (size_t i = 0; i < s->obj->nstates; i++) {
		const struct fl_obj_state *state = &s->obj->states[i];
		const struct fl_state_map *shared = find_shared(s, state->name);
		struct bpf_map *map = find_map(s, i);
		int err;

		if (!shared)
			continue;
		if (shared->nkeys != state->nkeys || shared->key_words != state->key_words) {
			fl_fault_raise(fault, FL_F_STATE_KEYS, state->name, NULL);
			return -EINVAL;
		}
		err = map ? bpf_map__reuse_fd(map, shared->fd) : -ENOENT;
		if (err) {
			fl_fault_errno(fault, FL_F_SHARED_STATE, err);
			return err;
		}
	}
	return 0;
}

void fl_session_state(const struct fl_session *s, size_t i, struct fl_state_map *out)
{
	const struct fl_obj_state *state = &s->obj->states[i];
	const struct bpf_map *map = find_map(s, i);

	*out = (struct fl_state_map){
		.name = state->name,
		.fd = map ? bpf_map__fd(map) : -1,
		.nkeys = state->nkeys,
		.key_words = state->key_words,
	};
}

int fl_state_map_each(const struct fl_state_map *map,
		      int (*fn)(const uint64_t *key, int64_t value, void *arg), void *arg)
{
	size_t words = map->key_words ? map->key_words : 1; /* see FL_STATE() */
	uint64_t *key = calloc(words, sizeof(*key)), *next = calloc(words, sizeof(*next));
	bool first = true;
	int err = key && next ? 0 : -ENOMEM;

	while (!err) {
		int64_t value;

		err = bpf_map_get_next_key(map->fd, first ? NULL : key, next);
		if (err)
			break;
		first = false;
		memcpy(key, next, words * sizeof(*key));
		/* it may be gone by now */
		if (!bpf_map_lookup_elem(map->fd, key, &value))
			err = fn(key, value, arg);
	}
	free(key);
	free(next);
	return err == -ENOENT ? 0 : err;
}
