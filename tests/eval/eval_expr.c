/* SPDX-License-Identifier: GPL-2.0-or-later */
/* eval_expr.c - what an expression is worth in a call. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "eval_impl.h"

static uint64_t place(struct eval *ev, const struct fl_expr *e);

static bool is_unsigned(const struct fl_expr *e)
{
	return e->type == FL_VALUE_UINT || e->type == FL_VALUE_POINTER;
}

/* --- memory ------------------------------------------------------------------ */

static void copy(struct eval *ev, uint64_t address, void *to, size_t size)
{
	if (ev->opts.read(address, to, size, false))
		return;
	memset(to, 0, size);
	ev->fault = true;
}

/* The low @bits of @n as a signed or unsigned number. */
static uint64_t narrow(uint64_t n, unsigned int bits, bool is_signed)
{
	uint64_t low = bits < 64 ? n & ((UINT64_C(1) << bits) - 1) : n;

	if (bits < 64 && is_signed && low >> (bits - 1))
		low -= UINT64_C(1) << bits;
	return low;
}

static bool find_member(struct eval *ev, const struct fl_expr *e, struct fl_member *m)
{
	return !ev->kernel->ops->member(ev->kernel, e->left->base.id, e->text, m);
}

/* Bit by bit, from the lowest: x86 and arm64 are little-endian. */
static uint64_t load_bits(struct eval *ev, const struct fl_expr *e, const struct fl_member *m)
{
	uint64_t record = e->left->stars ? eval_number(ev, e->left) : place(ev, e->left), n = 0;

	for (unsigned int i = 0; i < m->bit_size; i++) {
		unsigned int at = m->bit_offset + i;
		unsigned char byte;

		copy(ev, record + at / 8, &byte, 1);
		n |= (uint64_t)(byte >> at % 8 & 1) << i;
	}
	return narrow(n, m->bit_size, m->type.is_signed);
}

/* A number of type @t from the bytes of a register or of memory. */
static uint64_t as_type(const struct fl_expr *e, uint64_t raw)
{
	const struct fl_type *t = &e->base;

	if (e->stars || t->kind == FL_TYPE_UNKNOWN || t->kind == FL_TYPE_VOID || t->size >= 8)
		return raw;
	if (t->kind == FL_TYPE_BOOL)
		return (raw & 0xff) != 0;
	return narrow(raw, t->size * 8, t->is_signed);
}

static uint64_t cast(const struct fl_expr *e, uint64_t n)
{
	return !e->stars && e->base.kind == FL_TYPE_BOOL ? n != 0 : as_type(e, n);
}

static uint64_t load(struct eval *ev, const struct fl_expr *e)
{
	size_t size = e->stars || e->base.size > 8 ? 8 : e->base.size;
	struct fl_member m;
	uint64_t raw = 0;

	if (e->kind == FL_EXPR_MEMBER && find_member(ev, e, &m) && m.bit_size)
		return load_bits(ev, e, &m);
	copy(ev, place(ev, e), &raw, size);
	return as_type(e, raw);
}

static uint64_t element_size(struct eval *ev, const struct fl_expr *from)
{
	struct fl_type t = { 0 };

	if (from->stars)
		return from->stars > 1 ? 8 : from->base.size;
	ev->kernel->ops->type(ev->kernel, from->base.target, &t);
	return t.size;
}

/* The address of something in memory. */
static uint64_t place(struct eval *ev, const struct fl_expr *e)
{
	uint64_t start = e->left->stars ? eval_number(ev, e->left) : place(ev, e->left);
	struct fl_member m = { 0 };

	if (e->kind == FL_EXPR_MEMBER) {
		find_member(ev, e, &m);
		return start + m.bit_offset / 8;
	}
	if (e->kind == FL_EXPR_INDEX)
		return start + eval_number(ev, e->right) * element_size(ev, e->left);
	return start;
}

/* --- strings ----------------------------------------------------------------- */

static void read_text(struct eval *ev, uint64_t address, bool user, char *to)
{
	for (size_t i = 0; i < MAX_STRING - 1; i++) {
		if (!ev->opts.read(address + i, &to[i], 1, user)) {
			ev->fault = true;
			to[0] = '\0';
			return;
		}
		if (!to[i])
			return;
	}
	to[MAX_STRING - 1] = '\0';
}

static const char *func_name(const struct eval *ev)
{
	return ev->on->is_syscall ? ev->on->target->name : ev->on->func->name;
}

