/* SPDX-License-Identifier: GPL-2.0-or-later */
/* emit_mem.c - C for accesses to kernel memory. */
#include <inttypes.h>
#include <fnmatch.h>
#include <string.h>

#include "emit.h"
#include "fl_abi.h"

static void note_read(const struct fl_expr *e, void *arg)
{
	bool *reads = arg;

	enum fl_text text = fl_text_of(e);

	if (!e->is_constant && (e->in_memory || text == FL_TEXT_MEMORY || text == FL_TEXT_FILLED))
		*reads = true;
}

bool fl_reads_memory(const struct fl_expr *e)
{
	bool reads = false;

	fl_walk(e, note_read, &reads);
	return reads;
}

static void note_scratch(const struct fl_expr *e, void *arg)
{
	bool *needs = arg;
	enum fl_text text = fl_text_of(e);

	if (e->is_constant)
		return;
	if (text == FL_TEXT_MEMORY || text == FL_TEXT_FILLED)
		*needs = true;
	if (e->op == FL_OP_like && fl_text_of(e->left) != FL_TEXT_FUNC)
		*needs = true;
	if (e->kind == FL_EXPR_CALL && e->pattern && !e->left)
		*needs = true;
}

bool fl_needs_scratch(const struct fl_expr *e)
{
	bool needs = false;

	fl_walk(e, note_scratch, &needs);
	return needs;
}

/* The C type that has a value of this kind. */
static const char *scalar_name(const struct fl_expr *e)
{
	static const char *const names[2][4] = {
		{ "u8", "u16", "u32", "u64" },
		{ "s8", "s16", "s32", "s64" },
	};
	uint32_t size = e->bit_size ? e->bit_unit : e->base.size;

	if (e->stars)
		return "u64";
	return names[e->base.is_signed && !e->bit_size][size >= 8   ? 3
							: size >= 4 ? 2
							: size >= 2 ? 1
								    : 0];
}

void fl_emit_load(struct fl_emitter *em, const struct fl_expr *e)
{
	bool is_bool = !e->stars && e->base.kind == FL_TYPE_BOOL;

	if (e->bit_size) {
		fl_buf_printf(em->out, "(%s)%s(%s, ", e->type == FL_VALUE_UINT ? "u64" : "s64",
			      e->base.is_signed ? "FL_SIGNED_BITS" : "FL_UNSIGNED_BITS",
			      scalar_name(e));
		fl_emit_address(em, e);
		fl_buf_printf(em->out, ", %u, %u, bad%u)", e->bit_shift, e->bit_size, em->bad);
		return;
	}
	fl_buf_printf(em->out, "(%s)%sFL_LOAD(%s, ", e->type == FL_VALUE_INT ? "s64" : "u64",
		      is_bool ? "!!" : "", scalar_name(e));
	fl_emit_address(em, e);
	fl_buf_printf(em->out, ", bad%u)", em->bad);
}

static uint32_t element_size(const struct fl_expr *e)
{
	return e->stars ? 8 : e->base.size;
}

/* Where what @e is worth starts: left's value or place, and so far from there. */
void fl_emit_address(struct fl_emitter *em, const struct fl_expr *e)
{
	const struct fl_expr *l = e->left;
	bool follows = l->stars != 0;

	fl_buf_putc(em->out, '(');
	if (follows)
		fl_emit_expr(em, l, FL_PREC_UNARY);
	else
		fl_emit_address(em, l);
	if (e->kind == FL_EXPR_INDEX) {
		fl_buf_puts(em->out, " + ");
		fl_emit_expr(em, e->right, FL_PREC_UNARY);
		fl_buf_printf(em->out, " * %u", element_size(e));
	} else if (e->offset) {
		fl_buf_printf(em->out, " + %u", e->offset);
	}
	fl_buf_putc(em->out, ')');
}

static bool is_user_string(const struct fl_expr *e)
{
	return e->function == FL_FUNCTION_ustr;
}

/* One call that fills string @n with what @e is; its result is negative after a fault. */
static void emit_read(struct fl_emitter *em, const struct fl_expr *e, unsigned int n, size_t most)
{
	bool is_call = e->kind == FL_EXPR_CALL;

	if (fl_text_of(e) == FL_TEXT_FILLED) {
		fl_buf_printf(em->out, "fl_%s(c, &t->string[%u])", fl_builtin_name(e->builtin), n);
		return;
	}
	/* a flexible "char name[]" extends to its NUL, too */
	if (is_call || !e->base.size) {
		fl_buf_printf(em->out, "fl_read_string(&t->string[%u], ", n);
		if (is_call)
			fl_emit_expr(em, e->items[0], FL_PREC_TERNARY);
		else
			fl_emit_address(em, e);
		fl_buf_printf(em->out, ", %zu, %d)", most, is_call && is_user_string(e));
		return;
	}
	fl_buf_printf(em->out, "fl_read_array(&t->string[%u], ", n);
	fl_emit_address(em, e);
	fl_buf_printf(em->out, ", %u)",
		      e->base.size > FL_STRING_LEN ? FL_STRING_LEN : e->base.size);
}

