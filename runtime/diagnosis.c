/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnosis.c - the checks of `faultline doctor`, from the table below.
 *
 * A check finds its answer and its detail; what its absence prevents is in the
 * table, and the remedy is put together from the table, the configuration and
 * this process's rights.
 */
#include "diagnosis.h"

#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "candidate.h"
#include "config.h"
#include "facts.h"
#include "file.h"
#include "injectable.h"
#include "lockdown.h"

struct doctor {
	struct fl_diagnosis *d;
	struct fl_kernel *k;
	struct fl_config config;
	bool has_caps;
	bool switched_off; /* by the last check: it is there, and can be switched on */
	bool by_rights;	   /* likewise: with more privileges, as its how says */
	char lockdown[FL_LOCKDOWN_SIZE]; /* "" unknown */
};

struct rule {
	const char *id, *section, *title;
	void (*check)(struct doctor *doc, const struct rule *rule, struct fl_check *c);
	int argument; /* of check */
	const char *name;
	const char *prevents;
	const char *how;     /* to get it where it is only switched off; or NULL */
	const char *options; /* of the configuration, with blanks between; or NULL */
};

__attribute__((format(printf, 3, 4))) static void find(struct fl_check *c, enum fl_answer a,
						       const char *format, ...)
{
	va_list ap;

	c->answer = a;
	va_start(ap, format);
	vsnprintf(c->detail, sizeof(c->detail), format, ap);
	va_end(ap);
}

/* A line of /proc/self/status as a number, or -1. */
static long self_status(const char *key, int base)
{
	size_t len;
	char *text = fl_read_text("/proc/self/status", &len);
	char *p = text ? strstr(text, key) : NULL;
	long value = p ? strtol(p + strlen(key), NULL, base) : -1;

	free(text);
	return value;
}

/* Capabilities count only where they are those of the machine. */
static bool in_first_user_namespace(void)
{
	size_t len;
	char *text = fl_read_text("/proc/self/uid_map", &len);
	unsigned long inside, outside, count;
	bool is_first = true;

	/* kernel/user_namespace.c: the first one maps all there is */
	if (text && sscanf(text, "%lu %lu %lu", &inside, &outside, &count) == 3)
		is_first = !inside && !outside && count == UINT32_MAX;
	free(text);
	return is_first;
}

/* CAP_SYS_ADMIN implied both before CAP_BPF (include/linux/capability.h, bpf_capable()). */
static void check_capabilities(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };
	bool bpf, perfmon, admin;

	(void)rule;
	if (syscall(SYS_capget, &head, data)) {
		find(c, FL_UNSURE, "capget(2) failed: %s", strerror(errno));
		return;
	}
	admin = data[0].effective & 1U << CAP_SYS_ADMIN;
	bpf = data[1].effective & 1U << (CAP_BPF - 32);
	perfmon = data[1].effective & 1U << (CAP_PERFMON - 32);
	doc->has_caps = admin || (bpf && perfmon);
	if (!doc->has_caps)
		find(c, FL_DENIED, "this process has %s",
		     bpf       ? "CAP_BPF, but not CAP_PERFMON"
		     : perfmon ? "CAP_PERFMON, but not CAP_BPF"
			       : "neither CAP_BPF nor CAP_PERFMON");
	else if (!in_first_user_namespace())
		find(c, FL_DENIED, "capabilities of a user namespace are not enough");
	else
		find(c, FL_YES, "%s%s%s", bpf ? "CAP_BPF " : "", perfmon ? "CAP_PERFMON " : "",
		     admin ? "CAP_SYS_ADMIN" : "");
	if (c->answer == FL_DENIED)
		doc->has_caps = false;
}

static void check_lockdown(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	int err = fl_lockdown("", doc->lockdown);

	(void)rule;
	if (err == -ENOENT)
		find(c, FL_YES, "this kernel has no lockdown file");
	else if (err)
		find(c, FL_UNSURE, "cannot read /sys/kernel/security/lockdown: %s", strerror(-err));
	else if (!strcmp(doc->lockdown, "none"))
		find(c, FL_YES, "the kernel is not locked down");
	else
		find(c, !strcmp(doc->lockdown, "integrity") ? FL_YES : FL_DENIED,
		     "the kernel is locked down (%s)", doc->lockdown);
}

