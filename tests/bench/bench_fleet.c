/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: bench_fleet JOURNAL-DIR START-SECONDS BETWEEN-SECONDS SVG
 *
 * What a campaign gains by many machines: a table on standard output, a chart in
 * SVG. Trials take as long as those of a recorded journal, drawn with a fixed seed
 * until there are POINTS; which machine has a point is for the sweep's own agenda
 * to say. A machine needs START-SECONDS, two baselines, and its trials, each of
 * these with BETWEEN-SECONDS that the journal does not count.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "agenda.h"
#include "journal.h"
#include "lookup.h"

#define POINTS 10000
#define MAX_RECORDED 65536

static const uint32_t fleets[] = { 1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 700, 1000 };
#define NFLEETS (sizeof(fleets) / sizeof(fleets[0]))

struct recorded {
	uint64_t us[MAX_RECORDED];
	size_t n;
	uint64_t baseline_us;
	uint64_t start_us, between_us;
};

struct fleet {
	uint64_t longest_us; /* of the machine that ends last */
	uint64_t all_us;     /* of all machines together */
	size_t most;	     /* trials of one machine */
};

static int take(void *arg, const struct fl_record *r)
{
	struct recorded *rec = arg;

	if (r->type == FL_RECORD_BASELINE)
		rec->baseline_us = r->us;
	if (r->type == FL_RECORD_END && r->outcome != FL_OUTCOME_CUT && rec->n < MAX_RECORDED)
		rec->us[rec->n++] = r->us;
	return 0;
}

/* A campaign of POINTS points, as a journal would have it. */
static int make_campaign(struct fl_ledger *l)
{
	struct fl_record r = { .type = FL_RECORD_CAMPAIGN,
			       .version = FL_JOURNAL_VERSION,
			       .faultline = "",
			       .script = "",
			       .kernel = "" };
	const char *why;
	char key[17];
	int err;

	err = fl_ledger_apply(l, &r, &why);
	r = (struct fl_record){ .type = FL_RECORD_START, .boot = "" };
	if (!err)
		err = fl_ledger_apply(l, &r, &why);
	for (uint32_t i = 0; !err && i < POINTS; i++) {
		snprintf(key, sizeof(key), "%016" PRIx64, fl_lookup_mix(i + 1));
		r = (struct fl_record){
			.type = FL_RECORD_POINT, .id = i, .key = key, .function = "", .calls = 1
		};
		err = fl_ledger_apply(l, &r, &why);
	}
	return err;
}

static struct fleet simulate(const struct fl_ledger *l, const struct recorded *rec,
			     uint32_t machines)
{
	struct fl_agenda_opts o = { .modes = { true }, .depth = 1, .nshards = machines };
	struct fleet fleet = { 0 };

	for (o.shard = 0; o.shard < machines; o.shard++) {
		uint64_t us = rec->start_us + 2 * (rec->baseline_us + rec->between_us);
		struct fl_agenda a;
		size_t trials = 0;

		fl_agenda_init(&a, &o, l);
		for (size_t i = 0; i < POINTS; i++) {
			if (fl_agenda_left(&a, i) == FL_LEFT_SHARD)
				continue;
			trials++;
			us += rec->us[fl_lookup_mix(POINTS + i) % rec->n] + rec->between_us;
		}
		fleet.all_us += us;
		if (us > fleet.longest_us)
			fleet.longest_us = us;
		if (trials > fleet.most)
			fleet.most = trials;
	}
	return fleet;
}

static double speedup(const struct fleet *all, size_t i)
{
	return (double)all[0].longest_us / (double)all[i].longest_us;
}

static void print_table(const struct fleet *all)
{
	printf("| machines | trials of one, at most | time | speed-up | of ideal | time of all machines |\n"
	       "|---:|---:|---:|---:|---:|---:|\n");
	for (size_t i = 0; i < NFLEETS; i++)
		printf("| %" PRIu32 " | %zu | %.1f min | %.1f | %.0f %% | %.1f h |\n", fleets[i],
		       all[i].most, (double)all[i].longest_us / 60e6, speedup(all, i),
		       100 * speedup(all, i) / fleets[i], (double)all[i].all_us / 3600e6);
}

