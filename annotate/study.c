/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "study.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "caller.h"
#include "first.h"
#include "mark.h"
#include "value.h"

struct study {
	struct fl_unit unit;
	struct fl_findings *out;
	const struct fl_source_file *source;
	const char *macro;
	CXFile file;
	const char *text;
	size_t len;
	unsigned int *broken; /* lines with errors */
	size_t nbroken, broken_cap;
};

static enum fl_return_kind return_kind(CXType type)
{
	switch (clang_getCanonicalType(type).kind) {
	case CXType_Void:
		return FL_RETURNS_VOID;
	case CXType_Bool:
		return FL_RETURNS_BOOL;
	case CXType_Pointer:
		return FL_RETURNS_POINTER;
	case CXType_SChar:
	case CXType_Short:
	case CXType_Int:
	case CXType_Long:
	case CXType_LongLong:
		return FL_RETURNS_SIGNED;
	case CXType_Char_U:
	case CXType_UChar:
	case CXType_UShort:
	case CXType_UInt:
	case CXType_ULong:
	case CXType_ULongLong:
	case CXType_Enum:
		return FL_RETURNS_UNSIGNED;
	default:
		return FL_RETURNS_OTHER;
	}
}

/* The text between the previous declaration and the function's body. */
static void add_words(struct study *s, const struct fl_tree *t, struct fl_function *f)
{
	static const struct {
		const char *word;
		unsigned int trait;
	} words[] = {
		{ "noinline", FL_TRAIT_NOINLINE },  { "noinline_for_stack", FL_TRAIT_NOINLINE },
		{ "__noclone", FL_TRAIT_NOINLINE }, { "__weak", FL_TRAIT_NOINLINE },
		{ "inline", FL_TRAIT_INLINE },	    { "__always_inline", FL_TRAIT_INLINE },
		{ "__init", FL_TRAIT_INIT },	    { "__exit", FL_TRAIT_INIT },
		{ "__meminit", FL_TRAIT_INIT },	    { "noinstr", FL_TRAIT_NOINSTR },
		{ "notrace", FL_TRAIT_NOINSTR },    { "__kprobes", FL_TRAIT_NOINSTR },
		{ "__cpuidle", FL_TRAIT_NOINSTR },
	};
	size_t from = t->offset, to = t->body->offset;

	while (from > 0 && !strchr(";}/", s->text[from - 1]) && s->text[from - 1] != '#')
		from--;
	/* a preprocessor line before it is not the function's */
	while (from < to) {
		size_t len = 0;

		while (from + len < to &&
		       (isalnum((unsigned char)s->text[from + len]) || s->text[from + len] == '_'))
			len++;
		for (size_t i = 0; len && i < sizeof(words) / sizeof(words[0]); i++) {
			if (len == strlen(words[i].word) &&
			    !memcmp(s->text + from, words[i].word, len))
				f->traits |= words[i].trait;
		}
		from += len ? len : 1;
	}
}

static bool is_broken(const struct study *s, unsigned int from, unsigned int to)
{
	for (size_t i = 0; i < s->nbroken; i++) {
		if (s->broken[i] >= from && s->broken[i] <= to)
			return true;
	}
	return false;
}

static void add_before(struct study *s, struct fl_function *f, const struct fl_first *first)
{
	struct fl_arena *a = s->out->arena;

	f->first = first->exit ? first->exit->line : 0;
	f->undone = first->undone;
	for (size_t i = 0; i < first->before.n; i++) {
		const struct fl_effect *e = &first->before.list[i];

		f->done = fl_arena_grow(a, f->done, f->ndone, &f->done_cap, sizeof(f->done[0]));
		f->done[f->ndone++] = (struct fl_done){ .kind = (int)e->kind,
							.line = e->node->line,
							.what = e->what };
	}
}

static void add_values(struct study *s, struct fl_function *f, const struct fl_values *v)
{
	f->values = v->bits;
	for (size_t i = 0; i < v->nerrors; i++)
		fl_names_add(s->out->arena, &f->errors, v->errors[i]);
	for (size_t i = 0; i < v->nforwarded; i++)
		fl_names_add(s->out->arena, &f->forwarded, v->forwarded[i]);
}