static void check_feature(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	struct fl_probe p;

	fl_probe((enum fl_feature)rule->argument, doc->k, &p);
	find(c, p.answer, "%s", p.text);
}

/* net/core/sysctl_net_core.c; only root can read the file. */
static void check_jit(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	size_t len;
	char *text = fl_read_text("/proc/sys/net/core/bpf_jit_enable", &len);

	(void)rule;
	if (!text)
		find(c, errno == ENOENT ? FL_NO : FL_UNSURE,
		     "cannot read /proc/sys/net/core/bpf_jit_enable: %s", strerror(errno));
	else if (*text == '0')
		find(c, FL_NO, "off: programs are interpreted");
	else
		find(c, FL_YES, "on");
	doc->switched_off = text != NULL;
	free(text);
}

static void check_btf(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	const char *problem = doc->k->ops->btf_problem(doc->k);

	(void)rule;
	if (*problem)
		find(c, strstr(problem, strerror(EACCES)) ? FL_DENIED : FL_NO, "%s", problem);
	else
		find(c, FL_YES, "/sys/kernel/btf/vmlinux");
}

/* How many entries a directory has, without vmlinux and dots; -1: no directory. */
static int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int n = 0;

	if (!dir)
		return -1;
	while ((e = readdir(dir)))
		n += e->d_name[0] != '.' && strcmp(e->d_name, "vmlinux") != 0;
	closedir(dir);
	return n;
}

static int count_loaded(void)
{
	size_t len;
	char *text = fl_read_text("/proc/modules", &len);
	int n = 0;

	for (char *p = text; p && *p; p++)
		n += *p == '\n';
	free(text);
	return n;
}

/* kernel/bpf/btf.c, btf_module_notify(): a file for each module that brings types. */
static void check_module_btf(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	int loaded = count_loaded(), known = count_entries("/sys/kernel/btf");
	char value[8];

	(void)rule;
	if (known > 0)
		find(c, FL_YES, "of %d of %d loaded modules", known, loaded);
	else if (loaded > 0)
		find(c, FL_NO, "none of the %d loaded modules has any", loaded);
	else if (!fl_config_get(&doc->config, "CONFIG_DEBUG_INFO_BTF_MODULES", value,
				sizeof(value)))
		find(c, FL_UNSURE, "unknown: no module is loaded");
	else
		find(c, *value == 'y' ? FL_YES : FL_NO, "no module is loaded; it is '%s' in %s",
		     value, doc->config.source);
}

static void check_mount(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	struct statfs fs;

	/* the directory comes with the kernel */
	doc->switched_off = !statfs(rule->name, &fs);
	if (!doc->switched_off)
		find(c, errno == EACCES || errno == EPERM ? FL_DENIED : FL_NO, "%s: %s", rule->name,
		     strerror(errno));
	else if ((unsigned long)fs.f_type != (unsigned int)rule->argument)
		find(c, FL_NO, "it is not mounted at %s", rule->name);
	else if (access(rule->name, X_OK))
		find(c, FL_DENIED, "%s is not for this user", rule->name);
	else
		find(c, FL_YES, "mounted at %s", rule->name);
}

struct tally {
	struct fl_diagnosis *d;
	const char *last;
};

static int count_listed(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct tally *t = arg;

	(void)name;
	(void)tag;
	t->d->nlisted++;
	/* the list holds a module's functions together */
	if (module && (!t->last || strcmp(t->last, module) != 0))
		t->d->nmodules++;
	t->last = module;
	return 0;
}

/* lib/error-inject.c */
static void check_list(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	enum fl_list_state state = doc->k->ops->list_state(doc->k);
	struct tally t = { .d = doc->d };

	(void)rule;
	doc->k->ops->each_injectable(doc->k, count_listed, &t);
	doc->d->list_known = state == FL_LIST_KNOWN;
	if (state == FL_LIST_KNOWN)
		find(c, FL_YES, "%zu functions", doc->d->nlisted);
	else
		find(c, state == FL_LIST_NO_SUPPORT ? FL_NO : FL_DENIED, "%s",
		     doc->k->ops->list_problem(doc->k));
}

