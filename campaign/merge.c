/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge.c - shards are read once to identify them, and again to copy their
 * records with merged numbers: points by identity, trials one shard after the
 * other, findings by fingerprint.
 */
#include "merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "describe.h"
#include "file.h"
#include "journal.h"
#include "note.h"
#include "settings.h"

struct shard {
	const char *dir;
	struct fl_ledger l;
	struct fl_settings settings;
	uint32_t number, of; /* from 1 */
	bool is_exhausted;
	bool is_left_out;
};

struct merge {
	const struct fl_merge_opts *o;
	struct fl_ledger *l;
	struct fl_journal *journal;
	struct fl_fault *fault;
	struct shard *shards;
	/* of the shard that is being copied */
	const struct shard *from;
	uint32_t *points;   /* merged number of each of its points */
	uint32_t *findings; /* likewise, from 1 */
	uint64_t base;	    /* its trial N is merged trial base + N */
};

static int no_memory(const struct merge *m)
{
	return fl_refuse_memory(m->fault);
}

/* --- what each is ----------------------------------------------------------- */

static int learn(const struct merge *m, struct shard *s, const char *dir)
{
	struct fl_agenda_sums sums;
	struct fl_agenda a;
	int err;

	s->dir = dir;
	fl_ledger_init(&s->l);
	err = fl_ledger_read(&s->l, dir, m->fault);
	if (err)
		return err;
	fl_settings_of(&s->settings, &s->l);
	fl_agenda_init(&a, &s->settings.agenda, &s->l);
	fl_agenda_sum(&a, &sums);
	s->is_exhausted = sums.exhausted;
	s->of = s->settings.agenda.nshards ? s->settings.agenda.nshards : 1;
	s->number = s->settings.agenda.nshards ? s->settings.agenda.shard + 1 : 1;
	return 0;
}

static const char *option(const struct fl_ledger *l, const char *name)
{
	for (size_t i = 0; i < l->noptions; i++) {
		if (!strcmp(l->options[i].name, name))
			return l->options[i].value;
	}
	return "";
}

/* Of one campaign, with the same faults to try? */
static int check_same(const struct merge *m, const struct shard *a, const struct shard *b)
{
	static const char *const options[] = { "each",	     "mode",   "depth",
					       "occurrence", "values", "only" };
	char kernel[256];

	if (strcmp(a->l.script, b->l.script) != 0)
		return fl_refuse(m->fault, FL_C_MERGE_SCRIPT, b->dir, a->dir, NULL);
	if (strcmp(a->l.kernel, b->l.kernel) != 0 ||
	    (a->l.build_id && b->l.build_id && strcmp(a->l.build_id, b->l.build_id) != 0)) {
		snprintf(kernel, sizeof(kernel), "%s%s", b->l.kernel,
			 strcmp(a->l.kernel, b->l.kernel) ? "" : ", another build");
		return fl_refuse(m->fault, FL_C_MERGE_KERNEL, b->dir, kernel, a->dir, a->l.kernel,
				 NULL);
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(option(&a->l, options[i]), option(&b->l, options[i])) != 0)
			return fl_refuse(m->fault, FL_C_MERGE_OPTIONS, b->dir, options[i], a->dir,
					 NULL);
	}
	if (a->of != b->of)
		return fl_refuse(m->fault, FL_C_MERGE_SHARDS, b->dir, fl_digits(b->of).text, a->dir,
				 fl_digits(a->of).text, NULL);
	return 0;
}

/* Which of two journals of one shard came further? The first, where both did. */
static bool is_further(const struct shard *a, const struct shard *b)
{
	if (a->is_exhausted != b->is_exhausted)
		return a->is_exhausted;
	if (a->l.nfindings != b->l.nfindings)
		return a->l.nfindings > b->l.nfindings;
	return a->l.trials > b->l.trials;
}

static void leave_out(const struct merge *m, struct shard *out, const struct shard *kept)
{
	out->is_left_out = true;
	fl_note(m->o->note, m->o->arg,
		"shard %" PRIu32 " is duplicate: '%s' is ignored, '%s' is used", out->number,
		out->dir, kept->dir);
	for (size_t i = 0; i < out->l.nfindings; i++) {
		if (!fl_ledger_finding(&kept->l, out->l.findings[i].fingerprint))
			fl_note(m->o->note, m->o->arg,
				"finding %s/%zu is only in the ignored one: %s", out->dir, i + 1,
				out->l.findings[i].fingerprint);
	}
}

static void choose(const struct merge *m)
{
	for (size_t i = 0; i < m->o->ndirs; i++) {
		struct shard *a = &m->shards[i];

		for (size_t k = i + 1; k < m->o->ndirs && !a->is_left_out; k++) {
			struct shard *b = &m->shards[k];

			if (b->number != a->number || b->is_left_out)
				continue;
			if (is_further(b, a))
				leave_out(m, a, b);
			else
				leave_out(m, b, a);
		}
	}
}

