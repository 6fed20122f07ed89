/* SPDX-License-Identifier: GPL-2.0-or-later */
/* syscall_class.c - system calls by what they have in common, for all architectures. */
#include <string.h>

#include "arch.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
#define FL_CLASS(name, text) CLASS_##name,
#define FL_CLASSES(call, classes)
#include "syscall_class.def"
#undef FL_CLASS
#undef FL_CLASSES
};

static const char *const names[] = {
#define FL_CLASS(name, text) #name,
#define FL_CLASSES(call, classes)
#include "syscall_class.def"
#undef FL_CLASS
#undef FL_CLASSES
};

#define IN(name) (1U << CLASS_##name)
static const struct {
	const char *name;
	unsigned int classes;
} calls[] = {
#define FL_CLASS(name, text)
#define FL_CLASSES(call, classes) { "sys_" #call, classes },
#include "syscall_class.def"
#undef FL_CLASS
#undef FL_CLASSES
};

unsigned int fl_syscall_class(const char *name)
{
	if (!strcmp(name, "net"))
		return IN(network);
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!strcmp(names[i], name))
			return 1U << i;
	}
	return 0;
}

bool fl_syscall_is_in(const struct fl_syscall *call, unsigned int classes)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (!strcmp(calls[i].name, call->name))
			return calls[i].classes & classes;
	}
	return false;
}

const char *fl_syscall_class_at(size_t i)
{
	return i < COUNT(names) ? names[i] : NULL;
}
