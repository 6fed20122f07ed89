/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: prompt FAULTLINE random SEED SEQUENCES
 *	  prompt FAULTLINE many RULES
 *
 * The prompt on a live kernel with fl_targets. random: sequences of commands
 * made from a grammar; after each command the functions that `list` names are
 * those that have a program attached, as the kernel tells it. many: so many
 * rules are armed and disarmed one after another, then armed all at once; says
 * what that takes, and fails where memory is kept of rules that have gone.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "terminal.h"

#define CALLS "/sys/kernel/debug/fl_targets/call"
#define KPROBES "/sys/kernel/debug/kprobes/list"
#define MAX_NAMES 256
#define STEPS 6 /* commands in a sequence, at most */

/* --- what is attached ------------------------------------------------------- */

struct names {
	char name[MAX_NAMES][64];
	size_t n;
};

static void add_name(struct names *set, const char *name, size_t len)
{
	size_t at = 0;

	while (at < set->n && (strncmp(set->name[at], name, len) || set->name[at][len]))
		at++;
	if (at < set->n || at == MAX_NAMES)
		return;
	snprintf(set->name[at], sizeof(set->name[at]), "%.*s", (int)len, name);
	set->n++;
}

static bool has_all(const struct names *set, const struct names *of)
{
	for (size_t i = 0; i < of->n; i++) {
		size_t at = 0;

		while (at < set->n && strcmp(set->name[at], of->name[i]) != 0)
			at++;
		if (at == set->n)
			return false;
	}
	return true;
}

static const struct btf *btf_of(uint32_t id)
{
	static struct btf *vmlinux;
	static struct {
		uint32_t id;
		struct btf *btf;
	} known[16];
	size_t i = 0;

	if (!vmlinux)
		vmlinux = btf__load_vmlinux_btf();
	while (i < 15 && known[i].btf && known[i].id != id)
		i++;
	if (!known[i].btf) {
		known[i].id = id;
		known[i].btf = btf__load_from_kernel_by_id_split(id, vmlinux);
		if (!known[i].btf) /* the kernel's own */
			known[i].btf = vmlinux;
	}
	return known[i].btf;
}

/* Functions with a program on their trampoline. */
static void add_trampolines(struct names *set)
{
	uint32_t id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = { 0 };
		uint32_t len = sizeof(info);
		const struct btf_type *t;
		const struct btf *btf;
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &len) &&
		    info.type == BPF_LINK_TYPE_TRACING) {
			btf = btf_of(info.tracing.target_obj_id);
			t = btf__type_by_id(btf, info.tracing.target_btf_id);
			if (t) {
				const char *name = btf__name_by_offset(btf, t->name_off);

				add_name(set, name, strlen(name));
			}
		}
		close(fd);
	}
}

/* "ffffffffc0000000  k  fl_int1+0x0  [fl_targets]" */
static void add_kprobes(struct names *set)
{
	FILE *f = fopen(KPROBES, "r");
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		const char *name = strstr(line, " fl_");

		if (name)
			add_name(set, name + 1, strcspn(name + 1, "+ \n"));
	}
	if (f)
		fclose(f);
}

/* --- what is listed --------------------------------------------------------- */

struct listed {
	struct names rules;
	struct names functions;
};

/* "on f, g(a) if ...": what stands before the rest of the rule. */
static void add_targets(struct names *set, const char *text)
{
	if (!strncmp(text, "exit ", 5))
		text += 5;
	for (;;) {
		size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");

		add_name(set, text, len);
		text += len;
		if (*text == '(')
			text += strcspn(text, ")") + 1;
		if (strncmp(text, ", ", 2) != 0)
			return;
		text += 2;
	}
}

static void read_list(const struct terminal *t, struct listed *out)
{
	const char *line = t->said;

	memset(out, 0, sizeof(*out));
	while (line) {
		const char *end = strchr(line, '\n'), *on = strstr(line, "/s  on ");

		if (on && (!end || on < end)) {
			add_name(&out->rules, line, strcspn(line, " "));
			add_targets(&out->functions, on + 7);
		}
		line = end ? end + 1 : NULL;
	}
}

