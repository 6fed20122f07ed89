/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fl_call.h"
#include "fl_functions.h"

#define LINE 512
#define VALUES 32

static const struct model_hooks *hooks;
static const struct model_call *current; /* innermost one */
static unsigned char *user_page;
static int own_memory = -1; /* can be asked for any address */

unsigned long eval_user_page(void);

unsigned long eval_user_page(void)
{
	if (!user_page)
		user_page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1, 0);
	if (user_page == MAP_FAILED)
		abort();
	memset(user_page, 0, 4096);
	return (unsigned long)user_page;
}

bool model_read(uint64_t address, void *to, size_t size, bool user)
{
	uint64_t page = (uint64_t)(uintptr_t)user_page;
	bool in_page = user_page && address >= page && address < page + 4096;

	if (own_memory < 0)
		own_memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	if (own_memory < 0)
		abort();
	return in_page == user && pread(own_memory, to, size, (off_t)address) == (ssize_t)size;
}

/* What a call begins and ends with, whatever the function. */
static bool enter(struct model_call *call, u64 *value)
{
	uint64_t given = 0;

	call->caller = current;
	current = call;
	if (!hooks->enter || !hooks->enter(call, &given, hooks->arg))
		return false;
	*value = given;
	return true;
}

static u64 leave(const struct model_call *call, u64 value)
{
	if (hooks->leave)
		hooks->leave(call, value, hooks->arg);
	current = call->caller;
	return value;
}

static void fill(struct model_call *call, const struct fl_call *c, const char *form)
{
	for (int i = 0; form[i]; i++) {
		call->arg[i] = c->number[i];
		if (form[i] == 'b')
			call->arg[i] = c->number[i] != 0;
		else if (form[i] != 'i')
			call->arg[i] = (u64)(uintptr_t)c->pointer[i];
	}
}

/* A value as a function of that kind returns it. */
#define AS_int(v) ((u64)(int)(v))
#define AS_long(v) ((u64)(long)(v))
#define AS_s64(v) ((u64)(s64)(v))
#define AS_s8(v) ((u64)(s8)(v))
#define AS_s16(v) ((u64)(s16)(v))
#define AS_u32(v) ((u64)(u32)(v))
#define AS_u64(v) ((u64)(v))
#define AS_bool(v) ((u64)(((v)&0xff) != 0))
#define AS_ptr(v) ((u64)(v))
#define BODY_int(call) AS_int(call)
#define BODY_long(call) AS_long(call)
#define BODY_s64(call) AS_s64(call)
#define BODY_s8(call) AS_s8(call)
#define BODY_s16(call) AS_s16(call)
#define BODY_u32(call) AS_u32(call)
#define BODY_u64(call) AS_u64(call)
#define BODY_bool(call) ((u64)(call))
#define BODY_ptr(call) ((u64)(uintptr_t)(call))

#define I(n) (c->number[n])
#define O(n) (c->pointer[n])
#define OBJECT(n) (*(struct fl_object **)&c->pointer[n])
#define S(n) (c->pointer[n])
#define U(n) ((const char *)c->pointer[n])

/* fl_indirect is given the place of its pointer and not the pointer. */
static void fill_indirect(struct model_call *call, struct fl_call *c)
{
	if (!strcmp(call->func, "fl_indirect"))
		call->arg[0] = (u64)(uintptr_t)&c->pointer[0];
}

