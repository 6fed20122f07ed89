/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "lexer.h"

/* What one text came to; valid until the next lex(). */
static struct fl_arena arena;
static struct fl_diags diags;
static struct fl_source source;
static struct fl_tokens tokens;
static jmp_buf no_memory;

static void release(void)
{
	fl_arena_release(&arena);
	fl_diags_release(&diags);
}

static void lex_bytes(const char *text, size_t len)
{
	release();
	fl_arena_init(&arena, &no_memory);
	fl_diags_init(&diags);
	diags.on_oom = &no_memory;
	source = (struct fl_source){ "test", text, len };
	fl_lex(&source, &arena, &diags, &tokens);
	/* whatever it was given */
	assert_true(tokens.n > 0);
	assert_int_equal(tokens.list[tokens.n - 1].kind, FL_TOK_EOF);
}

static void lex(const char *text)
{
	lex_bytes(text, strlen(text));
}

static void expect_kinds(const char *text, const enum fl_tok *kinds, size_t n)
{
	lex(text);
	assert_int_equal(diags.n, 0);
	assert_int_equal(tokens.n, n + 1);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(tokens.list[i].kind, kinds[i]);
}

#define EXPECT_KINDS(text, ...)                                  \
	expect_kinds(text, (const enum fl_tok[]){ __VA_ARGS__ }, \
		     sizeof((const enum fl_tok[]){ __VA_ARGS__ }) / sizeof(int))

static void test_kinds(void **state)
{
	(void)state;
	lex("");
	assert_int_equal(tokens.n, 1);
	EXPECT_KINDS("on f if comm==\"ip\" && rand<10 return -EIO", FL_TOK_on, FL_TOK_NAME,
		     FL_TOK_if, FL_TOK_NAME, FL_TOK_EQ, FL_TOK_STRING, FL_TOK_ANDAND, FL_TOK_NAME,
		     FL_TOK_LT, FL_TOK_INT, FL_TOK_return, FL_TOK_MINUS, FL_TOK_NAME);
	/* the longest operator wins */
	EXPECT_KINDS("<<<=<", FL_TOK_SHL, FL_TOK_LE, FL_TOK_LT);
	EXPECT_KINDS("a&&&b", FL_TOK_NAME, FL_TOK_ANDAND, FL_TOK_AND, FL_TOK_NAME);
	EXPECT_KINDS("!==", FL_TOK_NE, FL_TOK_ASSIGN);
	/* keywords are whole words */
	EXPECT_KINDS("only on_ if0 iff", FL_TOK_NAME, FL_TOK_NAME, FL_TOK_NAME, FL_TOK_NAME);
}

static void test_every_keyword(void **state)
{
	(void)state;
#define FL_KEYWORD(name) EXPECT_KINDS(#name, FL_TOK_##name);
#include "token.def"
#undef FL_KEYWORD
}

static void test_every_kind_has_a_name(void **state)
{
	(void)state;
	for (int kind = 0; kind < FL_NTOKS; kind++) {
		assert_non_null(fl_tok_name(kind));
		assert_true(*fl_tok_name(kind));
	}
}

static void test_spans(void **state)
{
	static const char text[] = "  on\tmlx5_cmd_exec\n return -0x10 \"a\\n\"";
	static const struct {
		uint32_t off, len;
	} spans[] = { { 2, 2 }, { 5, 13 }, { 20, 6 }, { 27, 1 }, { 28, 4 }, { 33, 5 } };

	(void)state;
	lex(text);
	assert_int_equal(tokens.n, COUNT(spans) + 1);
	for (size_t i = 0; i < COUNT(spans); i++) {
		assert_int_equal(tokens.list[i].off, spans[i].off);
		assert_int_equal(tokens.list[i].len, spans[i].len);
	}
	assert_int_equal(tokens.list[COUNT(spans)].off, strlen(text));
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "10", 10 },
		{ "0x1F", 31 },
		{ "0Xff", 255 },
		{ "0o17", 15 },
		{ "0b101", 5 },
		{ "1_000_000", 1000000 },
		{ "0xffff_ffff", 0xffffffff },
		{ "3K", 3072 },
		{ "2M", 2097152 },
		{ "1G", 1073741824 },
		{ "18446744073709551615", UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX },
		{ "17179869183G", (uint64_t)17179869183 << 30 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		lex(good[i].text);
		assert_int_equal(diags.n, 0);
		assert_int_equal(tokens.n, 2);
		assert_int_equal(tokens.list[0].kind, FL_TOK_INT);
		assert_int_equal(tokens.list[0].value, good[i].value);
	}
}

static void test_fractions(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0.01", 10000000 },
		{ "99.999999999", 99999999999 },
		{ "0.0000000001", 0 }, /* finer than is kept */
		{ "12.5", 12500000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		lex(good[i].text);
		assert_int_equal(diags.n, 0);
		assert_int_equal(tokens.list[0].kind, FL_TOK_FRACTION);
		assert_int_equal(tokens.list[0].value, good[i].value);
	}
}

