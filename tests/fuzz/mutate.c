/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mutate.c - changes scripts token by token, so that most of what comes out
 * gets beyond the parser, or writes a new one by the grammar.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "lexer.h"
#include "words.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
				 size_t two_size, uint8_t *out, size_t max_size, unsigned int seed);

/* A script as the stretches of text that its tokens are. */
struct words {
	struct fl_arena arena;
	struct fl_diags diags;
	struct fl_source src;
	struct fl_tokens tokens;
	jmp_buf on_oom;
};

static void put(struct fuzz_out *o, const char *text, size_t len)
{
	fuzz_put(o, text, len);
	fuzz_put(o, " ", 1);
}

static bool split(struct words *w, const uint8_t *data, size_t size)
{
	fl_arena_init(&w->arena, &w->on_oom);
	fl_diags_init(&w->diags);
	w->diags.on_oom = &w->on_oom;
	w->src = (struct fl_source){ "fuzz", (const char *)data, size };
	if (setjmp(w->on_oom))
		return false;
	fl_lex(&w->src, &w->arena, &w->diags, &w->tokens);
	return true;
}

static void release(struct words *w)
{
	fl_arena_release(&w->arena);
	fl_diags_release(&w->diags);
}

static size_t count(const struct words *w)
{
	return w->tokens.n - 1; /* but for the end */
}

static void put_range(struct fuzz_out *o, const struct words *w, size_t from, size_t to)
{
	for (; from < to && from < count(w); from++) {
		const struct fl_token *t = &w->tokens.list[from];

		put(o, w->src.text + t->off, t->len);
	}
}

static void put_random(struct fuzz_out *o, unsigned int *seed)
{
	const char *const *words = fuzz_words();
	size_t nwords = 0, npieces = 0;
	const char *text;

	while (words[nwords])
		nwords++;
	while (fuzz_pieces[npieces])
		npieces++;
	text = fuzz_draw(seed, 3) ? words[fuzz_draw(seed, (uint32_t)nwords)]
				  : fuzz_pieces[fuzz_draw(seed, (uint32_t)npieces)];
	put(o, text, strlen(text));
}

/* A word of the same kind as @t, so that the script's shape stays. */
static void put_alike(struct fuzz_out *o, const struct fl_token *t, unsigned int *seed)
{
	static const char *const binary[] = { "==", "!=", "<",	"<=", ">",  ">=", "+", "-", "*",
					      "/",  "%",  "<<", ">>", "&&", "||", "&", "|", "^" };
	const char *const *words = fuzz_words();
	size_t nwords = 0;

	while (words[nwords])
		nwords++;
	if (t->kind >= FL_TOK_SHL && t->kind <= FL_TOK_XOR) {
		const char *op = binary[fuzz_draw(seed, sizeof(binary) / sizeof(binary[0]))];

		put(o, op, strlen(op));
		return;
	}
	for (int tries = 0; tries < 20; tries++) {
		const char *word = words[fuzz_draw(seed, (uint32_t)nwords)];
		bool is_number = *word >= '0' && *word <= '9', is_string = *word == '"';
		bool is_name = (*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z');

		if (t->kind == FL_TOK_INT      ? is_number
		    : t->kind == FL_TOK_STRING ? is_string
					       : is_name) {
			put(o, word, strlen(word));
			return;
		}
	}
}

/* One change to the words of @w, into @o. */
static void change(struct fuzz_out *o, const struct words *w, unsigned int *seed)
{
	uint32_t n = (uint32_t)count(w), a = fuzz_draw(seed, n + 1), c = fuzz_draw(seed, n + 1);
	uint32_t b = a + fuzz_draw(seed, 8);

	put_range(o, w, 0, a);
	switch (fuzz_draw(seed, 9)) {
	case 0: /* leave a stretch out */
		put_range(o, w, b, n);
		break;
	case 1: /* write it twice */
		put_range(o, w, a, b);
		put_range(o, w, a, n);
		break;
	case 2: /* something that stands elsewhere */
		put_range(o, w, c, c + fuzz_draw(seed, 8));
		put_range(o, w, a, n);
		break;
	case 3: /* two neighbours change places */
		put_range(o, w, a + 1, a + 2);
		put_range(o, w, a, a + 1);
		put_range(o, w, a + 2, n);
		break;
	case 4: /* another word in its place */
		put_random(o, seed);
		put_range(o, w, a + 1, n);
		break;
	case 5: /* one more */
		put_random(o, seed);
		put_range(o, w, a, n);
		break;
	default: /* one like it */
		put_alike(o, &w->tokens.list[a], seed);
		put_range(o, w, a + 1, n);
		break;
	}
}

static size_t change_tokens(uint8_t *data, size_t size, size_t max_size, unsigned int *seed)
{
	struct fuzz_out o = { malloc(max_size), 0, max_size };
	struct words w;
	bool good = o.data && split(&w, data, size);

	for (uint32_t rounds = 1 + fuzz_draw(seed, 3); good && rounds; rounds--) {
		o.len = 0;
		change(&o, &w, seed);
		release(&w);
		memcpy(data, o.data, o.len);
		size = o.len;
		good = split(&w, data, size);
	}
	release(&w);
	free(o.data);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct fuzz_out o = { (char *)data, 0, max_size };

	switch (fuzz_draw(&seed, 8)) {
	case 0: /* for the lexer's sake */
		return LLVMFuzzerMutate(data, size, max_size);
	case 1:
	case 2:
		fuzz_generate(&o, &seed);
		return o.len;
	default:
		return change_tokens(data, size, max_size, &seed);
	}
}

/* The beginning of one and the end of the other. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
				 size_t two_size, uint8_t *out, size_t max_size, unsigned int seed)
{
	struct fuzz_out o = { (char *)out, 0, max_size };
	struct words a, b;

	if (split(&a, one, one_size))
		put_range(&o, &a, 0, fuzz_draw(&seed, (uint32_t)count(&a) + 1));
	if (split(&b, two, two_size))
		put_range(&o, &b, fuzz_draw(&seed, (uint32_t)count(&b) + 1), count(&b));
	release(&a);
	release(&b);
	return o.len;
}
