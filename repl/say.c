/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say.c - lines above the prompt, which comes back by itself. */
#include <stdarg.h>
#include <stdio.h>

#include <readline/readline.h>

#include "repl_impl.h"

const char *fl_repl_bold(const struct fl_repl *r)
{
	return r->color ? "\033[1m" : "";
}

const char *fl_repl_plain(const struct fl_repl *r)
{
	return r->color ? "\033[0m" : "";
}

void fl_repl_say(struct fl_repl *r, const char *format, ...)
{
	va_list ap;

	if (r->line_is_open)
		rl_clear_visible_line();
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	if (r->line_is_open)
		rl_forced_update_display();
	fflush(stdout);
}

void fl_repl_fault(struct fl_repl *r, const struct fl_fault *f)
{
	fl_repl_say(r, "error: %s\n%s%s%s", f->text, f->hint[0] ? "hint: " : "", f->hint,
		    f->hint[0] ? "\n" : "");
	if (f->kind == FL_FAULT_DEFECT && f->log)
		fl_repl_say(r, "%s", f->log);
}

void fl_repl_error(struct fl_repl *r, enum fl_fault_tag tag, ...)
{
	struct fl_fault f;
	va_list ap;

	va_start(ap, tag);
	fl_fault_vraise(&f, tag, ap);
	va_end(ap);
	r->last_error = tag;
	fl_repl_fault(r, &f);
}

void fl_repl_on_fault(void *arg, const struct fl_fault *f)
{
	fl_repl_fault(arg, f);
}

void fl_repl_on_diags(void *arg, const struct fl_diags *ds)
{
	struct fl_repl *r = arg;
	struct fl_arena arena;
	struct fl_buf text;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	if (!setjmp(on_oom)) {
		fl_buf_init(&text, &arena);
		for (size_t i = 0; i < ds->n; i++)
			fl_diag_render(&ds->list[i], &text);
		if (text.len)
			fl_repl_say(r, "%s", text.text);
	}
	fl_arena_release(&arena);
}
