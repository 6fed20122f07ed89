/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ending.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

static const char *const names[] = {
	[FL_ENDING_CRASH] = "crash",
	[FL_ENDING_HANG] = "hang",
	[FL_ENDING_CUT] = "cut",
};

const char *fl_ending_name(enum fl_ending how)
{
	return names[how];
}

static void note_path(const char *dir, char *path, size_t size)
{
	snprintf(path, size, "%s/machine", dir);
}

int fl_ending_write(const char *dir, enum fl_ending how, uint64_t boot)
{
	char path[4200], text[64];

	note_path(dir, path, sizeof(path));
	snprintf(text, sizeof(text), "%s %" PRIu64 "\n", names[how], boot);
	return fl_replace_file(path, 0666, text, strlen(text));
}

enum fl_ending fl_ending_read(const char *dir, uint64_t *boot)
{
	enum fl_ending how = FL_ENDING_CRASH;
	char path[4200], *text;
	size_t len;

	*boot = 0;
	note_path(dir, path, sizeof(path));
	text = fl_read_text(path, &len);
	for (int i = FL_ENDING_HANG; text && i <= FL_ENDING_CUT; i++) {
		if (!strncmp(text, names[i], strlen(names[i])))
			how = (enum fl_ending)i;
	}
	if (text)
		*boot = strtoull(text + strcspn(text, " \n"), NULL, 10);
	free(text);
	return how;
}

void fl_ending_forget(const char *dir)
{
	char path[4200];

	note_path(dir, path, sizeof(path));
	unlink(path);
}
