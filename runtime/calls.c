/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW ((size_t)256 << 10)    /* bytes of code that are read at once */
#define MOST_CODE ((uint64_t)1 << 20) /* of one function */
#define NOWHERE UINT32_MAX

/* Functions are numbered by their symbols; of several at an address by the first. */
struct call {
	uint32_t from;
	uint32_t to;
};

struct fl_calls {
	const struct fl_symbols *symbols;
	uint32_t *text; /* symbols of text, the first at each address, by address */
	size_t ntext;
	struct call *list;    /* by who calls */
	struct call *callers; /* the same by who is called */
	size_t n;
	size_t cap;
};

static uint64_t addr_of(const struct fl_calls *c, size_t i)
{
	return fl_symbols_get(c->symbols, c->text[i]).addr;
}

/* The function that starts at @addr, as an index of c->text. */
static uint32_t starts_at(const struct fl_calls *c, uint64_t addr)
{
	size_t low = 0, high = c->ntext;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (addr_of(c, mid) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->ntext && addr_of(c, low) == addr ? (uint32_t)low : NOWHERE;
}

static int find_text(struct fl_calls *c)
{
	size_t n = fl_symbols_count(c->symbols);

	c->text = malloc((n + 1) * sizeof(c->text[0]));
	if (!c->text)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(c->symbols, i);

		if (fl_symbol_is_text(&sym) && (!c->ntext || addr_of(c, c->ntext - 1) != sym.addr))
			c->text[c->ntext++] = (uint32_t)i;
	}
	return 0;
}

static int add(struct fl_calls *c, uint32_t from, uint32_t to)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 65536;
		struct call *more = realloc(c->list, cap * sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->list = more;
		c->cap = cap;
	}
	c->list[c->n++] = (struct call){ from, to };
	return 0;
}

static uint64_t end_of(const struct fl_calls *c, size_t i)
{
	uint64_t start = addr_of(c, i), end = fl_symbols_end(c->symbols, start);

	return end - start > MOST_CODE ? start + MOST_CODE : end;
}

/* The calls in the code of function @i, which is @len bytes at @code. */
static int scan(struct fl_calls *c, const struct fl_arch *arch, size_t i, const unsigned char *code,
		size_t len)
{
	uint64_t start = addr_of(c, i), target;

	for (size_t at = 0; at < len; at += arch->code_align) {
		uint32_t to;

		if (!arch->call_at(code + at, len - at, start + at, &target))
			continue;
		to = starts_at(c, target);
		if (to != NOWHERE && to != i && add(c, (uint32_t)i, to))
			return -ENOMEM;
	}
	return 0;
}

/* Functions that lie in one window, from @i on, are read together. Returns how many. */
static int scan_window(struct fl_calls *c, const struct fl_arch *arch, const struct fl_kcore *code,
		       size_t i, unsigned char *window, size_t *nread)
{
	uint64_t start = addr_of(c, i);
	size_t len, last = i + 1;

	while (last < c->ntext && end_of(c, last) - start <= WINDOW)
		last++;
	len = end_of(c, last - 1) - start;
	len = fl_kcore_read(code, start, window, len < WINDOW ? len : WINDOW);
	*nread += len;
	for (; i < last; i++) {
		size_t from = addr_of(c, i) - start, to = end_of(c, i) - start;

		if (to > len)
			to = len;
		if (from < to && scan(c, arch, i, window + from, to - from))
			return -ENOMEM;
	}
	return (int)last;
}

static int by_caller(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	return x->from != y->from ? (x->from < y->from ? -1 : 1)
				  : (x->to > y->to) - (x->to < y->to);
}

static int by_callee(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	return x->to != y->to ? (x->to < y->to ? -1 : 1)
			      : (x->from > y->from) - (x->from < y->from);
}

static int sort(struct fl_calls *c)
{
	c->callers = malloc((c->n + 1) * sizeof(c->callers[0]));
	if (!c->callers)
		return -ENOMEM;
	if (!c->n)
		return 0;
	memcpy(c->callers, c->list, c->n * sizeof(c->list[0]));
	qsort(c->list, c->n, sizeof(c->list[0]), by_caller);
	qsort(c->callers, c->n, sizeof(c->callers[0]), by_callee);
	return 0;
}

