/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event_text.h"

#include <inttypes.h>

#define NS_PER_S UINT64_C(1000000000)

/* A task's name comes from its owner: nothing of it may steer a terminal. */
static void print_task(FILE *out, const struct fl_event *e)
{
	for (size_t i = 0; i < FL_COMM_LEN && e->comm[i]; i++) {
		unsigned char c = (unsigned char)e->comm[i];

		fputc(c < 0x20 || c == 0x7f ? '?' : c, out);
	}
	fprintf(out, " %u/%u  cpu %u\n", e->pid, e->tid, e->cpu);
}

static void print_stack(FILE *out, const struct fl_event *e, struct fl_kernel *k)
{
	const uint64_t *frames;
	size_t n = fl_stack_frames(e, &frames);
	char text[256];

	for (size_t i = 0; i < n; i++) {
		fl_symbol_text(k, frames[i], text, sizeof(text));
		fprintf(out, "               %s\n", text);
	}
}

void fl_event_print(FILE *out, const struct fl_object *obj, const struct fl_event *e,
		    uint64_t armed_ns, struct fl_kernel *k)
{
	const struct fl_obj_attach *attach = &obj->attaches[obj->slots[e->slot].attach];
	uint64_t since = e->time_ns > armed_ns ? e->time_ns - armed_ns : 0;
	char text[FL_MAX_LOG];

	fprintf(out, "%4" PRIu64 ".%06" PRIu64 "  %s", since / NS_PER_S, since % NS_PER_S / 1000,
		attach->shown);
	switch (e->kind) {
	case FL_EVENT_INJECTED:
		fprintf(out, " = %s  ", fl_value_name(attach, e->value, text, sizeof(text)));
		print_task(out, e);
		break;
	case FL_EVENT_LOG:
		fl_log_text(obj, e, k, text, sizeof(text));
		fprintf(out, ": %s\n", text);
		break;
	default:
		fputs("  ", out);
		print_task(out, e);
	}
	if (e->kind == FL_EVENT_STACK)
		print_stack(out, e, k);
}