/* kernel/kallsyms.c, kallsyms_show_value(): otherwise all are 0 */
static void check_symbols(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	struct fl_symbols *symbols;
	int err = fl_facts_symbols(doc->k, &symbols);

	(void)rule;
	doc->switched_off = doc->by_rights = true;
	if (!symbols)
		find(c, err == -ENOENT ? FL_NO : FL_DENIED, "/proc/kallsyms: %s", strerror(-err));
	else
		find(c, err ? FL_DENIED : FL_YES,
		     err ? "/proc/kallsyms hides all addresses" : "/proc/kallsyms");
}

static int is_named(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	(void)module;
	(void)tag;
	return !strcmp(name, arg);
}

/* A function whose only purpose is to fail, by the list. */
static void check_point(struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	if (doc->k->ops->each_injectable(doc->k, is_named, (void *)rule->name) == 1)
		find(c, FL_YES, "%s is on the list", rule->name);
	else if (doc->k->ops->list_state(doc->k) == FL_LIST_HIDDEN)
		find(c, FL_DENIED, "cannot read the list to look for %s", rule->name);
	else
		find(c, FL_NO, "%s is not on the list", rule->name);
}

#define INJECTION "CONFIG_KPROBES CONFIG_FUNCTION_ERROR_INJECTION"

static const struct rule rules[] = {
	{ "capabilities", "rights", "capabilities", check_capabilities, 0, NULL,
	  "loading programs into the kernel", NULL, NULL },
	{ "lockdown", "rights", "lockdown", check_lockdown, 0, NULL,
	  "kprobes, and reading kernel memory in conditions", NULL, NULL },
	{ "programs", "BPF", "programs", check_feature, FL_FEATURE_PROGRAMS, NULL,
	  "everything: rules become BPF programs", NULL, "CONFIG_BPF_SYSCALL CONFIG_BPF_EVENTS" },
	{ "jit", "BPF", "JIT", check_jit, 0, NULL,
	  "speed: a call of a function with rules costs several times as much",
	  "sysctl net.core.bpf_jit_enable=1", "CONFIG_BPF_JIT" },
	{ "ringbuf", "BPF", "ring buffer", check_feature, FL_FEATURE_RINGBUF, NULL,
	  "everything: events come through one", NULL, "CONFIG_BPF_SYSCALL" },
	{ "btf", "BPF", "types (BTF)", check_btf, 0, NULL,
	  "fmod_ret, and with it security_* functions; arguments by name; limits to a command's "
	  "tasks",
	  NULL, "CONFIG_DEBUG_INFO_BTF" },
	{ "module-btf", "BPF", "module types", check_module_btf, 0, NULL,
	  "fmod_ret, and arguments by name, for functions of modules", NULL,
	  "CONFIG_DEBUG_INFO_BTF_MODULES" },
	{ "fmod_ret", "back ends", "fmod_ret", check_feature, FL_FEATURE_FMOD_RET, NULL,
	  "security_* functions, and lower overhead for all others", NULL,
	  "CONFIG_DEBUG_INFO_BTF CONFIG_BPF_EVENTS CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS "
	  "CONFIG_SECURITY" },
	{ "kprobe", "back ends", "kprobe", check_feature, FL_FEATURE_KPROBE, NULL,
	  "functions that are not in the type information; returning 0 or NULL", NULL,
	  "CONFIG_KPROBES CONFIG_KPROBE_EVENTS CONFIG_BPF_EVENTS" },
	{ "override", "back ends", "kprobe override", check_feature, FL_FEATURE_OVERRIDE, NULL,
	  "returning anything by a kprobe", NULL, INJECTION " CONFIG_BPF_KPROBE_OVERRIDE" },
	{ "kprobe_multi", "back ends", "kprobe.multi", check_feature, FL_FEATURE_KPROBE_MULTI, NULL,
	  "speed: many functions are attached one by one", NULL, "CONFIG_FPROBE" },
	{ "fentry", "back ends", "fentry", check_feature, FL_FEATURE_FENTRY, NULL,
	  "lower overhead for rules without a return", NULL,
	  "CONFIG_DEBUG_INFO_BTF CONFIG_BPF_EVENTS CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS" },
	{ "debugfs", "files", "debugfs", check_mount, DEBUGFS_MAGIC, "/sys/kernel/debug",
	  "reading the list of injectable functions with their tags",
	  "mount -t debugfs debugfs /sys/kernel/debug", "CONFIG_DEBUG_FS" },
	{ "tracefs", "files", "tracefs", check_mount, TRACEFS_MAGIC, "/sys/kernel/tracing",
	  "the list of traceable functions (-l --traceable)",
	  "mount -t tracefs tracefs /sys/kernel/tracing", "CONFIG_FTRACE" },
	{ "symbols", "files", "symbols", check_symbols, 0, NULL,
	  "conditions on callers, and names in stacks",
	  "run it with CAP_SYSLOG, and with sysctl kernel.kptr_restrict=1 or less", NULL },
	{ "list", "what can fail", "injectable list", check_list, 0, NULL,
	  "functions other than security_*", NULL, INJECTION },
	{ "failslab", "what can fail", "slab memory", check_point, 0, "should_failslab",
	  "failing kmalloc() and the like by 'should_failslab'", NULL,
	  INJECTION " CONFIG_FAILSLAB" },
	{ "fail_page_alloc", "what can fail", "pages", check_point, 0, "should_fail_alloc_page",
	  "failing page allocations by 'should_fail_alloc_page'", NULL,
	  INJECTION " CONFIG_FAIL_PAGE_ALLOC" },
	{ "fail_bio", "what can fail", "block I/O", check_point, 0, "should_fail_bio",
	  "failing requests of block devices by 'should_fail_bio'", NULL,
	  INJECTION " CONFIG_BLOCK" },
};

