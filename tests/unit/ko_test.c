/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module files (runtime/ko.c), compressed files and configurations. */
#include "unit.h"

#include <errno.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "config.h"
#include "machine.h"
#include "ko.h"
#include "root.h"
#include "unpack.h"

static const struct machine_entry entries[] = {
	{ "drv_open", 1, 0 },
	{ "drv_find", 0, 1 },
	{ "drv_get", 2, 1 },
	{ "drv_busy", 3, 0 },
};

static const struct machine_module usual = {
	.name = "drv",
	.vermagic = "9.9-test",
	.entries = entries,
	.nentries = 4,
};

static const char *root;
static char path[4096]; /* of drv.ko below it */

static int set_up(void **state)
{
	(void)state;
	root = machine_make();
	snprintf(path, sizeof(path), "%s", root_path("drv.ko"));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	root_remove();
	return 0;
}

static void write_module(const char *file, const struct machine_module *m)
{
	size_t len;
	void *data = machine_module(m, &len);

	root_write(file, data, len);
	free(data);
}

/* BTF of the module, on that of the kernel below @root. */
static struct btf *module_btf(struct btf **base)
{
	struct btf *btf;

	*base = btf__parse(root_path("sys/kernel/btf/vmlinux"), NULL);
	assert_non_null(*base);
	btf = btf__new_empty_split(*base);
	machine_func(btf, "drv_open", -1);
	machine_func(btf, "drv_find", btf__add_ptr(btf, 0));
	return btf;
}

static void check_tags(const struct fl_ko *ko)
{
	static const enum fl_tag tags[] = { FL_TAG_ERRNO, FL_TAG_NULL, FL_TAG_ERRNO_NULL,
					    FL_TAG_TRUE };

	assert_int_equal(ko->nfuncs, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(ko->funcs[i].name, entries[i].name);
		assert_int_equal(ko->funcs[i].tag, tags[i]);
	}
}

static void test_list(void **state)
{
	struct fl_ko *ko;

	(void)state;
	write_module("drv.ko", &usual);
	assert_int_equal(fl_ko_open(path, &ko), 0);
	assert_string_equal(ko->name, "drv");
	assert_string_equal(ko->release, "9.9-test");
	assert_true(ko->has_list);
	assert_false(ko->has_btf);
	check_tags(ko);
	assert_true(fl_ko_has_function(ko, "drv_open"));
	assert_false(fl_ko_has_function(ko, "drv_ope"));
	assert_int_equal(fl_ko_read_types(ko, root, "9.9-test"), -ENOENT);
	fl_ko_close(ko);
}

/* The usual module with types, and with those that they stand on unless @base is NULL. */
static struct fl_ko *open_typed(const struct btf *btf, const struct btf *base)
{
	struct machine_module m = usual;
	struct fl_ko *ko;
	__u32 len;

	m.btf = btf__raw_data(btf, &len);
	m.btf_len = len;
	if (base) {
		m.btf_base = btf__raw_data(base, &len);
		m.btf_base_len = len;
	}
	write_module("drv.ko", &m);
	assert_int_equal(fl_ko_open(path, &ko), 0);
	return ko;
}

static void test_types(void **state)
{
	struct btf *base, *btf = module_btf(&base);
	struct fl_ko *ko = open_typed(btf, NULL);
	char proto[64];

	(void)state;
	assert_int_equal(fl_ko_proto(ko, "drv_open", proto, sizeof(proto)), -ENOENT);
	assert_int_equal(fl_ko_read_types(ko, root, "9.9-test"), 0);
	assert_int_equal(fl_ko_proto(ko, "drv_open", proto, sizeof(proto)), 0);
	assert_string_equal(proto, "int drv_open(int a)");
	assert_int_equal(fl_ko_proto(ko, "drv_find", proto, sizeof(proto)), 0);
	assert_string_equal(proto, "void *drv_find(int a)");
	assert_int_equal(fl_ko_proto(ko, "drv_busy", proto, sizeof(proto)), -ENOENT);
	check_tags(ko);
	fl_ko_close(ko);

	/* types of another kernel would be misread, not be missing */
	assert_int_equal(fl_ko_open(path, &ko), 0);
	assert_int_equal(fl_ko_read_types(ko, root, "9.8"), -ESTALE);
	assert_int_equal(fl_ko_proto(ko, "drv_open", proto, sizeof(proto)), -ENOENT);
	fl_ko_close(ko);
	btf__free(btf);
	btf__free(base);
}

