/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - what the running kernel can do, found out by doing it.
 *
 * A probe loads a program of two instructions or more and attaches it where
 * that is harmless; nothing it leaves stays. Versions are never compared.
 */
#ifndef FL_PROBE_H
#define FL_PROBE_H

#include "kernel.h"

enum fl_answer {
	FL_YES,
	FL_NO,	   /* this kernel does not have it */
	FL_DENIED, /* it may exist, but this process has no permission */
	FL_UNSURE, /* it could not be found out */
};

enum fl_feature {
	FL_FEATURE_PROGRAMS, /* BPF programs that trace */
	FL_FEATURE_RINGBUF,
	FL_FEATURE_FMOD_RET, /* on a security hook */
	FL_FEATURE_FENTRY,
	FL_FEATURE_KPROBE,   /* a program on one */
	FL_FEATURE_OVERRIDE, /* bpf_override_return() */
	FL_FEATURE_KPROBE_MULTI,
	FL_NFEATURES,
};

struct fl_probe {
	enum fl_answer answer;
	int err;	/* the -errno that decided, or 0 */
	char text[160]; /* the result: one clause, lower case, no full stop */
};

/* @k finds functions to try it on. */
void fl_probe(enum fl_feature feature, struct fl_kernel *k, struct fl_probe *out);

/*
 * Whether the kernel's verifier takes a fmod_ret program for that function,
 * which must be in BTF. Loads it only; nothing is attached.
 */
void fl_probe_fmod_ret(const struct fl_func *f, struct fl_probe *out);

/* The answer in a word: "yes", "no", "denied", "unsure". */
const char *fl_answer_name(enum fl_answer a);

#endif /* FL_PROBE_H */