/* Of 1 to 1000 on an axis of three decades. */
static double along(double value)
{
	return log10(value) / 3;
}

static void put_curve(FILE *f, const struct fleet *all)
{
	fprintf(f, "<polyline class=\"line\" points=\"");
	for (size_t i = 0; i < NFLEETS; i++)
		fprintf(f, "%s%.1f,%.1f", i ? " " : "", 60 + 480 * along(fleets[i]),
			340 - 320 * along(speedup(all, i)));
	fprintf(f, "\"/>\n");
	for (size_t i = 0; i < NFLEETS; i++)
		fprintf(f,
			"<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\">"
			"<title>%" PRIu32 " machines: %.1f times as fast</title></circle>\n",
			60 + 480 * along(fleets[i]), 340 - 320 * along(speedup(all, i)), fleets[i],
			speedup(all, i));
}

static void put_axes(FILE *f)
{
	for (int n = 1; n <= 1000; n *= 10) {
		const double x = 60 + 480 * along(n), y = 340 - 320 * along(n);

		fprintf(f, "<path class=\"grid\" d=\"M%.1f 20V340M60 %.1fH540\"/>\n", x, y);
		fprintf(f, "<text x=\"%.1f\" y=\"358\" text-anchor=\"middle\">%d</text>\n", x, n);
		fprintf(f, "<text x=\"52\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", y + 4, n);
	}
	fprintf(f,
		"<text x=\"300\" y=\"380\" text-anchor=\"middle\">machines</text>\n"
		"<text x=\"16\" y=\"180\" text-anchor=\"middle\" transform=\"rotate(-90 16 180)\">"
		"speed-up</text>\n"
		"<path class=\"ideal\" d=\"M60 340L540 20\"/>\n");
}

static int write_chart(const char *path, const struct fleet *all)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -1;
	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 560 390\" role=\"img\">\n"
		"<!-- SPDX-License-Identifier: GPL-2.0-or-later -->\n"
		"<title>Speed-up of a campaign of %d points by shards</title>\n"
		"<style>\n"
		"svg { background: #fff; font: 12px sans-serif; fill: #333 }\n"
		".grid { stroke: #ddd; fill: none }\n"
		".ideal { stroke: #999; stroke-dasharray: 4 4 }\n"
		".line { stroke: #06c; stroke-width: 2; fill: none }\n"
		".dot { fill: #06c }\n"
		"@media (prefers-color-scheme: dark) {\n"
		"svg { background: #111; fill: #ccc } .grid { stroke: #333 }\n"
		".line { stroke: #6af } .dot { fill: #6af }\n"
		"}\n"
		"</style>\n",
		POINTS);
	put_axes(f);
	put_curve(f, all);
	fprintf(f, "</svg>\n");
	return fclose(f);
}

int main(int argc, char **argv)
{
	static struct recorded rec;
	struct fleet all[NFLEETS];
	struct fl_journal_stat stat;
	struct fl_fault fault = { 0 };
	struct fl_ledger l;
	int status = 1;

	if (argc != 5) {
		fprintf(stderr,
			"usage: bench_fleet JOURNAL-DIR START-SECONDS BETWEEN-SECONDS SVG\n");
		return 2;
	}
	rec.start_us = (uint64_t)(strtod(argv[2], NULL) * 1e6);
	rec.between_us = (uint64_t)(strtod(argv[3], NULL) * 1e6);
	fl_ledger_init(&l);
	if (fl_journal_read(argv[1], take, &rec, &stat, &fault) || !rec.n || make_campaign(&l)) {
		fprintf(stderr, "bench_fleet: no campaign in '%s' %s\n", argv[1], fault.text);
		goto out;
	}
	for (size_t i = 0; i < NFLEETS; i++)
		all[i] = simulate(&l, &rec, fleets[i]);
	print_table(all);
	status = write_chart(argv[4], all) != 0;
out:
	fl_ledger_release(&l);
	return status;
}