static int check_complete(const struct merge *m)
{
	const uint32_t of = m->shards[0].of;
	char missing[256] = "";
	size_t n = 0, len = 0;

	for (uint32_t number = 1; number <= of; number++) {
		bool found = false;

		for (size_t i = 0; i < m->o->ndirs; i++)
			found |= m->shards[i].number == number;
		if (found)
			continue;
		n++;
		if (len < sizeof(missing) - 24)
			len += (size_t)snprintf(missing + len, sizeof(missing) - len, "%s%" PRIu32,
						len ? ", " : "", number);
	}
	if (!n)
		return 0;
	return fl_refuse(m->fault, FL_C_MERGE_MISSING, n == 1 ? "" : "s", missing,
			 fl_digits(of).text, n == 1 ? "is" : "are", NULL);
}

static int learn_all(struct merge *m)
{
	int err = 0;

	for (size_t i = 0; !err && i < m->o->ndirs; i++) {
		err = learn(m, &m->shards[i], m->o->dirs[i]);
		if (!err && i)
			err = check_same(m, &m->shards[0], &m->shards[i]);
	}
	if (!err)
		err = check_complete(m);
	if (!err)
		choose(m);
	return err;
}

/* --- copies ----------------------------------------------------------------- */

static int book(struct merge *m, const struct fl_record *r)
{
	const char *why;
	int err = fl_ledger_apply(m->l, r, &why);

	if (err == -EINVAL)
		return fl_refuse(m->fault, FL_C_MERGE_UNFIT, m->from ? m->from->dir : m->o->out,
				 why, NULL);
	if (err)
		return no_memory(m);
	fl_journal_put(m->journal, r);
	return 0;
}

/* Without the shard: the merged campaign has none. */
static int book_start(struct merge *m, struct fl_record r)
{
	struct fl_record_option *options = calloc(r.noptions + 1, sizeof(*options));
	size_t n = 0;
	int err;

	if (!options)
		return no_memory(m);
	for (size_t i = 0; i < r.noptions; i++) {
		if (strcmp(r.options[i].name, "shard") != 0)
			options[n++] = r.options[i];
	}
	r.options = options;
	r.noptions = n;
	err = book(m, &r);
	free(options);
	return err;
}

static int book_point(struct merge *m, struct fl_record r)
{
	const struct fl_spot *known = fl_ledger_spot(m->l, r.key);
	const uint32_t id = r.id;

	if (!known) {
		m->points[id] = (uint32_t)m->l->nspots;
		r.id = m->points[id];
		r.trial = r.trial ? m->base + r.trial : 0;
		return book(m, &r);
	}
	m->points[id] = (uint32_t)fl_ledger_spot_number(m->l, known);
	if (known->reached || r.after)
		return 0;
	r = (struct fl_record){ .type = FL_RECORD_REACHED, .id = m->points[id], .calls = r.calls };
	return book(m, &r);
}

static int book_finding(struct merge *m, struct fl_record r)
{
	const uint32_t id = r.id, known = fl_ledger_finding(m->l, r.fingerprint);

	m->findings[id] = known ? known : (uint32_t)m->l->nfindings + 1;
	r.id = m->findings[id];
	return known ? 0 : book(m, &r);
}

/* Numbers beyond what the first reading knew: a sweep is still at work on it. */
static bool has_grown(const struct merge *m, const struct fl_record *r)
{
	if (r->type == FL_RECORD_FINDING)
		return r->id > m->from->l.nfindings;
	return r->type == FL_RECORD_POINT && r->id >= m->from->l.nspots;
}

static int copy(void *arg, const struct fl_record *from)
{
	struct merge *m = arg;
	struct fl_record r = *from;

	if (has_grown(m, from))
		return fl_refuse(m->fault, FL_C_MERGE_BUSY, m->from->dir, NULL);
	switch (r.type) {
	case FL_RECORD_CAMPAIGN:
	case FL_RECORD_DONE:
		return 0;
	case FL_RECORD_START:
		return book_start(m, r);
	case FL_RECORD_POINT:
		return book_point(m, r);
	case FL_RECORD_FINDING:
		return book_finding(m, r);
	case FL_RECORD_REACHED:
		r.id = m->points[r.id];
		return m->l->spots[r.id].reached ? 0 : book(m, &r);
	case FL_RECORD_UNSTABLE:
		r.id = m->points[r.id];
		return m->l->spots[r.id].unstable ? 0 : book(m, &r);
	case FL_RECORD_BASELINE:
		r.points = m->l->nspots;
		return book(m, &r);
	case FL_RECORD_BEGIN:
		for (size_t i = 0; i < r.nfaults; i++)
			r.faults[i].point = m->points[r.faults[i].point];
		break;
	case FL_RECORD_BLAME:
		r.id = m->findings[r.id];
		break;
	case FL_RECORD_END:
	case FL_RECORD_SCAN:
		break;
	}
	r.n += m->base;
	return book(m, &r);
}

