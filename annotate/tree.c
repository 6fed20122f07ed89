/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <ctype.h>
#include <string.h>

struct builder {
	struct fl_tree *tree;
	CXTranslationUnit unit;
};

struct cursors {
	struct fl_arena *arena;
	CXCursor *list;
	size_t n, cap;
};

static struct fl_node *build(struct builder *b, CXCursor c, struct fl_node *parent);

const char *fl_cx_text(struct fl_arena *a, CXString s)
{
	const char *text = clang_getCString(s);
	char *copy = fl_arena_strndup(a, text ? text : "", text ? strlen(text) : 0);

	clang_disposeString(s);
	return copy;
}

static enum CXChildVisitResult add_cursor(CXCursor c, CXCursor parent, CXClientData data)
{
	struct cursors *list = data;

	(void)parent;
	if (clang_isAttribute(clang_getCursorKind(c)))
		return CXChildVisit_Continue;
	list->list =
		fl_arena_grow(list->arena, list->list, list->n, &list->cap, sizeof(list->list[0]));
	list->list[list->n++] = c;
	return CXChildVisit_Continue;
}

static struct cursors children(struct builder *b, CXCursor c)
{
	struct cursors list = { .arena = b->tree->arena };

	clang_visitChildren(c, add_cursor, &list);
	return list;
}

static bool is_pointer(CXType t)
{
	return clang_getCanonicalType(t).kind == CXType_Pointer;
}

static bool same_type(CXType a, CXType b)
{
	CXType x = clang_getCanonicalType(a), y = clang_getCanonicalType(b);

	return clang_equalTypes(x, y);
}

/* Parentheses keep an lvalue; a conversion, which libclang does not name, loads it. */
static bool is_unloaded(struct builder *b, CXCursor c)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_ParenExpr: {
		struct cursors in = children(b, c);

		return in.n == 1 && is_unloaded(b, in.list[0]);
	}
	case CXCursor_DeclRefExpr:
		switch (clang_getCursorKind(clang_getCursorReferenced(c))) {
		case CXCursor_VarDecl:
		case CXCursor_ParmDecl:
			return true;
		default:
			return false;
		}
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
		return true;
	case CXCursor_UnaryOperator: {
		struct cursors in = children(b, c);
		CXType to;

		if (in.n != 1)
			return false;
		to = clang_getPointeeType(clang_getCanonicalType(clang_getCursorType(in.list[0])));
		return same_type(to, clang_getCursorType(c));
	}
	default:
		return false;
	}
}

/* Where the parenthesis that opens at @at is closed; 0: nowhere. */
static size_t closing(const struct fl_tree *t, size_t at)
{
	unsigned int depth = 0;

	for (; at < t->len; at++) {
		depth += t->text[at] == '(';
		if (t->text[at] == ')' && !--depth)
			return at;
	}
	return 0;
}

static void place(struct builder *b, struct fl_node *n, CXCursor c)
{
	CXSourceRange range = clang_getCursorExtent(c);
	struct fl_tree *t = b->tree;
	const char *text;
	size_t len = 0;
	CXFile file;

	clang_getSpellingLocation(clang_getRangeStart(range), &file, &n->line, NULL, &n->offset);
	clang_getSpellingLocation(clang_getRangeEnd(range), NULL, NULL, NULL, &n->end);
	if (!file || !clang_File_isEqual(file, t->file) || n->offset >= t->len)
		return;
	text = t->text + n->offset;
	while (n->offset + len < t->len && (isalnum((unsigned char)text[len]) || text[len] == '_'))
		len++;
	/* a name that is not the expression's own, and of which it is all, is a macro's */
	if (len && n->offset + len < t->len && text[len] == '(' &&
	    (!n->name || strlen(n->name) != len || memcmp(n->name, text, len) != 0) &&
	    n->end <= closing(t, n->offset + len) + 1)
		n->macro = fl_arena_strndup(t->arena, text, len);
}

static struct fl_node *new_node(struct builder *b, enum fl_node_kind kind, CXCursor c,
				struct fl_node *parent)
{
	struct fl_node *n = fl_arena_alloc(b->tree->arena, sizeof(*n));

	n->kind = kind;
	n->cursor = c;
	n->parent = parent;
	n->called = clang_getNullCursor();
	n->pointer = is_pointer(clang_getCursorType(c));
	b->tree->nodes++;
	return n;
}

static void put(struct builder *b, struct fl_node *n, const CXCursor *list, size_t count)
{
	n->list = fl_arena_alloc(b->tree->arena, (count + 1) * sizeof(n->list[0]));
	for (size_t i = 0; i < count; i++) {
		struct fl_node *child = build(b, list[i], n);

		if (child)
			n->list[n->n++] = child;
	}
}

