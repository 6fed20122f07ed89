/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate.c - a function per construct of the grammar, each writing one at
 * random. What types fit is known only roughly: wrong scripts are wanted too.
 */
#include "generate.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PICK(array) ((array)[fuzz_draw(g->seed, COUNT(array))])

struct generator {
	struct fuzz_out *out;
	unsigned int *seed;
	unsigned int target; /* index into targets[] */
	int depth;
};

static const struct {
	const char *name;
	const char *value;	/* that its tag allows */
	const char *numbers[8]; /* of its arguments */
	const char *strings[3];
} targets[] = {
	{ "fake_errno",
	  "-EIO",
	  { "dev->state", "dev->low", "dev->high", "dev->flags", "dev->inner.a", "flags",
	    "dev->next->cookie", "dev->ints[2]" },
	  { "dev->name", "str(dev->label)", "str(name)" } },
	{ "mlx5_core:mlx5_cmd_exec",
	  "-ENOLINK",
	  { "in_size", "out_size", "dev->state", "dev->inner.on", "dev->next->next->low", "arg2",
	    "dev->inner.task->tgid", "((struct fake_dev *)in)->high" },
	  { "dev->name", "str(dev->next->label)", "comm" } },
	{ "fake_wide",
	  "-4095",
	  { "a", "b", "c", "d", "e", "(u64)f", "arg0", "arg5" },
	  { "comm", "func", "ustr(f)" } },
	{ "fake_null", "NULL", { "pid" }, { "comm" } },
	{ "fake_errno_null", "-ENOMEM", { "pid" }, { "comm" } },
	{ "fake_true", "true", { "uid" }, { "comm" } },
	{ "fake_no_btf", "-EIO", { "arg0", "arg1" }, { "str(arg2)" } },
	{ "security_file_open", "-EACCES", { "arg0" }, { "comm" } },
	{ "sys_openat", "-EPERM", { "arg1", "arg2" }, { "ustr(arg1)" } },
};

static const char *const builtins[] = { "pid",	   "tid",	   "ppid",   "uid",	"gid",
					"cpu",	   "node",	   "cgroup", "nsecs",	"elapsed",
					"random",  "irq",	   "child",  "ordinal", "@a",
					"@b[tid]", "@c[pid, comm]" };
static const char *const numbers[] = { "0",
				       "1",
				       "2",
				       "7",
				       "63",
				       "100",
				       "4095",
				       "0x10",
				       "4K",
				       "0b11",
				       "2147483648",
				       "18446744073709551615",
				       "9223372036854775807" };
static const char *const strings[] = { "\"ip\"", "\"tc\"", "\"eth0\"", "\"\"", "\"a b\\n\"" };
static const char *const durations[] = { "1ns", "10us", "5ms", "2s" };

void fuzz_put(struct fuzz_out *o, const char *text, size_t len)
{
	if (o->len + len + 1 > o->size)
		return;
	memcpy(o->data + o->len, text, len);
	o->len += len;
}

uint32_t fuzz_draw(unsigned int *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return below ? (*seed >> 8) % below : 0;
}

/* A text in which %n is a number, %s a string, %c a condition, %% a percent sign. */
static void put(struct generator *g, const char *text);

static const char *argument(struct generator *g, const char *const *list, size_t n)
{
	size_t known = 0;

	while (known < n && list[known])
		known++;
	return list[fuzz_draw(g->seed, (uint32_t)known)];
}

static void number(struct generator *g)
{
	static const char *const forms[] = {
		"%n + %n", "%n - %n",	     "%n * %n",	 "%n / %n",  "%n %% %n", "%n & %n",
		"%n | %n", "%n ^ %n",	     "%n << %n", "%n >> %n", "-%n",	 "~%n",
		"(%n)",	   "(%c ? %n : %n)", "!(%n)",	 "(%c)",     "%n << 3",	 "%n %% 10",
	};

	if (g->depth > 4 || fuzz_draw(g->seed, 3)) {
		switch (fuzz_draw(g->seed, 3)) {
		case 0:
			put(g, PICK(numbers));
			break;
		case 1:
			put(g, PICK(builtins));
			break;
		default:
			put(g, argument(g, targets[g->target].numbers, COUNT(targets[0].numbers)));
			break;
		}
		return;
	}
	put(g, PICK(forms));
}

