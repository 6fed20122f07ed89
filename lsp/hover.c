/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hover.c - what the name under the cursor is. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lsp_impl.h"
#include "verdict.h"
#include "verdict_text.h"

#define MAX_FUNCTIONS 8 /* of a pattern, by name */

struct hover {
	struct fl_lsp *lsp;
	struct fl_document *doc;
	FILE *out;
};

/* --- functions of the kernel -------------------------------------------------- */

static const struct fl_rule *rule_of_target(const struct fl_script *s, struct fl_span span,
					    const struct fl_target **target)
{
	for (size_t i = 0; i < s->nrules; i++) {
		for (size_t j = 0; j < s->rules[i].ntargets; j++) {
			*target = &s->rules[i].targets[j];
			if ((*target)->span.src == span.src && (*target)->span.off == span.off)
				return &s->rules[i];
		}
	}
	return NULL;
}

static void put_pattern(struct hover *h, const struct fl_mention *m)
{
	const struct fl_target *target;
	const struct fl_rule *rule =
		rule_of_target(fl_index_script(h->doc->index), m->span, &target);
	size_t n = 0;

	if (!rule)
		return;
	for (size_t i = 0; i < rule->nons; i++) {
		if (rule->ons[i].target == target && n++ < MAX_FUNCTIONS)
			fprintf(h->out, "- `%s`\n", rule->ons[i].func->name);
	}
	if (n > MAX_FUNCTIONS)
		fprintf(h->out, "- ...\n");
	fprintf(h->out, "\n%zu functions\n", n);
}

static void put_reasons(FILE *out, const struct fl_verdict *v)
{
	for (size_t i = 0; i < v->nreasons; i++) {
		const struct fl_reason *r = &v->reasons[i];

		fprintf(out, "- %s%s%s\n", r->text, *r->hint ? "; " : "", r->hint);
	}
}

static void put_verdict(FILE *out, const struct fl_verdict *v, bool is_call)
{
	if (*v->proto && !is_call)
		fprintf(out, "```c\n%s\n```\n", v->proto);
	if (*v->module)
		fprintf(out, "module `%s`  \n", v->module);
	if (v->injectable && v->tag)
		fprintf(out, "**injectable**, %s `%s`: may return %s  \n",
			v->on_list ? "tag" : "like every security hook", fl_tag_name(v->tag),
			fl_may_return(v->tag));
	else
		fprintf(out, "%s  \n", v->injectable ? "**injectable**" : "**not injectable**");
	if (v->injectable)
		fprintf(out, "back end %s: %s  \n", fl_backend_name(v->backend), v->backend_reason);
	else if (v->exists && v->traceable == FL_YES)
		fputs("traceable: rules without a return are possible  \n", out);
	if (v->nreasons)
		fputc('\n', out);
	put_reasons(out, v);
	if (*v->macro)
		fprintf(out, "\nTo make it injectable, add after its definition:\n```c\n%s\n```\n",
			v->macro);
}

static int put_function(struct hover *h, const struct fl_mention *m)
{
	struct fl_kernel *k = h->lsp->opts->kernel;
	const struct fl_verdict_opts opts = { .root = h->lsp->opts->root };
	const struct fl_syscall *call;
	struct fl_verdict v;

	if (strpbrk(m->name, "*?[%")) {
		put_pattern(h, m);
		return 0;
	}
	call = m->module ? NULL : fl_syscall_find(k->arch, m->name);
	if (call) {
		fputs("```c\n", h->out);
		fl_lsp_print_call(h->out, call);
		fputs("\n```\nsystem call  \n", h->out);
	}
	if (fl_verdict(k, &opts, m->module, call ? call->function : m->name, &v))
		return -ENOMEM;
	put_verdict(h->out, &v, call != NULL);
	return 0;
}

/* --- names of the script -------------------------------------------------------- */

/* The line that defines it, as it is written. */
static void put_definition(struct hover *h, const struct fl_mention *m)
{
	const struct fl_mention *def = fl_index_definition(h->doc->index, m);
	const char *start, *at, *end, *text;

	if (!def)
		return;
	text = def->span.src->text;
	at = text + def->span.off;
	for (start = at; start > text && start[-1] != '\n'; start--)
		;
	for (end = at; end < text + def->span.src->len && *end != '\n' && *end != '\r'; end++)
		;
	while (start < at && (*start == ' ' || *start == '\t'))
		start++;
	fprintf(h->out, "```fault\n%.*s\n```\n", (int)(end - start), start);
	if (def->span.src != &h->doc->src)
		fprintf(h->out, "in %s\n", def->span.src->name);
}

static void put_constant(struct hover *h, const struct fl_mention *m)
{
	int number = fl_errno_number(m->name);
	int64_t value;

	if (number)
		fprintf(h->out, "`%s` = %d: %s\n", m->name, number, strerror(number));
	else if (fl_index_value(h->doc->index, m, &value))
		fprintf(h->out, "`%s` = %" PRId64 "\n", m->name, value);
}

static void put_typed(struct hover *h, const struct fl_mention *m)
{
	const char *type = fl_index_type(h->doc->index, m);

	/* a name that the rule gives leads to the target */
	if (type)
		fprintf(h->out, "`%s`: `%s`\n", m->name, type);
	else if (m->kind == FL_MENTION_ARGUMENT)
		fprintf(h->out, "`%s`: argument, a number\n", m->name);
}

static int put_mention(struct hover *h, const struct fl_mention *m)
{
	switch (m->kind) {
	case FL_MENTION_PARAM:
	case FL_MENTION_LET:
	case FL_MENTION_LABEL:
		put_definition(h, m);
		break;
	case FL_MENTION_STATE:
		fprintf(h->out, "state `@%s`: a 64-bit number shared by all rules of the script\n",
			m->name);
		break;
	case FL_MENTION_ARGUMENT:
	case FL_MENTION_MEMBER:
		put_typed(h, m);
		break;
	case FL_MENTION_FUNCTION:
		return put_function(h, m);
	case FL_MENTION_BUILTIN:
	case FL_MENTION_CALL:
		fl_manual_print(h->out, m->name, m->kind == FL_MENTION_CALL);
		break;
	case FL_MENTION_CONSTANT:
		put_constant(h, m);
		break;
	case FL_MENTION_MODULE:
	case FL_MENTION_COUNTER:
	case FL_MENTION_FILE:
	default:
		break;
	}
	return 0;
}

int fl_lsp_hover(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	struct hover h = { .lsp = s };
	const struct fl_mention *m;
	const char *word = NULL;
	struct fl_span span;
	char *text = NULL;
	size_t len = 0;
	uint32_t off;
	int err = fl_lsp_place(s, params, &h.doc, &off);

	if (err)
		return err;
	h.out = open_memstream(&text, &len);
	if (!h.out)
		return -ENOMEM;
	m = fl_index_at(h.doc->index, off);
	if (m) {
		span = m->span;
		err = put_mention(&h, m);
	} else {
		word = fl_index_keyword(h.doc->index, off, &span);
		if (word)
			fl_manual_print(h.out, word, false);
	}
	if (fclose(h.out))
		err = -ENOMEM;
	if (!err && len) {
		fl_json_open(j, "result", '{');
		fl_lsp_put_markup(s, j, "contents", text);
		fl_lsp_put_range(j, "range", span);
		fl_json_close(j, '{');
	} else if (!err) {
		fl_json_string(j, "result", NULL);
	}
	free(text);
	return err;
}
