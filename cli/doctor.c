/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor.c - `faultline doctor`: a diagnosis as text or as JSON. */
#include "diagnosis.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"
#include "fix_hint.h"
#include "inspect.h"
#include "installed.h"
#include "json.h"

#define COLUMNS 96
#define INDENT 28 /* of the lines below a check: up to its detail */

struct colours {
	const char *good, *bad, *strong, *off;
};

/* https://no-color.org: any value that is not empty. */
static const struct colours *colours(void)
{
	static const struct colours none = { "", "", "", "" };
	static const struct colours ansi = { "\033[32m", "\033[31m", "\033[1m", "\033[0m" };
	const char *off = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(off && *off) ? &ansi : &none;
}

/* Words, broken into lines that begin at INDENT. */
static void print_wrapped(const char *label, const char *text)
{
	int column = printf("%*s%s", INDENT, "", label);

	while (*text) {
		int len = (int)strcspn(text, " ");

		if (column + 1 + len > COLUMNS && column > INDENT)
			column = printf("\n%*s", INDENT + 2, "") - 1;
		column += printf("%s%.*s", column > INDENT + 2 ? " " : "", len, text);
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

/* Do not repeat what is above. */
static void print_remedy(const struct fl_diagnosis *d, const struct fl_check *c)
{
	char text[64];

	for (const struct fl_check *before = d->checks; before < c; before++) {
		if (strcmp(before->remedy, c->remedy) != 0)
			continue;
		snprintf(text, sizeof(text), "as for '%s'", before->title);
		print_wrapped("to get it:", text);
		return;
	}
	print_wrapped("to get it:", c->remedy);
}

static void print_check(const struct fl_diagnosis *d, const struct fl_check *c,
			const struct colours *colour)
{
	const char *mark = c->answer == FL_YES ? colour->good : colour->bad;

	printf("  %s%-7s%s %-17s %s\n", mark, fl_answer_name(c->answer), colour->off, c->title,
	       c->detail);
	if (c->answer == FL_YES)
		return;
	print_wrapped("prevents:", c->prevents);
	if (*c->remedy)
		print_remedy(d, c);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_scope(const struct fl_diagnosis *d, const struct colours *colour)
{
	printf("\n%sinjectable here:%s ", colour->strong, colour->off);
	if (d->scope == FL_SCOPE_NOTHING) {
		printf("nothing%s\n", d->denied ? "; this process is not permitted to" : "");
		return;
	}
	if (d->scope == FL_SCOPE_SECURITY) {
		printf("security_* only (%zu function%s)\n", d->nsecurity, plural(d->nsecurity));
		return;
	}
	printf("all listed functions (");
	if (d->nlisted)
		printf("%zu", d->nlisted);
	else
		printf("cannot read the list itself");
	if (d->nmodules)
		printf(", some of them in %zu module%s", d->nmodules, plural(d->nmodules));
	printf(")");
	if (d->nsecurity)
		printf(" and security_* (%zu)", d->nsecurity);
	printf("%s\n", d->by_fmod_ret ? "; not with 0 or NULL, which needs kprobes" : "");
}

static void print_text(const struct fl_diagnosis *d)
{
	const struct colours *colour = colours();
	const char *section = "";

	printf("faultline %s, Linux %s %s", FL_VERSION, d->release, d->machine);
	if (*d->config)
		printf(", configured by %s\n", d->config);
	else
		printf("; its configuration is unknown\n");
	for (size_t i = 0; i < d->nchecks; i++) {
		if (strcmp(section, d->checks[i].section) != 0)
			printf("\n%s%s%s\n", colour->strong, d->checks[i].section, colour->off);
		section = d->checks[i].section;
		print_check(d, &d->checks[i], colour);
	}
	print_scope(d, colour);
}

static void print_json(const struct fl_diagnosis *d, int status)
{
	static const char *const scopes[] = {
		[FL_SCOPE_NOTHING] = "nothing",
		[FL_SCOPE_SECURITY] = "security",
		[FL_SCOPE_ALL] = "all",
	};
	struct fl_json j = { .out = stdout };

	fl_json_open(&j, NULL, '{');
	fl_json_number(&j, "v", 1);
	fl_json_string(&j, "type", "doctor");
	fl_json_string(&j, "faultline", FL_VERSION);
	fl_json_string(&j, "release", d->release);
	fl_json_string(&j, "machine", d->machine);
	fl_json_string(&j, "config", *d->config ? d->config : NULL);
	fl_json_open(&j, "checks", '[');
	for (size_t i = 0; i < d->nchecks; i++) {
		const struct fl_check *c = &d->checks[i];
		bool ok = c->answer == FL_YES;

		fl_json_open(&j, NULL, '{');
		fl_json_string(&j, "id", c->id);
		fl_json_string(&j, "answer", fl_answer_name(c->answer));
		fl_json_string(&j, "detail", c->detail);
		fl_json_string(&j, "prevents", ok ? NULL : c->prevents);
		fl_json_string(&j, "remedy", ok || !*c->remedy ? NULL : c->remedy);
		fl_json_close(&j, '{');
	}
	fl_json_close(&j, '[');
	fl_json_open(&j, "injectable", '{');
	fl_json_string(&j, "scope", scopes[d->scope]);
	fl_json_bool(&j, "list_known", d->list_known);
	fl_json_number(&j, "listed", (int64_t)d->nlisted);
	fl_json_number(&j, "modules", (int64_t)d->nmodules);
	fl_json_number(&j, "security", (int64_t)d->nsecurity);
	fl_json_bool(&j, "zero_or_null", !d->by_fmod_ret && d->scope == FL_SCOPE_ALL);
	fl_json_close(&j, '{');
	fl_json_number(&j, "exit", status);
	fl_json_close(&j, '{');
	fl_json_line(&j);
}

static void print_fixes(const struct fl_diagnosis *d)
{
	/* without /proc it is not known where it is */
	char fragment[PATH_MAX] = "/usr/share/faultline/faultline.config", *real = NULL;

	if (!fl_installed("/" FL_DATA "/faultline.config", fragment, sizeof(fragment)))
		real = realpath(fragment, NULL);
	fl_fix_hint(stdout, d, real ? real : fragment);
	free(real);
}

int fl_doctor(const struct fl_options *o)
{
	struct fl_diagnosis d;
	int status = FL_EXIT_OK;

	if (fl_diagnose(&d))
		return fl_complain(FL_F_MEMORY, NULL);
	if (d.scope == FL_SCOPE_NOTHING)
		status = d.denied ? FL_EXIT_PERMISSION : FL_EXIT_KERNEL;
	if (o->fix_hint)
		print_fixes(&d);
	else if (o->form == FL_FORM_JSON)
		print_json(&d, status);
	else
		print_text(&d);
	return status;
}