/* A module that brings the part of the kernel's types that it needs. */
static void test_own_base(void **state)
{
	struct btf *base, *btf = module_btf(&base);
	struct fl_ko *ko = open_typed(btf, base);
	char proto[64];

	(void)state;
	assert_int_equal(fl_ko_read_types(ko, "/nowhere", "9.8"), 0);
	assert_int_equal(fl_ko_proto(ko, "drv_open", proto, sizeof(proto)), 0);
	assert_string_equal(proto, "int drv_open(int a)");
	fl_ko_close(ko);
	btf__free(btf);
	btf__free(base);
}

/* Older kernels numbered the tags from 1; their types say so. */
static void test_old_numbers(void **state)
{
	static const struct machine_entry old[] = { { "drv_open", 2, 0 }, { "drv_find", 1, 0 } };
	const struct machine_entry four[] = { { "drv_open", 2, 0 }, { "drv_busy", 4, 0 } };
	struct machine_module m = { .entries = four, .nentries = 2, .vermagic = "9.9-test" };
	struct btf *btf = btf__new_empty(), *split;
	struct fl_ko *ko;
	__u32 len;

	(void)state;
	/* no types: a 4 gives it away */
	write_module("drv.ko", &m);
	assert_int_equal(fl_ko_open(path, &ko), 0);
	assert_int_equal(ko->funcs[0].tag, FL_TAG_ERRNO);
	assert_int_equal(ko->funcs[1].tag, FL_TAG_TRUE);
	fl_ko_close(ko);

	btf__add_enum(btf, "error_injection_type", 4);
	btf__add_enum_value(btf, "EI_ETYPE_NONE", 0);
	btf__add_enum_value(btf, "EI_ETYPE_NULL", 1);
	btf__add_enum_value(btf, "EI_ETYPE_ERRNO", 2);
	btf__add_enum_value(btf, "EI_ETYPE_ERRNO_NULL", 3);
	btf__add_enum_value(btf, "EI_ETYPE_TRUE", 4);
	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	split = btf__new_empty_split(btf);
	machine_func(split, "drv_open", -1);
	m.btf = btf__raw_data(split, &len);
	m.btf_len = len;
	m.entries = old;
	write_module("drv.ko", &m);
	machine_btf("sys/kernel/btf/vmlinux", btf);
	assert_int_equal(fl_ko_open(path, &ko), 0);
	assert_int_equal(ko->funcs[0].tag, FL_TAG_ERRNO_NULL); /* not yet known */
	assert_int_equal(fl_ko_read_types(ko, root, "9.9-test"), 0);
	assert_int_equal(ko->funcs[0].tag, FL_TAG_ERRNO);
	assert_int_equal(ko->funcs[1].tag, FL_TAG_NULL);
	fl_ko_close(ko);
	btf__free(split);
}

static void test_name_from_path(void **state)
{
	struct machine_module m = usual;
	struct fl_ko *ko;

	(void)state;
	m.name = NULL;
	snprintf(path, sizeof(path), "%s", root_path("snd-hda.intel.ko"));
	write_module("snd-hda.intel.ko", &m);
	assert_int_equal(fl_ko_open(path, &ko), 0);
	assert_string_equal(ko->name, "snd_hda");
	fl_ko_close(ko);
}

static void test_no_list(void **state)
{
	struct machine_module m = usual;
	struct fl_ko *ko;

	(void)state;
	m.no_list = 1;
	write_module("drv.ko", &m);
	assert_int_equal(fl_ko_open(path, &ko), 0);
	assert_false(ko->has_list);
	assert_int_equal(ko->nfuncs, 0);
	fl_ko_close(ko);
}

static void test_no_module(void **state)
{
	struct machine_module m = usual;
	struct fl_ko *ko;

	(void)state;
	m.no_module = 1;
	write_module("drv.ko", &m);
	assert_int_equal(fl_ko_open(path, &ko), -ENOEXEC);
	assert_null(ko);
	root_puts("drv.ko", "text\n");
	assert_int_equal(fl_ko_open(path, &ko), -ENOEXEC);
	root_puts("drv.ko", "");
	assert_int_equal(fl_ko_open(path, &ko), -ENOEXEC);
	assert_int_equal(fl_ko_open("/proc/self/exe", &ko), -ENOEXEC);
	assert_int_equal(fl_ko_open("/nowhere/drv.ko", &ko), -ENOENT);
	assert_int_equal(fl_ko_open("/", &ko), -EISDIR);
}