static void print_names(const char *what, const struct names *set)
{
	printf("%s:", what);
	for (size_t i = 0; i < set->n; i++)
		printf(" %s", set->name[i]);
	printf("\n");
}

/* Ask what is armed, and hold it against the kernel. */
static void check(struct terminal *t, struct listed *out)
{
	struct names attached = { .n = 0 };

	terminal_say(t, "list");
	read_list(t, out);
	add_trampolines(&attached);
	add_kprobes(&attached);
	if (has_all(&attached, &out->functions) && has_all(&out->functions, &attached))
		return;
	print_names("attached", &attached);
	print_names("listed", &out->functions);
	terminal_fail(t, "the list and the kernel do not agree");
}

/* --- sequences -------------------------------------------------------------- */

static uint64_t state;

static unsigned int below(unsigned int n)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return (unsigned int)(state >> 33) % n;
}

#define PICK(list) (list)[below(sizeof(list) / sizeof((list)[0]))]

static void random_rule(char *out, size_t size)
{
	static const char *const functions[] = {
		"fl_int0", "fl_int1", "fl_int2", "fl_int3",
		"fl_int4", "fl_int5", "fl_int6", "fl_int1, fl_int2",
	};
	static const char *const rests[] = {
		"if comm == \"nobody\" return -EIO",
		"if rand < 50 return -ENOMEM",
		"if pid == 1 || tid == 2 { @n++ return -EIO }",
		"nth 2..10+2 return -EBUSY",
		"if cpu >= 0 log \"called by %s\", comm",
		"if uid == 0 { stack return -EIO }",
		"times 3 per pid return one of -EIO weight 2, -EINTR",
		"if rand < $chance return -EIO",
	};
	static const char *const others[] = {
		"on exit fl_int1(a) if retval == 1003 && a == 3 log \"three\"",
		"on fl_object(obj) if obj->inner.number == 3 return -EIO",
		"on fl_ret_null return NULL",
		"on fl_ret_bool return true",
		"on fl_int1 if within(fl_int2) return -EIO",
	};
	char label[16] = "";

	if (below(2))
		snprintf(label, sizeof(label), "n%u: ", below(1000));
	if (below(4) == 0)
		snprintf(out, size, "%s%s", label, PICK(others));
	else
		snprintf(out, size, "%son %s %s", label, PICK(functions), PICK(rests));
}

static const char *random_name(const struct listed *l)
{
	static const char *const wrong[] = { "nobody", "all", "", "n" };

	if (!l->rules.n || below(6) == 0)
		return PICK(wrong);
	return l->rules.name[below((unsigned int)l->rules.n)];
}

static void random_command(char *out, size_t size, const struct listed *l)
{
	static const char *const fixed[] = {
		"undo",
		"undo",
		"undo",
		"pause",
		"resume",
		"events",
		"events 3",
		"stack 1",
		"stack 99",
		"doctor",
		"help",
		"help set",
		"functions fl_int*",
		"explain fl_int1",
		"explain nothing",
		"deadline 1h",
		"deadline",
		"deadline none",
		"run true",
		"save saved.fault",
		"load saved.fault",
		"load two.fault",
		"load missing.fault",
		"param chance = 30",
		"set chance 80",
		"set chance much",
		"frobnicate",
		"disarm all",
		"disable all",
		"enable all",
		"e",
		"run",
		"set",
		"on no_such_function return -EIO",
		"on fl_int1 return 5",
		"on fl_int1 if b == 3 return -EIO",
		"on fl_int1 if a ++ 3 return -EIO",
	};
	static const char *const one[] = {
		"disarm %s",
		"disarm %s",
		"disarm %s",
		"disable %s",
		"enable %s",
		"show %s",
		"edit %s",
		"set %s rate 20",
		"set %s rate 0.5",
		"set %s rate 101",
		"set %s times 3",
		"set %s times none",
		"set %s return -EBUSY",
		"set %s return 7",
		"set %s colour 3",
		"events %s 2",
		"set %s",
	};

	switch (below(5)) {
	case 0:
	case 1:
		random_rule(out, size);
		break;
	case 2:
		snprintf(out, size, "%s", PICK(fixed));
		break;
	default: {
		const char *form = PICK(one), *at = strstr(form, "%s");

		snprintf(out, size, "%.*s%s%s", (int)(at - form), form, random_name(l), at + 2);
	}
	}
}

