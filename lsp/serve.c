/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "lsp_impl.h"
#include "wire.h"

#define MAX_QUEUE 1000

struct message {
	struct message *next;
	cJSON *json; /* NULL: it could not be read */
	bool is_cancelled;
};

struct server {
	struct fl_lsp lsp;
	struct fl_wire wire;
	struct message *queue;
	size_t nqueue;
	int ended; /* the last result of fl_wire_read(), or 0 */
	enum { UNINITIALIZED, RUNNING, SHUT_DOWN, EXITED } state;
};

/* --- writing ---------------------------------------------------------------------- */

struct body {
	char *text;
	size_t len;
	struct fl_json j;
};

static int open_body(struct body *b)
{
	memset(b, 0, sizeof(*b));
	b->j.out = open_memstream(&b->text, &b->len);
	if (!b->j.out)
		return -ENOMEM;
	fl_json_open(&b->j, NULL, '{');
	fl_json_string(&b->j, "jsonrpc", "2.0");
	return 0;
}

/* Send it, unless building it failed with @err. */
static int close_body(struct server *s, struct body *b, int err)
{
	fl_json_close(&b->j, '{');
	if (fclose(b->j.out) && !err)
		err = -ENOMEM;
	if (!err)
		err = fl_wire_write(s->lsp.opts->out, b->text, b->len);
	free(b->text);
	return err;
}

static void put_id(struct fl_json *j, const cJSON *id)
{
	if (id && cJSON_IsNumber(id))
		fl_json_number(j, "id", fl_json_integer(id->valuedouble));
	else
		fl_json_string(j, "id", id && cJSON_IsString(id) ? id->valuestring : NULL);
}

static int send_error(struct server *s, const cJSON *id, int code, const char *message)
{
	struct body b;
	int err = open_body(&b);

	if (err)
		return err;
	put_id(&b.j, id);
	fl_json_open(&b.j, "error", '{');
	fl_json_number(&b.j, "code", code);
	fl_json_string(&b.j, "message", message);
	fl_json_close(&b.j, '{');
	return close_body(s, &b, 0);
}

/* --- the life cycle ---------------------------------------------------------------- */

/* Clients that list formats and not this one show plain text. */
static bool lacks_markdown(const cJSON *params)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(params, "capabilities"), *format;

	v = cJSON_GetObjectItemCaseSensitive(v, "textDocument");
	v = cJSON_GetObjectItemCaseSensitive(v, "hover");
	v = cJSON_GetObjectItemCaseSensitive(v, "contentFormat");
	cJSON_ArrayForEach(format, v)
	{
		if (cJSON_IsString(format) && !strcmp(format->valuestring, "markdown"))
			return false;
	}
	return cJSON_IsArray(v);
}

static void put_capabilities(struct fl_json *j)
{
	static const char *const triggers[] = { ".", ">", "$", "@", ":" };

	fl_json_open(j, "capabilities", '{');
	fl_json_string(j, "positionEncoding", "utf-16");
	fl_json_open(j, "textDocumentSync", '{');
	fl_json_bool(j, "openClose", true);
	fl_json_number(j, "change", 2); /* incremental */
	fl_json_bool(j, "save", true);
	fl_json_close(j, '{');
	fl_json_open(j, "completionProvider", '{');
	fl_json_open(j, "triggerCharacters", '[');
	for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++)
		fl_json_string(j, NULL, triggers[i]);
	fl_json_close(j, '[');
	fl_json_bool(j, "resolveProvider", true);
	fl_json_close(j, '{');
	fl_json_bool(j, "hoverProvider", true);
	fl_json_bool(j, "definitionProvider", true);
	fl_json_bool(j, "referencesProvider", true);
	fl_json_bool(j, "documentSymbolProvider", true);
	fl_json_bool(j, "documentFormattingProvider", true);
	fl_json_open(j, "codeActionProvider", '{');
	fl_json_open(j, "codeActionKinds", '[');
	fl_json_string(j, NULL, "quickfix");
	fl_json_close(j, '[');
	fl_json_close(j, '{');
	fl_json_open(j, "renameProvider", '{');
	fl_json_bool(j, "prepareProvider", true);
	fl_json_close(j, '{');
	fl_json_close(j, '{');
}

