/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <string.h>

#include "fl_abi.h"
#include "flo_impl.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* All that is in these lists is in the file: a change is a new FL_FLO_VERSION. */
#define FIELD(kind, type, name)                                  \
	{                                                        \
		FL_FLO_##kind, 0, offsetof(struct type, name), 0 \
	}
#define ENUM(type, name, below)                                      \
	{                                                            \
		FL_FLO_ENUM, (below), offsetof(struct type, name), 0 \
	}
#define INDEX(type, name, section)                                             \
	{                                                                      \
		FL_FLO_INDEX, FL_FLO_##section, offsetof(struct type, name), 0 \
	}
#define INDEX_OR(type, name, section)                                             \
	{                                                                         \
		FL_FLO_INDEX_OR, FL_FLO_##section, offsetof(struct type, name), 0 \
	}
#define MANY(type, name, section)                                           \
	{                                                                   \
		FL_FLO_MANY, FL_FLO_##section, offsetof(struct type, name), \
			offsetof(struct type, n##name)                      \
	}
#define ONE(type, name, section)                                             \
	{                                                                    \
		FL_FLO_ONE, FL_FLO_##section, offsetof(struct type, name), 0 \
	}

static const struct fl_flo_field head[] = {
	FIELD(STRING, fl_object, release),
	FIELD(STRING, fl_object, arch),
	FIELD(STRING, fl_object, build_id),
	FIELD(U64, fl_object, seed),
	FIELD(U32, fl_object, ncpus),
	FIELD(BOOL, fl_object, tracks_children),
	FIELD(BOOL, fl_object, uses_keys),
	FIELD(BOOL, fl_object, seeded),
	FIELD(BOOL, fl_object, force_return),
	ENUM(fl_object, sweep, FL_SWEEP_RANDOM + 1),
	MANY(fl_object, setups, COMMANDS),
	{ FL_FLO_ONE_OR, FL_FLO_COMMANDS, offsetof(struct fl_object, run), 0 },
	MANY(fl_object, cleanups, COMMANDS),
	MANY(fl_object, checks, COMMANDS),
};

static const struct fl_flo_field progs[] = {
	FIELD(STRING, fl_obj_prog, name),	ENUM(fl_obj_prog, backend, FL_NBACKENDS),
	FIELD(STRING, fl_obj_prog, reason),	FIELD(BOOL, fl_obj_prog, is_tracker),
	FIELD(SIZE, fl_obj_prog, first_attach), FIELD(SIZE, fl_obj_prog, nattaches),
};

static const struct fl_flo_field attaches[] = {
	INDEX(fl_obj_attach, prog, PROGS),	   FIELD(STRING, fl_obj_attach, func),
	FIELD(STRING, fl_obj_attach, shown),	   FIELD(STRING_OR, fl_obj_attach, module),
	FIELD(U32, fl_obj_attach, btf_id),	   ENUM(fl_obj_attach, tag, FL_TAG_TRUE + 1),
	ENUM(fl_obj_attach, ret, FL_TYPE_FWD + 1), FIELD(U64, fl_obj_attach, cookie),
};

static const struct fl_flo_field rules[] = {
	FIELD(STRING_OR, fl_obj_rule, label),
	FIELD(STRING, fl_obj_rule, text),
	FIELD(STRING, fl_obj_rule, source),
	FIELD(U32, fl_obj_rule, line),
	ONE(fl_obj_rule, knobs, KNOBS),
	FIELD(BOOL, fl_obj_rule, returns),
	FIELD(BOOL, fl_obj_rule, fixed_value),
	FIELD(BOOL, fl_obj_rule, has_rate),
	INDEX_OR(fl_obj_rule, rate_param, PARAMS),
	FIELD(BOOL, fl_obj_rule, child_only),
	FIELD(BOOL, fl_obj_rule, resolved),
	FIELD(BOOL, fl_obj_rule, per_key),
};

static const struct fl_flo_field knobs[] = {
	FIELD(U64, fl_rule_knobs, enabled),	FIELD(U64, fl_rule_knobs, rate),
	FIELD(U64, fl_rule_knobs, gate),	FIELD(U64, fl_rule_knobs, value),
	FIELD(U64, fl_rule_knobs, nth_first),	FIELD(U64, fl_rule_knobs, nth_last),
	FIELD(U64, fl_rule_knobs, nth_step),	FIELD(U64, fl_rule_knobs, every),
	FIELD(U64, fl_rule_knobs, after),	FIELD(U64, fl_rule_knobs, times),
	FIELD(U64, fl_rule_knobs, times_epoch), FIELD(U64, fl_rule_knobs, after_ns),
	FIELD(U64, fl_rule_knobs, for_ns),
};

static const struct fl_flo_field slots[] = {
	INDEX(fl_obj_slot, rule, RULES),
	INDEX(fl_obj_slot, attach, ATTACHES),
	FIELD(U32, fl_obj_slot, target),
	INDEX(fl_obj_slot, cond, CONDS),
};

static const struct fl_flo_field conds[] = {
	MANY(fl_obj_cond, tests, TESTS),
	FIELD(SIZE, fl_obj_cond, nsure),
};

static const struct fl_flo_field tests[] = {
	FIELD(STRING, fl_obj_test, text),
	FIELD(U32, fl_obj_test, cost),
};

static const struct fl_flo_field params[] = {
	FIELD(STRING, fl_obj_param, name),	FIELD(STRING_OR, fl_obj_param, help),
	FIELD(STRING_OR, fl_obj_param, string), FIELD(U64, fl_obj_param, value),
	FIELD(BOOL, fl_obj_param, is_duration), FIELD(BOOL, fl_obj_param, is_fraction),
};

static const struct fl_flo_field param_uses[] = {
	INDEX(fl_obj_param_use, param, PARAMS),
	INDEX(fl_obj_param_use, rule, RULES),
	ENUM(fl_obj_param_use, knob, FL_KNOB_FOR_NS + 1),
};

static const struct fl_flo_field logs[] = {
	FIELD(STRING, fl_obj_log, format),
	MANY(fl_obj_log, args, LOG_ARGS),
};

static const struct fl_flo_field log_args[] = {
	ENUM(fl_obj_log_arg, kind, FL_LOG_STRING + 1),
	FIELD(U32, fl_obj_log_arg, words),
};

/* a record is the pointer itself */
static const struct fl_flo_field funcs[] = { { FL_FLO_STRING, 0, 0, 0 } };

static const struct fl_flo_field states[] = {
	FIELD(STRING, fl_obj_state, name),
	FIELD(U32, fl_obj_state, nkeys),
	FIELD(U32, fl_obj_state, key_words),
};

static const struct fl_flo_field expects[] = {
	FIELD(STRING, fl_obj_expect, text),   FIELD(STRING_OR, fl_obj_expect, message),
	FIELD(STRING, fl_obj_expect, source), FIELD(U32, fl_obj_expect, line),
	MANY(fl_obj_expect, ops, OPS),	      FIELD(BOOL, fl_obj_expect, needs_exit),
};

static const struct fl_flo_field ops[] = {
	ENUM(fl_obj_op, code, FL_CODE_PERCENT + 1),
	FIELD(U32, fl_obj_op, arg),
	FIELD(U64, fl_obj_op, value),
};

static const struct fl_flo_field modules[] = {
	FIELD(STRING, fl_obj_module, name),
	FIELD(STRING, fl_obj_module, build_id),
};

static const struct fl_flo_field facts[] = {
	ENUM(fl_obj_fact, kind, FL_FACT_CGROUP + 1),
	FIELD(STRING, fl_obj_fact, name),
	FIELD(STRING_OR, fl_obj_fact, module),
	FIELD(U64, fl_obj_fact, value),
};

static const struct fl_flo_field commands[] = {
	FIELD(STRING, fl_obj_command, command),
	FIELD(STRING_OR, fl_obj_command, message),
	FIELD(STRING, fl_obj_command, source),
	FIELD(U32, fl_obj_command, line),
};

static const struct fl_flo_field allows[] = {
	FIELD(STRING, fl_obj_allow, pattern),
	FIELD(STRING_OR, fl_obj_allow, reason),
	FIELD(STRING, fl_obj_allow, source),
	FIELD(U32, fl_obj_allow, line),
};

#define TOP(type, name)                                                                  \
	{                                                                                \
		sizeof(type), name, COUNT(name), true, offsetof(struct fl_object, name), \
			offsetof(struct fl_object, n##name)                              \
	}
#define OWNED(type, name)                                           \
	{                                                           \
		sizeof(struct type), name, COUNT(name), false, 0, 0 \
	}

const struct fl_flo_layout fl_flo_layouts[FL_FLO_NSECTIONS] = {
	[FL_FLO_HEAD] = OWNED(fl_object, head),
	[FL_FLO_PROGS] = TOP(struct fl_obj_prog, progs),
	[FL_FLO_ATTACHES] = TOP(struct fl_obj_attach, attaches),
	[FL_FLO_RULES] = TOP(struct fl_obj_rule, rules),
	[FL_FLO_KNOBS] = OWNED(fl_rule_knobs, knobs),
	[FL_FLO_SLOTS] = TOP(struct fl_obj_slot, slots),
	[FL_FLO_CONDS] = TOP(struct fl_obj_cond, conds),
	[FL_FLO_TESTS] = OWNED(fl_obj_test, tests),
	[FL_FLO_PARAMS] = TOP(struct fl_obj_param, params),
	[FL_FLO_PARAM_USES] = TOP(struct fl_obj_param_use, param_uses),
	[FL_FLO_LOGS] = TOP(struct fl_obj_log, logs),
	[FL_FLO_LOG_ARGS] = OWNED(fl_obj_log_arg, log_args),
	[FL_FLO_FUNCS] = TOP(const char *, funcs),
	[FL_FLO_STATES] = TOP(struct fl_obj_state, states),
	[FL_FLO_EXPECTS] = TOP(struct fl_obj_expect, expects),
	[FL_FLO_OPS] = OWNED(fl_obj_op, ops),
	[FL_FLO_MODULES] = TOP(struct fl_obj_module, modules),
	[FL_FLO_FACTS] = TOP(struct fl_obj_fact, facts),
	[FL_FLO_COMMANDS] = OWNED(fl_obj_command, commands),
	[FL_FLO_ALLOWS] = TOP(struct fl_obj_allow, allows),
};

/* A field more in one of these is one more above, and a new version. */
_Static_assert(sizeof(struct fl_rule_knobs) == COUNT(knobs) * 8, "all knobs are in a file");
_Static_assert(sizeof(size_t) == 8, "counts are words");

uint64_t fl_checksum(uint64_t sum, const void *data, size_t len)
{
	const char *p = data;

	sum ^= 0xcbf29ce484222325ULL;
	for (size_t n; len; p += n, len -= n) {
		uint64_t word = 0;

		n = len < sizeof(word) ? len : sizeof(word);
		memcpy(&word, p, n);
		sum = (sum ^ le64toh(word)) * 0x100000001b3ULL;
	}
	return sum ^ 0xcbf29ce484222325ULL;
}
