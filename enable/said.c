/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "said.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

/* The reason that weighs most: a fatal one, or what costs the most points. */
static const char *worst_reason(struct fl_arena *a, const cJSON *candidate)
{
	const cJSON *r, *worst = NULL;
	double most = 0;

	cJSON_ArrayForEach(r, cJSON_GetObjectItemCaseSensitive(candidate, "reasons"))
	{
		const cJSON *points = cJSON_GetObjectItemCaseSensitive(r, "points");
		bool fatal = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(r, "fatal"));
		double weight = fatal ? 1000 : points ? points->valuedouble : 0;

		if (weight <= most)
			continue;
		most = weight;
		worst = r;
	}
	return worst ? fl_arena_printf(a, "%s", text_of(worst, "text")) : "";
}

static void note(struct fl_arena *a, const cJSON *o, const struct fl_enable_targets *targets,
		 struct fl_said *said)
{
	const cJSON *line = cJSON_GetObjectItemCaseSensitive(o, "line");
	const char *tag = text_of(o, "tag");

	if (strcmp(text_of(o, "type"), "candidate") != 0)
		return;
	for (size_t i = 0; i < targets->n; i++) {
		if (strcmp(targets->list[i].function, text_of(o, "name")) != 0)
			continue;
		said[i].found = true;
		said[i].qualifies = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "qualifies"));
		said[i].tag = fl_tag_parse(tag, strlen(tag));
		said[i].reason = worst_reason(a, o);
		said[i].file = fl_arena_printf(a, "%s", text_of(o, "file"));
		said[i].line = line ? (unsigned int)line->valuedouble : 0;
	}
}

/* Its output, yours to free. 0 or -errno. */
static int ask(const struct fl_said_source *source, const char *pattern, char **text)
{
	const char *argv[12] = { "faultline annotate", "--json", "--match", pattern };
	size_t n = 4, len;
	int status;

	if (source->build) {
		argv[n++] = "--build";
		argv[n++] = source->build;
	}
	argv[n++] = "--";
	argv[n++] = source->path;
	/* it reported unreadable files, and lists the others */
	return fl_capture(source->program, argv, false, text, &len, &status);
}

int fl_said_read(struct fl_arena *a, const struct fl_said_source *source,
		 const struct fl_enable_targets *targets, struct fl_said **said,
		 struct fl_fault *fault)
{
	/* one name, or all of the source: others are skipped */
	const char *pattern = targets->n == 1 ? targets->list[0].function : "*";
	char *text, *save = NULL;
	int err = ask(source, pattern, &text);

	*said = fl_arena_alloc(a, targets->n * sizeof((*said)[0]));
	for (char *line = err ? NULL : strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		cJSON *o = cJSON_Parse(line);

		note(a, o, targets, *said);
		cJSON_Delete(o);
	}
	free(text);
	for (size_t i = 0; i < targets->n && !err; i++) {
		if ((*said)[i].found)
			continue;
		fl_fault_raise(fault, FL_X_NO_SOURCE, source->path, targets->list[i].function,
			       NULL);
		return -1;
	}
	if (!err)
		return 0;
	fl_fault_raise(fault, FL_F_RUN, source->program, strerror(-err), NULL);
	return -1;
}
