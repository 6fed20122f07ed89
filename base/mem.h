/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mem.h - memory of one compilation.
 *
 * All that a compilation allocates comes from an arena and goes away with it,
 * so no pass frees anything. An arena out of memory does not return NULL to
 * forty callers: it jumps to the owner's on_oom.
 */
#ifndef FL_MEM_H
#define FL_MEM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct fl_arena_block;

struct fl_arena {
	struct fl_arena_block *blocks;
	jmp_buf *on_oom; /* must be set before the first allocation */
};

void fl_arena_init(struct fl_arena *a, jmp_buf *on_oom);
void fl_arena_release(struct fl_arena *a);

/* Zeroed memory, aligned for any type. Never NULL. */
void *fl_arena_alloc(struct fl_arena *a, size_t size);
char *fl_arena_strndup(struct fl_arena *a, const char *text, size_t len);
char *fl_arena_printf(struct fl_arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Make room for one more element in an array of *cap elements of which @n are
 * used; returns the array, moved or not.
 */
void *fl_arena_grow(struct fl_arena *a, void *array, size_t n, size_t *cap, size_t elem);

/* Text that grows, in an arena; always NUL-terminated once touched. */
struct fl_buf {
	struct fl_arena *arena;
	char *text;
	size_t len;
	size_t cap;
};

void fl_buf_init(struct fl_buf *b, struct fl_arena *a);
void fl_buf_add(struct fl_buf *b, const char *text, size_t len);
void fl_buf_puts(struct fl_buf *b, const char *text);
void fl_buf_putc(struct fl_buf *b, char c);
void fl_buf_printf(struct fl_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif /* FL_MEM_H */
