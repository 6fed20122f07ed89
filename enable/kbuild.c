/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kbuild.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* Both files come with a kernel's headers, in packages of distributions too. */
#define CONFIG "include/config/auto.conf"
#define SYMBOLS "Module.symvers"

static char *read_in(struct fl_kbuild *k, const char *name, struct fl_fault *fault)
{
	size_t len;
	char *text = fl_read_text(fl_arena_printf(k->arena, "%s/%s", k->folder, name), &len), *copy;

	if (!text) {
		fl_fault_raise(fault, FL_X_NO_BUILD, k->folder, name, fl_file_error(-errno), NULL);
		return NULL;
	}
	copy = fl_arena_strndup(k->arena, text, len);
	free(text);
	return copy;
}

static bool has_line(const char *text, const char *line)
{
	const char *at = text;
	size_t len = strlen(line);

	while ((at = strstr(at, line))) {
		if ((at == text || at[-1] == '\n') && (at[len] == '\n' || !at[len]))
			return true;
		at += len;
	}
	return false;
}

int fl_kbuild_open(struct fl_kbuild *k, struct fl_arena *a, const char *folder,
		   struct fl_fault *fault)
{
	const char *config;

	*k = (struct fl_kbuild){ .arena = a, .folder = folder };
	config = read_in(k, CONFIG, fault);
	if (!config)
		return -1;
	if (!has_line(config, "CONFIG_FUNCTION_ERROR_INJECTION=y")) {
		fl_fault_raise(fault, FL_X_NO_LIST, folder, NULL);
		return -1;
	}
	k->by_clang = has_line(config, "CONFIG_CC_IS_CLANG=y");
	k->symbols = read_in(k, SYMBOLS, fault);
	return k->symbols ? 0 : -1;
}

/* Of "0x00000000	mlx5_cmd_do	.../core/mlx5_core	EXPORT_SYMBOL	NAMESPACE", cut in place. */
static const char *field(char **line)
{
	char *at = *line;

	*line = at + strcspn(at, "\t");
	if (**line)
		*(*line)++ = '\0';
	return at;
}

int fl_kbuild_find(const struct fl_kbuild *k, struct fl_enable_target *t, struct fl_fault *fault)
{
	const char *name = fl_arena_printf(k->arena, "\t%s\t", t->function), *slash;
	const char *at = strstr(k->symbols, name);
	char *line;

	if (!at) {
		fl_fault_raise(fault, FL_X_NOT_EXPORTED, t->function, NULL);
		return -1;
	}
	at += strlen(name);
	line = fl_arena_strndup(k->arena, at, strcspn(at, "\n"));
	t->module = field(&line);
	slash = strrchr(t->module, '/');
	t->module = slash ? slash + 1 : t->module;
	field(&line);
	t->space = field(&line);
	return 0;
}
