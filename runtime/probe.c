/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "facts.h"
#include "refusal.h"
#include "file.h"

/* r0 = 0; exit: let things be as they are */
static const struct bpf_insn do_nothing[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

/* r2 = 0; bpf_override_return(r1, r2); r0 = 0; exit. Only ever loaded. */
static const struct bpf_insn override_it[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2 },
	{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_override_return },
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

/*
 * Where to attach: functions that are seldom called, if at all. The first is
 * there for tests (net/bpf/test_run.c); the others are in every kernel that
 * has security hooks, or in every kernel.
 */
static const char *const anywhere[] = { "bpf_fentry_test1", "security_syslog", "security_sb_umount",
					"ksys_sync", "do_exit" };
/* Hooks of security/security.c: fmod_ret takes any security_* function. */
static const char *const hooks[] = { "security_syslog", "security_settime64", "security_sb_umount",
				     "security_file_open" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

__attribute__((format(printf, 4, 5))) static void answer(struct fl_probe *p, enum fl_answer a,
							 int err, const char *format, ...)
{
	va_list ap;

	p->answer = a;
	p->err = err;
	va_start(ap, format);
	vsnprintf(p->text, sizeof(p->text), format, ap);
	va_end(ap);
}

/* The error is only meaningful if we had permission to try. */
static void refuse(struct fl_probe *p, int err, const char *what)
{
	if (err == -EPERM || err == -EACCES)
		answer(p, FL_DENIED, err, "%s is not permitted", what);
	else
		answer(p, FL_NO, err, "%s failed: %s", what, fl_fault_error(err));
}

static int load(enum bpf_prog_type type, enum bpf_attach_type attach, uint32_t btf_id, int btf_fd,
		const struct bpf_insn *insns, size_t n)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = btf_id);

	if (btf_fd >= 0)
		opts.attach_btf_obj_fd = (__u32)btf_fd;
	return bpf_prog_load(type, "fl_probe", "GPL", insns, n, &opts);
}

static int load_kprobe(const struct bpf_insn *insns, size_t n)
{
	return load(BPF_PROG_TYPE_KPROBE, 0, 0, -1, insns, n);
}

/* kernel/bpf/syscall.c; program types are compiled in by CONFIG_BPF_EVENTS. */
static void probe_programs(struct fl_probe *p)
{
	int fd = load_kprobe(do_nothing, COUNT(do_nothing));

	if (fd >= 0)
		answer(p, FL_YES, 0, "this process may load them");
	else if (fd == -ENOSYS)
		answer(p, FL_NO, fd, "this kernel does not support bpf(2)");
	else if (fd == -EINVAL)
		answer(p, FL_NO, fd, "this kernel supports bpf(2), but not tracing programs");
	else
		refuse(p, fd, "loading one");
	if (fd >= 0)
		close(fd);
}

/* kernel/bpf/ringbuf.c, ringbuf_map_alloc() */
static void probe_ringbuf(struct fl_probe *p)
{
	uint32_t size = (uint32_t)sysconf(_SC_PAGESIZE);
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "fl_probe", 0, 0, size, NULL);

	if (fd >= 0)
		answer(p, FL_YES, 0, "a map of that type was created");
	else
		refuse(p, fd, "creating a map of that type");
	if (fd >= 0)
		close(fd);
}

/* The first of @names that BTF has; false when none. */
static bool find(struct fl_kernel *k, const char *const *names, size_t n, struct fl_func *f)
{
	for (size_t i = 0; i < n; i++) {
		if (!k->ops->find_func(k, "vmlinux", names[i], f) && f->in_btf)
			return true;
	}
	return false;
}

/*
 * Load and attach a program by BTF id: kernel/bpf/verifier.c,
 * bpf_check_attach_target() and check_attach_modify_return();
 * kernel/bpf/trampoline.c, which not every architecture has.
 */
static void probe_trampoline(struct fl_probe *p, enum bpf_attach_type type, const struct fl_func *f)
{
	int prog = load(BPF_PROG_TYPE_TRACING, type, f->btf_id, -1, do_nothing, COUNT(do_nothing));
	int link;

	if (prog < 0) {
		refuse(p, prog, "loading a program");
		return;
	}
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link < 0)
		refuse(p, link, "attaching a program");
	else
		answer(p, FL_YES, 0, "attached to %s", f->name);
	if (link >= 0)
		close(link);
	close(prog);
}

static void probe_by_btf(struct fl_probe *p, enum bpf_attach_type type, struct fl_kernel *k,
			 const char *const *names, size_t n)
{
	const char *problem = k->ops->btf_problem(k);
	struct fl_func f;

	if (*problem)
		answer(p, FL_NO, -ENOENT, "%s", problem);
	else if (find(k, names, n, &f))
		probe_trampoline(p, type, &f);
	else
		answer(p, FL_NO, -ENOENT, "cannot probe it: no function '%s'", names[0]);
}

/* The number of the perf PMU for kprobes (kernel/events/core.c, perf_kprobe). */
static int kprobe_pmu(uint32_t *type)
{
	size_t len;
	char *text = fl_read_text("/sys/bus/event_source/devices/kprobe/type", &len);

	if (!text)
		return -errno;
	*type = (uint32_t)strtoul(text, NULL, 10);
	free(text);
	return 0;
}