static struct fl_var *find_var(struct builder *b, CXCursor decl)
{
	struct fl_tree *t = b->tree;
	struct fl_var *v;

	for (size_t i = 0; i < t->nvars; i++) {
		if (clang_equalCursors(t->vars[i]->decl, decl))
			return t->vars[i];
	}
	v = fl_arena_alloc(t->arena, sizeof(*v));
	v->decl = decl;
	v->name = fl_cx_text(t->arena, clang_getCursorSpelling(decl));
	v->param = -1;
	t->vars = fl_arena_grow(t->arena, t->vars, t->nvars, &t->cap, sizeof(t->vars[0]));
	t->vars[t->nvars++] = v;
	return v;
}

static void add_source(struct builder *b, struct fl_var *v, struct fl_node *value)
{
	v->from = fl_arena_grow(b->tree->arena, v->from, v->nfrom, &v->cap, sizeof(v->from[0]));
	v->from[v->nfrom++] = value;
}

static bool is_local(CXCursor decl)
{
	enum CXCursorKind kind = clang_getCursorKind(decl);

	if (kind == CXCursor_ParmDecl)
		return true;
	return kind == CXCursor_VarDecl && clang_Cursor_getStorageClass(decl) != CX_SC_Static &&
	       clang_Cursor_getStorageClass(decl) != CX_SC_Extern &&
	       clang_getCursorKind(clang_getCursorSemanticParent(decl)) == CXCursor_FunctionDecl;
}

static struct fl_node *build_reference(struct builder *b, CXCursor c, struct fl_node *parent)
{
	CXCursor decl = clang_getCursorReferenced(c);
	enum CXCursorKind kind = clang_getCursorKind(decl);
	struct fl_node *n;

	if (kind == CXCursor_EnumConstantDecl)
		return new_node(b, FL_NODE_CONST, c, parent);
	n = new_node(b, kind == CXCursor_FunctionDecl ? FL_NODE_FUNCTION : FL_NODE_GLOBAL, c,
		     parent);
	if (is_local(decl)) {
		n->kind = FL_NODE_LOCAL;
		n->var = find_var(b, decl);
	}
	n->name = fl_cx_text(b->tree->arena, clang_getCursorSpelling(decl));
	return n;
}

static struct fl_node *build_unary(struct builder *b, CXCursor c, struct fl_node *parent)
{
	struct cursors in = children(b, c);
	struct fl_node *n = new_node(b, FL_NODE_LIST, c, parent);
	CXType type = clang_getCursorType(c), of;

	if (in.n == 1) {
		of = clang_getCursorType(in.list[0]);
		if (same_type(clang_getPointeeType(clang_getCanonicalType(of)), type))
			n->kind = FL_NODE_DEREF;
		else if (same_type(clang_getPointeeType(clang_getCanonicalType(type)), of))
			n->kind = FL_NODE_ADDRESS;
		else if (is_unloaded(b, in.list[0]) && same_type(of, type))
			n->kind = FL_NODE_STEP;
	}
	put(b, n, in.list, in.n);
	place(b, n, c);
	if (n->kind == FL_NODE_LIST && n->offset < b->tree->len && b->tree->text[n->offset] == '!')
		n->kind = FL_NODE_NOT;
	if (n->kind == FL_NODE_ADDRESS && n->n && n->list[0]->kind == FL_NODE_LOCAL)
		n->list[0]->var->escapes = true;
	return n;
}

static struct fl_node *build_binary(struct builder *b, CXCursor c, struct fl_node *parent,
				    bool compound)
{
	struct cursors in = children(b, c);
	bool assigns = compound || (in.n == 2 && is_unloaded(b, in.list[0]));
	struct fl_node *n = new_node(b, assigns ? FL_NODE_ASSIGN : FL_NODE_LIST, c, parent);

	n->compound = compound;
	put(b, n, in.list, in.n);
	if (assigns && n->n == 2 && n->list[0]->kind == FL_NODE_LOCAL)
		add_source(b, n->list[0]->var, compound ? n : n->list[1]);
	return n;
}

static struct fl_node *build_call(struct builder *b, CXCursor c, struct fl_node *parent)
{
	struct fl_node *n = new_node(b, FL_NODE_CALL, c, parent);
	struct cursors in = children(b, c);

	n->called = clang_getCursorReferenced(c);
	if (clang_getCursorKind(n->called) == CXCursor_FunctionDecl)
		n->name = fl_cx_text(b->tree->arena, clang_getCursorSpelling(n->called));
	put(b, n, in.list, in.n);
	return n;
}

