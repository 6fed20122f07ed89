/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.c - which kernel and which boot of it this is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "file.h"
#include "live.h"

/* The note of type 3 (NT_GNU_BUILD_ID) in /sys/kernel/notes, in hex. */
static void build_id(const unsigned char *notes, size_t len, char *out, size_t size)
{
	size_t at = 0, n = 0;

	while (at + 12 <= len) {
		uint32_t head[3]; /* sizes of name and description, type */
		size_t desc;

		memcpy(head, notes + at, sizeof(head));
		desc = at + 12 + ((head[0] + 3) & ~3u);
		if (desc + head[1] > len)
			return;
		if (head[2] == 3 && head[0] == 4 && !memcmp(notes + at + 12, "GNU", 4)) {
			for (uint32_t i = 0; i < head[1] && n + 2 < size; i++)
				n += (size_t)snprintf(out + n, size - n, "%02x", notes[desc + i]);
			return;
		}
		at = desc + ((head[1] + 3) & ~3u);
	}
}

void fl_machine_now(struct fl_machine *m)
{
	struct utsname uts;
	size_t len;
	char *text;

	*m = (struct fl_machine){ 0 };
	if (!uname(&uts))
		snprintf(m->release, sizeof(m->release), "%s", uts.release);
	text = fl_read_text("/sys/kernel/notes", &len);
	if (text)
		build_id((const unsigned char *)text, len, m->build_id, sizeof(m->build_id));
	free(text);
	text = fl_read_text("/proc/sys/kernel/random/boot_id", &len);
	if (text)
		snprintf(m->boot, sizeof(m->boot), "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
}

const char *fl_pstore_log(void)
{
	static const char *const paths[] = { "/sys/fs/pstore/console-ramoops-0",
					     "/sys/fs/pstore/dmesg-ramoops-0" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (!access(paths[i], R_OK))
			return paths[i];
	}
	return NULL;
}
