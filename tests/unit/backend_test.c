/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which back end a program gets, and why not another (backend.h, backend.def). */
#include "unit.h"

#include <stdlib.h>

#include "backend.h"

#define LISTED .on_list = true
#define TYPED .in_btf = true
/* A function on the list, in BTF, with nothing on it. */
#define WATCHES LISTED, TYPED
#define RETURNS .returns = true, WATCHES
#define AT_EXIT .at_exit = true, WATCHES

/* Facts, what is chosen, and why not what would be better; NONE: it is the best. */
static const struct {
	struct fl_backend_facts facts;
	enum fl_backend backend;
	enum fl_why against;
} choices[] = {
	{ { RETURNS }, FL_BACKEND_FMOD_RET, FL_WHY_NONE },
	{ { .returns = true, TYPED }, FL_BACKEND_FMOD_RET, FL_WHY_NONE },
	{ { RETURNS, .asked = FL_BACKEND_FMOD_RET }, FL_BACKEND_FMOD_RET, FL_WHY_NONE },
	{ { RETURNS, .trampolined = true }, FL_BACKEND_FMOD_RET, FL_WHY_NONE },
	{ { RETURNS, .probed = true, .trampolined = true }, FL_BACKEND_FMOD_RET, FL_WHY_NONE },
	{ { RETURNS, .asked = FL_BACKEND_KPROBE }, FL_BACKEND_KPROBE, FL_WHY_ASKED_KPROBE },
	{ { .returns = true, LISTED }, FL_BACKEND_KPROBE, FL_WHY_NOT_IN_BTF },
	{ { .returns = true, LISTED, .in_module = true },
	  FL_BACKEND_KPROBE,
	  FL_WHY_NOT_IN_MODULE_BTF },
	{ { RETURNS, .no_trampoline = FL_WHY_VARIADIC }, FL_BACKEND_KPROBE, FL_WHY_VARIADIC },
	{ { RETURNS, .no_trampoline = FL_WHY_MANY_ARGS }, FL_BACKEND_KPROBE, FL_WHY_MANY_ARGS },
	{ { RETURNS, .lacks = FL_LACKS_FMOD_RET }, FL_BACKEND_KPROBE, FL_WHY_NO_FMOD_RET },
	{ { RETURNS, .refused[FL_BACKEND_FMOD_RET] = "no" }, FL_BACKEND_KPROBE, FL_WHY_REFUSED },
	{ { RETURNS, .may_be_zero = true }, FL_BACKEND_KPROBE, FL_WHY_ZERO },
	{ { RETURNS, .probed = true }, FL_BACKEND_KPROBE, FL_WHY_UNDOES },
	/* what harms is taken where nothing else can ... */
	{ { RETURNS, .probed = true, .asked = FL_BACKEND_FMOD_RET },
	  FL_BACKEND_FMOD_RET,
	  FL_WHY_NONE },
	{ { RETURNS, .probed = true, .lacks = FL_LACKS_OVERRIDE },
	  FL_BACKEND_FMOD_RET,
	  FL_WHY_NONE },
	/* ... or where the other harms too */
	{ { RETURNS, .probed = true, .exit_args = true }, FL_BACKEND_FMOD_RET, FL_WHY_NONE },
	{ { RETURNS, .may_be_zero = true, .exit_args = true }, FL_BACKEND_KPROBE, FL_WHY_ZERO },
	/* nothing can */
	{ { .returns = true }, FL_BACKEND_AUTO, FL_WHY_NOT_IN_BTF },
	{ { RETURNS, .may_be_zero = true, .lacks = FL_LACKS_KPROBE },
	  FL_BACKEND_AUTO,
	  FL_WHY_ZERO },
	{ { RETURNS, .may_be_zero = true, .trampolined = true }, FL_BACKEND_AUTO, FL_WHY_ZERO },
	{ { RETURNS, .copies = 2 }, FL_BACKEND_AUTO, FL_WHY_AMBIGUOUS },
	/* without a return */
	{ { WATCHES }, FL_BACKEND_FENTRY, FL_WHY_NONE },
	{ { WATCHES, .copies = 2 }, FL_BACKEND_FENTRY, FL_WHY_NONE },
	{ { TYPED, .probed = true }, FL_BACKEND_FENTRY, FL_WHY_NONE },
	{ { WATCHES, .asked = FL_BACKEND_FMOD_RET }, FL_BACKEND_FENTRY, FL_WHY_NONE },
	{ { LISTED, .asked = FL_BACKEND_FMOD_RET }, FL_BACKEND_KPROBE, FL_WHY_NOT_IN_BTF },
	{ { WATCHES, .overridden = true }, FL_BACKEND_KPROBE, FL_WHY_OVERRIDDEN },
	{ { WATCHES, .probed = true }, FL_BACKEND_KPROBE, FL_WHY_UNDOES },
	{ { WATCHES, .lacks = FL_LACKS_FENTRY }, FL_BACKEND_KPROBE, FL_WHY_NO_FENTRY },
	{ { AT_EXIT }, FL_BACKEND_FEXIT, FL_WHY_NONE },
	{ { AT_EXIT, .uses_args = true }, FL_BACKEND_FEXIT, FL_WHY_NONE },
	{ { AT_EXIT, .uses_args = true, .probed = true }, FL_BACKEND_FEXIT, FL_WHY_NONE },
	{ { AT_EXIT, .probed = true }, FL_BACKEND_KRETPROBE, FL_WHY_UNDOES },
	{ { AT_EXIT, .overridden = true }, FL_BACKEND_KRETPROBE, FL_WHY_OVERRIDDEN },
	{ { AT_EXIT, .uses_args = true, .overridden = true }, FL_BACKEND_AUTO, FL_WHY_OVERRIDDEN },
};

