/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "describe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json.h"
#include "refuse.h"
#include "shell.h"

void fl_describe_value(int64_t value, char *buf, size_t size)
{
	const char *name = value < 0 && value >= -4095 ? strerrorname_np((int)-value) : NULL;

	if (name)
		snprintf(buf, size, "-%s", name);
	else
		snprintf(buf, size, "%" PRId64, value);
}

void fl_describe_replay(const char *dir, uint32_t id, char *buf, size_t size)
{
	char folder[4224];
	FILE *out = fmemopen(buf, size, "w");

	buf[0] = '\0';
	if (!out)
		return;
	snprintf(folder, sizeof(folder), "%s/%" PRIu32, dir, id);
	fputs("faultline replay ", out);
	fl_shell_word(out, folder);
	fclose(out);
}

int fl_write_replay(const char *dir, uint32_t id)
{
	char replay[FL_REPLAY_SIZE], line[FL_REPLAY_SIZE + 1], path[4224];

	fl_describe_replay(dir, id, replay, sizeof(replay));
	snprintf(line, sizeof(line), "%s\n", replay);
	snprintf(path, sizeof(path), "%s/%" PRIu32 "/replay", dir, id);
	return fl_replace_file(path, 0666, line, strlen(line));
}

void fl_describe_fault(FILE *out, const struct fl_ledger *l, const struct fl_fault_at *f)
{
	const struct fl_spot *s = &l->spots[f->point];
	char value[32];

	fprintf(out, "rule %" PRIu32 ": %s%s%s", s->rule + 1, s->module ? s->module : "",
		s->module ? ":" : "", s->function);
	if (f->has_value) {
		fl_describe_value(f->value, value, sizeof(value));
		fprintf(out, " = %s", value);
	}
	if (f->occurrence != 1)
		fprintf(out, ", occurrence %" PRIu32, f->occurrence);
	if (f->mode == FL_INJECT_ON)
		fprintf(out, ", and on from there");
	else if (f->mode == FL_INJECT_ALL)
		fprintf(out, ", and all calls from there");
	if (s->context && strcmp(s->context, "task") != 0)
		fprintf(out, " [%s]", s->context);
	fputc('\n', out);
	for (size_t i = 0; i < s->npath; i++)
		fprintf(out, "    %s\n", s->path[i]);
}

static void put_first(struct fl_json *j, const struct fl_ledger *l,
		      const struct fl_known_finding *f)
{
	const struct fl_fault_at *at = &f->faults[f->nfaults ? f->nfaults - 1 : 0];
	const struct fl_spot *s = f->nfaults ? &l->spots[at->point] : NULL;

	if (!s)
		return;
	fl_json_open(j, "first", '{');
	fl_json_number(j, "rule", (int64_t)s->rule + 1);
	fl_json_string(j, "function", s->function);
	fl_json_open(j, "path", '[');
	for (size_t i = 0; i < s->npath; i++)
		fl_json_string(j, NULL, s->path[i]);
	fl_json_close(j, '[');
	if (at->has_value)
		fl_json_number(j, "value", at->value);
	else
		fl_json_string(j, "value", NULL);
	fl_json_string(j, "mode", fl_inject_mode_name(at->mode));
	fl_json_number(j, "occurrence", at->occurrence);
	fl_json_close(j, '{');
}

static void put_finding(struct fl_json *j, const char *dir, const struct fl_ledger *l, uint32_t id)
{
	const struct fl_known_finding *f = &l->findings[id - 1];
	char replay[FL_REPLAY_SIZE];

	fl_describe_replay(dir, id, replay, sizeof(replay));
	fl_json_open(j, NULL, '{');
	fl_json_number(j, "id", id);
	fl_json_string(j, "kind", f->kind);
	fl_json_string(j, "fingerprint", f->fingerprint);
	fl_json_string(j, "title", f->title);
	put_first(j, l, f);
	fl_json_number(j, "faults", (int64_t)f->blames);
	fl_json_string(j, "replay", replay);
	fl_json_close(j, '{');
}

static void put_summary(struct fl_json *j, const char *dir, const struct fl_ledger *l,
			const struct fl_agenda_sums *sums)
{
	fl_json_open(j, NULL, '{');
	fl_json_number(j, "v", 1);
	fl_json_open(j, "points", '{');
	fl_json_number(j, "found", (int64_t)sums->found);
	fl_json_number(j, "injected", (int64_t)sums->injected);
	fl_json_number(j, "missed", (int64_t)sums->missed);
	fl_json_number(j, "unstable", (int64_t)sums->unstable);
	fl_json_close(j, '{');
	fl_json_number(j, "trials", (int64_t)l->trials);
	fl_json_open(j, "outcomes", '{');
	for (int i = FL_OUTCOME_HANDLED; i < FL_OUTCOME_CUT; i++)
		fl_json_number(j, fl_outcome_kind_name((enum fl_outcome_kind)i),
			       (int64_t)l->outcomes[i]);
	fl_json_close(j, '{');
	fl_json_bool(j, "exhausted", sums->exhausted);
	fl_json_decimal(j, "seconds", (double)l->busy_us / 1e6);
	fl_json_decimal(j, "baseline_seconds", (double)l->baseline_us / 1e6);
	fl_json_open(j, "findings", '[');
	for (size_t i = 0; i < l->nfindings; i++)
		put_finding(j, dir, l, (uint32_t)i + 1);
	fl_json_close(j, '[');
	fl_json_close(j, '{');
	fl_json_line(j);
}

char *fl_summary_text(const char *dir, const struct fl_ledger *l, const struct fl_agenda_sums *sums)
{
	struct fl_json j = { 0 };
	char *text = NULL;
	size_t len;

	j.out = open_memstream(&text, &len);
	if (!j.out)
		return NULL;
	put_summary(&j, dir, l, sums);
	if (!fclose(j.out))
		return text;
	free(text);
	return NULL;
}

int fl_write_summary(const char *dir, const struct fl_ledger *l, const struct fl_agenda_sums *sums,
		     struct fl_fault *fault)
{
	char *text = fl_summary_text(dir, l, sums), path[4200];
	int err = -ENOMEM;

	snprintf(path, sizeof(path), "%s/summary.json", dir);
	if (text)
		err = fl_replace_file(path, 0666, text, strlen(text));
	free(text);
	return err ? fl_refuse_errno(fault, FL_C_WRITE, path, -err) : 0;
}