/* A kprobe that stays disabled; its file descriptor or -errno. */
static int open_kprobe(uint32_t pmu, const char *func)
{
	struct perf_event_attr attr = {
		.type = pmu,
		.size = sizeof(attr),
		.disabled = 1,
		.config1 = (uint64_t)(uintptr_t)func, /* kprobe_func */
	};
	long fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

/* kernel/events/core.c, perf_event_set_bpf_prog(); kernel/trace/trace_kprobe.c */
static void probe_kprobe(struct fl_probe *p)
{
	int prog = load_kprobe(do_nothing, COUNT(do_nothing)), event, err;
	uint32_t pmu = 0;

	err = kprobe_pmu(&pmu);
	event = err;
	for (size_t i = 0; !err && i < COUNT(anywhere); i++) {
		event = open_kprobe(pmu, anywhere[i]);
		if (event != -ENOENT)
			break;
	}
	if (err)
		answer(p, FL_NO, err, "perf has no events for kprobes");
	else if (event < 0)
		refuse(p, event, "opening one");
	else if (prog < 0)
		refuse(p, prog, "loading a program for one");
	else if (ioctl(event, PERF_EVENT_IOC_SET_BPF, prog))
		refuse(p, -errno, "attaching a program to one");
	else
		answer(p, FL_YES, 0, "a program was attached");
	if (event >= 0)
		close(event);
	if (prog >= 0)
		close(prog);
}

/* kernel/trace/bpf_trace.c, kprobe_prog_func_proto(): under CONFIG_BPF_KPROBE_OVERRIDE. */
static void probe_override(struct fl_probe *p)
{
	int fd = load_kprobe(override_it, COUNT(override_it));

	if (fd >= 0)
		answer(p, FL_YES, 0, "the verifier knows bpf_override_return()");
	else if (fd == -EINVAL)
		answer(p, FL_NO, fd, "this kernel has no bpf_override_return()");
	else
		refuse(p, fd, "loading a program that overrides");
	if (fd >= 0)
		close(fd);
}

/* kernel/trace/bpf_trace.c, bpf_kprobe_multi_link_attach(): under CONFIG_FPROBE. */
static void probe_kprobe_multi(struct fl_probe *p)
{
	int prog = load(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, 0, -1, do_nothing,
			COUNT(do_nothing));
	int link = -ESRCH;

	if (prog < 0) {
		refuse(p, prog, "loading a program");
		return;
	}
	for (size_t i = 0; link == -ESRCH && i < COUNT(anywhere); i++) {
		LIBBPF_OPTS(bpf_link_create_opts, opts);
		const char *name = anywhere[i];

		opts.kprobe_multi.syms = &name;
		opts.kprobe_multi.cnt = 1;
		link = bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	}
	if (link >= 0)
		answer(p, FL_YES, 0, "a program was attached");
	else
		refuse(p, link, "attaching a program");
	if (link >= 0)
		close(link);
	close(prog);
}

void fl_probe(enum fl_feature feature, struct fl_kernel *k, struct fl_probe *out)
{
	memset(out, 0, sizeof(*out));
	switch (feature) {
	case FL_FEATURE_PROGRAMS:
		probe_programs(out);
		break;
	case FL_FEATURE_RINGBUF:
		probe_ringbuf(out);
		break;
	case FL_FEATURE_FMOD_RET:
		probe_by_btf(out, BPF_MODIFY_RETURN, k, hooks, COUNT(hooks));
		break;
	case FL_FEATURE_FENTRY:
		probe_by_btf(out, BPF_TRACE_FENTRY, k, anywhere, COUNT(anywhere));
		break;
	case FL_FEATURE_KPROBE:
		probe_kprobe(out);
		break;
	case FL_FEATURE_OVERRIDE:
		probe_override(out);
		break;
	case FL_FEATURE_KPROBE_MULTI:
		probe_kprobe_multi(out);
		break;
	default:
		answer(out, FL_UNSURE, 0, "no such probe");
		break;
	}
}

void fl_probe_fmod_ret(const struct fl_func *f, struct fl_probe *out)
{
	int btf = f->module ? fl_btf_module_fd(f->module) : -1, prog;

	memset(out, 0, sizeof(*out));
	if (f->module && btf < 0) {
		refuse(out, btf, "opening the module's types");
		return;
	}
	prog = load(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, f->btf_id, btf, do_nothing,
		    COUNT(do_nothing));
	if (prog >= 0)
		answer(out, FL_YES, 0, "the verifier accepts a fmod_ret program for it");
	else
		refuse(out, prog, "loading a fmod_ret program for it");
	if (prog >= 0)
		close(prog);
	if (btf >= 0)
		close(btf);
}

const char *fl_answer_name(enum fl_answer a)
{
	static const char *const names[] = {
		[FL_YES] = "yes",
		[FL_NO] = "no",
		[FL_DENIED] = "denied",
		[FL_UNSURE] = "unsure",
	};

	return names[a];
}
