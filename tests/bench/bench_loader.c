/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: bench_loader FILE.o
 *        bench_loader --extract FILE.flo FILE.o
 *
 * The least that loads a prebuilt object by libbpf's own means: open, load,
 * attach what attaches by itself, one store, "armed". --extract takes the
 * programs out of an object of faultline's, so that both load the same.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fl_abi.h"
#include "flo.h"

static int fail(const char *what)
{
	fprintf(stderr, "bench_loader: %s failed\n", what);
	return 1;
}

static int extract(const char *from, const char *to)
{
	static char data[1 << 20];
	char why[FL_FLO_WHY];
	struct fl_object *obj;
	FILE *file = fopen(from, "r");
	size_t len = file ? fread(data, 1, sizeof(data), file) : 0;

	if (!file || fclose(file) || fl_flo_read(data, len, &obj, why))
		return fail(from);
	file = fopen(to, "w");
	if (!file || fwrite(obj->elf, 1, obj->elf_len, file) != obj->elf_len || fclose(file))
		return fail(to);
	fl_object_free(obj);
	return 0;
}

static int arm(const char *path)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_program *prog;
	struct fl_run_knobs *run;
	struct bpf_map *map;

	if (!obj || bpf_object__load(obj))
		return fail("loading");
	bpf_object__for_each_program(prog, obj)
	{
		if (!bpf_program__attach(prog))
			return fail("attaching");
	}
	map = bpf_object__find_map_by_name(obj, ".data.run");
	run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (run == MAP_FAILED)
		return fail("mmap");
	run->armed = 1;
	puts("armed");
	fflush(stdout);
	pause();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "--extract"))
		return extract(argv[2], argv[3]);
	if (argc == 2)
		return arm(argv[1]);
	fprintf(stderr, "usage: bench_loader [--extract FILE.flo] FILE.o\n");
	return 2;
}