static void add_summary(struct study *s, struct fl_function *f, const struct fl_tree *t)
{
	struct fl_summary sum = { 0 };

	fl_summarize(&s->unit, t, &sum);
	f->traits |= sum.changes ? FL_TRAIT_CHANGES : 0;
	f->param_stores = sum.stores;
	for (size_t i = 0; i < sum.ncalls; i++)
		fl_names_add(s->out->arena, &f->calls, sum.calls[i]);
}

static void study_function(struct study *s, CXCursor def)
{
	struct fl_arena *a = s->out->arena;
	struct fl_tree *t = fl_tree_build(a, s->unit.cx, def);
	struct fl_function *f = fl_arena_alloc(a, sizeof(*f));
	struct fl_values values = { 0 };
	struct fl_first first = { 0 };
	unsigned int from, to;

	/*
	 * functions defined by macros, such as SYSCALL_DEFINE, are not
	 * annotated
	 */
	if (!t || t->body->offset >= s->len || s->text[t->body->offset] != '{')
		return;
	f->name = t->name;
	f->file = s->source->shown;
	f->path = s->source->path;
	f->line = t->line;
	clang_getSpellingLocation(clang_getRangeStart(clang_getCursorExtent(def)), NULL, &from,
				  NULL, NULL);
	clang_getSpellingLocation(clang_getRangeEnd(clang_getCursorExtent(def)), NULL, &to, NULL,
				  NULL);
	f->brace = to;
	f->nodes = (unsigned int)t->nodes;
	f->type = fl_cx_text(a, clang_getTypeSpelling(clang_getCursorResultType(def)));
	f->returns = return_kind(clang_getCursorResultType(def));
	if (clang_Cursor_getStorageClass(def) == CX_SC_Static)
		f->traits |= FL_TRAIT_STATIC;
	if (clang_Cursor_isVariadic(def))
		f->traits |= FL_TRAIT_VARIADIC;
	if (is_broken(s, from, to))
		f->traits |= FL_TRAIT_BROKEN;
	add_words(s, t, f);
	fl_marks_of(s->text, s->len, f, a);
	fl_values_returned(&s->unit, t, &values);
	add_values(s, f, &values);
	fl_first_error(&s->unit, t, f->returns == FL_RETURNS_BOOL, &first);
	add_before(s, f, &first);
	add_summary(s, f, t);
	fl_callers_add(&s->unit, t, f->file, s->out);
	s->out->functions = fl_arena_grow(a, s->out->functions, s->out->nfunctions,
					  &s->out->functions_cap, sizeof(s->out->functions[0]));
	s->out->functions[s->out->nfunctions++] = f;
}

/* Functions that tables of pointers name. */
static enum CXChildVisitResult visit_initialiser(CXCursor c, CXCursor parent, CXClientData data)
{
	struct study *s = data;
	CXCursor to;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_DeclRefExpr)
		return CXChildVisit_Recurse;
	to = clang_getCursorReferenced(c);
	if (clang_getCursorKind(to) == CXCursor_FunctionDecl)
		fl_names_add(s->out->arena, &s->out->taken,
			     fl_cx_text(s->out->arena, clang_getCursorSpelling(to)));
	return CXChildVisit_Recurse;
}

static void study_variable(struct study *s, CXCursor c)
{
	const char *name = fl_cx_text(s->out->arena, clang_getCursorSpelling(c));

	/* made by EXPORT_SYMBOL(), module_init() and ALLOW_ERROR_INJECTION() */
	if (!strncmp(name, "_eil_addr_", 10) || !strncmp(name, "__UNIQUE_ID", 11) ||
	    !strncmp(name, "__k", 3))
		return;
	clang_visitChildren(c, visit_initialiser, s);
}