static unsigned int next_string(struct fl_emitter *em)
{
	em->uses_data = true;
	if (++em->nstrings > em->most_strings)
		em->most_strings = em->nstrings;
	return em->nstrings - 1;
}

unsigned int fl_emit_string(struct fl_emitter *em, const struct fl_expr *e)
{
	unsigned int n = next_string(em);

	if (fl_text_of(e) == FL_TEXT_COMM) {
		fl_buf_printf(em->out, "fl_comm_string(c, &t->string[%u]); ", n);
		return n;
	}
	fl_buf_puts(em->out, "if (");
	emit_read(em, e, n, FL_STRING_LEN);
	fl_buf_printf(em->out, " < 0) bad%u = 1; ", em->bad);
	return n;
}

static uint64_t literal_word(const char *text, size_t i)
{
	size_t len = strlen(text);
	uint64_t word = 0;

	for (size_t j = 0; j < 8; j++) {
		if (i * 8 + j < len)
			word |= (uint64_t)(unsigned char)text[i * 8 + j] << 8 * j;
	}
	return word;
}

/* Strings are padded with NULs, so equal words are equal strings. */
static void emit_words_are(struct fl_emitter *em, unsigned int n, const char *text)
{
	size_t words = strlen(text) / 8 + 1;

	for (size_t i = 0; i < words && i < FL_STRING_LEN / 8; i++)
		fl_buf_printf(em->out, "%st->string[%u].words[%zu] == 0x%" PRIx64 "ULL",
			      i ? " && " : "", n, i, literal_word(text, i));
}

static void emit_func_is(struct fl_emitter *em, const char *text, bool is_glob)
{
	const char *sep = "";

	fl_buf_putc(em->out, '(');
	for (size_t i = 0; i < em->plan->nfuncs; i++) {
		const char *name = em->plan->funcs[i];

		if (is_glob ? !fnmatch(text, name, FNM_NOESCAPE) : !strcmp(text, name)) {
			fl_buf_printf(em->out, "%sc->func == %zu", sep, i);
			sep = " || ";
		}
	}
	fl_buf_puts(em->out, *sep ? ")" : "0)");
}

static void emit_is_literal(struct fl_emitter *em, const struct fl_expr *e, const char *text)
{
	unsigned int n;

	if (fl_text_of(e) == FL_TEXT_FUNC) {
		emit_func_is(em, text, false);
		return;
	}
	if (fl_text_of(e) == FL_TEXT_COMM) {
		fl_buf_printf(em->out, "fl_comm_is(c, 0x%" PRIx64 "ULL, 0x%" PRIx64 "ULL)",
			      literal_word(text, 0), literal_word(text, 1));
		return;
	}
	n = next_string(em);
	fl_buf_puts(em->out, "({ if (");
	/* one more than the literal is enough to see that it is longer */
	emit_read(em, e, n, strlen(text) + 2 > FL_STRING_LEN ? FL_STRING_LEN : strlen(text) + 2);
	fl_buf_printf(em->out, " < 0) bad%u = 1; ", em->bad);
	emit_words_are(em, n, text);
	fl_buf_puts(em->out, "; })");
}

void fl_emit_same(struct fl_emitter *em, const struct fl_expr *l, const struct fl_expr *r,
		  bool negate)
{
	unsigned int a, b;

	if (negate)
		fl_buf_putc(em->out, '!');
	if (r->kind == FL_EXPR_STRING) {
		emit_is_literal(em, l, r->text);
	} else if (l->kind == FL_EXPR_STRING) {
		emit_is_literal(em, r, l->text);
	} else if (l->builtin && l->builtin == r->builtin) {
		/* of one call there is one name only */
		fl_buf_putc(em->out, '1');
	} else {
		fl_buf_puts(em->out, "({ ");
		a = fl_emit_string(em, l);
		b = fl_emit_string(em, r);
		fl_buf_printf(em->out, "fl_same_strings(&t->string[%u], &t->string[%u]); })", a, b);
	}
}

/* After one element of a glob; several stars are one. */
static const char *skip_element(const char *p)
{
	const char *end = *p == '[' ? strchr(p + 1, ']') : NULL;

	if (*p == '*')
		return p + strspn(p, "*");
	return (end ? end : p) + 1;
}