/* Facts against one back end, and the reason. */
static const struct {
	enum fl_backend backend;
	struct fl_backend_facts facts;
	enum fl_why why;
} obstacles[] = {
	{ FL_BACKEND_KPROBE, { RETURNS, .asked = FL_BACKEND_FMOD_RET }, FL_WHY_ASKED_FMOD_RET },
	{ FL_BACKEND_KPROBE, { .returns = true, TYPED }, FL_WHY_NOT_LISTED },
	{ FL_BACKEND_KPROBE, { RETURNS, .lacks = FL_LACKS_KPROBE }, FL_WHY_NO_KPROBE },
	{ FL_BACKEND_KPROBE, { RETURNS, .lacks = FL_LACKS_OVERRIDE }, FL_WHY_NO_OVERRIDE },
	{ FL_BACKEND_KPROBE, { WATCHES, .lacks = FL_LACKS_OVERRIDE }, FL_WHY_NONE },
	{ FL_BACKEND_KPROBE, { RETURNS, .trampolined = true }, FL_WHY_TRAMPOLINED },
	{ FL_BACKEND_KPROBE, { WATCHES, .trampolined = true }, FL_WHY_NONE },
	{ FL_BACKEND_KRETPROBE, { AT_EXIT, .uses_args = true }, FL_WHY_EXIT_ARGS },
	{ FL_BACKEND_KPROBE_MULTI, { RETURNS, .nfuncs = FL_MULTI_LEAST }, FL_WHY_NONE },
	{ FL_BACKEND_KPROBE_MULTI, { RETURNS, .nfuncs = FL_MULTI_LEAST - 1 }, FL_WHY_FEW },
	{ FL_BACKEND_KPROBE_MULTI, { AT_EXIT, .nfuncs = 99 }, FL_WHY_AT_EXIT },
	{ FL_BACKEND_KPROBE_MULTI, { WATCHES, .nfuncs = 99, .uses_args = true }, FL_WHY_OWN_ARGS },
	{ FL_BACKEND_KPROBE_MULTI, { WATCHES, .nfuncs = 99, .is_syscall = true }, FL_WHY_OWN_ARGS },
	{ FL_BACKEND_KPROBE_MULTI,
	  { WATCHES, .nfuncs = 99, .asked = FL_BACKEND_FMOD_RET },
	  FL_WHY_ASKED_FMOD_RET },
	{ FL_BACKEND_KPROBE_MULTI,
	  { WATCHES, .nfuncs = 99, .lacks = FL_LACKS_KPROBE_MULTI },
	  FL_WHY_NO_KPROBE_MULTI },
	{ FL_BACKEND_KPROBE_MULTI, { RETURNS, .nfuncs = 99, .exit_args = true }, FL_WHY_UNDONE },
	{ FL_BACKEND_KPROBE_MULTI,
	  { WATCHES, .nfuncs = 99, .refused[FL_BACKEND_KPROBE_MULTI] = "no" },
	  FL_WHY_REFUSED },
};