static void test_bad_relocation(void **state)
{
	struct machine_module m = usual;
	struct fl_ko *ko;

	(void)state;
	m.bad_reloc = 1;
	write_module("drv.ko", &m);
	assert_int_equal(fl_ko_open(path, &ko), -EBADMSG);
}

static void test_other_machine(void **state)
{
	size_t len;
	unsigned char *data = machine_module(&usual, &len);
	struct fl_ko *ko;

	(void)state;
	data[5] = 2; /* EI_DATA: big-endian; e_type is then 256 and not ET_REL */
	data[16] = 0;
	data[17] = 1;
	root_write("drv.ko", data, len);
	assert_int_equal(fl_ko_open(path, &ko), -EOPNOTSUPP);
	free(data);
}

/* Whatever a file says: no crash, no endless loop; ASan watches. */
static void test_damaged(void **state)
{
	size_t len;
	unsigned char *data = machine_module(&usual, &len);
	unsigned int seed = 1, opened = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		unsigned char *copy = malloc(len);
		size_t cut = round % 3 ? len : (size_t)rand_r(&seed) % len;
		struct fl_ko *ko;

		memcpy(copy, data, len);
		for (int i = 0; i < 1 + round % 7; i++)
			copy[(size_t)rand_r(&seed) % len] = (unsigned char)rand_r(&seed);
		root_write("drv.ko", copy, cut);
		if (!fl_ko_open(path, &ko)) {
			opened++;
			fl_ko_has_function(ko, "drv_open");
			for (size_t i = 0; i < ko->nfuncs; i++)
				assert_non_null(ko->funcs[i].name);
		}
		fl_ko_close(ko);
		free(copy);
	}
	/* some damage does no harm, and some does */
	assert_in_range(opened, 100, 2900);
	free(data);
}

static void write_gzip(const char *file, const void *data, size_t len)
{
	gzFile f;

	root_puts(file, "");
	f = gzopen(root_path(file), "w");
	assert_int_equal(gzwrite(f, data, (unsigned int)len), len);
	gzclose(f);
}

static void write_xz(const char *file, const void *data, size_t len)
{
	size_t size = lzma_stream_buffer_bound(len), used = 0;
	unsigned char *out = malloc(size);

	/* what the kernel's build says: --check=crc32 */
	assert_int_equal(
		lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, data, len, out, &used, size),
		LZMA_OK);
	root_write(file, out, used);
	free(out);
}

static void write_zstd(const char *file, const void *data, size_t len)
{
	size_t size = ZSTD_compressBound(len), used;
	unsigned char *out = malloc(size);
	ZSTD_CCtx *z = ZSTD_createCCtx();

	/* as zstd(1) does */
	assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)));
	used = ZSTD_compress2(z, out, size, data, len);
	assert_false(ZSTD_isError(used));
	ZSTD_freeCCtx(z);
	root_write(file, out, used);
	free(out);
}

static void (*const writers[])(const char *file, const void *data, size_t len) = {
	write_gzip,
	write_xz,
	write_zstd,
};

static void test_compressed_modules(void **state)
{
	size_t len;
	void *data = machine_module(&usual, &len);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct fl_ko *ko;

		writers[i]("drv.ko", data, len);
		assert_int_equal(fl_ko_open(path, &ko), 0);
		check_tags(ko);
		fl_ko_close(ko);
	}
	free(data);
}

static void test_cut_off_and_too_large(void **state)
{
	size_t size = 1 << 20, len, packed_len;
	char *data = malloc(size);
	unsigned char *out, *packed;

	(void)state;
	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * i >> 7);
	for (size_t i = 0; i < 3; i++) {
		writers[i]("drv.ko", data, size);
		assert_int_equal(fl_unpack_file(path, size, &out, &len), 0);
		assert_int_equal(len, size);
		assert_memory_equal(out, data, size);
		assert_int_equal(out[len], 0);
		free(out);
		assert_int_equal(fl_unpack_file(path, size - 1, &out, &len), -EFBIG);
		assert_null(out);
	}
	for (size_t i = 0; i < 3; i++) {
		FILE *f;

		writers[i]("drv.ko", data, size);
		f = fopen(path, "r");
		packed = malloc(size);
		packed_len = fread(packed, 1, size, f);
		fclose(f);
		root_write("drv.ko", packed, packed_len / 2);
		assert_int_equal(fl_unpack_file(path, size, &out, &len), -EBADMSG);
		packed[packed_len / 2] ^= 0xff;
		packed[packed_len / 3] ^= 0xff;
		root_write("drv.ko", packed, packed_len);
		assert_int_equal(fl_unpack_file(path, size, &out, &len), -EBADMSG);
		free(packed);
	}
	free(data);
}

