/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: bench_loader FILE.o [PROGRAM]
 *        bench_loader --extract FILE.flo FILE.o
 *
 * The least that loads a prebuilt object by libbpf's own means: open, load,
 * attach all programs or one, a store for an object of faultline's, "armed". What
 * comes through a ring buffer is printed. --extract takes the programs out of an
 * object of faultline's, so that both load the same.
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

static int print_event(void *arg, void *data, size_t size)
{
	const struct fl_event *e = data;

	(void)arg;
	if (size >= sizeof(*e))
		printf("%10.6f  fl_int1 = %lld  %s %u/%u  cpu %u\n", (double)e->time_ns / 1e9,
		       (long long)e->value, e->comm, e->pid, e->tid, e->cpu);
	return 0;
}

static int wait_for_events(const struct bpf_map *map)
{
	struct ring_buffer *ring;

	if (!map)
		return pause();
	ring = ring_buffer__new(bpf_map__fd(map), print_event, NULL, NULL);
	if (!ring)
		return fail("the ring buffer");
	while (ring_buffer__poll(ring, -1) >= 0)
		;
	return 0;
}

/* An object of faultline's does nothing before this. */
static int store_armed(const struct bpf_object *obj)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(obj, ".data.run");
	struct fl_run_knobs *run;

	if (!map)
		return 0;
	run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (run == MAP_FAILED)
		return -1;
	run->armed = 1;
	return 0;
}

static int arm(const char *path, const char *only)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_program *prog;

	if (!obj)
		return fail("opening");
	bpf_object__for_each_program(prog, obj)
	{
		if (only && strcmp(bpf_program__name(prog), only) != 0)
			bpf_program__set_autoload(prog, false);
	}
	if (bpf_object__load(obj))
		return fail("loading");
	bpf_object__for_each_program(prog, obj)
	{
		if (bpf_program__fd(prog) >= 0 && !bpf_program__attach(prog))
			return fail("attaching");
	}
	if (store_armed(obj))
		return fail("mmap");
	puts("armed");
	fflush(stdout);
	return wait_for_events(bpf_object__find_map_by_name(obj, "events"));
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "--extract"))
		return extract(argv[2], argv[3]);
	if (argc == 2 || argc == 3)
		return arm(argv[1], argv[2]);
	fprintf(stderr, "usage: bench_loader FILE.o [PROGRAM] | --extract FILE.flo FILE.o\n");
	return 2;
}
