/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand next in a script that is being typed. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "complete.h"
#include "fake_kernel.h"

struct words {
	char text[4096]; /* a blank before and after each */
	size_t n;
};

static void add(const char *word, void *arg)
{
	struct words *w = arg;
	size_t len = strlen(w->text);

	snprintf(w->text + len, sizeof(w->text) - len, "%s ", word);
	w->n++;
}

static void complete_with(const char *text, struct fl_complete_opts opts, struct words *w)
{
	struct fake_kernel fake;
	size_t start;

	fake_kernel_init(&fake);
	opts.kernel = &fake.k;
	*w = (struct words){ .text = " " };
	assert_int_equal(fl_complete(text, strlen(text), &opts, &start, add, w), 0);
}

static void complete(const char *text, struct words *w)
{
	complete_with(text, (struct fl_complete_opts){ 0 }, w);
}

static void expect_words(const char *text, const char *want)
{
	struct words w;

	complete(text, &w);
	if (strcmp(w.text, want) != 0)
		fail_msg("after '%s':%s", text, w.text);
}

static void expect_among(const char *text, const char *word)
{
	struct words w;

	complete(text, &w);
	if (!strstr(w.text, word))
		fail_msg("after '%s':%s", text, w.text);
}

static void test_items(void **state)
{
	static const char *const words[] = { " on ",  " param ",   " expect ", " setup ",
					     " run ", " cleanup ", " check ",  " allow " };

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		expect_among("", words[i]);
		expect_among("on fake_errno return -EIO ", words[i]);
		expect_among("setup {\"true\"; \"false\"} ", words[i]);
		expect_among("check \"true\" \"why\" ", words[i]);
	}
	expect_words("cl", " cleanup ");
	expect_words("on fake_errno return -EIO; al", " allow ");
}

static void test_texts_of_steps(void **state)
{
	(void)state;
	expect_words("setup ", " ");
	expect_words("on fake_errno return -EIO run ", " ");
	expect_words("run {", " ");
	expect_words("run {\"true\" ", " ");
	expect_words("run {\"true\"; ", " ");
	/* these are names */
	expect_among("let check = 3 on fake_errno if pid == check ", " return ");
	expect_among("let run = 3 on fake_errno if pid == run { ", " comm ");
}

static void test_constants(void **state)
{
	struct words w;

	(void)state;
	expect_words("on fake_errno if pid == O_W", " O_WRONLY ");
	expect_words("on fake_errno if pid & __GFP_DIR", " __GFP_DIRECT_RECLAIM ");
	expect_words("on fake_errno if pid == MAP_AB", " MAP_ABOVE4G ");
	expect_words("on fake_errno if pid == _IOW", " _IOW( _IOWR( ");
	/* too many to be shown without a beginning */
	complete("on fake_errno if ", &w);
	assert_null(strstr(w.text, "O_WRONLY"));
}

static void test_classes(void **state)
{
	(void)state;
	expect_words("on sys_%f", " file fstat fstatfs ");
	expect_among("on vfs_read, sys_%", " network ");
	/* elsewhere it is an operator */
	expect_among("on fake_errno if pid %", " pid ");
}

static void expect_open(const char *text, const char *want)
{
	struct words w;

	complete_with(text, (struct fl_complete_opts){ .with_operator = true }, &w);
	if (strcmp(w.text, want) != 0)
		fail_msg("after '%s':%s", text, w.text);
}

static void add_type(const char *type, void *arg)
{
	struct words *w = arg;
	size_t len = strlen(w->text);

	snprintf(w->text + len, sizeof(w->text) - len, "(%s) ", type ? type : "");
}

static void expect_typed(const char *text, const char *want)
{
	struct words w;

	complete_with(text, (struct fl_complete_opts){ .type = add_type }, &w);
	if (strcmp(w.text, want) != 0)
		fail_msg("after '%s':%s", text, w.text);
}

/* The type of an argument or member comes before its name, where that is asked for. */
static void test_types(void **state)
{
	(void)state;
	expect_typed("on fake_errno if de", " (struct fake_dev *) dev ");
	expect_typed("on fake_errno if dev->ne", " (struct fake_dev *) next ");
	expect_typed("on fake_errno if pi", " () pid ");
}

/* How the members of a value are reached comes with its name, where that is asked for. */
static void test_operators(void **state)
{
	(void)state;
	expect_open("on fake_errno if dev->in", " inner. ints ");
	expect_open("on fake_errno if dev->ne", " next-> ");
	expect_open("on fake_errno if dev->inner.t", " task-> ");
	expect_open("on fake_errno if de", " dev-> ");
	/* nothing is known of what these lead to, or it has no members */
	expect_open("on fake_errno if dev->hid", " hidden ");
	expect_open("on fake_errno if dev->l", " label low ");
	expect_open("on fake_errno if dev->st", " state ");
	expect_words("on fake_errno if dev->ne", " next ");
	expect_words("on fake_errno if de", " dev ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),	  cmocka_unit_test(test_texts_of_steps),
		cmocka_unit_test(test_constants), cmocka_unit_test(test_classes),
		cmocka_unit_test(test_operators), cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
