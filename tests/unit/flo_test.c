/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects as bytes: all of one comes back, and a damaged one is refused with a reason. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fl_abi.h"
#include "flo_impl.h"

static struct fl_obj_prog progs[] = {
	{ "fl0_many", FL_BACKEND_KPROBE_MULTI, "one program for many functions", false, 0, 2 },
	{ "fl1_open", FL_BACKEND_FMOD_RET, "preferred (lower overhead)", true, 2, 1 },
};

static struct fl_obj_attach attaches[] = {
	{ 0, "fl_int0", "fl_int0", "fl_targets", 7, FL_TAG_ERRNO, FL_TYPE_INT, 0 },
	{ 0, "__x64_sys_openat", "sys_openat", NULL, 0, FL_TAG_ERRNO_NULL, FL_TYPE_PTR,
	  1ULL << 32 | 1 },
	{ 1, "security_file_open", "security_file_open", NULL, 4711, FL_TAG_NONE, FL_TYPE_INT, 0 },
};

static const struct fl_rule_knobs knobs[] = {
	{ 1, FL_RATE_ALWAYS, 5, -12, 1, FL_NEVER, 2, 3, 4, 6, 7, 8, 9 },
	{ 0, 1, 2, INT64_MIN, 4, 5, 6, 7, 8, FL_NEVER, 10, 11, FL_NEVER },
};

static struct fl_obj_rule rules[] = {
	{ "first", "first: on fl_int0 return -EIO", "a.fault", 3, &knobs[0], true, true, true, 1,
	  false, true, false },
	{ NULL, "on security_file_open log \"%d %s\", uid, func", "b.fault", 70000, &knobs[1],
	  false, false, false, -1, true, false, true },
};

static struct fl_obj_slot slots[] = { { 0, 0, 5, 1 }, { 0, 1, 6, 0 }, { 1, 2, 7, 1 } };

static struct fl_obj_test tests[] = { { "uid == 0", 2 }, { "rand < 10", 9 }, { "child", 4 } };

static struct fl_obj_cond conds[] = { { &tests[0], 2, 1 }, { &tests[2], 1, 1 } };

static struct fl_obj_param params[] = {
	{ "who", "whom it hits", "ip", 0, false, false },
	{ "rate", NULL, NULL, 12500000000, false, true },
	{ "wait", "how long", NULL, -1, true, false },
};

static struct fl_obj_param_use param_uses[] = { { 2, 1, FL_KNOB_AFTER_NS },
						{ 1, 0, FL_KNOB_VALUE } };

static struct fl_obj_log_arg log_args[] = { { FL_LOG_NUMBER, 1 },
					    { FL_LOG_STRING, 32 },
					    { FL_LOG_FUNC, 1 } };

static struct fl_obj_log logs[] = { { "%d%% %s", &log_args[0], 2 }, { "%s", &log_args[2], 1 } };

static const char *funcs[] = { "fl_int0", "sys_openat", "" };

static struct fl_obj_state states[] = { { "seen", 2, 3 }, { "n", 0, 0 } };

/* first.injected > $rate && !(splats || exit) ? 1 : -1 */
static struct fl_obj_op ops[] = {
	{ FL_CODE_COUNTER, FL_COUNT_INJECTED, 0 },
	{ FL_CODE_PARAM, 0, 1 },
	{ FL_CODE_GT, FL_CODE_UNSIGNED, 0 },
	{ FL_CODE_SPLATS, 0, 0 },
	{ FL_CODE_EXIT, 0, 0 },
	{ FL_CODE_OROR, 0, 0 },
	{ FL_CODE_NOT, 0, 0 },
	{ FL_CODE_ANDAND, 0, 0 },
	{ FL_CODE_PUSH, 0, 1 },
	{ FL_CODE_PUSH, 0, -1 },
	{ FL_CODE_CHOOSE, 0, 0 },
	{ FL_CODE_PUSH, 0, INT64_MIN },
};