static struct fl_node *build_member(struct builder *b, CXCursor c, struct fl_node *parent)
{
	struct fl_node *n = new_node(b, FL_NODE_MEMBER, c, parent);
	struct cursors in = children(b, c);

	n->name = fl_cx_text(b->tree->arena, clang_getCursorSpelling(c));
	n->arrow = in.n && is_pointer(clang_getCursorType(in.list[0]));
	put(b, n, in.list, in.n);
	return n;
}

static struct fl_node *build_declaration(struct builder *b, CXCursor c, struct fl_node *parent)
{
	CXCursor init = clang_Cursor_getVarDeclInitializer(c);
	struct fl_node *n;

	/* a static one begins before the function does */
	if (!is_local(c))
		return NULL;
	n = new_node(b, FL_NODE_VAR, c, parent);
	n->var = find_var(b, c);
	n->name = n->var->name;
	if (!clang_Cursor_isNull(init) && clang_isExpression(clang_getCursorKind(init))) {
		put(b, n, &init, 1);
		if (n->n)
			add_source(b, n->var, n->list[0]);
	}
	return n;
}

static struct fl_node *build_goto(struct builder *b, CXCursor c, struct fl_node *parent)
{
	struct fl_node *n = new_node(b, FL_NODE_GOTO, c, parent);
	struct cursors in = children(b, c);

	n->name = in.n ? fl_cx_text(b->tree->arena, clang_getCursorSpelling(in.list[0])) : "";
	return n;
}

/* What has one operand and is known to be only a wrapper. */
static struct fl_node *build_other(struct builder *b, CXCursor c, struct fl_node *parent,
				   enum fl_node_kind kind)
{
	struct cursors in = children(b, c);
	struct fl_node *n;

	if (kind == FL_NODE_LIST && clang_isExpression(clang_getCursorKind(c))) {
		size_t exprs = 0;
		CXCursor only = c;

		for (size_t i = 0; i < in.n; i++) {
			if (clang_isExpression(clang_getCursorKind(in.list[i]))) {
				exprs++;
				only = in.list[i];
			}
		}
		if (exprs == 1) {
			n = build(b, only, parent);
			if (n) {
				n->cursor = c;
				n->pointer = is_pointer(clang_getCursorType(c));
			}
			return n;
		}
	}
	n = new_node(b, kind, c, parent);
	put(b, n, in.list, in.n);
	if (kind == FL_NODE_LABEL)
		n->name = fl_cx_text(b->tree->arena, clang_getCursorSpelling(c));
	n->body = (uint16_t)(n->n ? n->n - 1 : 0);
	return n;
}

static struct fl_node *build_one(struct builder *b, CXCursor c, struct fl_node *parent)
{
	enum CXCursorKind kind = clang_getCursorKind(c);

	switch (kind) {
	case CXCursor_DeclRefExpr:
		return build_reference(b, c, parent);
	case CXCursor_UnaryOperator:
		return build_unary(b, c, parent);
	case CXCursor_BinaryOperator:
		return build_binary(b, c, parent, false);
	case CXCursor_CompoundAssignOperator:
		return build_binary(b, c, parent, true);
	case CXCursor_CallExpr:
		return build_call(b, c, parent);
	case CXCursor_MemberRefExpr:
		return build_member(b, c, parent);
	case CXCursor_ArraySubscriptExpr:
		return build_other(b, c, parent, FL_NODE_INDEX);
	case CXCursor_ConditionalOperator:
		return build_other(b, c, parent, FL_NODE_CHOICE);
	case CXCursor_StmtExpr: {
		struct cursors in = children(b, c);
		struct fl_node *n = new_node(b, FL_NODE_BLOCK, c, parent);

		put(b, n, in.list, in.n);
		return n;
	}
	case CXCursor_IfStmt:
		return build_other(b, c, parent, FL_NODE_IF);
	case CXCursor_ForStmt:
	case CXCursor_WhileStmt:
		return build_other(b, c, parent, FL_NODE_LOOP);
	case CXCursor_DoStmt: {
		struct fl_node *n = build_other(b, c, parent, FL_NODE_LOOP);

		n->body = 0;
		return n;
	}
	case CXCursor_SwitchStmt:
		return build_other(b, c, parent, FL_NODE_SWITCH);
	case CXCursor_CaseStmt:
	case CXCursor_DefaultStmt:
		return build_other(b, c, parent, FL_NODE_CASE);
	case CXCursor_LabelStmt:
		return build_other(b, c, parent, FL_NODE_LABEL);
	case CXCursor_GotoStmt:
		return build_goto(b, c, parent);
	case CXCursor_BreakStmt:
	case CXCursor_ContinueStmt:
		return new_node(b, FL_NODE_BREAK, c, parent);
	case CXCursor_ReturnStmt:
		return build_other(b, c, parent, FL_NODE_RETURN);
	case CXCursor_GCCAsmStmt:
		return build_other(b, c, parent, FL_NODE_ASM);
	case CXCursor_VarDecl:
		return build_declaration(b, c, parent);
	case CXCursor_StringLiteral: {
		struct fl_node *n = new_node(b, FL_NODE_CONST, c, parent);

		n->is_text = true;
		return n;
	}
	case CXCursor_IntegerLiteral:
	case CXCursor_FloatingLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_UnaryExpr: /* sizeof and its like evaluate nothing */
		return new_node(b, FL_NODE_CONST, c, parent);
	default:
		if (clang_isExpression(kind) || clang_isStatement(kind))
			return build_other(b, c, parent, FL_NODE_LIST);
		return NULL;
	}
}

