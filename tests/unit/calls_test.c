/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who calls whom, by code that is made here (runtime/kcore.c, runtime/calls.c). */
#include "unit.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "calls.h"
#include "root.h"

#define TEXT UINT64_C(0xffffffff81000000)
#define MODULE UINT64_C(0xffffffffc0000000)
#define SIZE 0x1000 /* of the code in each segment */

static const char table[] = "ffffffff81000000 T _text\n"
			    "ffffffff81000100 T top\n"
			    "ffffffff81000200 t middle\n"
			    "ffffffff81000200 T middle_alias\n"
			    "ffffffff81000300 t low.isra.0\n"
			    "ffffffff81000400 T bottom\n"
			    "ffffffff81000500 T alone\n"
			    "ffffffffc0000000 t driver\t[mod]\n"
			    "ffffffffc0000100 t unread\t[gone]\n";

struct core {
	Elf64_Ehdr header;
	Elf64_Phdr segments[3];
	unsigned char text[SIZE];
	unsigned char module[0x100];
};

static struct core core;

static unsigned char *code_at(uint64_t addr)
{
	return addr >= MODULE ? core.module + (addr - MODULE) : core.text + (addr - TEXT);
}

/* x86-64: CALL or JMP rel32 */
static void put_x86(uint64_t at, unsigned char op, uint64_t to)
{
	int32_t distance = (int32_t)(int64_t)(to - at - 5);

	code_at(at)[0] = op;
	memcpy(code_at(at) + 1, &distance, sizeof(distance));
}

/* arm64: BL or B */
static void put_arm(uint64_t at, uint32_t op, uint64_t to)
{
	uint32_t word = op | ((uint32_t)((int64_t)(to - at) >> 2) & 0x03ffffff);

	memcpy(code_at(at), &word, sizeof(word));
}

static void write_core(void)
{
	core.header = (Elf64_Ehdr){ .e_type = ET_CORE,
				    .e_phoff = offsetof(struct core, segments),
				    .e_phentsize = sizeof(Elf64_Phdr),
				    .e_phnum = COUNT(core.segments) };
	memcpy(core.header.e_ident, ELFMAG, SELFMAG);
	core.header.e_ident[EI_CLASS] = ELFCLASS64;
	core.segments[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_vaddr = TEXT, .p_memsz = SIZE };
	core.segments[1] = (Elf64_Phdr){ .p_type = PT_LOAD,
					 .p_vaddr = TEXT,
					 .p_offset = offsetof(struct core, text),
					 .p_memsz = SIZE };
	core.segments[2] = (Elf64_Phdr){ .p_type = PT_LOAD,
					 .p_vaddr = MODULE,
					 .p_offset = offsetof(struct core, module),
					 .p_memsz = sizeof(core.module) };
	root_write("proc/kcore", &core, sizeof(core));
}

/* top → middle → low → bottom, driver → middle; alone calls what starts nowhere */
static void write_x86(void)
{
	memset(&core, 0xcc, sizeof(core));
	put_x86(TEXT + 0x107, 0xe8, TEXT + 0x200);
	put_x86(TEXT + 0x210, 0xe8, TEXT + 0x300);
	put_x86(TEXT + 0x3f0, 0xe9, TEXT + 0x400);
	put_x86(TEXT + 0x410, 0xe8, TEXT + 0x400); /* itself */
	put_x86(TEXT + 0x510, 0xe8, TEXT + 0x408);
	put_x86(MODULE + 0x20, 0xe8, TEXT + 0x200);
	write_core();
}

static void write_arm(void)
{
	memset(&core, 0, sizeof(core));
	put_arm(TEXT + 0x108, 0x94000000, TEXT + 0x200);
	put_arm(TEXT + 0x210, 0x94000000, TEXT + 0x300);
	put_arm(TEXT + 0x3f0, 0x14000000, TEXT + 0x400);
	put_arm(TEXT + 0x510, 0x94000000, TEXT + 0x404);
	put_arm(TEXT + 0x600, 0x94000000, TEXT + 0x100);
	write_core();
}