__attribute__((format(printf, 2, 3))) static void add(struct fl_check *c, const char *format, ...)
{
	size_t len = strlen(c->remedy);
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->remedy + len, sizeof(c->remedy) - len, format, ap);
	va_end(ap);
}

/* What this process lacks to use what the kernel may have. */
static void remedy_rights(const struct doctor *doc, struct fl_check *c)
{
	if (!doc->has_caps)
		add(c, "run it as root, or with CAP_BPF and CAP_PERFMON (files also want "
		       "CAP_DAC_READ_SEARCH), outside of user namespaces");
	else if (*doc->lockdown && strcmp(doc->lockdown, "none") != 0)
		add(c,
		    "boot without lockdown: lockdown=none on the kernel's command line, or Secure "
		    "Boot switched off");
	else if (self_status("\nSeccomp:", 10) > 0)
		add(c, "run it where no seccomp filter forbids it: outside of the container or "
		       "sandbox");
	else
		add(c, "neither capabilities, lockdown nor seccomp forbid it; perhaps a "
		       "security module or the hypervisor does");
}

static void add_missing(struct fl_check *c, const char *name)
{
	size_t len = strlen(c->missing);

	snprintf(c->missing + len, sizeof(c->missing) - len, "%s%s", len ? " " : "", name);
}

/* Options that are missing, or that would be needed. */
static void remedy_config(const struct doctor *doc, const struct rule *rule, struct fl_check *c)
{
	char list[256], *save = NULL;
	bool known = doc->config.text != NULL;
	size_t missing = 0;

	snprintf(list, sizeof(list), "%s", rule->options);
	for (char *name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		char value[16] = "n";

		fl_config_get(&doc->config, name, value, sizeof(value));
		if (known && *value != 'n')
			continue;
		add(c, "%s%s",
		    missing ? ", "
		    : known ? "build the kernel with "
			    : "the kernel needs ",
		    name);
		add_missing(c, name);
		missing++;
	}
	if (missing && known)
		add(c, ", not set in %s", doc->config.source);
	else if (!missing)
		add(c,
		    "%s has all that it needs, so this machine or kernel version does not "
		    "support it",
		    doc->config.source);
}