/* Somebody who is neither faultline nor above it calls the targets. */
static void call_targets(void)
{
	static const char *const calls[] = { "x3 fl_int0", "x3 fl_int1 3", "fl_int2 1 2",
					     "fl_object obj0" };
	pid_t pid = fork();

	if (!pid) {
		const char *text = PICK(calls);
		int fd = open(CALLS, O_RDWR);

		_exit(fd < 0 || write(fd, text, strlen(text)) < 0);
	}
	waitpid(pid, NULL, 0);
	below(4);
}

/* A line that is given up: half a rule, a word that Tab was asked about. */
static void cancel(struct terminal *t)
{
	static const char *const begun[] = { "on fl_int1 if a == 3", "on fl_obj\t", "set n\t\t",
					     "on fl_int1 if (a", "di\t" };
	const char *text = PICK(begun);

	terminal_say(t, "help rules");
	t->len = 0;
	terminal_type(t, text);
	if (below(2) && text[0] == 'o')
		terminal_type(t, "\r");
	terminal_type(t, "\003");
	terminal_expect(t, "^C");
	terminal_expect(t, "faultline> ");
	terminal_say(t, "help rules");
}

static void sequence(struct terminal *t)
{
	struct listed listed = { .rules.n = 0 };
	unsigned int steps = 1 + below(STEPS);
	char line[256];

	check(t, &listed);
	for (unsigned int i = 0; i < steps; i++) {
		if (below(8) == 0)
			cancel(t);
		random_command(line, sizeof(line), &listed);
		terminal_say(t, line);
		if (below(4) == 0)
			call_targets();
		check(t, &listed);
	}
	if (below(2))
		terminal_say(t, "disarm all");
	check(t, &listed);
}

static void put_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static void prepare(void)
{
	char *dir = getcwd(NULL, 0);

	if (!dir)
		abort();
	put_file("two.fault", "a: on fl_int3 if comm == \"nobody\" return -EIO\n"
			      "b: on fl_int4, fl_int5 if comm == \"nobody\" return -EIO\n");
	setenv("EDITOR", "sed -i s/EIO/ENOSPC/", 1);
	unsetenv("VISUAL");
	setenv("XDG_STATE_HOME", dir, 1);
	free(dir);
}

static int random_sequences(const char *faultline, uint64_t seed, unsigned long n)
{
	struct names left = { .n = 0 };
	struct terminal t;
	int status;

	printf("seed %" PRIu64 "\n", seed);
	for (unsigned long i = 0; i < n; i++) {
		state = seed * 1000003 + i;
		/* what is left behind in memory is found at the end */
		if (i % 25 == 0) {
			terminal_open(&t, faultline);
			terminal_say(&t, "param chance = 50");
		}
		sequence(&t);
		if (i % 25 != 24 && i + 1 < n)
			continue;
		status = terminal_close(&t);
		if (status) {
			printf("FAILED: ended with %d\n", status);
			return 1;
		}
	}
	add_trampolines(&left);
	add_kprobes(&left);
	print_names("left", &left);
	printf("%lu sequences\n", n);
	return left.n != 0;
}

/* --- many rules ------------------------------------------------------------- */