/* One element of a glob: which characters it takes, as a term of a bit mask. */
static void like_element(struct fl_emitter *em, const char *p, unsigned int bit)
{
	const char *end = *p == '[' ? strchr(p + 1, ']') : NULL;
	bool negate;

	if (!end) {
		if (*p == '?')
			fl_buf_printf(&em->prelude, "\t\tmatch |= 1ULL << %u;\n", bit);
		else if (*p != '*')
			fl_buf_printf(&em->prelude, "\t\tmatch |= fl_is_char(ch, %u) << %u;\n",
				      (unsigned char)*p, bit);
		return;
	}
	negate = p[1] == '!' || p[1] == '^';
	fl_buf_puts(&em->prelude, "\t\tset = 0;\n");
	for (p += 1 + negate; p < end; p++) {
		unsigned char low = (unsigned char)*p, high = low;

		if (p[1] == '-' && p + 2 < end) {
			high = (unsigned char)p[2];
			p += 2;
		}
		if (low <= high)
			fl_buf_printf(&em->prelude, "\t\tset |= fl_is_between(ch, %u, %u);\n", low,
				      high);
	}
	fl_buf_printf(&em->prelude, "\t\tmatch |= (set%s) << %u;\n", negate ? " ^ 1" : "", bit);
}

/*
 * A matcher for one pattern, with a bit for each element: the text read so far
 * matches up to it. fl_zero keeps the verifier from following every combination
 * of bits through 256 characters.
 */
static unsigned int emit_matcher(struct fl_emitter *em, const char *pattern)
{
	struct fl_buf *out = &em->prelude;
	unsigned int n = em->nlikes++, bit = 0;
	uint64_t stars = 0, start = 1;

	for (const char *p = pattern; *p; p = skip_element(p), bit++) {
		if (*p != '*')
			continue;
		stars |= UINT64_C(1) << bit;
		/* a star takes nothing, too */
		start |= (start & UINT64_C(1) << bit) << 1;
	}
	fl_buf_printf(out,
		      "\nFL_GLOBAL int fl_like_%u(struct fl_string *s)\n{\n"
		      "\tconst u8 *p = (const u8 *)s;\n"
		      "\tu64 states = 0x%" PRIx64 "ULL + fl_zero, going = 1;\n\n"
		      "\tif (!s)\n\t\treturn 0;\n"
		      "#pragma clang loop unroll(disable)\n"
		      "\tfor (u32 i = 0; i < FL_STRING_LEN; i++) {\n"
		      "\t\tu64 ch = p[i], match = fl_zero, set = 0, next;\n\n",
		      n, start);
	bit = 0;
	for (const char *p = pattern; *p; p = skip_element(p), bit++)
		like_element(em, p, bit);
	fl_buf_printf(out,
		      "\t\tnext = fl_glob_step(states, match, 0x%" PRIx64 "ULL);\n"
		      "\t\tgoing &= 1 ^ fl_is_char(ch, 0);\n"
		      "\t\tstates ^= (states ^ next) & (0 - going);\n"
		      "\t\tstates += fl_zero + (set & fl_zero);\n"
		      "\t}\n\treturn states >> %u & 1;\n}\n",
		      stars, bit);
	return n;
}

void fl_emit_like(struct fl_emitter *em, const struct fl_expr *e)
{
	unsigned int n, matcher;

	if (fl_text_of(e->left) == FL_TEXT_FUNC) {
		emit_func_is(em, e->right->text, true);
		return;
	}
	matcher = emit_matcher(em, e->right->text);
	fl_buf_puts(em->out, "({ ");
	n = fl_emit_string(em, e->left);
	fl_buf_printf(em->out, "fl_like_%u(&t->string[%u]); })", matcher, n);
}

void fl_emit_key(struct fl_emitter *em, const char *name, struct fl_expr *const *items,
		 size_t nitems)
{
	unsigned int at = 0, n;

	for (size_t i = 0; i < nitems; i++) {
		const struct fl_expr *e = items[i];

		enum fl_text text = fl_text_of(e);

		if (text == FL_TEXT_FUNC) {
			fl_buf_printf(em->out, "%s[%u] = c->func; ", name, at);
		} else if (text == FL_TEXT_COMM) {
			fl_buf_printf(em->out,
				      "fl_get_comm(c); %s[%u] = c->comm[0]; %s[%u] = c->comm[1]; ",
				      name, at, name, at + 1);
		} else if (text != FL_TEXT_NONE) {
			unsigned int saved = em->bad;

			em->bad = ++em->names;
			fl_buf_printf(em->out, "{ int bad%u = 0; ", em->bad);
			n = fl_emit_string(em, e);
			for (unsigned int j = 0; j < FL_KEY_WORDS; j++)
				fl_buf_printf(em->out, "%s[%u] = t->string[%u].words[%u]; ", name,
					      at + j, n, j);
			fl_buf_printf(em->out, "if (bad%u) %s[%u] = 0; } ", em->bad, name, at);
			em->bad = saved;
		} else {
			fl_buf_printf(em->out, "%s[%u] = ", name, at);
			fl_emit_value(em, e);
			fl_buf_puts(em->out, "; ");
		}
		at += fl_key_size(e);
	}
}