void eval_string(struct eval *ev, const struct fl_expr *e, char *to)
{
	size_t size;

	memset(to, 0, MAX_STRING + 1);
	if (e->kind == FL_EXPR_STRING) {
		snprintf(to, MAX_STRING + 1, "%s", e->text);
	} else if (e->builtin == FL_BUILTIN_comm) {
		snprintf(to, MAX_STRING + 1, "%s", ev->opts.task->comm);
	} else if (e->builtin == FL_BUILTIN_func) {
		snprintf(to, MAX_STRING + 1, "%s", func_name(ev));
	} else if (e->kind == FL_EXPR_CALL) {
		read_text(ev, eval_number(ev, e->items[0]), e->function == FL_FUNCTION_ustr, to);
	} else { /* an array of characters, which need not end in a NUL */
		size = e->base.size < MAX_STRING ? e->base.size : MAX_STRING;
		copy(ev, place(ev, e), to, size);
	}
}

/* Does the set that begins behind "[" have the character? *end is behind "]". */
static bool in_set(const char *p, const char *close, unsigned char c)
{
	bool negate = *p == '!' || *p == '^', found = false;

	for (p += negate; p < close; p++) {
		unsigned char low = (unsigned char)*p, high = low;

		if (p[1] == '-' && p + 2 < close) {
			high = (unsigned char)p[2];
			p += 2;
		}
		found |= c >= low && c <= high;
	}
	return found != negate;
}

static bool is_like(const char *p, const char *text)
{
	const char *close = *p == '[' ? strchr(p + 1, ']') : NULL;

	if (!*p)
		return !*text;
	if (*p == '*')
		return is_like(p + 1, text) || (*text && is_like(p, text + 1));
	if (!*text)
		return false;
	if (close)
		return in_set(p + 1, close, (unsigned char)*text) && is_like(close + 1, text + 1);
	return (*p == '?' || *p == *text) && is_like(p + 1, text + 1);
}

static bool compare_strings(struct eval *ev, const struct fl_expr *l, const struct fl_expr *r,
			    enum fl_op op)
{
	char a[MAX_STRING + 1], b[MAX_STRING + 1];

	eval_string(ev, l, a);
	eval_string(ev, r, b);
	if (op == FL_OP_like)
		return is_like(b, a);
	return !strcmp(a, b) == (op != FL_OP_NE);
}

/* --- random numbers ------------------------------------------------------------ */

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* A function of the seed, the rule, its how manieth evaluation with a draw, the mention. */
uint32_t eval_draw(struct eval *ev, unsigned int mention)
{
	if (!ev->has_drawn)
		ev->evaluation = ev->rules[ev->rule].draws++;
	ev->has_drawn = true;
	return (uint32_t)(mix(mix(ev->opts.seed + ev->evaluation * 0x9e3779b97f4a7c15) +
			      ((uint64_t)ev->rule << 32 | mention)) >>
			  32);
}

/* rand is draw * 100 / 2^32; the other side is whole or in units of 1e-9. */
static bool compare_rand(struct eval *ev, const struct fl_expr *e)
{
	bool on_left = e->left->type == FL_VALUE_RAND;
	const struct fl_expr *rand = on_left ? e->left : e->right;
	const struct fl_expr *limit = on_left ? e->right : e->left;
	int64_t value =
		limit->kind == FL_EXPR_PARAM ? ev->params[limit->index] : (int64_t)limit->value;
	__int128 unit = limit->type == FL_VALUE_FRACTION ? 1 : 1000000000;
	__int128 drawn = (__int128)eval_draw(ev, rand->mention) * 100 * 1000000000;
	__int128 other = value * unit * ((__int128)1 << 32);
	__int128 l = on_left ? drawn : other, r = on_left ? other : drawn;

	switch (e->op) {
	case FL_OP_LT:
		return l < r;
	case FL_OP_LE:
		return l <= r;
	case FL_OP_GT:
		return l > r;
	default:
		return l >= r;
	}
}

/* --- operators ----------------------------------------------------------------- */

/* A 64-bit number as what it stands for. */
static __int128 meant(uint64_t n, bool without_sign)
{
	return without_sign ? (__int128)n : (__int128)(int64_t)n;
}