static struct fl_node *build(struct builder *b, CXCursor c, struct fl_node *parent)
{
	struct fl_node *n = build_one(b, c, parent);

	if (n && n->cursor.kind == c.kind && clang_equalCursors(n->cursor, c) && !n->line)
		place(b, n, c);
	return n;
}

static enum CXChildVisitResult find_body(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_CompoundStmt)
		return CXChildVisit_Continue;
	*(CXCursor *)data = c;
	return CXChildVisit_Break;
}

struct fl_tree *fl_tree_build(struct fl_arena *arena, CXTranslationUnit unit, CXCursor def)
{
	struct fl_tree *t = fl_arena_alloc(arena, sizeof(*t));
	struct builder b = { .tree = t, .unit = unit };
	CXCursor body = clang_getNullCursor();
	CXSourceRange range = clang_getCursorExtent(def);
	int nargs = clang_Cursor_getNumArguments(def);

	clang_visitChildren(def, find_body, &body);
	if (clang_Cursor_isNull(body))
		return NULL;
	t->arena = arena;
	t->cursor = def;
	t->name = fl_cx_text(arena, clang_getCursorSpelling(def));
	clang_getSpellingLocation(clang_getCursorLocation(def), &t->file, &t->line, NULL, NULL);
	clang_getSpellingLocation(clang_getRangeStart(range), NULL, NULL, NULL, &t->offset);
	clang_getSpellingLocation(clang_getRangeEnd(range), NULL, NULL, NULL, &t->brace);
	t->text = t->file ? clang_getFileContents(unit, t->file, &t->len) : NULL;
	if (!t->text)
		t->len = 0;
	for (int i = 0; i < nargs; i++)
		find_var(&b, clang_Cursor_getArgument(def, (unsigned int)i))->param = i;
	t->body = build(&b, body, NULL);
	return t;
}

bool fl_node_number(const struct fl_node *n, long long *value)
{
	CXEvalResult result;
	bool found;

	if (n->kind == FL_NODE_CALL || n->kind == FL_NODE_BLOCK)
		return false;
	result = clang_Cursor_Evaluate(n->cursor);
	if (!result)
		return false;
	found = clang_EvalResult_getKind(result) == CXEval_Int;
	if (found)
		*value = clang_EvalResult_getAsLongLong(result);
	clang_EvalResult_dispose(result);
	return found;
}

bool fl_node_is_null(const struct fl_node *n)
{
	return n->pointer && n->kind == FL_NODE_CONST && !n->is_text;
}

void fl_node_text(const struct fl_tree *t, const struct fl_node *n, char *out, size_t size)
{
	size_t len = 0;
	bool blank = false;

	for (size_t i = n->offset; i < n->end && i < t->len && len + 5 < size; i++) {
		unsigned char c = (unsigned char)t->text[i];

		if (isspace(c)) {
			blank = len > 0;
			continue;
		}
		if (blank)
			out[len++] = ' ';
		blank = false;
		out[len++] = (char)c;
		if (len + 5 >= size && i + 1 < n->end) {
			memcpy(out + len, "...", 3);
			len += 3;
		}
	}
	out[len] = '\0';
}

bool fl_node_within(const struct fl_node *n, const struct fl_node *top)
{
	for (; n; n = n->parent) {
		if (n == top)
			return true;
	}
	return false;
}

const struct fl_node *fl_node_value(const struct fl_node *n)
{
	while (n && n->kind == FL_NODE_BLOCK && n->n) {
		const struct fl_node *in = n->list[0];

		n = in->kind == FL_NODE_LIST && in->n ? in->list[in->n - 1] : in;
	}
	return n;
}
