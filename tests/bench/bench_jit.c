/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: bench_jit PROGRAM FILE
 *
 * Writes the code that the kernel's JIT made of the newest program of that name,
 * all of its functions, to FILE, and prints a line for each function:
 *
 *	ADDRESS LENGTH
 */
#include <bpf/bpf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_FUNCS 64
#define NAME_LEN 15 /* BPF_OBJ_NAME_LEN, without the end */

static int find(const char *name)
{
	uint32_t id = 0;
	int found = -1;

	while (!bpf_prog_get_next_id(id, &id)) {
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &len) ||
		    strncmp(info.name, name, NAME_LEN) != 0) {
			close(fd);
			continue;
		}
		if (found >= 0)
			close(found);
		found = fd;
	}
	return found;
}

int main(int argc, char **argv)
{
	static uint8_t code[1 << 20];
	static uint64_t at[MAX_FUNCS];
	static uint32_t lens[MAX_FUNCS];
	struct bpf_prog_info info = { .jited_prog_insns = (uint64_t)(uintptr_t)code,
				      .jited_prog_len = sizeof(code),
				      .jited_ksyms = (uint64_t)(uintptr_t)at,
				      .nr_jited_ksyms = MAX_FUNCS,
				      .jited_func_lens = (uint64_t)(uintptr_t)lens,
				      .nr_jited_func_lens = MAX_FUNCS };
	uint32_t len = sizeof(info);
	FILE *file;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: bench_jit PROGRAM FILE\n");
		return 2;
	}
	fd = find(argv[1]);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) ||
	    info.jited_prog_len > sizeof(code) || info.nr_jited_func_lens > MAX_FUNCS) {
		fprintf(stderr, "bench_jit: cannot read the code of '%s'\n", argv[1]);
		return 1;
	}
	for (uint32_t i = 0; i < info.nr_jited_func_lens; i++)
		printf("%#" PRIx64 " %" PRIu32 "\n", at[i], lens[i]);
	file = fopen(argv[2], "w");
	if (!file || fwrite(code, 1, info.jited_prog_len, file) != info.jited_prog_len ||
	    fclose(file)) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}
