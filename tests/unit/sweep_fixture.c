/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sweep_fixture.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "file.h"
#include "unit.h"

char sweep_dir[64];

int sweep_make_dir(void **state)
{
	(void)state;
	snprintf(sweep_dir, sizeof(sweep_dir), "/tmp/fl-sweep-XXXXXX");
	return mkdtemp(sweep_dir) ? 0 : -1;
}

int sweep_make_finding(void **state)
{
	char path[80];
	int err = sweep_make_dir(state);

	snprintf(path, sizeof(path), "%s/1", sweep_dir);
	return err ? err : mkdir(path, 0777);
}

static int remove_one(const char *name, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(name);
}

void sweep_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int sweep_remove_dir(void **state)
{
	(void)state;
	return nftw(sweep_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void sweep_clear_dir(void)
{
	sweep_remove_tree(sweep_dir);
	mkdir(sweep_dir, 0777);
}

struct fl_sweep_opts sweep_options(const char *boot)
{
	return (struct fl_sweep_opts){
		.dir = sweep_dir,
		.agenda = { .modes = { [FL_INJECT_ONCE] = true }, .depth = 1 },
		.faultline = "test",
		.script = "script-1",
		.kernel = "6.12.0",
		.build_id = "abcd",
		.boot = boot,
	};
}

enum sim_bug sweep_steady(size_t i)
{
	return sim_bug(i) == SIM_SOMETIMES ? SIM_NONE : sim_bug(i);
}

char *sweep_no_rules(void *arg, const struct fl_ledger *l, const struct fl_fault_at *faults,
		     size_t nfaults, bool fewest)
{
	(void)arg;
	(void)l;
	(void)faults;
	(void)nfaults;
	(void)fewest;
	return strdup("");
}

const struct fl_agenda_opts sweep_plain = { .modes = { [FL_INJECT_ONCE] = true }, .depth = 1 };
const struct fl_agenda_opts sweep_thorough = {
	.modes = { [FL_INJECT_ONCE] = true, [FL_INJECT_ON] = true },
	.occurrence = FL_OCCURRENCE_ALL,
	.depth = 2,
};

static int order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *joined(char **lines, size_t n)
{
	size_t len = 1;
	char *text;

	qsort(lines, n, sizeof(*lines), order);
	for (size_t i = 0; i < n; i++)
		len += strlen(lines[i]) + 1;
	text = calloc(1, len);
	len = 0;
	for (size_t i = 0; i < n; i++) {
		size_t l = strlen(lines[i]);

		memcpy(text + len, lines[i], l);
		text[len + l] = '\n';
		len += l + 1;
		free(lines[i]);
	}
	return text;
}

char *sweep_digest(void)
{
	struct fl_ledger l;
	char **lines = calloc(4096, sizeof(*lines)), *text;
	size_t n = 0;

	fl_ledger_init(&l);
	assert_int_equal(fl_ledger_read(&l, sweep_dir, NULL), 0);
	for (size_t i = 0; i < l.nspots; i++)
		assert_true(asprintf(&lines[n++], "point %s %d %d", l.spots[i].function,
				     l.spots[i].injected, l.spots[i].reached) > 0);
	for (size_t i = 0; i < l.nfindings; i++)
		assert_true(asprintf(&lines[n++], "finding %s: %s", l.findings[i].fingerprint,
				     l.spots[l.findings[i].faults[l.findings[i].nfaults - 1].point]
					     .function) > 0);
	for (size_t i = 0; i < l.ntried; i++)
		assert_true(asprintf(&lines[n++], "tried %s %u %d %d: %s",
				     l.spots[l.tried[i].fault.point].function,
				     l.tried[i].fault.occurrence, l.tried[i].fault.mode,
				     l.tried[i].pair,
				     fl_outcome_kind_name(l.tried[i].outcome)) > 0);
	fl_ledger_release(&l);
	text = joined(lines, n);
	free(lines);
	return text;
}

char *sweep_read(const char *name)
{
	char path[256];
	size_t len;
	char *text;

	snprintf(path, sizeof(path), "%s/%s", sweep_dir, name);
	text = fl_read_text(path, &len);
	if (!text)
		fail_msg("no %s", path);
	return text;
}

static off_t journal_size(void)
{
	struct stat st;
	char path[128];

	snprintf(path, sizeof(path), "%s/journal.ndjson", sweep_dir);
	return stat(path, &st) ? 0 : st.st_size;
}

void sweep_kill(pid_t pid, uint64_t *random)
{
	const off_t until = journal_size() + unit_random(random) % 4000;
	const struct timespec moment = { .tv_nsec = unit_random(random) % 1000000 };
	siginfo_t info = { 0 };

	while (journal_size() < until && !info.si_pid) {
		nanosleep(&moment, NULL);
		assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
	}
	kill(pid, SIGKILL);
}