/* Copy the folder of finding @id of a shard into the merged campaign. */
static void copy_folder(const struct merge *m, uint32_t id)
{
	static const char *const files[] = { "log", "path", "reproduce.fault", "reproduce.sh" };
	char path[4200], *text;
	size_t len;

	snprintf(path, sizeof(path), "%s/%" PRIu32, m->o->out, m->findings[id]);
	if (mkdir(path, 0777))
		return; /* another shard has it, too */
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%" PRIu32 "/%s", m->from->dir, id, files[i]);
		text = fl_read_text(path, &len);
		snprintf(path, sizeof(path), "%s/%" PRIu32 "/%s", m->o->out, m->findings[id],
			 files[i]);
		if (text && fl_replace_file(path, i == 3 ? 0777 : 0666, text, len))
			fl_note(m->o->note, m->o->arg, "cannot write '%s'", path);
		free(text);
	}
	if (fl_write_replay(m->o->out, m->findings[id]))
		fl_note(m->o->note, m->o->arg, "cannot write '%s/%" PRIu32 "/replay'", m->o->out,
			m->findings[id]);
}

static int copy_shard(struct merge *m, const struct shard *s)
{
	struct fl_journal_stat stat;
	int err;

	m->from = s;
	m->base = m->l->last;
	m->points = calloc(s->l.nspots + 1, sizeof(*m->points));
	m->findings = calloc(s->l.nfindings + 1, sizeof(*m->findings));
	err = m->points && m->findings ? fl_journal_read(s->dir, copy, m, &stat, m->fault)
				       : no_memory(m);
	for (uint32_t id = 1; !err && m->findings && id <= s->l.nfindings; id++)
		copy_folder(m, id);
	free(m->points);
	free(m->findings);
	m->points = m->findings = NULL;
	m->from = NULL;
	return err;
}

/* --- the whole --------------------------------------------------------------- */

static int refuse_record(void *arg, const struct fl_record *r)
{
	(void)r;
	*(bool *)arg = true;
	return -EEXIST;
}

static int open_out(struct merge *m)
{
	struct fl_journal_stat stat;
	bool taken = false, fresh;
	int err = fl_journal_open(m->o->out, refuse_record, &taken, &m->journal, &fresh, &stat,
				  m->fault);

	if (!taken)
		return err;
	return fl_refuse(m->fault, FL_C_MERGE_TAKEN, m->o->out, NULL);
}

static int book_campaign(struct merge *m)
{
	const struct fl_ledger *l = &m->shards[0].l;
	const struct fl_record r = {
		.type = FL_RECORD_CAMPAIGN,
		.version = FL_JOURNAL_VERSION,
		.faultline = l->faultline,
		.script = l->script,
		.kernel = l->kernel,
		.build_id = l->build_id,
		.argv = (const char *const *)l->argv,
		.nargv = l->nargv,
	};

	return book(m, &r);
}

/* What a shard has not done is left to do in the merged campaign. */
static bool all_exhausted(const struct merge *m)
{
	bool all = true;

	for (size_t i = 0; i < m->o->ndirs; i++) {
		const struct shard *s = &m->shards[i];

		if (s->is_left_out || s->is_exhausted)
			continue;
		fl_note(m->o->note, m->o->arg, "shard %" PRIu32 ", '%s', is not exhausted",
			s->number, s->dir);
		all = false;
	}
	return all;
}

static int finish(struct merge *m)
{
	struct fl_record r = { .type = FL_RECORD_DONE, .status = FL_EXIT_OK };
	const bool all = all_exhausted(m);
	struct fl_settings settings;
	struct fl_agenda_sums sums;
	struct fl_agenda a;
	int err;

	fl_settings_of(&settings, m->l);
	settings.agenda.unproven = settings.agenda.values_unknown && !all;
	fl_agenda_init(&a, &settings.agenda, m->l);
	fl_agenda_sum(&a, &sums);
	r.reason = sums.exhausted ? "exhausted" : "merged";
	if (!m->l->nspots)
		r.status = FL_EXIT_IDLE;
	else if (m->l->nfindings || !sums.exhausted)
		r.status = FL_EXIT_FINDING;
	err = book(m, &r);
	if (!err)
		err = fl_journal_sync(m->journal, m->fault);
	if (!err)
		err = fl_write_summary(m->o->out, m->l, &sums, m->fault);
	return err;
}

static int write_all(struct merge *m)
{
	int err = open_out(m);

	if (!err)
		err = book_campaign(m);
	for (size_t i = 0; !err && i < m->o->ndirs; i++) {
		if (!m->shards[i].is_left_out)
			err = copy_shard(m, &m->shards[i]);
	}
	return err ? err : finish(m);
}

int fl_merge(const struct fl_merge_opts *o, struct fl_ledger *merged, struct fl_fault *fault)
{
	struct merge m = { .o = o, .l = merged, .fault = fault };
	int err;

	m.shards = calloc(o->ndirs, sizeof(*m.shards));
	if (!m.shards)
		return no_memory(&m);
	err = learn_all(&m);
	if (!err)
		err = write_all(&m);
	fl_journal_close(m.journal);
	for (size_t i = 0; i < o->ndirs; i++) {
		if (m.shards[i].dir)
			fl_ledger_release(&m.shards[i].l);
	}
	free(m.shards);
	return err;
}