static int initialize(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	s->no_markdown = lacks_markdown(params);
	fl_json_open(j, "result", '{');
	put_capabilities(j);
	fl_json_open(j, "serverInfo", '{');
	fl_json_string(j, "name", "faultline");
	fl_json_string(j, "version", s->opts->version);
	fl_json_close(j, '{');
	fl_json_close(j, '{');
	return 0;
}

static int shut_down(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	(void)s;
	(void)params;
	fl_json_string(j, "result", NULL);
	return 0;
}

/* --- notifications ------------------------------------------------------------------ */

/* A text changed, which others may use. */
static void touch_all(struct fl_lsp *s)
{
	for (struct fl_document *d = s->docs.first; d; d = d->next)
		fl_document_touch(d);
}

static int64_t version_of(const cJSON *document)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(document, "version");

	return cJSON_IsNumber(v) ? fl_json_integer(v->valuedouble) : 0;
}

static int did_open(struct server *s, const cJSON *params)
{
	const cJSON *document = cJSON_GetObjectItemCaseSensitive(params, "textDocument");
	const char *uri = fl_lsp_string(document, "uri"), *text = fl_lsp_string(document, "text");

	if (!uri || !text)
		return 0;
	if (!fl_document_open(&s->lsp.docs, uri, text, version_of(document)))
		return -ENOMEM;
	touch_all(&s->lsp);
	return 0;
}

static int did_change(struct server *s, const cJSON *params)
{
	const cJSON *changes = cJSON_GetObjectItemCaseSensitive(params, "contentChanges"), *change;
	struct fl_document *d;
	int err = 0;

	if (fl_lsp_document(&s->lsp, params, &d))
		return 0;
	cJSON_ArrayForEach(change, changes)
	{
		err = fl_document_change(d, change);
		if (err)
			break;
	}
	d->version = version_of(cJSON_GetObjectItemCaseSensitive(params, "textDocument"));
	touch_all(&s->lsp);
	/* one that makes no sense is the client's to answer for */
	return err == -ENOMEM ? err : 0;
}

/*
 * Read the kernel's facts again on save: modules may have been loaded or
 * unloaded.
 */
static int did_save(struct server *s, const cJSON *params)
{
	(void)params;
	/* what indexes point to goes with the facts */
	touch_all(&s->lsp);
	fl_facts_forget(s->lsp.opts->kernel);
	return 0;
}

static int did_close(struct server *s, const cJSON *params)
{
	struct fl_document *d;
	struct body b;

	if (fl_lsp_document(&s->lsp, params, &d))
		return 0;
	if (open_body(&b))
		return -ENOMEM;
	/* its diagnostics are no longer shown */
	fl_json_string(&b.j, "method", "textDocument/publishDiagnostics");
	fl_json_open(&b.j, "params", '{');
	fl_json_string(&b.j, "uri", d->uri);
	fl_json_open(&b.j, "diagnostics", '[');
	fl_json_close(&b.j, '[');
	fl_json_close(&b.j, '{');
	fl_document_close(&s->lsp.docs, d);
	touch_all(&s->lsp);
	return close_body(s, &b, 0);
}

static int publish(struct server *s, struct fl_document *d)
{
	struct body b;
	int err = open_body(&b);

	if (err)
		return err;
	d->is_dirty = false;
	fl_json_string(&b.j, "method", "textDocument/publishDiagnostics");
	return close_body(s, &b, fl_lsp_diagnostics(&s->lsp, d, &b.j));
}

/* --- messages -------------------------------------------------------------------------- */

