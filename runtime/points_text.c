/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * points_text.c - frames of points as text.
 *
 * Symbols of the kernel proper are in /proc/kallsyms. A module may be gone by
 * now, and its init text is, so the programs had the kernel name its frames
 * when they first saw them.
 */
#include <bpf/bpf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "points_impl.h"

/* A return address may be the first one after the function that it belongs to. */
static void frame_of_kernel(const struct fl_points *p, uint64_t offset, char *buf, size_t len)
{
	const struct fl_sweep_knobs *k = p->session->sweep.memory;
	uint64_t address = k->text.start + offset;
	struct fl_symbol sym;

	if (fl_symbols_at(p->symbols, address - 1, &sym))
		snprintf(buf, len, "%s+0x%" PRIx64, sym.name, address - sym.addr);
	else
		snprintf(buf, len, "_stext+0x%" PRIx64, offset);
}

/* "function+0x1a/0x2b [module]", as %pB prints it, without the function's size. */
static bool take_name(const char *name, char *buf, size_t len)
{
	const char *slash = strchr(name, '/');

	if (!slash)
		return false;
	snprintf(buf, len, "%.*s%s", (int)(slash - name), name, slash + strcspn(slash, " "));
	return true;
}

void fl_points_frame(const struct fl_points *p, uint64_t frame, char *buf, size_t len)
{
	uint64_t id = frame >> 32, offset = (uint32_t)frame, module = id & ~UINT64_C(1);
	struct fl_module m = { .name = "" };
	char name[FL_FRAME_LEN] = "";

	if (!id) {
		frame_of_kernel(p, offset, buf, len);
		return;
	}
	if (!bpf_map_lookup_elem(p->frames_fd, &frame, name) && take_name(name, buf, len))
		return;
	bpf_map_lookup_elem(p->modules_fd, &module, &m);
	snprintf(buf, len, "[%.*s%s]+0x%" PRIx64, FL_MODULE_NAME_LEN, m.name, id & 1 ? " init" : "",
		 offset);
}
