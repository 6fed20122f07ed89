/* SPDX-License-Identifier: GPL-2.0-or-later */
/* macro.c - names of constants: of the architecture, and of memory allocation. */
#include <errno.h>
#include <string.h>

#include "macro.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BIT_SUFFIX "_BIT"

enum gfp_bit {
#define FL_GFP_BIT(name, old) GFP_BIT_##name,
#define FL_GFP(name, steady, flags)
#include "gfp.def"
#undef FL_GFP_BIT
#undef FL_GFP
	NGFP_BITS
};

/* Sets of the above. */
enum gfp_set {
#define FL_GFP_BIT(name, old) FL_SET___GFP_##name = 1 << GFP_BIT_##name,
#define FL_GFP(name, steady, flags) FL_SET_##name = (flags),
#include "gfp.def"
#undef FL_GFP_BIT
#undef FL_GFP
};

static const struct gfp_flag {
	const char *enumerator;
	int old;
} bits[] = {
#define FL_GFP_BIT(name, old) { "___GFP_" #name BIT_SUFFIX, old },
#define FL_GFP(name, steady, flags)
#include "gfp.def"
#undef FL_GFP_BIT
#undef FL_GFP
};

static const struct gfp {
	const char *name;
	bool steady;
	uint32_t set;
} masks[] = {
#define FL_GFP_BIT(name, old) { "__GFP_" #name, (old) >= 0, FL_SET___GFP_##name },
#define FL_GFP(name, steady, flags) { #name, steady, FL_SET_##name },
#include "gfp.def"
#undef FL_GFP_BIT
#undef FL_GFP
};

/* Do its types say which bit is which? The first flag has always been there. */
static bool has_bits(struct fl_kernel *k)
{
	int64_t bit;

	return !k->ops->find_enumerator(k, NULL, bits[0].enumerator, &bit);
}

/* A flag that the kernel was built without is 0 in C. */
static uint64_t flags_of(struct fl_kernel *k, const struct gfp *m, bool in_types)
{
	uint64_t value = 0;

	for (int i = 0; i < NGFP_BITS; i++) {
		int64_t bit = bits[i].old;

		if (!(m->set & (1U << i)))
			continue;
		if (!in_types || !k->ops->find_enumerator(k, NULL, bits[i].enumerator, &bit))
			value |= UINT64_C(1) << bit;
	}
	return value;
}

static int find_gfp(struct fl_kernel *k, const struct gfp *m, uint64_t *value, const char **why)
{
	bool in_types = has_bits(k);

	*why = k->ops->btf_problem(k);
	if (**why)
		return -ENODATA;
	if (!in_types && !m->steady) {
		*why = "its value varies before Linux 6.10, and this kernel's types do not have it";
		return -ENODATA;
	}
	*value = flags_of(k, m, in_types);
	if (*value)
		return 0;
	*why = "this flag is not configured";
	return -ENODATA;
}

int fl_macro_find(struct fl_kernel *k, const struct fl_arch *arch, const char *name,
		  uint64_t *value, const char **why)
{
	for (size_t i = 0; i < COUNT(masks); i++) {
		if (!strcmp(masks[i].name, name))
			return find_gfp(k, &masks[i], value, why);
	}
	return fl_arch_constant(arch, name, value);
}

const char *fl_macro_at(size_t i)
{
	return i < COUNT(masks) ? masks[i].name : fl_arch_constant_at(i - COUNT(masks));
}