static void study_macro(struct study *s, CXCursor c)
{
	struct fl_findings *out = s->out;
	const char *name = fl_cx_text(out->arena, clang_getCursorSpelling(c));
	struct fl_macro m = { .name = name };
	CXFile file;

	if (strcmp(name, s->macro) != 0)
		return;
	clang_getSpellingLocation(clang_getCursorLocation(c), &file, &m.line, NULL, NULL);
	m.file = file ? fl_cx_text(out->arena, clang_getFileName(file)) : "";
	out->macros = fl_arena_grow(out->arena, out->macros, out->nmacros, &out->macros_cap,
				    sizeof(out->macros[0]));
	out->macros[out->nmacros++] = m;
}

static enum CXChildVisitResult visit_top(CXCursor c, CXCursor parent, CXClientData data)
{
	enum CXCursorKind kind = clang_getCursorKind(c);
	struct study *s = data;
	CXFile file;

	(void)parent;
	if (kind == CXCursor_MacroDefinition && s->macro)
		study_macro(s, c);
	/* a macro of a header may make a table of functions */
	clang_getExpansionLocation(clang_getCursorLocation(c), &file, NULL, NULL, NULL);
	if (!file || !clang_File_isEqual(file, s->file))
		return CXChildVisit_Continue;
	if (kind == CXCursor_FunctionDecl && clang_isCursorDefinition(c))
		study_function(s, c);
	else if (kind == CXCursor_VarDecl)
		study_variable(s, c);
	return CXChildVisit_Continue;
}

static void note_error(struct study *s, CXDiagnostic d, bool fatal)
{
	struct fl_arena *a = s->out->arena;
	unsigned int line;
	CXFile file;

	clang_getExpansionLocation(clang_getDiagnosticLocation(d), &file, &line, NULL, NULL);
	s->out->errors++;
	s->out->failed |= fatal;
	if (file && clang_File_isEqual(file, s->file)) {
		s->broken = fl_arena_grow(a, s->broken, s->nbroken, &s->broken_cap,
					  sizeof(s->broken[0]));
		s->broken[s->nbroken++] = line;
	}
	if (!s->out->first_error || (fatal && s->out->errors == 1))
		s->out->first_error = fl_arena_printf(
			a, "%s:%u: %s", file ? fl_cx_text(a, clang_getFileName(file)) : "", line,
			fl_cx_text(a, clang_getDiagnosticSpelling(d)));
}

static void add_diagnostics(struct study *s)
{
	unsigned int n = clang_getNumDiagnostics(s->unit.cx);

	for (unsigned int i = 0; i < n; i++) {
		CXDiagnostic d = clang_getDiagnostic(s->unit.cx, i);
		enum CXDiagnosticSeverity severity = clang_getDiagnosticSeverity(d);

		if (severity == CXDiagnostic_Warning)
			s->out->warnings++;
		else if (severity >= CXDiagnostic_Error)
			note_error(s, d, severity == CXDiagnostic_Fatal);
		clang_disposeDiagnostic(d);
	}
}

void fl_study(const struct fl_source_file *file, const char *macro, struct fl_findings *out)
{
	struct study *s = fl_arena_alloc(out->arena, sizeof(*s));
	CXIndex index = clang_createIndex(0, 0);
	unsigned int options = macro ? CXTranslationUnit_DetailedPreprocessingRecord : 0;

	s->out = out;
	s->source = file;
	s->macro = macro;
	s->unit.arena = out->arena;
	if (chdir(file->folder) ||
	    clang_parseTranslationUnit2(index, file->path, file->args, (int)file->nargs, NULL, 0,
					options, &s->unit.cx)) {
		out->failed = true;
		return;
	}
	s->file = clang_getFile(s->unit.cx, file->path);
	s->text = s->file ? clang_getFileContents(s->unit.cx, s->file, &s->len) : NULL;
	add_diagnostics(s);
	if (!s->text)
		out->failed = true;
	if (!out->failed)
		clang_visitChildren(clang_getTranslationUnitCursor(s->unit.cx), visit_top, s);
	/* the process ends: what libclang holds goes with it */
}
