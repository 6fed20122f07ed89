/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures.c - how large a program is, and what the verifier had to do for it:
 * print_verification_stats() in the kernel's kernel/bpf/verifier.c.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_impl.h"

/* The verifier's words on one program, among those on all. */
static const char *said_of(const struct fl_session *s, size_t prog)
{
	char begin[192];
	const char *text;

	snprintf(begin, sizeof(begin), "prog '%s': -- BEGIN PROG LOAD LOG --\n",
		 s->obj->progs[prog].name);
	text = s->figures.text ? strstr(s->figures.text, begin) : NULL;
	return text ? text + strlen(begin) : NULL;
}

/* The number after @what, in the log that begins at @text. */
static uint32_t number(const char *text, const char *what)
{
	const char *end = strstr(text, "-- END PROG LOAD LOG");
	const char *at = strstr(text, what);

	return at && (!end || at < end) ? (uint32_t)strtoul(at + strlen(what), NULL, 10) : 0;
}

static void take_stack(const char *text, struct fl_figures *out)
{
	static const char depth[] = "stack depth ";
	const char *end = strstr(text, "-- END PROG LOAD LOG");
	const char *at = strstr(text, depth);
	size_t len;

	if (!at || (end && at > end))
		return;
	at += strlen(depth);
	len = strspn(at, "0123456789+");
	if (len < sizeof(out->stack))
		snprintf(out->stack, sizeof(out->stack), "%.*s", (int)len, at);
	else
		snprintf(out->stack, sizeof(out->stack), "%.*s...", (int)sizeof(out->stack) - 4,
			 at);
}

int fl_session_figures(const struct fl_session *s, size_t prog, struct fl_figures *out)
{
	const char *said = said_of(s, prog);
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	int fd = fl_session_prog_fd(s, prog);

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return -ENOENT;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	out->insns = info.xlated_prog_len / 8;
	out->machine_bytes = info.jited_prog_len;
	out->verified = info.verified_insns;
	if (said) {
		out->states = number(said, "total_states ");
		out->peak_states = number(said, "peak_states ");
		take_stack(said, out);
	}
	return 0;
}
