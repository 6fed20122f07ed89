/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.h - what a compilation gives: ELF bytes and a manifest.
 *
 * The manifest says what the programs in the ELF are for and what the memory
 * that they share is to hold at first. It needs neither the source nor the
 * tree: runtime/ works from this alone. Everything belongs to the object and
 * goes with fl_object_free().
 */
#ifndef FL_OBJECT_H
#define FL_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

enum fl_backend {
	FL_BACKEND_AUTO,
	FL_BACKEND_FMOD_RET,
	FL_BACKEND_KPROBE,
};

/* One BPF program: all rules on one function. */
struct fl_obj_prog {
	const char *name;   /* of the C function in the ELF */
	const char *func;   /* what it is attached to */
	const char *module; /* or NULL for vmlinux */
	enum fl_backend backend;
	const char *reason; /* why that one, for people */
	uint32_t btf_id;    /* of the function, for fmod_ret */
	enum fl_tag tag;
	enum fl_type_kind ret; /* FL_TYPE_UNKNOWN without BTF */
};

struct fl_obj_rule {
	const char *label;  /* or NULL */
	const char *text;   /* the rule on one line */
	const char *source; /* name of the file it stands in */
	unsigned int line;
	uint64_t rate; /* initial knobs, see fl_abi.h */
	int64_t value;
	bool child_only;
};

/* A pair of a rule and a program; counters are kept for each. */
struct fl_obj_slot {
	uint32_t rule;
	uint32_t prog;
};

struct fl_object {
	void *elf; /* NULL when only C was asked for */
	size_t elf_len;
	char *c_text;
	size_t c_len;
	struct fl_obj_prog *progs;
	size_t nprogs;
	struct fl_obj_rule *rules;
	size_t nrules;
	struct fl_obj_slot *slots;
	size_t nslots;
	unsigned int ncpus;   /* in a row of counters, see fl_abi.h */
	bool tracks_children; /* has the programs that follow the command */
	void *memory;	      /* what the strings and arrays live in */
};

void fl_object_free(struct fl_object *obj);

/* "fmod_ret", "kprobe" */
const char *fl_backend_name(enum fl_backend backend);

/* "-EIO", "NULL", "true", "-4000": what a function was made to return. */
const char *fl_value_name(const struct fl_obj_prog *prog, int64_t value, char *buf, size_t len);

#endif /* FL_OBJECT_H */