static void test_strings(void **state)
{
	(void)state;
	lex("\"a\\n\\t\\r\\\\\\\"\\x41 \xc3\xa4\"");
	assert_int_equal(diags.n, 0);
	assert_string_equal(tokens.list[0].text, "a\n\t\r\\\"A \xc3\xa4");
	lex("\"\"");
	assert_string_equal(tokens.list[0].text, "");
	/* what stands inside is no comment */
	lex("\"# // /*\"");
	assert_int_equal(tokens.n, 2);
	assert_string_equal(tokens.list[0].text, "# // /*");
}

static void test_comments(void **state)
{
	(void)state;
	EXPECT_KINDS("#!/usr/bin/faultline\non // x on\nf # return\n/* a\n * b **/ return",
		     FL_TOK_on, FL_TOK_NAME, FL_TOK_return);
	EXPECT_KINDS("1/**/2", FL_TOK_INT, FL_TOK_INT);
	EXPECT_KINDS("1 / 2", FL_TOK_INT, FL_TOK_SLASH, FL_TOK_INT);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		enum fl_diag_tag tag;
		uint32_t off, len;
	} bad[] = {
		{ "on \"x", FL_E_BAD_STRING, 3, 2 },
		{ "\"x\ny", FL_E_BAD_STRING, 0, 2 },
		{ "\"x\\", FL_E_BAD_STRING, 0, 3 },
		{ "\"x\\\ny", FL_E_BAD_STRING, 0, 3 },
		{ "\"a\\q\"", FL_E_BAD_ESCAPE, 2, 2 },
		{ "\"a\\xg1\"", FL_E_BAD_ESCAPE, 2, 2 },
		{ "\"\\x00\"", FL_E_STRING_NUL, 1, 4 },
		{ "on /* x", FL_E_BAD_COMMENT, 3, 2 },
		{ "0x", FL_E_BAD_NUMBER, 0, 2 },
		{ "0b2", FL_E_BAD_NUMBER, 0, 3 },
		{ "12abc", FL_E_BAD_NUMBER, 0, 5 },
		{ "18446744073709551616", FL_E_BIG_NUMBER, 0, 20 },
		{ "17179869184G", FL_E_BIG_NUMBER, 0, 12 },
		{ "x 017", FL_E_OCTAL, 2, 3 },
		{ "a ` b", FL_E_BAD_CHAR, 2, 1 },
		{ "a \xc3\xa4 b", FL_E_BAD_CHAR, 2, 2 },
		{ "on\x01", FL_E_NOT_TEXT, 2, 1 },
		{ "on\x7f", FL_E_NOT_TEXT, 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		lex(bad[i].text);
		assert_int_equal(diags.nerrors, 1);
		assert_string_equal(fl_diag_tag_name(diags.list[0].tag),
				    fl_diag_tag_name(bad[i].tag));
		assert_int_equal(diags.list[0].span.off, bad[i].off);
		assert_int_equal(diags.list[0].span.len, bad[i].len);
	}
	lex_bytes("on\0f", 4);
	assert_int_equal(diags.list[0].tag, FL_E_NOT_TEXT);
}

static void test_size_limit(void **state)
{
	size_t len = FL_MAX_SOURCE + 1;
	char *text = test_malloc(len);

	(void)state;
	memset(text, ' ', len);
	lex_bytes(text, len);
	assert_int_equal(diags.list[0].tag, FL_E_TOO_LARGE);
	lex_bytes(text, len - 1);
	assert_int_equal(diags.n, 0);
	test_free(text);
}

/* Any bytes: tokens in order, inside the text, none on top of another. */
static void test_noise(void **state)
{
	static const char usual[] =
		"on if return ab01.9x_\"\\<>=!&|+-*/%(){},:;?#~^\n\t @$'\xc3\xa4";
	uint64_t seed = 1;
	char text[200];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = unit_random(&seed) % sizeof(text);
		uint32_t end = 0;

		for (size_t i = 0; i < len; i++)
			text[i] = usual[unit_random(&seed) % (sizeof(usual) - 1)];
		lex_bytes(text, len);
		for (size_t i = 0; i < tokens.n; i++) {
			const struct fl_token *t = &tokens.list[i];

			assert_true(t->off >= end);
			assert_true((size_t)t->off + t->len <= len);
			assert_true(t->kind == FL_TOK_EOF || t->len > 0);
			if (t->kind == FL_TOK_NAME || t->kind == FL_TOK_STRING)
				assert_non_null(t->text);
			end = t->off + t->len;
		}
		for (size_t i = 0; i < diags.n; i++)
			assert_true(diags.list[i].span.off <= len);
	}
}

static int teardown(void **state)
{
	(void)state;
	release();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_every_keyword),
		cmocka_unit_test(test_every_kind_has_a_name),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_fractions),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_size_limit),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
