/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - the kernel's configuration, if a file has it. Probing
 * comes first; this explains what a probe found.
 */
#ifndef FL_CONFIG_H
#define FL_CONFIG_H

#include <stddef.h>

struct fl_config {
	char *text; /* NULL: no file was found */
	size_t len;
	char source[256]; /* the file, below the root; "" without one */
};

/*
 * Read the first that is there of /proc/config.gz, /boot/config-RELEASE and
 * /lib/modules/RELEASE/config, below @root ("": /). 0, also without any of
 * them; or -ENOMEM.
 */
int fl_config_read(struct fl_config *c, const char *root, const char *release);
void fl_config_release(struct fl_config *c);

/*
 * What @name, which starts with "CONFIG_", is set to: "y", "m", "n" when it is
 * not set, a value, or NULL when it is unknown. The text is truncated at @size.
 */
const char *fl_config_get(const struct fl_config *c, const char *name, char *value, size_t size);

#endif /* FL_CONFIG_H */
