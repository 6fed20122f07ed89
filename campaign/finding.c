/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding.c - the folder of a finding: what is needed to read it, to reproduce
 * it, and to pass it on without the campaign.
 *
 *	log		output of the kernel or the check
 *	path		the fault and where it was injected
 *	replay		the command that reproduces it
 *	reproduce.fault	the same as a separate script
 *	reproduce.sh	the workload under it
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "describe.h"
#include "file.h"
#include "sweep_impl.h"

static void put(const struct sweep *s, const char *folder, const char *name, const char *text,
		mode_t mode)
{
	char path[4096];
	int err;

	if (!text)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	err = fl_replace_file(path, mode, text, strlen(text));
	if (err)
		fl_note(s->sink->note, s->sink->arg, "cannot write '%s': %s", path,
			fl_file_error(err));
}

static void put_path(const struct sweep *s, const char *folder, const struct fl_known_finding *f)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	fprintf(out, "%s\n%s\n\n", f->title, f->fingerprint);
	for (size_t i = 0; i < f->nfaults; i++)
		fl_describe_fault(out, s->l, &f->faults[i]);
	if (f->nshown)
		fprintf(out,
			"\nThe kernel reported it in the next trial, by what this one had damaged.\n");
	if (!fclose(out))
		put(s, folder, "path", text, 0666);
	free(text);
}

static void put_reproducer(const struct sweep *s, const char *folder,
			   const struct fl_known_finding *f)
{
	char *script = NULL, *shell = NULL;

	if (s->o->standalone)
		script = s->o->standalone(s->o->arg, s->l, f->faults, f->nfaults, false);
	if (s->o->shell)
		shell = s->o->shell(s->o->arg, "reproduce.fault", fl_finding_is_late(f));
	put(s, folder, "reproduce.fault", script, 0666);
	put(s, folder, "reproduce.sh", shell, 0777);
	free(script);
	free(shell);
}

void fl_finding_write(const struct sweep *s, uint32_t id, const struct fl_found *found)
{
	const struct fl_known_finding *f = &s->l->findings[id - 1];
	char folder[4000];
	int err;

	if (!s->journal)
		return;
	snprintf(folder, sizeof(folder), "%s/%" PRIu32, s->o->dir, id);
	if (mkdir(folder, 0777) && errno != EEXIST) {
		fl_note(s->sink->note, s->sink->arg, "cannot make folder '%s': %s", folder,
			strerror(errno));
		return;
	}
	put(s, folder, "log", found->text, 0666);
	put_path(s, folder, f);
	err = fl_write_replay(s->o->dir, id);
	if (err)
		fl_note(s->sink->note, s->sink->arg, "cannot write '%s/replay': %s", folder,
			fl_file_error(err));
	put_reproducer(s, folder, f);
}
