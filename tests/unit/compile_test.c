/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole compiler, on a kernel that exists in memory only. */
#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_disable()
#define __lsan_enable()
#endif

#include "clang.h"
#include "compile.h"
#include "fake_kernel.h"

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

static long calls_left = -1; /* of calloc(), which arenas use; negative: any number */

void *__wrap_calloc(size_t n, size_t size)
{
	if (!calls_left)
		return NULL;
	if (calls_left > 0)
		calls_left--;
	return __real_calloc(n, size);
}

static const char script[] = "first: on mlx5_cmd_exec if comm==\"ip\" && rand<10 return -EIO\n"
			     "on fake_errno, security_file_open if pid == 5 return -ENOMEM\n"
			     "on fake_null if uid in {1, 2} return NULL\n"
			     "on fake_true if cpu == 1 return true";

struct result {
	struct fl_object *obj;
	char *log;
	struct fl_diags diags;
	struct fl_source source;
};

static int compile(struct result *r, const char *text, enum fl_emit_what what)
{
	const struct fl_compile_opts opts = {
		.emit = what,
		.sema = { .has_command = true },
	};
	struct fake_kernel fake;

	memset(r, 0, sizeof(*r));
	fake_kernel_init(&fake);
	fl_diags_init(&r->diags);
	r->source = (struct fl_source){ "test", text, strlen(text) };
	return fl_compile(&r->source, &fake.k, &opts, &r->diags, &r->obj, &r->log);
}

static void release(struct result *r)
{
	fl_object_free(r->obj);
	free(r->log);
	fl_diags_release(&r->diags);
}

static void test_manifest(void **state)
{
	struct result r;

	(void)state;
	assert_int_equal(compile(&r, script, FL_EMIT_C), 0);
	assert_null(r.log);
	assert_int_equal(r.diags.n, 0);
	assert_non_null(r.obj);
	assert_null(r.obj->elf);
	assert_int_equal(strlen(r.obj->c_text), r.obj->c_len);
	assert_int_equal(r.obj->nrules, 4);
	assert_int_equal(r.obj->nprogs, 5);
	assert_int_equal(r.obj->nslots, 5);
	assert_string_equal(r.obj->rules[0].label, "first");
	assert_null(r.obj->rules[1].label);
	assert_string_equal(r.obj->rules[0].source, "test");
	assert_int_equal(r.obj->rules[2].line, 3);
	assert_true(r.obj->ncpus >= 2);
	for (size_t i = 0; i < r.obj->nslots; i++) {
		assert_true(r.obj->slots[i].rule < r.obj->nrules);
		assert_true(r.obj->slots[i].attach < r.obj->nattaches);
	}
	for (size_t i = 0; i < r.obj->nprogs; i++) {
		const struct fl_obj_prog *p = &r.obj->progs[i];
		bool null = !strcmp(r.obj->attaches[p->first_attach].func, "fake_null");

		assert_int_equal(p->backend, null ? FL_BACKEND_KPROBE : FL_BACKEND_FMOD_RET);
		assert_true(*p->reason);
	}
	release(&r);
}

static void same_command(const struct fl_obj_command *c, const char *command, const char *message,
			 unsigned int line)
{
	assert_string_equal(c->command, command);
	assert_int_equal(c->message != NULL, message != NULL);
	if (message)
		assert_string_equal(c->message, message);
	assert_string_equal(c->source, "test");
	assert_int_equal(c->line, line);
}

/* Words of a workload mean that only where an item begins. */
static void test_workload(void **state)
{
	static const char text[] = "setup \"modprobe dummy\"\n"
				   "run {\"ip link add d0 type dummy\"; \"ip link del d0\"}\n"
				   "param check = 3 let allow = {1, 2} run: on fake_errno\n"
				   "if uid in allow && gid == $check return -EIO check \"true\"\n"
				   "check {\"false\"} \"says why\"; allow \"*page*\" \"injected\"\n"
				   "cleanup \"rmmod dummy\" setup: on fake_errno log \"check\"";
	struct result r;

	(void)state;
	assert_int_equal(compile(&r, text, FL_EMIT_C), 0);
	assert_int_equal(r.diags.n, 0);
	assert_int_equal(r.obj->nrules, 2);
	assert_string_equal(r.obj->rules[0].label, "run");
	assert_int_equal(r.obj->nsetups, 1);
	same_command(r.obj->setups, "modprobe dummy", NULL, 1);
	same_command(r.obj->run, "set -e\nip link add d0 type dummy\nip link del d0", NULL, 2);
	assert_int_equal(r.obj->ncleanups, 1);
	same_command(r.obj->cleanups, "rmmod dummy", NULL, 6);
	assert_int_equal(r.obj->nchecks, 2);
	same_command(r.obj->checks, "true", NULL, 4);
	same_command(r.obj->checks + 1, "set -e\nfalse", "says why", 5);
	assert_int_equal(r.obj->nallows, 1);
	assert_string_equal(r.obj->allows->pattern, "*page*");
	assert_string_equal(r.obj->allows->reason, "injected");
	assert_string_equal(r.obj->allows->source, "test");
	assert_int_equal(r.obj->allows->line, 5);
	release(&r);
	assert_int_equal(compile(&r, script, FL_EMIT_C), 0);
	assert_null(r.obj->run);
	assert_int_equal(r.obj->nsetups + r.obj->ncleanups + r.obj->nchecks + r.obj->nallows, 0);
	release(&r);
}