static struct fl_obj_expect expects[] = {
	{ "first.injected > $rate", NULL, "a.fault", 9, &ops[0], 11, true },
	{ "1", "always", "b.fault", 10, &ops[11], 1, false },
};

static struct fl_obj_module modules[] = { { "fl_targets", "00ff" } };

static struct fl_obj_fact facts[] = {
	{ FL_FACT_RANGES, "vfs_*", NULL, 0x123456789abcdef },
	{ FL_FACT_ADDRESS, "pcpu_hot", "mlx5_core", UINT64_MAX },
	{ FL_FACT_CGROUP, "/system.slice", NULL, 77 },
};

static struct fl_obj_command setups[] = { { "modprobe x", NULL, "a.fault", 20 },
					  { "mkdir y", NULL, "a.fault", 21 } };
static struct fl_obj_command run[] = { { "ls", NULL, "b.fault", 22 } };
static struct fl_obj_command cleanups[] = { { "rmdir y", NULL, "a.fault", 23 } };
static struct fl_obj_command checks[] = { { "test -e z", "z is there", "a.fault", 24 },
					  { "true", NULL, "b.fault", 25 } };
static struct fl_obj_allow allows[] = { { "*lockdep*", "known", "a.fault", 26 } };

static char elf[] = "\177ELF and what follows";

#define LIST(name) .name = (name), .n##name = COUNT(name)

static const struct fl_object whole = {
	.elf = elf,
	.elf_len = sizeof(elf),
	LIST(progs),
	LIST(attaches),
	LIST(rules),
	LIST(slots),
	LIST(conds),
	LIST(params),
	LIST(param_uses),
	LIST(logs),
	LIST(funcs),
	LIST(states),
	LIST(expects),
	LIST(modules),
	LIST(facts),
	LIST(setups),
	.run = run,
	LIST(cleanups),
	LIST(checks),
	LIST(allows),
	.sweep = FL_SWEEP_RANDOM,
	.release = "6.12.48",
	.arch = "x86_64",
	.build_id = "0123456789abcdef",
	.seed = 42,
	.ncpus = 8,
	.tracks_children = true,
	.uses_keys = false,
	.seeded = true,
	.force_return = false,
};

static void same_text(const char *a, const char *b)
{
	if (a && b)
		assert_string_equal(a, b);
	else
		assert_ptr_equal(a, b);
}

#define NUMBER(field) assert_true(a->field == b->field)
#define TEXT(field) same_text(a->field, b->field)

static void same_progs(const struct fl_obj_prog *a, const struct fl_obj_prog *b)
{
	TEXT(name);
	NUMBER(backend);
	TEXT(reason);
	NUMBER(is_tracker);
	NUMBER(first_attach);
	NUMBER(nattaches);
}

static void same_attaches(const struct fl_obj_attach *a, const struct fl_obj_attach *b)
{
	NUMBER(prog);
	TEXT(func);
	TEXT(shown);
	TEXT(module);
	NUMBER(btf_id);
	NUMBER(tag);
	NUMBER(ret);
	NUMBER(cookie);
}

static void same_rules(const struct fl_obj_rule *a, const struct fl_obj_rule *b)
{
	TEXT(label);
	TEXT(text);
	TEXT(source);
	NUMBER(line);
	assert_memory_equal(a->knobs, b->knobs, sizeof(*a->knobs));
	NUMBER(returns);
	NUMBER(fixed_value);
	NUMBER(has_rate);
	NUMBER(rate_param);
	NUMBER(child_only);
	NUMBER(resolved);
	NUMBER(per_key);
}