#define PLAIN(ret, name, params, kind, tag, form, args, answer)     \
	static ret body_##name params                               \
	{                                                           \
		return answer;                                      \
	}                                                           \
	static u64 call_##name(struct fl_call *c)                   \
	{                                                           \
		struct model_call call = { .func = #name };         \
		u64 value = 0;                                      \
                                                                    \
		fill(&call, c, form);                               \
		fill_indirect(&call, c);                            \
		if (enter(&call, &value))                           \
			return leave(&call, AS_##kind(value));      \
		return leave(&call, BODY_##kind(body_##name args)); \
	}

FL_PLAIN(PLAIN)

/* Those that fl_functions.c writes out take one number. */
static int call_int(const char *name, int a, bool in_irq, int (*body)(int a))
{
	struct model_call call = { .func = name, .arg = { (u64)(s64)a }, .in_irq = in_irq };
	u64 value = 0;

	if (enter(&call, &value))
		return (int)leave(&call, AS_int(value));
	return (int)leave(&call, AS_int(body(a)));
}

static int plus_1000(int a)
{
	return 1000 + a;
}

static int inner(int a)
{
	return call_int("fl_inner", a, false, plus_1000);
}

static int body_middle(int a)
{
	int answer = inner(a);

	return answer < 0 ? answer : answer + 100;
}

static int body_outer(int a)
{
	int answer = call_int("fl_middle", a, false, body_middle);

	return answer < 0 ? answer : answer + 1000;
}

static int body_other(int a)
{
	int answer = inner(a);

	return answer < 0 ? answer : answer + 5000;
}

static int body_recurse(int depth)
{
	int answer;

	if (depth <= 0)
		return 1000;
	answer = call_int("fl_recurse", depth - 1, false, body_recurse);
	return answer < 0 ? answer : answer + 1;
}

static int body_in_irq(int a)
{
	return 2000 + a;
}

static int body_uses_inline(int a)
{
	return 1007 + a;
}

static int body_void(int a)
{
	(void)a;
	return 0;
}

#define SPECIAL(name, in_irq, body)                                              \
	static u64 call_##name(struct fl_call *c)                                \
	{                                                                        \
		return AS_int(call_int(#name, (int)c->number[0], in_irq, body)); \
	}
#define SPECIALS(X)                                            \
	X(fl_void, void, NONE, false, body_void)               \
	X(fl_recurse, int, ERRNO, false, body_recurse)         \
	X(fl_outer, int, ERRNO, false, body_outer)             \
	X(fl_middle, int, ERRNO, false, body_middle)           \
	X(fl_inner, int, ERRNO, false, plus_1000)              \
	X(fl_other, int, ERRNO, false, body_other)             \
	X(fl_uses_inline, int, ERRNO, false, body_uses_inline) \
	X(fl_in_irq, int, ERRNO, true, body_in_irq)            \
	X(fl_notrace, int, ERRNO, false, plus_1000)
#define DEFINE_SPECIAL(name, kind, tag, in_irq, body) SPECIAL(name, in_irq, body)
#define ROW_PLAIN(ret, name, params, kind, tag, form, args, answer) \
	{ #name, #tag, "", form, FL_##kind, call_##name },
#define ROW_SPECIAL(name, kind, tag, in_irq, body) { #name, #tag, "", "i", FL_##kind, call_##name },

SPECIALS(DEFINE_SPECIAL)

const struct fl_target fl_targets[] = { FL_PLAIN(ROW_PLAIN) SPECIALS(ROW_SPECIAL){ 0 } };

const char *model_function(size_t i, const char **tag, const char **form)
{
	if (i >= sizeof(fl_targets) / sizeof(fl_targets[0]))
		return NULL;
	*tag = fl_targets[i].tag;
	*form = fl_targets[i].form;
	return fl_targets[i].name;
}

static const char *const kinds[] = {
	[FL_int] = "int", [FL_long] = "long", [FL_s64] = "s64", [FL_s8] = "s8",
	[FL_s16] = "s16", [FL_u32] = "u32",   [FL_u64] = "u64", [FL_bool] = "bool",
	[FL_ptr] = "ptr", [FL_void] = "void",
};

static void print_pointer(char *to, size_t size, u64 value)
{
	if (!value) {
		snprintf(to, size, "ptr null");
		return;
	}
	if (value >= (u64)-4095) {
		snprintf(to, size, "ptr err=%lld", (s64)value);
		return;
	}
	for (int i = 0; i < FL_OBJECTS; i++) {
		if (value == (u64)(uintptr_t)&fl_objects[i]) {
			snprintf(to, size, "ptr obj%d", i);
			return;
		}
	}
	snprintf(to, size, "ptr 0x%llx", value);
}

static void print_value(char *to, size_t size, enum fl_kind kind, u64 value)
{
	if (kind == FL_void)
		snprintf(to, size, "void -");
	else if (kind == FL_bool)
		snprintf(to, size, "bool %s", value ? "true" : "false");
	else if (kind == FL_u32 || kind == FL_u64)
		snprintf(to, size, "%s %llu", kinds[kind], value);
	else if (kind == FL_ptr)
		print_pointer(to, size, value);
	else
		snprintf(to, size, "%s %lld", kinds[kind], (s64)value);
}

struct tally {
	u64 value[VALUES];
	u64 count[VALUES];
	u64 more;
	int used;
};

static void count_value(struct tally *t, u64 value)
{
	int i = 0;

	while (i < t->used && t->value[i] != value)
		i++;
	if (i == VALUES) {
		t->more++;
		return;
	}
	t->value[i] = value;
	t->count[i]++;
	if (i == t->used)
		t->used++;
}

int model_run(const char *line, const struct model_hooks *with, char *answer, size_t size)
{
	const struct fl_target *t;
	struct tally tally = { 0 };
	struct fl_call c = { 0 };
	char copy[LINE];
	size_t n = 0;
	u64 count;

	*answer = '\0';
	if (strlen(line) >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, line, strlen(line) + 1);
	t = fl_read_call(copy, &count, &c);
	if (!t)
		return -EINVAL;
	hooks = with;
	for (u64 i = 0; i < count; i++)
		count_value(&tally, t->call(&c));
	for (int i = 0; i < tally.used; i++) {
		char one[64];

		print_value(one, sizeof(one), t->kind, tally.value[i]);
		n += (size_t)snprintf(answer + n, size - n, "%s x%llu\n", one, tally.count[i]);
	}
	if (tally.more)
		snprintf(answer + n, size - n, "more x%llu\n", tally.more);
	return 0;
}

void model_reset(void)
{
	fl_objects_reset();
}

int model_set(const char *line)
{
	char copy[LINE];

	if (strlen(line) >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, line, strlen(line) + 1);
	return fl_object_set(copy);
}