static void test_mistakes(void **state)
{
	struct result r;

	(void)state;
	assert_int_equal(compile(&r, "on fake_errno return EIO on x return -EIO", FL_EMIT_C),
			 -EINVAL);
	assert_null(r.obj);
	assert_int_equal(r.diags.nerrors, 2);
	release(&r);
	assert_int_equal(compile(&r, "", FL_EMIT_OBJECT), -EINVAL);
	release(&r);
}

/* Memory may run out at any point: the answer is -ENOMEM and nothing leaks. */
/* A function that cannot fail: the hint has those around it that can. */
static void test_functions_around_one(void **state)
{
	struct result r;

	(void)state;
	assert_int_equal(compile(&r, "on fake_plain return -EIO", FL_EMIT_C), -EINVAL);
	assert_int_equal(r.diags.n, 1);
	assert_int_equal(r.diags.list[0].tag, FL_E_NOT_INJECTABLE);
	assert_string_equal(r.diags.list[0].hint,
			    "only functions marked ALLOW_ERROR_INJECTION and security_* functions "
			    "are; it calls 'fake_errno', 'mlx5_cmd_exec' of module mlx5_core (2 "
			    "calls away); it is called by 'sys_openat' (2 calls away); see "
			    "faultline explain fake_plain");
	release(&r);
}

static void test_no_memory(void **state)
{
	static const char *const texts[] = {
		script,
		"on mlx5_cmd_exce return 1 + on fake_errno if x return -EIO \"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		long n = 0;
		int err = -ENOMEM;

		for (; err == -ENOMEM; n++) {
			struct result r;

			assert_true(n < 10000);
			calls_left = n;
			err = compile(&r, texts[i], FL_EMIT_C);
			calls_left = -1;
			assert_int_equal(!!r.obj, !err);
			release(&r);
		}
		assert_true(n > 2);
		assert_int_equal(err, i ? -EINVAL : 0);
	}
}

static void test_object_is_bpf_and_repeats(void **state)
{
	struct result a, b;
	const Elf64_Ehdr *elf;

	(void)state;
	assert_int_equal(compile(&a, script, FL_EMIT_OBJECT), 0);
	assert_int_equal(compile(&b, script, FL_EMIT_OBJECT), 0);
	assert_non_null(a.obj->elf);
	assert_true(a.obj->elf_len > sizeof(*elf));
	elf = a.obj->elf;
	assert_memory_equal(elf->e_ident, ELFMAG, SELFMAG);
	assert_int_equal(elf->e_machine, EM_BPF);
	assert_int_equal(a.obj->elf_len, b.obj->elf_len);
	assert_memory_equal(a.obj->elf, b.obj->elf, a.obj->elf_len);
	release(&a);
	release(&b);
}

static void test_clang(void **state)
{
	static const char header_text[] = "#define ANSWER 42\n";
	static const struct fl_clang_file header = { "answer.h", header_text,
						     sizeof(header_text) - 1 };
	static const struct {
		const char *text;
		int err;
		const char *said; /* in the log */
	} cases[] = {
		{ "#include \"answer.h\"\nint f(void) { return ANSWER; }", 0, NULL },
		{ "int f(void) { return nothing; }", -EINVAL, "nothing" },
		{ "#include \"missing.h\"\n", -EINVAL, "missing.h" },
		/* the host's headers are out of reach */
		{ "#include <stdio.h>\n", -EINVAL, "stdio.h" },
		{ "#include \"/etc/passwd\"\n", -EINVAL, "/etc/passwd" },
	};
	const struct fl_clang_opts opts = { .headers = &header, .nheaders = 1, .arch = "x86" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fl_clang_result r = { 0 };
		const char *text = cases[i].text;

		assert_int_equal(fl_clang_compile("t.c", text, strlen(text), &opts, &r),
				 cases[i].err);
		assert_int_equal(!!r.elf, !cases[i].err);
		if (cases[i].said) {
			assert_non_null(r.log);
			assert_non_null(strstr(r.log, cases[i].said));
		}
		fl_clang_result_release(&r);
	}
	assert_non_null(strstr(fl_clang_version(), "LLVM "));
}

/* LLVM 14 crashes on a file without anything in it; newer ones need not. */
static void test_a_crash_in_clang_is_survived(void **state)
{
	const struct fl_clang_opts opts = { .arch = "x86" };
	struct fl_clang_result r = { 0 };
	int err;

	(void)state;
	for (int i = 0; i < 3; i++) {
		/* what it had allocated is lost */
		__lsan_disable();
		err = fl_clang_compile("t.c", "", 0, &opts, &r);
		__lsan_enable();
		assert_true(err == 0 || err == -EFAULT);
		assert_int_equal(!!r.elf, !err);
		fl_clang_result_release(&r);
		assert_int_equal(fl_clang_compile("t.c", "int x;", 6, &opts, &r), 0);
		fl_clang_result_release(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_workload),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_functions_around_one),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_object_is_bpf_and_repeats),
		cmocka_unit_test(test_clang),
		cmocka_unit_test(test_a_crash_in_clang_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