static int add(const struct fl_symbol *sym, unsigned int distance, void *arg)
{
	char *text = arg;
	size_t len = strlen(text);

	snprintf(text + len, 256 - len, "%s:%u ", sym->name, distance);
	return 0;
}

static void expect(const char *machine, const char *name, bool callers, unsigned int most,
		   const char *expected)
{
	struct fl_symbols *symbols;
	struct fl_kcore *code;
	struct fl_calls *calls;
	char text[256] = "";

	assert_int_equal(fl_symbols_open(root_path(""), &symbols), 0);
	assert_int_equal(fl_kcore_open(root_path(""), &code), 0);
	assert_int_equal(fl_calls_find(fl_arch_find(machine), symbols, code, &calls), 0);
	assert_int_equal(fl_calls_near(calls, NULL, name, callers, most, add, text), 0);
	if (strcmp(text, expected) != 0)
		fail_msg("%s %s: '%s' and not '%s'", name, callers ? "is called by" : "calls", text,
			 expected);
	fl_calls_free(calls);
	fl_kcore_close(code);
	fl_symbols_free(symbols);
}

static int set_up(void **state)
{
	(void)state;
	root_make();
	root_puts("proc/kallsyms", table);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	root_remove();
	return 0;
}

static void test_x86_64(void **state)
{
	(void)state;
	write_x86();
	expect("x86_64", "top", false, 9, "middle:1 middle_alias:1 low.isra.0:2 bottom:3 ");
	expect("x86_64", "top", false, 2, "middle:1 middle_alias:1 low.isra.0:2 ");
	expect("x86_64", "bottom", true, 9, "low.isra.0:1 middle:2 middle_alias:2 top:3 driver:3 ");
	/* what the compiler made of a function is the function */
	expect("x86_64", "low", true, 1, "middle:1 middle_alias:1 ");
	expect("x86_64", "middle_alias", true, 1, "top:1 driver:1 ");
	expect("x86_64", "bottom", false, 9, "");
	expect("x86_64", "alone", false, 9, "");
	expect("x86_64", "nothing", false, 9, "");
}

static void test_aarch64(void **state)
{
	(void)state;
	write_arm();
	expect("aarch64", "top", false, 9, "middle:1 middle_alias:1 low.isra.0:2 bottom:3 ");
	expect("aarch64", "bottom", true, 2, "low.isra.0:1 middle:2 middle_alias:2 ");
	expect("aarch64", "top", true, 1, "alone:1 ");
}

static void test_no_code(void **state)
{
	struct fl_symbols *symbols;
	struct fl_kcore *code;
	struct fl_calls *calls;

	(void)state;
	assert_int_equal(fl_kcore_open(root_path("nowhere"), &code), -ENOENT);
	root_puts("proc/kcore", "no ELF file");
	assert_int_equal(fl_kcore_open(root_path(""), &code), -EINVAL);
	write_x86();
	/* segments that are said to be there, and are not */
	core.header.e_phoff = sizeof(core) - 8;
	root_write("proc/kcore", &core, sizeof(core));
	assert_int_equal(fl_kcore_open(root_path(""), &code), -EINVAL);
	core.header.e_phoff = offsetof(struct core, segments);
	for (size_t i = 0; i < COUNT(core.segments); i++)
		core.segments[i].p_vaddr = 0x1000;
	root_write("proc/kcore", &core, sizeof(core));
	assert_int_equal(fl_symbols_open(root_path(""), &symbols), 0);
	assert_int_equal(fl_kcore_open(root_path(""), &code), 0);
	assert_int_equal(fl_calls_find(fl_arch_find("x86_64"), symbols, code, &calls), -ENODATA);
	fl_kcore_close(code);
	fl_symbols_free(symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_x86_64, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_aarch64, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_code, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
