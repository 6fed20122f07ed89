/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unpack.h"

#define MOST_CONFIG ((size_t)16 << 20) /* distributions have 300 KB */

int fl_config_read(struct fl_config *c, const char *root, const char *release)
{
	static const char *const places[] = {
		"/proc/config.gz",	     /* CONFIG_IKCONFIG_PROC, kernel/configs.c */
		"/boot/config-%s",	     /* Debian, Fedora, SUSE and their kin */
		"/lib/modules/%s/config",    /* where /boot is not kept */
		"/usr/lib/modules/%s/config" /* the same without the link */
	};

	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char name[sizeof(c->source)], path[PATH_MAX];
		unsigned char *data;
		int err;

		/* NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): ours, all above */
		snprintf(name, sizeof(name), places[i], release);
		snprintf(path, sizeof(path), "%s%s", root, name);
		err = fl_unpack_file(path, MOST_CONFIG, &data, &c->len);
		if (err == -ENOMEM)
			return err;
		if (err)
			continue;
		c->text = (char *)data;
		memcpy(c->source, name, sizeof(name));
		return 0;
	}
	return 0;
}

void fl_config_release(struct fl_config *c)
{
	free(c->text);
	memset(c, 0, sizeof(*c));
}

const char *fl_config_get(const struct fl_config *c, const char *name, char *value, size_t size)
{
	size_t len = strlen(name);

	if (!c->text)
		return NULL;
	for (const char *p = c->text; (p = strstr(p, name)); p += len) {
		/* "CONFIG_X=y" at the start of a line; "# CONFIG_X is not set" is "n" */
		if (p[len] != '=' || (p > c->text && p[-1] != '\n'))
			continue;
		p += len + 1;
		snprintf(value, size, "%.*s", (int)strcspn(p, "\n"), p);
		return value;
	}
	/* Options missing from a configuration do not exist there. */
	snprintf(value, size, "n");
	return value;
}