static void test_is_path(void **state)
{
	(void)state;
	assert_true(fl_ko_is_path("drv.ko"));
	assert_true(fl_ko_is_path("drv.ko.xz"));
	assert_true(fl_ko_is_path("./drv"));
	assert_false(fl_ko_is_path("drv_*"));
	assert_false(fl_ko_is_path("drv.kook"));
	assert_false(fl_ko_is_path("drv.part.0"));
}

static void test_find(void **state)
{
	char found[4096];

	(void)state;
	root_puts("lib/modules/9.9-test/modules.dep",
		  "kernel/a/snd-hda.ko.xz: kernel/b/drv.ko\nkernel/b/drv.ko:\n");
	root_puts("lib/modules/9.9-test/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
	assert_int_equal(fl_ko_find(root, "9.9-test", "drv", found, sizeof(found)), 0);
	assert_string_equal(found, root_path("lib/modules/9.9-test/kernel/b/drv.ko"));
	assert_int_equal(fl_ko_find(root, "9.9-test", "snd_hda", found, sizeof(found)), 0);
	assert_int_equal(fl_ko_find(root, "9.9-test", "ext4", found, sizeof(found)), -EEXIST);
	assert_int_equal(fl_ko_find(root, "9.9-test", "dr", found, sizeof(found)), -ENOENT);
	assert_int_equal(fl_ko_find(root, "9.8", "drv", found, sizeof(found)), -ENOENT);
}

static void test_config(void **state)
{
	static const char text[] = "# CONFIG_KPROBES_ON_FTRACE is not set\n"
				   "CONFIG_KPROBES=y\nCONFIG_MLX5_CORE=m\n"
				   "# CONFIG_FAILSLAB is not set\nCONFIG_LSM=\"bpf\"\n";
	struct fl_config c;
	char value[16];

	(void)state;
	assert_int_equal(fl_config_read(&c, root, "9.9-test"), 0);
	assert_null(fl_config_get(&c, "CONFIG_KPROBES", value, sizeof(value)));
	assert_string_equal(c.source, "");
	fl_config_release(&c);

	root_puts("boot/config-9.9-test", "CONFIG_KPROBES=m\n");
	assert_int_equal(fl_config_read(&c, root, "9.9-test"), 0);
	assert_string_equal(c.source, "/boot/config-9.9-test");
	assert_string_equal(fl_config_get(&c, "CONFIG_KPROBES", value, sizeof(value)), "m");
	fl_config_release(&c);

	/* the kernel's own word comes first */
	write_gzip("proc/config.gz", text, sizeof(text) - 1);
	assert_int_equal(fl_config_read(&c, root, "9.9-test"), 0);
	assert_string_equal(c.source, "/proc/config.gz");
	assert_string_equal(fl_config_get(&c, "CONFIG_KPROBES", value, sizeof(value)), "y");
	assert_string_equal(fl_config_get(&c, "CONFIG_MLX5_CORE", value, sizeof(value)), "m");
	assert_string_equal(fl_config_get(&c, "CONFIG_LSM", value, sizeof(value)), "\"bpf\"");
	assert_string_equal(fl_config_get(&c, "CONFIG_FAILSLAB", value, sizeof(value)), "n");
	assert_string_equal(fl_config_get(&c, "CONFIG_KPROBE", value, sizeof(value)), "n");
	assert_string_equal(fl_config_get(&c, "CONFIG_MLX5", value, sizeof(value)), "n");
	fl_config_release(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_list),
		TEST(test_types),
		TEST(test_own_base),
		TEST(test_old_numbers),
		TEST(test_name_from_path),
		TEST(test_no_list),
		TEST(test_no_module),
		TEST(test_bad_relocation),
		TEST(test_other_machine),
		TEST(test_damaged),
		TEST(test_compressed_modules),
		TEST(test_cut_off_and_too_large),
		TEST(test_is_path),
		TEST(test_find),
		TEST(test_config),
	};

	return cmocka_run_group_tests_name("module files", tests, NULL, NULL);
}