/* A number of a process's status; 0 where there is none. */
static long status_of(long pid, const char *field)
{
	char path[64], line[256];
	long value = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, field, strlen(field)))
			value = strtol(line + strlen(field), NULL, 10);
	}
	if (f)
		fclose(f);
	return value;
}

/* The compiler's process; 0 when there is none. */
static long child_of(pid_t pid)
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;
	long found = 0;

	while (proc && (d = readdir(proc))) {
		long other = strtol(d->d_name, NULL, 10);

		if (other && status_of(other, "PPid:") == pid)
			found = other;
	}
	if (proc)
		closedir(proc);
	return found;
}

/* How much memory it has, in kB. */
static long say_memory(const struct terminal *t, const char *when)
{
	long memory = status_of(t->pid, "VmRSS:");

	printf("%-28s %7ld kB, its compiler %7ld kB\n", when, memory,
	       status_of(child_of(t->pid), "VmRSS:"));
	fflush(stdout);
	return memory;
}

/* Rules that have gone leave no more than 100 kB each, 50 MB of 500. */
static bool has_grown(long before, long after, unsigned long rules)
{
	bool grown = after - before > 100 * (long)rules;

	if (grown)
		printf("FAILED: grown by %ld kB\n", after - before);
	return grown;
}

static double armed_in(const struct terminal *t)
{
	const char *at = strstr(t->said, "armed in ");

	if (!at)
		terminal_fail(t, "not armed");
	return strtod(at + 9, NULL);
}

/* A rule of its own, in ms. The kernel lets 38 programs be on a function. */
static double arm_nth(struct terminal *t, unsigned long n)
{
	static const char *const on[] = { "int0",  "int1",  "int2",	"int3",	    "int4",
					  "int5",  "int6",  "int7",	"arg8",	    "arg16",
					  "arg32", "arg64", "arg_long", "arg_bool", "arg_char" };
	char line[128];

	snprintf(line, sizeof(line), "on fl_%s if comm == \"x%lu\" return -EIO",
		 on[n % (sizeof(on) / sizeof(on[0]))], n);
	terminal_say(t, line);
	return armed_in(t);
}

static int many(const char *faultline, unsigned long n)
{
	struct terminal t;
	double first, second, sum = 0;
	long before, after;
	bool grown;
	char line[128];

	terminal_open(&t, faultline);
	terminal_say(&t, "on fl_int1 if a == 1 return -EIO");
	first = armed_in(&t);
	terminal_say(&t, "on fl_object if obj->inner.number == 2 return -EIO");
	second = armed_in(&t);
	printf("armed in: first rule %.0f ms, second %.0f ms, ratio %.2f\n", first, second,
	       second / first);
	terminal_say(&t, "disarm all");
	before = say_memory(&t, "after two rules");
	for (unsigned long i = 0; i < n; i++) {
		sum += arm_nth(&t, i);
		terminal_say(&t, "disarm all");
	}
	snprintf(line, sizeof(line), "%lu armed and disarmed", n);
	after = say_memory(&t, line);
	grown = has_grown(before, after, n);
	printf("a rule on average %.0f ms, ratio to the first %.2f\n", sum / (double)n,
	       sum / (double)n / first);
	for (unsigned long i = 0; i < n; i++)
		arm_nth(&t, i);
	snprintf(line, sizeof(line), "%lu armed", n);
	say_memory(&t, line);
	terminal_say(&t, "disarm all");
	grown |= has_grown(after, say_memory(&t, "all disarmed"), n);
	return terminal_close(&t) || grown;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 4 || access(argv[1], X_OK)) {
		fprintf(stderr, "usage: prompt FAULTLINE random SEED SEQUENCES | many RULES\n");
		return 2;
	}
	prepare();
	if (!strcmp(argv[2], "random") && argc == 5)
		return random_sequences(argv[1], strtoull(argv[3], NULL, 0),
					strtoul(argv[4], NULL, 0));
	return many(argv[1], strtoul(argv[3], NULL, 0));
}