static void run_check(struct doctor *doc, const struct rule *rule)
{
	struct fl_check *c = &doc->d->checks[doc->d->nchecks++];

	c->id = rule->id;
	c->section = rule->section;
	c->title = rule->title;
	c->prevents = rule->prevents;
	doc->switched_off = doc->by_rights = false;
	rule->check(doc, rule, c);
	if (c->answer == FL_YES)
		return;
	/* a check without options is about rights, and says how to get them */
	if (doc->switched_off && (c->answer != FL_DENIED || !rule->options)) {
		add(c, "%s", rule->how);
		c->kind = doc->by_rights ? FL_REMEDY_RIGHTS : FL_REMEDY_COMMAND;
	} else if (c->answer == FL_DENIED || !rule->options) {
		remedy_rights(doc, c);
		c->kind = FL_REMEDY_RIGHTS;
	} else {
		remedy_config(doc, rule, c);
		c->kind = *c->missing ? FL_REMEDY_BUILD : FL_REMEDY_NONE;
	}
}

static enum fl_answer answer_of(const struct fl_diagnosis *d, const char *id)
{
	for (size_t i = 0; i < d->nchecks; i++) {
		if (!strcmp(d->checks[i].id, id))
			return d->checks[i].answer;
	}
	return FL_UNSURE;
}

static int count_hook(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct doctor *doc = arg;
	struct fl_func f;

	(void)module;
	(void)tag;
	doc->d->nsecurity += fl_hook_can_fail(doc->k, name, &f);
	return 0;
}

/* A function of the list that returns an error: is there the back end for it? */
static bool can_use(const struct fl_diagnosis *d, enum fl_backend b)
{
	static const struct {
		const char *id;
		unsigned int lack;
	} features[] = {
		{ "fmod_ret", FL_LACKS_FMOD_RET },
		{ "kprobe", FL_LACKS_KPROBE },
		{ "override", FL_LACKS_OVERRIDE },
	};
	struct fl_backend_facts f = { .returns = true, .on_list = true, .in_btf = true };
	struct fl_why_not why;

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		if (answer_of(d, features[i].id) != FL_YES)
			f.lacks |= features[i].lack;
	}
	return answer_of(d, "programs") == FL_YES && answer_of(d, "ringbuf") == FL_YES &&
	       fl_backend_can(b, &f, &why);
}

static void conclude(struct doctor *doc)
{
	struct fl_diagnosis *d = doc->d;
	enum fl_answer programs = answer_of(d, "programs"), ring = answer_of(d, "ringbuf");
	enum fl_answer fmod_ret = answer_of(d, "fmod_ret"), kprobe = answer_of(d, "kprobe");
	enum fl_answer override = answer_of(d, "override"), list = answer_of(d, "list");
	bool by_kprobe = can_use(d, FL_BACKEND_KPROBE);
	bool by_fmod_ret = can_use(d, FL_BACKEND_FMOD_RET);

	doc->k->ops->each_function(doc->k, FL_SECURITY, count_hook, doc);
	d->by_fmod_ret = by_fmod_ret && !by_kprobe;
	d->denied = programs == FL_DENIED || ring == FL_DENIED || fmod_ret == FL_DENIED ||
		    (list != FL_NO && (kprobe == FL_DENIED || override == FL_DENIED));
	if ((d->nlisted && (by_kprobe || by_fmod_ret)) || (!d->list_known && by_kprobe))
		d->scope = FL_SCOPE_ALL;
	else
		d->scope = by_fmod_ret ? FL_SCOPE_SECURITY : FL_SCOPE_NOTHING;
}

int fl_diagnose(struct fl_diagnosis *d)
{
	const struct fl_facts_opts opts = { .root = "", .search_symbols = true };
	struct doctor doc = { .d = d };
	struct utsname u;
	int err;

	memset(d, 0, sizeof(*d));
	err = fl_facts_open(&opts, &doc.k);
	if (err)
		return err;
	snprintf(d->release, sizeof(d->release), "%s", doc.k->release);
	snprintf(d->machine, sizeof(d->machine), "%s", uname(&u) ? "" : u.machine);
	err = fl_config_read(&doc.config, "", doc.k->release);
	for (size_t i = 0; !err && i < sizeof(rules) / sizeof(rules[0]); i++)
		run_check(&doc, &rules[i]);
	if (!err)
		conclude(&doc);
	if (doc.k->out_of_memory)
		err = -ENOMEM;
	memcpy(d->config, doc.config.source, sizeof(d->config));
	fl_config_release(&doc.config);
	fl_facts_close(doc.k);
	return err;
}