static uint64_t calculate(enum fl_op op, uint64_t a, uint64_t b, bool without_sign,
			  bool left_without_sign)
{
	__int128 x = meant(a, without_sign), y = meant(b, without_sign);

	switch (op) {
	case FL_OP_OR:
		return a | b;
	case FL_OP_XOR:
		return a ^ b;
	case FL_OP_AND:
		return a & b;
	case FL_OP_EQ:
		return x == y;
	case FL_OP_NE:
		return x != y;
	case FL_OP_LT:
		return x < y;
	case FL_OP_LE:
		return x <= y;
	case FL_OP_GT:
		return x > y;
	case FL_OP_GE:
		return x >= y;
	case FL_OP_SHL:
		return a << b % 64;
	case FL_OP_SHR:
		/* towards minus infinity, as C compilers do */
		return (uint64_t)(meant(a, left_without_sign) >> b % 64);
	case FL_OP_PLUS:
		return a + b;
	case FL_OP_MINUS:
		return a - b;
	case FL_OP_STAR:
		return a * b;
	case FL_OP_SLASH:
		return b ? (uint64_t)(x / y) : 0;
	default:
		return b ? (uint64_t)(x % y) : a;
	}
}

static uint64_t binary(struct eval *ev, const struct fl_expr *e)
{
	uint64_t a, b;

	if (e->op == FL_OP_ANDAND)
		return eval_truth(ev, e->left) && eval_truth(ev, e->right);
	if (e->op == FL_OP_OROR)
		return eval_truth(ev, e->left) || eval_truth(ev, e->right);
	if (e->left->type == FL_VALUE_STRING)
		return compare_strings(ev, e->left, e->right, e->op);
	if (e->left->type == FL_VALUE_RAND || e->right->type == FL_VALUE_RAND)
		return compare_rand(ev, e);
	a = eval_number(ev, e->left);
	b = eval_number(ev, e->right);
	return calculate(e->op, a, b, is_unsigned(e->left) || is_unsigned(e->right),
			 is_unsigned(e->left));
}

static bool equal(struct eval *ev, const struct fl_expr *l, const struct fl_expr *r)
{
	if (l->type == FL_VALUE_STRING)
		return compare_strings(ev, l, r, FL_OP_EQ);
	return eval_number(ev, l) == eval_number(ev, r);
}

static bool is_in(struct eval *ev, const struct fl_expr *e)
{
	const struct fl_expr *x = e->left;
	uint64_t n;

	if (!e->is_range) {
		for (size_t i = 0; i < e->nitems; i++) {
			if (equal(ev, x, e->items[i]))
				return true;
		}
		return false;
	}
	n = eval_number(ev, x);
	return calculate(FL_OP_GE, n, eval_number(ev, e->items[0]),
			 is_unsigned(x) || is_unsigned(e->items[0]), false) &&
	       calculate(FL_OP_LE, n, eval_number(ev, e->items[1]),
			 is_unsigned(x) || is_unsigned(e->items[1]), false);
}

/* --- names --------------------------------------------------------------------- */

static bool matches(const struct fl_pattern *p, const struct eval_frame *f)
{
	if (p->module && fnmatch(p->module, f->module ? f->module : "vmlinux", 0))
		return false;
	return !fnmatch(p->name, f->func, 0);
}

static bool call_chain(struct eval *ev, const struct fl_expr *e)
{
	const struct eval_frame *f = ev->call->frame.caller;
	const struct eval_tracked *t;
	bool found = false;

	if (e->left) {
		t = &ev->tracked[e->index];
		for (size_t i = 0; i < t->depth; i++)
			found |= t->holds[i];
		return found;
	}
	if (e->function == FL_FUNCTION_caller)
		return f && matches(e->pattern, f);
	for (; f && !found; f = f->caller)
		found = matches(e->pattern, f);
	return found;
}

static uint64_t builtin(struct eval *ev, const struct fl_expr *e)
{
	const struct eval_task *t = ev->opts.task;

	switch (e->builtin) {
	case FL_BUILTIN_pid:
		return (uint64_t)t->pid;
	case FL_BUILTIN_tid:
		return (uint64_t)t->tid;
	case FL_BUILTIN_ppid:
		return (uint64_t)t->ppid;
	case FL_BUILTIN_uid:
		return (uint64_t)t->uid;
	case FL_BUILTIN_gid:
		return (uint64_t)t->gid;
	case FL_BUILTIN_cpu:
		return (uint64_t)t->cpu;
	case FL_BUILTIN_node:
		return (uint64_t)t->node;
	case FL_BUILTIN_cgroup:
		return t->cgroup;
	case FL_BUILTIN_nsecs: /* a machine has been up for a while */
		return ev->elapsed + UINT64_C(1000000000);
	case FL_BUILTIN_elapsed:
		return ev->elapsed;
	case FL_BUILTIN_ordinal:
		return ev->ordinal;
	case FL_BUILTIN_random:
		return eval_draw(ev, e->mention);
	case FL_BUILTIN_irq:
		return ev->call->in_irq;
	default: /* child: there is no command */
		return 0;
	}
}

