/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.c - which kernel and which boot of it this is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "file.h"
#include "live.h"

void fl_machine_now(struct fl_kernel *k, struct fl_machine *m)
{
	struct utsname uts;
	size_t len;
	char *text;

	*m = (struct fl_machine){ 0 };
	if (!uname(&uts))
		snprintf(m->release, sizeof(m->release), "%s", uts.release);
	if (k->ops->build_id(k, NULL, m->build_id))
		m->build_id[0] = '\0';
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