static void test_choices(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(choices); i++) {
		struct fl_backend_choice c;

		fl_backend_choose(&choices[i].facts, &c);
		if (c.backend != choices[i].backend || c.against.id != choices[i].against)
			print_error("row %zu: %s, '%s'\n", i, fl_backend_name(c.backend),
				    c.against.text);
		assert_int_equal(c.backend, choices[i].backend);
		assert_int_equal(c.against.id, choices[i].against);
		assert_true(*c.reason);
		if (c.backend && c.backend == c.preferred)
			assert_string_equal(c.reason, fl_backend_chosen(c.backend));
		else
			assert_string_equal(c.reason, c.against.text);
	}
}

static void test_obstacles(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(obstacles); i++) {
		struct fl_why_not why;
		bool can = fl_backend_can(obstacles[i].backend, &obstacles[i].facts, &why);

		if (why.id != obstacles[i].why)
			print_error("row %zu: '%s'\n", i, why.text);
		assert_int_equal(why.id, obstacles[i].why);
		assert_int_equal(can, why.id == FL_WHY_NONE);
		assert_int_equal(*why.text != '\0', why.id != FL_WHY_NONE);
	}
}

/* Nothing in the table is beyond the rows above. */
static void test_every_reason(void **state)
{
	bool seen[FL_NWHYS] = { [FL_WHY_NONE] = true };

	(void)state;
	for (size_t i = 0; i < COUNT(choices); i++)
		seen[choices[i].against] = true;
	for (size_t i = 0; i < COUNT(obstacles); i++)
		seen[obstacles[i].why] = true;
	for (int id = 0; id < FL_NWHYS; id++) {
		if (!seen[id])
			fail_msg("reason %d is not provoked", id);
	}
}

/* Whatever the facts are, the choice is one of those that can, and fits. */
static void test_any_facts(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint32_t bits = unit_random(&seed);
		const struct fl_backend_facts f = {
			.asked = bits & 1U << 20 ? bits >> 21 & 3 : FL_BACKEND_AUTO,
			.returns = bits & 1,
			.may_be_zero = bits & 1 && bits & 2,
			.at_exit = !(bits & 1) && bits & 2,
			.uses_args = bits & 4,
			.exit_args = bits & 8,
			.overridden = bits & 16,
			.nfuncs = 1,
			.on_list = bits & 32,
			.in_module = bits & 64,
			.in_btf = bits & 128,
			.no_trampoline = bits & 256 ? FL_WHY_VARIADIC : FL_WHY_NONE,
			.probed = bits & 512,
			.trampolined = bits & 1024,
			.lacks = bits & 2048 ? bits >> 24 & 31 : 0,
			.refused[FL_BACKEND_FMOD_RET] = bits & 4096 ? "no" : NULL,
		};
		struct fl_backend_choice c;
		struct fl_why_not why;

		fl_backend_choose(&f, &c);
		assert_int_not_equal(c.preferred, FL_BACKEND_AUTO);
		if (!c.backend) {
			assert_false(fl_backend_can(c.preferred, &f, &why));
			assert_int_not_equal(c.last.id, FL_WHY_NONE);
			continue;
		}
		assert_true(fl_backend_can(c.backend, &f, &why));
		assert_int_equal(fl_backend_is_exit(c.backend), f.at_exit);
		assert_true(!f.returns || fl_backend_returns(c.backend));
	}
}

/* Codes are in objects that were written before. */
static void test_codes(void **state)
{
	static const char *const names[] = { "auto",   "fmod_ret", "kprobe",   "kprobe.multi",
					     "fentry", "fexit",	   "kretprobe" };

	(void)state;
	assert_int_equal(COUNT(names), FL_NBACKENDS);
	for (int b = 0; b < FL_NBACKENDS; b++)
		assert_string_equal(fl_backend_name((enum fl_backend)b), names[b]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices),	     cmocka_unit_test(test_obstacles),
		cmocka_unit_test(test_every_reason), cmocka_unit_test(test_any_facts),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests_name("back ends", tests, NULL, NULL);
}