static void same_slots(const struct fl_obj_slot *a, const struct fl_obj_slot *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

static void same_conds(const struct fl_obj_cond *a, const struct fl_obj_cond *b)
{
	NUMBER(ntests);
	NUMBER(nsure);
	for (size_t i = 0; i < a->ntests; i++) {
		TEXT(tests[i].text);
		NUMBER(tests[i].cost);
	}
}

static void same_params(const struct fl_obj_param *a, const struct fl_obj_param *b)
{
	TEXT(name);
	TEXT(help);
	TEXT(string);
	NUMBER(value);
	NUMBER(is_duration);
	NUMBER(is_fraction);
}

static void same_param_uses(const struct fl_obj_param_use *a, const struct fl_obj_param_use *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

static void same_logs(const struct fl_obj_log *a, const struct fl_obj_log *b)
{
	TEXT(format);
	NUMBER(nargs);
	assert_memory_equal(a->args, b->args, a->nargs * sizeof(a->args[0]));
}

static void same_funcs(const char *const *a, const char *const *b)
{
	same_text(*a, *b);
}

static void same_states(const struct fl_obj_state *a, const struct fl_obj_state *b)
{
	TEXT(name);
	NUMBER(nkeys);
	NUMBER(key_words);
}

static void same_expects(const struct fl_obj_expect *a, const struct fl_obj_expect *b)
{
	TEXT(text);
	TEXT(message);
	TEXT(source);
	NUMBER(line);
	NUMBER(nops);
	NUMBER(needs_exit);
	for (size_t i = 0; i < a->nops; i++) {
		NUMBER(ops[i].code);
		NUMBER(ops[i].arg);
		NUMBER(ops[i].value);
	}
}

static void same_modules(const struct fl_obj_module *a, const struct fl_obj_module *b)
{
	TEXT(name);
	TEXT(build_id);
}

static void same_facts(const struct fl_obj_fact *a, const struct fl_obj_fact *b)
{
	NUMBER(kind);
	TEXT(name);
	TEXT(module);
	NUMBER(value);
}

static void same_commands(const struct fl_obj_command *a, const struct fl_obj_command *b)
{
	TEXT(command);
	TEXT(message);
	TEXT(source);
	NUMBER(line);
}

#define same_setups same_commands
#define same_cleanups same_commands
#define same_checks same_commands

static void same_allows(const struct fl_obj_allow *a, const struct fl_obj_allow *b)
{
	TEXT(pattern);
	TEXT(reason);
	TEXT(source);
	NUMBER(line);
}

#define SAME(name)                                             \
	do {                                                   \
		NUMBER(n##name);                               \
		for (size_t i = 0; i < a->n##name; i++)        \
			same_##name(&a->name[i], &b->name[i]); \
	} while (0)

static void same_objects(const struct fl_object *a, const struct fl_object *b)
{
	NUMBER(elf_len);
	assert_memory_equal(a->elf, b->elf, a->elf_len);
	SAME(progs);
	SAME(attaches);
	SAME(rules);
	SAME(slots);
	SAME(conds);
	SAME(params);
	SAME(param_uses);
	SAME(logs);
	SAME(funcs);
	SAME(states);
	SAME(expects);
	SAME(modules);
	SAME(facts);
	SAME(setups);
	SAME(cleanups);
	SAME(checks);
	SAME(allows);
	NUMBER(sweep);
	assert_int_equal(!a->run, !b->run);
	if (a->run)
		same_commands(a->run, b->run);
	TEXT(release);
	TEXT(arch);
	TEXT(build_id);
	NUMBER(seed);
	NUMBER(ncpus);
	NUMBER(tracks_children);
	NUMBER(uses_keys);
	NUMBER(seeded);
	NUMBER(force_return);
}

struct file {
	uint8_t *data;
	size_t len;
};

static struct file written(const struct fl_object *obj)
{
	struct file f;
	void *data;

	assert_int_equal(fl_flo_write(obj, &data, &f.len), 0);
	f.data = data;
	return f;
}

static void refused(const struct file *f, int err, const char *why)
{
	struct fl_object *obj;
	char text[FL_FLO_WHY];

	assert_int_equal(fl_flo_read(f->data, f->len, &obj, text), err);
	assert_null(obj);
	if (!strstr(text, why))
		fail_msg("'%s' is not in '%s'", why, text);
}

static void put_word(struct file *f, size_t at, uint64_t word)
{
	memcpy(f->data + at, &word, sizeof(word));
}

/* The header of a file that was changed agrees with the rest. */
static void seal(struct file *f)
{
	put_word(f, 16, f->len);
	put_word(f, 24, fl_checksum(0, f->data + FL_FLO_HEADER, f->len - FL_FLO_HEADER));
}

static void test_round_trip(void **state)
{
	struct file f = written(&whole), again;
	struct fl_object *obj;
	char why[FL_FLO_WHY];

	(void)state;
	assert_true(fl_flo_is(f.data, f.len));
	assert_int_equal(fl_flo_read(f.data, f.len, &obj, why), 0);
	same_objects(&whole, obj);
	again = written(obj);
	fl_object_free(obj);
	assert_int_equal(again.len, f.len);
	assert_memory_equal(again.data, f.data, f.len);
	free(again.data);
	free(f.data);
}

static void test_other_bools(void **state)
{
	struct fl_object other = whole, *obj;
	struct file f;
	char why[FL_FLO_WHY];

	(void)state;
	other.tracks_children = other.seeded = false;
	other.uses_keys = other.force_return = true;
	other.run = NULL;
	other.sweep = FL_SWEEP_NONE;
	f = written(&other);
	assert_int_equal(fl_flo_read(f.data, f.len, &obj, why), 0);
	same_objects(&other, obj);
	fl_object_free(obj);
	free(f.data);
}

static void test_not_for_files(void **state)
{
	struct fl_obj_wait wait = { 0, 0, "mlx5_core", "mlx5_cmd_exec" };
	struct fl_object obj = whole;
	void *data;
	size_t len;

	(void)state;
	obj.build_id = NULL;
	assert_int_equal(fl_flo_write(&obj, &data, &len), -EINVAL);
	obj = whole;
	obj.elf = NULL;
	assert_int_equal(fl_flo_write(&obj, &data, &len), -EINVAL);
	obj = whole;
	obj.waits = &wait;
	obj.nwaits = 1;
	assert_int_equal(fl_flo_write(&obj, &data, &len), -EINVAL);
}

static void test_versions(void **state)
{
	struct file f = written(&whole);
	char said[80];

	(void)state;
	f.data[8]++;
	snprintf(said, sizeof(said), "of version %d.%d, and this faultline reads %d.%d",
		 FL_FLO_VERSION + 1, FL_ABI_VERSION, FL_FLO_VERSION, FL_ABI_VERSION);
	refused(&f, -EPROTONOSUPPORT, said);
	f.data[8]--;
	f.data[12] = 77;
	snprintf(said, sizeof(said), "of version %d.77", FL_FLO_VERSION);
	refused(&f, -EPROTONOSUPPORT, said);
	free(f.data);
}

static void test_bit_flips(void **state)
{
	struct file f = written(&whole);

	(void)state;
	for (size_t i = 0; i < f.len * 8; i++) {
		struct fl_object *obj;
		char why[FL_FLO_WHY];

		f.data[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_int_not_equal(fl_flo_read(f.data, f.len, &obj, why), 0);
		assert_true(*why);
		f.data[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	free(f.data);
}

static void test_cut_short(void **state)
{
	struct file f = written(&whole);

	(void)state;
	for (size_t len = 0; len < f.len; len++) {
		/* of its own size, so that a read behind it is noticed */
		struct file part = { malloc(len + !len), len };

		assert_non_null(part.data);
		memcpy(part.data, f.data, len);
		refused(&part, -EINVAL, len < 8 ? "not an object" : "damaged: ");
		if (len >= FL_FLO_HEADER) {
			seal(&part);
			refused(&part, -EINVAL, "damaged: ");
		}
		free(part.data);
	}
	free(f.data);
}

/* With a header that agrees, it is the reader that has to notice, or the object is sound. */
static void test_sealed_damage(void **state)
{
	struct file f = written(&whole);
	size_t taken = 0;

	(void)state;
	for (size_t i = FL_FLO_HEADER * 8; i < f.len * 8; i++) {
		struct fl_object *obj;
		char why[FL_FLO_WHY];

		f.data[i / 8] ^= (uint8_t)(1U << i % 8);
		seal(&f);
		if (!fl_flo_read(f.data, f.len, &obj, why)) {
			struct file again = written(obj);

			taken++;
			fl_object_free(obj);
			assert_int_equal(fl_flo_read(again.data, again.len, &obj, why), 0);
			fl_object_free(obj);
			free(again.data);
		} else {
			assert_true(*why);
		}
		f.data[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	/* letters of names, numbers without a limit */
	assert_true(taken > f.len);
	free(f.data);
}

/* Where field @field of record @record of a section is. */
static size_t place(const struct file *f, unsigned int section, size_t record, size_t field)
{
	uint64_t at;

	memcpy(&at, f->data + FL_FLO_HEADER + (section - 1) * FL_FLO_ENTRY + 8, sizeof(at));
	return at + (record * fl_flo_layouts[section].nfields + field) * FL_FLO_WORD;
}

static void test_numbers_of_others(void **state)
{
	static const struct {
		unsigned int section;
		size_t record, field;
		uint64_t word;
		const char *why;
	} cases[] = {
		{ FL_FLO_HEAD, 0, 4, 6, "wrong number of CPUs" },
		{ FL_FLO_HEAD, 0, 0, 0, "section 1, record 0, field 0" },
		{ FL_FLO_HEAD, 0, 5, 2, "section 1, record 0, field 5" },
		{ FL_FLO_HEAD, 0, 9, 3, "section 1, record 0, field 9" },
		{ FL_FLO_HEAD, 0, 10, 7, "section 1, record 0, field 10" },
		{ FL_FLO_HEAD, 0, 10, 3, "section 1, record 0, field 13" },
		{ FL_FLO_HEAD, 0, 11, 2, "section 1, record 0, field 11" },
		{ FL_FLO_HEAD, 0, 11, 0, "belong to none" },
		{ FL_FLO_PROGS, 0, 1, 0, "no back end" },
		{ FL_FLO_PROGS, 0, 1, FL_NBACKENDS, "section 4, record 0, field 1" },
		{ FL_FLO_PROGS, 0, 5, 3, "functions of another" },
		{ FL_FLO_PROGS, 1, 4, UINT64_MAX, "functions of another" },
		{ FL_FLO_PROGS, 1, 5, 0, "functions of another" },
		{ FL_FLO_PROGS, 0, 1, FL_BACKEND_KPROBE, "too many functions" },
		{ FL_FLO_ATTACHES, 0, 0, 2, "section 5, record 0, field 0" },
		{ FL_FLO_ATTACHES, 0, 0, 1, "another program is on it" },
		{ FL_FLO_ATTACHES, 1, 7, 3ULL << 32 | 1, "cookie" },
		{ FL_FLO_ATTACHES, 1, 7, 0, "cookie" },
		{ FL_FLO_ATTACHES, 2, 6, FL_TYPE_FWD + 1, "section 5, record 2, field 6" },
		{ FL_FLO_RULES, 1, 8, 3, "section 6, record 1, field 8" },
		{ FL_FLO_RULES, 1, 8, UINT64_MAX - 1, "section 6, record 1, field 8" },
		{ FL_FLO_RULES, 0, 1, 1ULL << 40, "section 6, record 0, field 1" },
		{ FL_FLO_SLOTS, 2, 1, 3, "section 8, record 2, field 1" },
		{ FL_FLO_SLOTS, 0, 3, 2, "section 8, record 0, field 3" },
		{ FL_FLO_CONDS, 0, 0, 4, "section 9, record 0, field 0" },
		{ FL_FLO_CONDS, 0, 0, 1, "belong to none" },
		{ FL_FLO_CONDS, 0, 1, 3, "too few terms" },
		{ FL_FLO_PARAM_USES, 0, 0, 3, "section 12, record 0, field 0" },
		{ FL_FLO_PARAM_USES, 0, 1, 2, "section 12, record 0, field 1" },
		{ FL_FLO_PARAM_USES, 0, 2, 10, "section 12, record 0, field 2" },
		{ FL_FLO_LOG_ARGS, 0, 1, 2, "wrong size" },
		{ FL_FLO_LOG_ARGS, 1, 1, 1 << 20, "wrong size" },
		{ FL_FLO_STATES, 0, 2, FL_KEY_WORDS + 1, "keys of a wrong size" },
		{ FL_FLO_OPS, 0, 0, 7, "code of an expectation" },
		{ FL_FLO_OPS, 0, 0, FL_CODE_NOT, "code of an expectation" },
		{ FL_FLO_OPS, 10, 0, FL_CODE_PUSH, "code of an expectation" },
		{ FL_FLO_OPS, 0, 1, 4, "unknown counter" },
		{ FL_FLO_OPS, 0, 2, 2, "unknown counter" },
		{ FL_FLO_OPS, 1, 2, 3, "unknown parameter" },
		{ FL_FLO_FACTS, 0, 0, 3, "section 20, record 0, field 0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct file f = written(&whole);

		put_word(&f, place(&f, cases[i].section, cases[i].record, cases[i].field),
			 cases[i].word);
		seal(&f);
		refused(&f, -EINVAL, cases[i].why);
		free(f.data);
	}
}

static void test_formats(void **state)
{
	static const char *const wrong[] = { "%d", "%d %s %d", "%d %s %", "", "%%%%" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct fl_obj_log log = logs[0];
		struct fl_object obj = whole;
		struct file f;

		log.format = wrong[i];
		obj.logs = (struct fl_obj_log[]){ log, logs[1] };
		f = written(&obj);
		refused(&f, -EINVAL, "a log has another number of values");
		free(f.data);
	}
}

/* An unterminated string would be read past the section's end. */
static void test_last_string(void **state)
{
	struct file f = written(&whole);
	size_t entry = FL_FLO_HEADER + (FL_FLO_STRINGS - 1) * FL_FLO_ENTRY;
	uint64_t at, size;

	(void)state;
	memcpy(&at, f.data + entry + 8, sizeof(at));
	memcpy(&size, f.data + entry + 16, sizeof(size));
	f.data[at + size - 1] = 'x';
	seal(&f);
	refused(&f, -EINVAL, "its last string has no end");
	free(f.data);
}

static uint64_t counter(void *arg, uint32_t rule, enum fl_counter which)
{
	(void)arg;
	assert_int_equal(rule, 0);
	assert_int_equal(which, FL_COUNT_INJECTED);
	return 5;
}

static int64_t param(void *arg, uint32_t n)
{
	(void)arg;
	assert_int_equal(n, 1);
	return 4;
}

/* The numbers of codes are the file's: what was read gives the same results. */
static void test_expectation(void **state)
{
	struct fl_outcome outcome = { counter, param, NULL, 0, 0 };
	struct file f = written(&whole);
	struct fl_object *obj;
	char why[FL_FLO_WHY];

	(void)state;
	assert_int_equal(fl_flo_read(f.data, f.len, &obj, why), 0);
	assert_true(fl_expect_holds(&obj->expects[0], &outcome));
	assert_int_equal(FL_CODE_GT, 41);
	fl_object_free(obj);
	free(f.data);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_other_bools),
		cmocka_unit_test(test_not_for_files), cmocka_unit_test(test_versions),
		cmocka_unit_test(test_bit_flips),     cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_sealed_damage), cmocka_unit_test(test_numbers_of_others),
		cmocka_unit_test(test_formats),	      cmocka_unit_test(test_last_string),
		cmocka_unit_test(test_expectation),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