static void condition(struct generator *g)
{
	static const char *const forms[] = {
		"%n == %n",
		"%n != %n",
		"%n < %n",
		"%n >= %n",
		"%n",
		"%n in {%n, %n}",
		"%n in 3..70",
		"%s == %l",
		"%s != %l",
		"%l == %s",
		"%s in {%l, %l}",
		"%s like \"e*0\"",
		"rand < 10",
		"rand >= 0.01",
		"50 > rand",
		"(%c) && (%c)",
		"%c && %c",
		"%c || %c",
		"!(%c)",
		"within(fake_errno)",
		"within(fake_errno if %n > 3)",
		"within(fake_*)",
		"caller(fake_plain)",
		"caller(mlx5_core:*)",
		"cgroup(\"/fake\")",
		"child",
		"elapsed > 1s",
	};

	if (g->depth > 6)
		put(g, "pid == 5");
	else
		put(g, PICK(forms));
}

static void string(struct generator *g)
{
	if (fuzz_draw(g->seed, 2))
		put(g, "comm");
	else
		put(g, argument(g, targets[g->target].strings, COUNT(targets[0].strings)));
}

static void schedule(struct generator *g)
{
	static const char *const forms[] = { "nth 3",	"nth 3..9", "nth 3..9+2", "nth 2..+3",
					     "every 3", "times 5",  "after 2",	  "after %d",
					     "for %d",	"per %n",   "per comm",	  "per %s",
					     "times $p" };

	for (uint32_t n = fuzz_draw(g->seed, 4); n > 1; n--) {
		put(g, " ");
		put(g, PICK(forms));
	}
}

static void action(struct generator *g)
{
	static const char *const forms[] = {
		"return %v",
		"return %v",
		"return %v",
		"return one of %v weight 3, %v",
		"delay %d",
		"signal SIGUSR1",
		"stack",
		"log \"x %%d %%u %%x\", %n, %n, %n",
		"log \"%%s: %%d\", %s, %n",
		"log \"%%p %%e\", %n, %n",
		"@a = %n",
		"@b[tid] += %n",
		"@c[pid, comm]++",
		"delete @b[tid]",
		"@a -= $p",
	};

	put(g, PICK(forms));
}

static void body(struct generator *g)
{
	if (fuzz_draw(g->seed, 3)) {
		action(g);
		return;
	}
	put(g, "{ ");
	for (uint32_t n = 1 + fuzz_draw(g->seed, 3); n; n--) {
		action(g);
		put(g, "; ");
	}
	put(g, "}");
}

static void rule(struct generator *g)
{
	g->target = fuzz_draw(g->seed, COUNT(targets));
	if (!fuzz_draw(g->seed, 3))
		put(g, fuzz_draw(g->seed, 2) ? "l: " : "m: ");
	put(g, "on ");
	put(g, targets[g->target].name);
	if (fuzz_draw(g->seed, 8)) {
		put(g, " if ");
		condition(g);
	}
	schedule(g);
	put(g, " ");
	body(g);
	put(g, "\n");
}

static void put(struct generator *g, const char *text)
{
	g->depth++;
	for (; *text; text++) {
		if (*text != '%' || !text[1] || !strchr("nsldcv%", text[1])) {
			fuzz_put(g->out, text, 1);
			continue;
		}
		switch (*++text) {
		case '%':
			fuzz_put(g->out, text, 1);
			break;
		case 'n':
			number(g);
			break;
		case 's':
			string(g);
			break;
		case 'l':
			put(g, PICK(strings));
			break;
		case 'd':
			put(g, PICK(durations));
			break;
		case 'c':
			condition(g);
			break;
		default:
			put(g, targets[g->target].value);
			break;
		}
	}
	g->depth--;
}

void fuzz_generate(struct fuzz_out *o, unsigned int *seed)
{
	static const char *const heads[] = { "param p = 10 \"often\"\n", "let x = {1, 2, 3}\n",
					     "let y = \"ip\"\n", "require kernel >= 6.1\n",
					     "use \"x.fault\"\n" };
	static const char *const tails[] = { "expect l.injected >= 1 \"fired\"\n",
					     "expect exit == 0 && m.calls > l.matched\n" };
	struct generator generator = { .out = o, .seed = seed }, *g = &generator;

	put(g, heads[0]);
	if (!fuzz_draw(seed, 4))
		put(g, PICK(heads));
	for (uint32_t n = 1 + fuzz_draw(seed, 3); n; n--)
		rule(g);
	if (!fuzz_draw(seed, 8))
		put(g, PICK(tails));
}
