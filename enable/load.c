/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"

#define INFO "faultline_enable="

/* --- the file ------------------------------------------------------------------- */

/* The next "KEY=VALUE" of the section .modinfo, which holds strings; from @at on, or NULL. */
static const char *next_info(const char *at, const char *end, const char *key)
{
	size_t len = strlen(key);

	while (at && at < end) {
		const char *found = memmem(at, (size_t)(end - at), key, len);

		if (!found)
			return NULL;
		if (!found[-1] && memchr(found, '\0', (size_t)(end - found)))
			return found + len;
		at = found + len;
	}
	return NULL;
}

static const char *copy_info(struct fl_arena *a, const char *text, size_t len, const char *key)
{
	const char *value = next_info(text + 1, text + len, key);

	return value ? fl_arena_strndup(a, value, strlen(value)) : "";
}

static void add_target(struct fl_enable_module *m, struct fl_arena *a, size_t *cap,
		       const char *info)
{
	struct fl_enable_targets *t = &m->targets;
	size_t len = strcspn(info, ":");
	const char *tag = info[len] ? info + len + 1 : "";

	t->list = fl_arena_grow(a, t->list, t->n, cap, sizeof(t->list[0]));
	t->list[t->n++] = (struct fl_enable_target){ .function = fl_arena_strndup(a, info, len),
						     .tag = fl_tag_parse(tag, strlen(tag)) };
}

int fl_module_read(struct fl_enable_module *m, struct fl_arena *a, const char *path,
		   struct fl_fault *fault)
{
	size_t len, cap = 0;
	char *text = fl_read_text(path, &len);

	*m = (struct fl_enable_module){ .path = path };
	if (!text) {
		fl_fault_raise(fault, FL_F_READ, path, fl_file_error(-errno), NULL);
		return -1;
	}
	if (len > 4 && !memcmp(text, "\177ELF", 4)) {
		m->name = copy_info(a, text, len, "name=");
		m->depends = copy_info(a, text, len, "depends=");
		for (const char *at = text + 1; (at = next_info(at, text + len, INFO));)
			add_target(m, a, &cap, at);
	}
	free(text);
	if (m->targets.n && !strncmp(m->name, FL_ENABLE_PREFIX, strlen(FL_ENABLE_PREFIX)))
		return 0;
	fl_fault_raise(fault, FL_X_OTHER_MODULE, path, NULL);
	return -1;
}

/* --- the kernel ------------------------------------------------------------------ */

static int cannot_load(const struct fl_enable_module *m, int err, struct fl_fault *fault)
{
	switch (err) {
	case EPERM:
		fl_fault_raise(fault, FL_X_DENIED, NULL);
		break;
	case EKEYREJECTED:
	case ENOKEY:
		fl_fault_raise(fault, FL_X_UNSIGNED, NULL);
		break;
	case EEXIST:
		fl_fault_raise(fault, FL_X_LOADED, m->name, NULL);
		break;
	case ENOENT:
		fl_fault_raise(fault, FL_X_NO_SYMBOL, m->targets.list[0].function,
			       *m->depends ? m->depends : NULL, NULL);
		break;
	case ENOEXEC:
		fl_fault_raise(fault, FL_X_OTHER_KERNEL, m->path, NULL);
		break;
	default:
		fl_fault_raise(fault, FL_X_LOAD, m->path, strerror(err), NULL);
	}
	return -1;
}

int fl_module_load(const struct fl_enable_module *m, struct fl_fault *fault)
{
	int fd = open(m->path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 || syscall(SYS_finit_module, fd, "", 0) ? errno : 0;

	if (fd >= 0)
		close(fd);
	return err ? cannot_load(m, err, fault) : 0;
}

int fl_module_remove(const char *name, struct fl_fault *fault)
{
	if (!syscall(SYS_delete_module, name, O_NONBLOCK))
		return 0;
	if (errno == EPERM)
		fl_fault_raise(fault, FL_X_DENIED, NULL);
	else
		fl_fault_raise(fault, FL_X_REMOVE, name, strerror(errno), NULL);
	return -1;
}

int fl_modules_loaded(struct fl_arena *a, const char ***names, size_t *n, struct fl_fault *fault)
{
	size_t len, cap = 0;
	char *text = fl_read_text("/proc/modules", &len);

	*names = NULL;
	*n = 0;
	if (!text) {
		fl_fault_raise(fault, FL_F_READ, "/proc/modules", fl_file_error(-errno), NULL);
		return -1;
	}
	for (const char *line = text; *line;) {
		if (!strncmp(line, FL_ENABLE_PREFIX, strlen(FL_ENABLE_PREFIX))) {
			*names = fl_arena_grow(a, *names, *n, &cap, sizeof((*names)[0]));
			(*names)[(*n)++] = fl_arena_strndup(a, line, strcspn(line, " "));
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	free(text);
	return 0;
}