static uint64_t name(struct eval *ev, const struct fl_expr *e)
{
	if (e->name_kind == FL_NAME_ARGUMENT)
		return as_type(e, ev->call->arg[e->index]);
	if (e->name_kind == FL_NAME_RETVAL)
		return as_type(e, ev->call->retval);
	return builtin(ev, e);
}

static void add_bytes(struct eval_entry *key, const void *bytes, size_t n)
{
	memcpy(key->key + key->key_len, bytes, n);
	key->key_len += n;
}

void eval_key(struct eval *ev, const struct fl_expr *e, struct eval_entry *key)
{
	bool before = ev->fault;
	char text[MAX_STRING + 1];
	uint64_t n;

	if (e->type != FL_VALUE_STRING) {
		n = eval_value(ev, e);
		add_bytes(key, &n, sizeof(n));
		return;
	}
	eval_string(ev, e, text);
	if (ev->fault && !before)
		memset(text, 0, sizeof(text));
	ev->fault = before;
	add_bytes(key, text, KEY_STRING);
}

struct eval_entry *eval_find(struct eval_entry *list, const struct eval_entry *key)
{
	while (list && (list->map != key->map || list->key_len != key->key_len ||
			memcmp(list->key, key->key, key->key_len)))
		list = list->next;
	return list;
}

static uint64_t state(struct eval *ev, const struct fl_expr *e)
{
	struct eval_entry key = { .map = e->index }, *found;

	for (size_t i = 0; i < e->nitems; i++)
		eval_key(ev, e->items[i], &key);
	found = eval_find(ev->states, &key);
	return found ? (uint64_t)found->value : 0;
}

/* --- everything ------------------------------------------------------------------ */

static uint64_t unary(struct eval *ev, const struct fl_expr *e)
{
	switch (e->op) {
	case FL_OP_NOT:
		return !eval_truth(ev, e->left);
	case FL_OP_TILDE:
		return ~eval_number(ev, e->left);
	case FL_OP_NEGATE:
		return 0 - eval_number(ev, e->left);
	default:
		return eval_number(ev, e->left);
	}
}

static uint64_t call(struct eval *ev, const struct fl_expr *e)
{
	if (e->function == FL_FUNCTION_cgroup) /* only the root is used in tests */
		return e->index == 0;
	return call_chain(ev, e);
}

static uint64_t work_out(struct eval *ev, const struct fl_expr *e)
{
	switch (e->kind) {
	case FL_EXPR_NAME:
		return name(ev, e);
	case FL_EXPR_PARAM:
		return (uint64_t)ev->params[e->index];
	case FL_EXPR_STATE:
		return state(ev, e);
	case FL_EXPR_CAST:
		return cast(e, eval_number(ev, e->left));
	case FL_EXPR_CALL:
		return call(ev, e);
	case FL_EXPR_UNARY:
		return unary(ev, e);
	case FL_EXPR_BINARY:
		return binary(ev, e);
	case FL_EXPR_TERNARY:
		return eval_truth(ev, e->left) ? eval_number(ev, e->right)
					       : eval_number(ev, e->third);
	case FL_EXPR_IN:
		return is_in(ev, e);
	default:
		return e->value;
	}
}

static bool is_comparison(const struct fl_expr *e)
{
	if (e->kind == FL_EXPR_IN)
		return true;
	return e->kind == FL_EXPR_BINARY && e->op >= FL_OP_EQ && e->op <= FL_OP_like;
}

uint64_t eval_number(struct eval *ev, const struct fl_expr *e)
{
	if (e->is_constant)
		return e->value;
	if (e->in_memory)
		return load(ev, e);
	/* a comparison keeps the faults inside of it to itself, and is false */
	return is_comparison(e) ? eval_value(ev, e) : work_out(ev, e);
}

uint64_t eval_value(struct eval *ev, const struct fl_expr *e)
{
	bool before = ev->fault;
	uint64_t n;

	ev->fault = false;
	n = e->is_constant ? e->value : e->in_memory ? load(ev, e) : work_out(ev, e);
	if (ev->fault)
		n = 0;
	ev->fault = before;
	return n;
}

bool eval_truth(struct eval *ev, const struct fl_expr *e)
{
	return eval_value(ev, e) != 0;
}