static const struct {
	const char *method;
	int (*answer)(struct fl_lsp *s, const cJSON *params, struct fl_json *j);
} requests[] = {
	{ "initialize", initialize },
	{ "shutdown", shut_down },
	{ "textDocument/completion", fl_lsp_completion },
	{ "completionItem/resolve", fl_lsp_resolve },
	{ "textDocument/hover", fl_lsp_hover },
	{ "textDocument/definition", fl_lsp_definition },
	{ "textDocument/references", fl_lsp_references },
	{ "textDocument/documentSymbol", fl_lsp_symbols },
	{ "textDocument/formatting", fl_lsp_formatting },
	{ "textDocument/codeAction", fl_lsp_code_actions },
	{ "textDocument/prepareRename", fl_lsp_prepare_rename },
	{ "textDocument/rename", fl_lsp_rename },
};

static const struct {
	const char *method;
	int (*note)(struct server *s, const cJSON *params);
} notifications[] = {
	{ "textDocument/didOpen", did_open },
	{ "textDocument/didChange", did_change },
	{ "textDocument/didSave", did_save },
	{ "textDocument/didClose", did_close },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Is @method allowed in this state? Else an error is sent. */
static int refuse(struct server *s, const char *method, const cJSON *id)
{
	bool first = !strcmp(method, "initialize");

	if (s->state == UNINITIALIZED && !first)
		return send_error(s, id, FL_LSP_NOT_INITIALIZED, "initialize comes first");
	if (s->state == RUNNING && first)
		return send_error(s, id, FL_LSP_INVALID_REQUEST, "initialized already");
	if (s->state == SHUT_DOWN)
		return send_error(s, id, FL_LSP_INVALID_REQUEST, "shut down");
	return 1;
}

static int answer(struct server *s, size_t i, const cJSON *params, const cJSON *id)
{
	struct body b;
	int err = open_body(&b);

	if (err)
		return err;
	put_id(&b.j, id);
	err = requests[i].answer(&s->lsp, params, &b.j);
	if (s->lsp.opts->kernel->out_of_memory)
		err = -ENOMEM;
	if (err == -ENOMEM)
		fl_lsp_fail(&s->lsp, FL_LSP_INTERNAL_ERROR, "out of memory");
	if (err) {
		close_body(s, &b, err);
		return send_error(s, id, err == -ENOMEM ? (int)FL_LSP_INTERNAL_ERROR : err,
				  s->lsp.problem);
	}
	if (!strcmp(requests[i].method, "initialize"))
		s->state = RUNNING;
	else if (!strcmp(requests[i].method, "shutdown"))
		s->state = SHUT_DOWN;
	return close_body(s, &b, 0);
}

static int handle_request(struct server *s, const char *method, const cJSON *params,
			  const cJSON *id)
{
	int err = refuse(s, method, id);

	if (err <= 0)
		return err;
	for (size_t i = 0; i < COUNT(requests); i++) {
		if (!strcmp(requests[i].method, method))
			return answer(s, i, params, id);
	}
	fl_lsp_fail(&s->lsp, FL_LSP_METHOD_NOT_FOUND, "no method '%.200s'", method);
	return send_error(s, id, FL_LSP_METHOD_NOT_FOUND, s->lsp.problem);
}

static int handle_notification(struct server *s, const char *method, const cJSON *params)
{
	if (!strcmp(method, "exit")) {
		s->ended = s->state == SHUT_DOWN ? 0 : -EPROTO;
		s->state = EXITED;
		return 0;
	}
	for (size_t i = 0; s->state == RUNNING && i < COUNT(notifications); i++) {
		if (!strcmp(notifications[i].method, method))
			return notifications[i].note(s, params);
	}
	return 0;
}

static int handle(struct server *s, const struct message *m)
{
	const cJSON *id = cJSON_GetObjectItemCaseSensitive(m->json, "id");
	const cJSON *params = cJSON_GetObjectItemCaseSensitive(m->json, "params");
	const char *method = fl_lsp_string(m->json, "method");

	if (!m->json)
		return send_error(s, NULL, FL_LSP_PARSE_ERROR, "not a message of the protocol");
	if (!method) {
		/* a response without a request */
		if (cJSON_HasObjectItem(m->json, "result") || cJSON_HasObjectItem(m->json, "error"))
			return 0;
		return send_error(s, id, FL_LSP_INVALID_REQUEST, "no method");
	}
	if (!id)
		return handle_notification(s, method, params);
	if (m->is_cancelled)
		return send_error(s, id, FL_LSP_CANCELLED, "cancelled");
	return handle_request(s, method, params, id);
}

/* --- the queue --------------------------------------------------------------------------- */

static void free_message(struct message *m)
{
	cJSON_Delete(m->json);
	free(m);
}

/* A request that still waits is not worked on. */
static void cancel(struct server *s, const cJSON *params)
{
	const cJSON *id = cJSON_GetObjectItemCaseSensitive(params, "id");

	for (struct message *m = s->queue; m && id; m = m->next) {
		const cJSON *other = cJSON_GetObjectItemCaseSensitive(m->json, "id");

		if (other && cJSON_Compare(id, other, true))
			m->is_cancelled = true;
	}
}

static int enqueue(struct server *s, cJSON *json)
{
	const char *method = fl_lsp_string(json, "method");
	struct message *m, **end = &s->queue;

	if (method && !strcmp(method, "$/cancelRequest")) {
		cancel(s, cJSON_GetObjectItemCaseSensitive(json, "params"));
		cJSON_Delete(json);
		return 0;
	}
	m = calloc(1, sizeof(*m));
	if (!m) {
		cJSON_Delete(json);
		return -ENOMEM;
	}
	m->json = json;
	while (*end)
		end = &(*end)->next;
	*end = m;
	s->nqueue++;
	return 0;
}

/* Take in what has arrived; with @wait until something has. */
static int take_in(struct server *s, bool wait)
{
	while (!s->ended && s->nqueue < MAX_QUEUE) {
		char *body = NULL;
		size_t len;
		int err = fl_wire_read(&s->wire, wait, &body, &len);

		if (err == -EAGAIN)
			break;
		if (err && err != -EBADMSG) {
			s->ended = err;
			break;
		}
		err = enqueue(s, body ? cJSON_ParseWithLength(body, len) : NULL);
		free(body);
		if (err)
			return err;
		wait = false;
	}
	return 0;
}

static int handle_next(struct server *s)
{
	struct message *m = s->queue;
	int err;

	s->queue = m->next;
	s->nqueue--;
	err = handle(s, m);
	free_message(m);
	return err;
}

/* The first document whose diagnostics are old, or NULL. */
static struct fl_document *find_dirty(struct server *s)
{
	struct fl_document *d = s->lsp.docs.first;

	while (d && !d->is_dirty)
		d = d->next;
	return d;
}

static int serve(struct server *s)
{
	int err = 0;

	while (!err && s->state != EXITED) {
		struct fl_document *dirty;

		err = take_in(s, false);
		dirty = find_dirty(s);
		if (err)
			break;
		if (s->queue)
			err = handle_next(s);
		else if (s->ended)
			return s->ended == -EPIPE ? -EPROTO : s->ended;
		else if (dirty)
			err = publish(s, dirty);
		else
			err = take_in(s, true);
	}
	return err ? err : s->ended;
}

/* What the editor has of a file counts, saved or not. */
static int read_used(void *arg, const char *path, char **text, size_t *len)
{
	struct fl_lsp *s = arg;
	const struct fl_compile_opts *files = &s->opts->compile;
	const struct fl_document *d = fl_document_of_path(&s->docs, path);

	if (!d)
		return files->read ? files->read(files->read_arg, path, text, len) : -ENOENT;
	*text = strndup(d->src.text, d->src.len);
	*len = d->src.len;
	return *text ? 0 : -ENOMEM;
}

int fl_lsp_serve(const struct fl_lsp_opts *opts)
{
	struct server s = { .lsp = { .opts = opts, .compile = opts->compile },
			    .wire = { .fd = opts->in } };
	int err;

	s.lsp.compile.read = read_used;
	s.lsp.compile.read_arg = &s.lsp;
	err = serve(&s);
	while (s.queue) {
		struct message *m = s.queue;

		s.queue = m->next;
		free_message(m);
	}
	fl_documents_release(&s.lsp.docs);
	fl_wire_release(&s.wire);
	return err;
}
