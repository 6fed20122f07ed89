/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lsp_impl.h - what the server's files share. Internal to them. */
#ifndef FL_LSP_IMPL_H
#define FL_LSP_IMPL_H

#include "arch.h"
#include "document.h"
#include "index.h"
#include "json.h"
#include "lsp.h"

/* Errors of JSON-RPC and of the protocol. */
enum fl_lsp_error {
	FL_LSP_PARSE_ERROR = -32700,
	FL_LSP_INVALID_REQUEST = -32600,
	FL_LSP_METHOD_NOT_FOUND = -32601,
	FL_LSP_INVALID_PARAMS = -32602,
	FL_LSP_INTERNAL_ERROR = -32603,
	FL_LSP_NOT_INITIALIZED = -32002,
	FL_LSP_REQUEST_FAILED = -32803,
	FL_LSP_CANCELLED = -32800,
};

struct fl_lsp {
	const struct fl_lsp_opts *opts;
	struct fl_compile_opts compile; /* reads open documents before files */
	struct fl_documents docs;
	bool no_markdown;  /* the client shows plain text only */
	char problem[256]; /* of a request that failed: the message */
};

/*
 * Requests: write the member "result" to @j, and return 0; or an fl_lsp_error
 * with @s->problem, which drops the output. -ENOMEM is one, too.
 */
int fl_lsp_completion(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_resolve(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_hover(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_definition(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_references(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_prepare_rename(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_rename(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_symbols(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_code_actions(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
int fl_lsp_formatting(struct fl_lsp *s, const cJSON *params, struct fl_json *j);

/*
 * publish.c: all that is wrong with a document, in @ds; the last stage is left
 * out, which knows no mistakes of scripts. 0 or -ENOMEM.
 */
int fl_lsp_compile(struct fl_lsp *s, const struct fl_document *d, struct fl_diags *ds);
/* The same as a message's "params". */
int fl_lsp_diagnostics(struct fl_lsp *s, struct fl_document *d, struct fl_json *j);

/* reply.c */
int fl_lsp_fail(struct fl_lsp *s, enum fl_lsp_error code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The string @key of @object, or NULL. */
const char *fl_lsp_string(const cJSON *object, const char *key);
/* The document of a request; 0 or an fl_lsp_error. */
int fl_lsp_document(struct fl_lsp *s, const cJSON *params, struct fl_document **out);
/* The same, with the index of its text. */
int fl_lsp_indexed(struct fl_lsp *s, const cJSON *params, struct fl_document **out);
/* And with the byte that the request is about. */
int fl_lsp_place(struct fl_lsp *s, const cJSON *params, struct fl_document **out, uint32_t *off);
void fl_lsp_put_range(struct fl_json *j, const char *key, struct fl_span span);
void fl_lsp_put_location(struct fl_json *j, const char *key, struct fl_span span);
/* A TextEdit. */
void fl_lsp_put_edit(struct fl_json *j, const char *key, struct fl_span span, const char *text);
/* MarkupContent. */
void fl_lsp_put_markup(const struct fl_lsp *s, struct fl_json *j, const char *key,
		       const char *text);
/* "sys_read(fd, buf, count)" */
void fl_lsp_print_call(FILE *out, const struct fl_syscall *call);
/* Where @use leads to, as compiler/use.c resolves it; malloc'd, or NULL. */
char *fl_lsp_used_path(const char *user, const char *use);

/*
 * manual.c: print what language.md says about a word, as Markdown; @is_call: of a
 * function of the language. False: nothing.
 */
bool fl_manual_print(FILE *out, const char *word, bool is_call);

#endif /* FL_LSP_IMPL_H */
