/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 * 1024)

struct fl_arena_block {
	struct fl_arena_block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) char data[];
};

void fl_arena_init(struct fl_arena *a, jmp_buf *on_oom)
{
	a->blocks = NULL;
	a->on_oom = on_oom;
}

void fl_arena_release(struct fl_arena *a)
{
	struct fl_arena_block *b = a->blocks;

	while (b) {
		struct fl_arena_block *next = b->next;

		free(b);
		b = next;
	}
	a->blocks = NULL;
}

void *fl_arena_alloc(struct fl_arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct fl_arena_block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX / 2)
		longjmp(*a->on_oom, 1);
	size = (size + align - 1) & ~(align - 1);
	if (!b || b->size - b->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		b = calloc(1, sizeof(*b) + room);
		if (!b)
			longjmp(*a->on_oom, 1);
		b->size = room;
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->data + b->used;
	b->used += size;
	return p;
}

char *fl_arena_strndup(struct fl_arena *a, const char *text, size_t len)
{
	char *copy = fl_arena_alloc(a, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *fl_arena_printf(struct fl_arena *a, const char *format, ...)
{
	va_list ap, again;
	char *text;
	int len;

	va_start(ap, format);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	text = fl_arena_alloc(a, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

void *fl_arena_grow(struct fl_arena *a, void *array, size_t n, size_t *cap, size_t elem)
{
	void *bigger;

	if (n < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 8;
	bigger = fl_arena_alloc(a, *cap * elem);
	if (n)
		memcpy(bigger, array, n * elem);
	return bigger;
}

void fl_buf_init(struct fl_buf *b, struct fl_arena *a)
{
	memset(b, 0, sizeof(*b));
	b->arena = a;
}

void fl_buf_add(struct fl_buf *b, const char *text, size_t len)
{
	if (b->len + len + 1 > b->cap) {
		size_t cap = b->cap ? b->cap : 256;
		char *bigger;

		while (cap < b->len + len + 1)
			cap *= 2;
		bigger = fl_arena_alloc(b->arena, cap);
		if (b->len)
			memcpy(bigger, b->text, b->len);
		b->text = bigger;
		b->cap = cap;
	}
	if (len)
		memcpy(b->text + b->len, text, len);
	b->len += len;
	b->text[b->len] = '\0';
}

void fl_buf_puts(struct fl_buf *b, const char *text)
{
	fl_buf_add(b, text, strlen(text));
}

void fl_buf_putc(struct fl_buf *b, char c)
{
	fl_buf_add(b, &c, 1);
}

void fl_buf_printf(struct fl_buf *b, const char *format, ...)
{
	char small[512];
	va_list ap, again;
	int len;

	va_start(ap, format);
	va_copy(again, ap);
	len = vsnprintf(small, sizeof(small), format, ap);
	va_end(ap);
	if ((size_t)len < sizeof(small)) {
		fl_buf_add(b, small, (size_t)len);
	} else {
		char *big = fl_arena_alloc(b->arena, (size_t)len + 1);

		vsnprintf(big, (size_t)len + 1, format, again);
		fl_buf_add(b, big, (size_t)len);
	}
	va_end(again);
}
