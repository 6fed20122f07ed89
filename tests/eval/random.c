/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random.c - rules as a whole, and what is done to them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "random_impl.h"

uint64_t random_next(struct random_gen *r)
{
	uint64_t x = r->state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

unsigned int random_below(struct random_gen *r, unsigned int n)
{
	return n ? (unsigned int)(random_next(r) >> 33) % n : 0;
}

const char *random_prologue(void)
{
	return "param p0 = 3\nparam p1 = 40\nlet some = {1, 2, 3, 5, 8, 255}\n";
}

/* Functions that any rule may be on and that answer with the same everywhere. */
static const char *function(struct random_gen *r, const char **tag, const char **form)
{
	size_t n = 0;

	while (model_function(n, tag, form))
		n++;
	for (;;) {
		const char *name = model_function(random_below(r, (unsigned int)n), tag, form);

		if (strcmp(name, "fl_notrace") != 0 && strcmp(name, "fl_ret_name") != 0)
			return name;
	}
}

static void schedules(struct random_place *p)
{
	struct random_gen *r = p->r;
	unsigned int a = 1 + random_below(r, 4);

	switch (random_below(r, 10)) {
	case 0:
		fprintf(p->out, " nth %u", a);
		break;
	case 1:
		fprintf(p->out, " nth %u..%u", a, a + random_below(r, 5));
		break;
	case 2:
		fprintf(p->out, " nth %u..+%u", a, 1 + random_below(r, 4));
		break;
	case 3:
		fprintf(p->out, " nth $p0..%u+2", 40 + random_below(r, 5));
		break;
	default:
		break;
	}
	if (!random_below(r, 5))
		fprintf(p->out, " every %u", a);
	if (!random_below(r, 5))
		fprintf(p->out, random_below(r, 2) ? " times %u" : " times $p0", a);
	if (!random_below(r, 6))
		fprintf(p->out, " after %u", a);
	if (!random_below(r, 8))
		fputs(random_below(r, 2) ? " for 1h" : " after 0s", p->out);
	if (!random_below(r, 4)) {
		fputs(" per ", p->out);
		random_key(p);
	}
}

/* A value that the tag allows, or that it may turn out to allow. */
static void value(struct random_place *p, const char *tag)
{
	struct random_gen *r = p->r;
	bool worked_out = !random_below(r, 3);

	if (worked_out && !random_below(r, 3)) {
		random_number(p, 2);
	} else if (!strcmp(tag, "TRUE")) {
		fputs(worked_out ? "(uid == 0)" : "true", p->out);
	} else if (!strcmp(tag, "NULL") || (!strcmp(tag, "ERRNO_NULL") && random_below(r, 2))) {
		fputs("NULL", p->out);
	} else if (worked_out) {
		fputs("-1 - (", p->out);
		random_number(p, 1);
		fputs(" & 4095)", p->out);
	} else {
		fprintf(p->out, "-%u", 1 + random_below(r, random_below(r, 2) ? 4095 : 40));
	}
}

static void return_action(struct random_place *p, const char *tag)
{
	struct random_gen *r = p->r;

	fputs("return ", p->out);
	if (!r->seeded || random_below(r, 3)) {
		value(p, tag);
		return;
	}
	fputs("one of ", p->out);
	for (unsigned int i = 0, n = 2 + random_below(r, 3); i < n; i++) {
		fputs(i ? ", " : "", p->out);
		value(p, tag);
		if (random_below(r, 2))
			fprintf(p->out, " weight %u", 1 + random_below(r, 9));
	}
}

static void assign_action(struct random_place *p)
{
	bool keyed = random_below(p->r, 2);

	fputs(keyed ? "@s1[" : "@s0", p->out);
	if (keyed) {
		random_number(p, 1);
		fputs("]", p->out);
	}
}

static void finish_assign(struct random_place *p)
{
	static const char *const ops[] = { " = ", " += ", " -= " };

	if (!random_below(p->r, 3)) {
		fputs(random_below(p->r, 2) ? "++" : "--", p->out);
		return;
	}
	fputs(PICK(p->r, ops), p->out);
	random_number(p, 2);
}

static void log_action(struct random_place *p)
{
	static const char *const directives[] = { "%d", "%u", "%x", "%e" };
	char format[64] = "";
	unsigned int n = random_below(p->r, 3);
	bool text = random_below(p->r, 2);

	for (unsigned int i = 0; i < n; i++) {
		size_t len = strlen(format);

		snprintf(format + len, sizeof(format) - len, "%s ", PICK(p->r, directives));
	}
	fprintf(p->out, "log \"%s%s\"", format, text ? "%s" : "!");
	for (unsigned int i = 0; i < n; i++) {
		fputs(", ", p->out);
		random_number(p, 1);
	}
	if (text) {
		fputs(", ", p->out);
		random_text(p);
	}
}

static void actions(struct random_place *p, const char *tag, bool returns)
{
	unsigned int n = random_below(p->r, returns ? 3 : 4);

	fputs(" {", p->out);
	for (unsigned int i = 0; i < n + !returns; i++) {
		if (random_below(p->r, 2)) {
			log_action(p);
		} else if (!random_below(p->r, 6)) {
			fputs("delete @s1[", p->out);
			random_number(p, 0);
			fputs("]", p->out);
		} else {
			assign_action(p);
			finish_assign(p);
		}
		fputs("; ", p->out);
	}
	if (returns)
		return_action(p, tag);
	fputs("}\n", p->out);
}

/* Other functions with the same arguments, or a pattern for them. */
static void targets(struct random_place *p, const char *name)
{
	static const char *const sides[] = { "left", "right" };
	struct random_gen *r = p->r;

	fputs(name, p->out);
	if (!strcmp(name, "fl_int1") && random_below(r, 3)) {
		fputs(random_below(r, 2) ? ", fl_inner, fl_recurse" : ", fl_int2, fl_int3", p->out);
	} else if (!strcmp(name, "fl_int2") && random_below(r, 2)) {
		p->renames = sides;
		fputs("(left, right)", p->out);
	} else if (!strcmp(name, "fl_object") && random_below(r, 2)) {
		fputs(", fl_object2", p->out);
	}
}

static char *rule(struct random_gen *r)
{
	struct random_place p = { .r = r };
	const char *name, *tag, *form;
	struct fl_func func;
	bool returns;
	char *text;
	size_t len;

	name = function(r, &tag, &form);
	returns = strcmp(tag, "NONE") != 0 && random_below(r, 6);
	if (r->kernel->ops->find_func(r->kernel, "fl_targets", name, &func))
		abort();
	p.func = &func;
	p.out = open_memstream(&text, &len);
	if (!p.out)
		abort();
	p.on_exit = !returns && !r->only_kprobe && random_below(r, 3) == 0;
	fputs(p.on_exit ? "on exit " : "on ", p.out);
	targets(&p, name);
	if (random_below(r, 6)) {
		fputs(" if ", p.out);
		random_truth(&p, 1 + random_below(r, 4));
	}
	schedules(&p);
	p.in_action = true;
	actions(&p, tag, returns);
	fclose(p.out);
	return text;
}

char *random_rule(struct random_gen *r)
{
	const struct game_opts opts = { .task = r->task, .quiet = true };

	for (;;) {
		char *text = rule(r), *whole;
		struct game g;
		int err;

		if (asprintf(&whole, "%s%s", random_prologue(), text) < 0)
			abort();
		err = game_open(&g, whole, r->kernel, &opts);
		game_close(&g);
		free(whole);
		if (!err)
			return text;
		free(text);
	}
}

/* --- calls ---------------------------------------------------------------------- */

static void number_argument(struct random_gen *r, FILE *out)
{
	static const char *const some[] = {
		"-1",
		"-2",
		"255",
		"-128",
		"127",
		"128",
		"32767",
		"-32768",
		"65535",
		"2147483647",
		"-2147483648",
		"4294967295",
		"4294967296",
		"9223372036854775807",
		"0x8000000000000000",
		"0xffffffffffffffff",
		"0xff00000001",
		"100",
		"true",
		"341",
	};

	if (random_below(r, 4))
		fprintf(out, " %u", random_below(r, 12));
	else
		fprintf(out, " %s", PICK(r, some));
}

static void argument(struct random_gen *r, char form, FILE *out)
{
	static const char *const objects[] = { "obj0", "obj1", "obj2", "obj0", "null", "bad" };

	if (form == 'i' || form == 'b') {
		number_argument(r, out);
	} else if (form == 'o') {
		fprintf(out, " %s", PICK(r, objects));
	} else if (random_below(r, 8) == 0) {
		fputs(random_below(r, 2) ? " null" : " bad", out);
	} else {
		fprintf(out, " \"%s\"", PICK(r, random_words));
	}
}

static void call(struct random_gen *r, FILE *out)
{
	const char *tag, *form, *name = function(r, &tag, &form);

	/* a boolean or a depth is no place for just any number */
	if (random_below(r, 2))
		fprintf(out, "x%u ", 1 + random_below(r, 6));
	fputs(name, out);
	if (!strcmp(name, "fl_recurse")) {
		fprintf(out, " %u", random_below(r, 6));
		return;
	}
	for (; *form; form++)
		argument(r, *form, out);
}

static void set(struct random_gen *r, FILE *out)
{
	static const char *const numbers[] = {
		"v_s8",
		"v_u8",
		"v_s16",
		"v_u16",
		"v_s32",
		"v_u32",
		"v_s64",
		"v_u64",
		"v_bool",
		"v_color",
		"numbers[0]",
		"numbers[1]",
		"numbers[3]",
		"inner.number",
		"inner.u.word",
		"inner.u.half[1]",
		"inner.u.byte[3]",
		"inner.u.parts.high",
		"inners[1].number",
		"bits.low",
		"bits.cross",
		"bits.sign",
		"bits.top",
		"bits.wide",
		"bits.rest",
		"bits.flag",
		"bits.color",
		"anon_word",
		"anon_byte[2]",
		"anon_second",
	};
	static const char *const texts[] = { "name", "inner.tag", "inners[2].tag" };
	static const char *const pointers[] = { "next", "opaque", "label" };
	static const char *const tags[] = { "a", "abcdefg", "", "object" };

	fprintf(out, "obj%u.", random_below(r, 3));
	switch (random_below(r, 6)) {
	case 0:
		fprintf(out, "%s=%s", PICK(r, texts), PICK(r, tags));
		break;
	case 1:
		fprintf(out, "%s=", PICK(r, pointers));
		argument(r, 'o', out);
		break;
	default:
		fprintf(out, "%s=", PICK(r, numbers));
		number_argument(r, out);
	}
}

struct step random_step(struct random_gen *r)
{
	struct step s = { .kind = STEP_CALL };
	unsigned int what = random_below(r, 10);
	char *text, *blank;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	if (what < 2) {
		s.kind = STEP_SET;
		set(r, out);
	} else if (what == 2 && !random_below(r, 3)) {
		s.kind = STEP_PARAM;
		fprintf(out, "p%u %u", random_below(r, 2), 1 + random_below(r, 60));
	} else {
		call(r, out);
	}
	fclose(out);
	/* arguments bring a blank along, which a value must not have */
	blank = strchr(text, '=');
	if (blank && blank[1] == ' ')
		memmove(blank + 1, blank + 2, strlen(blank + 2) + 1);
	s.text = text;
	return s;
}