int fl_calls_find(const struct fl_arch *arch, const struct fl_symbols *symbols,
		  const struct fl_kcore *code, struct fl_calls **out)
{
	struct fl_calls *c = calloc(1, sizeof(*c));
	unsigned char *window = malloc(WINDOW);
	size_t nread = 0;
	int next, err = c && window ? 0 : -ENOMEM;

	if (!err) {
		c->symbols = symbols;
		err = find_text(c);
	}
	for (size_t i = 0; !err && i < c->ntext; i = (size_t)next) {
		next = scan_window(c, arch, code, i, window, &nread);
		err = next < 0 ? next : 0;
	}
	free(window);
	if (!err)
		err = nread ? sort(c) : -ENODATA;
	if (err)
		fl_calls_free(c);
	else
		*out = c;
	return err;
}

void fl_calls_free(struct fl_calls *c)
{
	if (!c)
		return;
	free(c->text);
	free(c->list);
	free(c->callers);
	free(c);
}

/* The first call from, or with @callers to, function @i. */
static size_t first_of(const struct fl_calls *c, uint32_t i, bool callers)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint32_t key = callers ? c->callers[mid].to : c->list[mid].from;

		if (key < i)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct walk {
	const struct fl_calls *c;
	uint32_t *queue;
	size_t head;
	size_t tail;
	unsigned char *seen;
	int (*fn)(const struct fl_symbol *sym, unsigned int distance, void *arg);
	void *arg;
};

/* All symbols at a function's address. */
static int hand_out(const struct walk *w, uint32_t i, unsigned int distance)
{
	uint64_t addr = addr_of(w->c, i);
	size_t n = fl_symbols_count(w->c->symbols);
	int ret = 0;

	for (size_t at = w->c->text[i]; !ret && at < n; at++) {
		struct fl_symbol sym = fl_symbols_get(w->c->symbols, at);

		if (sym.addr != addr)
			break;
		ret = w->fn(&sym, distance, w->arg);
	}
	return ret;
}

/* What one function leads to goes to the end of the queue. */
static void enqueue(struct walk *w, uint32_t i, bool callers)
{
	for (size_t at = first_of(w->c, i, callers); at < w->c->n; at++) {
		const struct call *call = callers ? &w->c->callers[at] : &w->c->list[at];
		uint32_t other = callers ? call->from : call->to;

		if ((callers ? call->to : call->from) != i)
			break;
		if (w->seen[other])
			continue;
		w->seen[other] = 1;
		w->queue[w->tail++] = other;
	}
}

static int walk(struct walk *w, bool callers, unsigned int most)
{
	for (unsigned int distance = 1; distance <= most && w->head < w->tail; distance++) {
		size_t end = w->tail;

		for (; w->head < end; w->head++)
			enqueue(w, w->queue[w->head], callers);
		for (size_t i = end; i < w->tail; i++) {
			int ret = hand_out(w, w->queue[i], distance);

			if (ret)
				return ret;
		}
	}
	return 0;
}

/* The function, and the compiler's copies of it. */
static void begin(struct walk *w, const char *module, const char *name)
{
	size_t n = fl_symbols_count(w->c->symbols);

	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(w->c->symbols, i);
		uint32_t at;

		if (!fl_symbol_is_text(&sym) || !fl_symbol_matches(&sym, module, name))
			continue;
		at = starts_at(w->c, sym.addr);
		if (at == NOWHERE || w->seen[at])
			continue;
		w->seen[at] = 1;
		w->queue[w->tail++] = at;
	}
}

int fl_calls_near(const struct fl_calls *c, const char *module, const char *name, bool callers,
		  unsigned int most,
		  int (*fn)(const struct fl_symbol *sym, unsigned int distance, void *arg),
		  void *arg)
{
	struct walk w = { .c = c, .fn = fn, .arg = arg };
	int ret = -ENOMEM;

	w.queue = malloc((c->ntext + 1) * sizeof(w.queue[0]));
	w.seen = calloc(c->ntext + 1, 1);
	if (w.queue && w.seen) {
		begin(&w, module, name);
		ret = walk(&w, callers, most);
	}
	free(w.queue);
	free(w.seen);
	return ret;
}
