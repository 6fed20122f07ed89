// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The objects obj0, obj1, obj2 that targets are given, and their contents:
 * lines written to /sys/kernel/debug/fl_targets/set,
 *
 *	obj0.v_s8=-3
 *	obj1.bits.cross=0x155
 *	obj0.inners[2].tag=text
 *	obj0.next=null		(or bad, obj2, a number)
 *	reset			everything as after loading
 *
 * with the fields' names as in C, from the table below. After loading, obj0 is
 * linked to obj1 and that to obj2, all numbers are 0, and obj0.node starts a
 * chain of four nodes.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "fl_targets.h"

#define FL_NODES 4

struct fl_object fl_objects[FL_OBJECTS];
static struct fl_node fl_nodes[FL_NODES];
static char fl_labels[FL_OBJECTS][32];

#define FL_NUMBERS(X)							\
	X(v_s8) X(v_u8) X(v_s16) X(v_u16) X(v_s32) X(v_u32)		\
	X(v_s64) X(v_u64) X(v_bool) X(v_color)				\
	X(numbers[0]) X(numbers[1]) X(numbers[2]) X(numbers[3])		\
	X(inner.number) X(inner.u.word)					\
	X(inner.u.half[0]) X(inner.u.half[1])				\
	X(inner.u.byte[0]) X(inner.u.byte[1])				\
	X(inner.u.byte[2]) X(inner.u.byte[3])				\
	X(inner.u.parts.low) X(inner.u.parts.high)			\
	X(inners[0].number) X(inners[1].number) X(inners[2].number)	\
	X(inners[0].u.word) X(inners[1].u.word) X(inners[2].u.word)	\
	X(bits.low) X(bits.cross) X(bits.sign) X(bits.top)		\
	X(bits.wide) X(bits.rest) X(bits.flag) X(bits.color)		\
	X(anon_word) X(anon_byte[0]) X(anon_byte[1])			\
	X(anon_byte[2]) X(anon_byte[3])					\
	X(anon_first) X(anon_second)					\
	X(node->depth) X(node->next->depth)				\
	X(node->next->next->depth) X(node->next->next->next->depth)

#define FL_TEXTS(X)							\
	X(name) X(inner.tag)						\
	X(inners[0].tag) X(inners[1].tag) X(inners[2].tag)

void fl_objects_reset(void)
{
	int i;

	memset(fl_objects, 0, sizeof(fl_objects));
	memset(fl_nodes, 0, sizeof(fl_nodes));
	for (i = 0; i < FL_NODES; i++) {
		fl_nodes[i].depth = i;
		fl_nodes[i].owner = &fl_objects[0];
		if (i + 1 < FL_NODES)
			fl_nodes[i].next = &fl_nodes[i + 1];
	}
	for (i = 0; i < FL_OBJECTS; i++) {
		struct fl_object *o = &fl_objects[i];

		snprintf(o->name, sizeof(o->name), "object%d", i);
		snprintf(fl_labels[i], sizeof(fl_labels[i]), "label%d", i);
		o->label = fl_labels[i];
		o->opaque = o;
		if (i + 1 < FL_OBJECTS)
			o->next = &fl_objects[i + 1];
	}
	fl_objects[0].node = &fl_nodes[0];
}

int fl_object_find(const char *text, struct fl_object **object)
{
	unsigned long number;
	int i;

	for (i = 0; i < FL_OBJECTS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "obj%d", i);
		if (!strcmp(text, name)) {
			*object = &fl_objects[i];
			return 0;
		}
	}
	if (!strcmp(text, "null"))
		*object = NULL;
	else if (!strcmp(text, "bad"))
		*object = FL_BAD_POINTER;
	else if (!kstrtoul(text, 0, &number))
		*object = (struct fl_object *)number;
	else
		return -EINVAL;
	return 0;
}

static int fl_set_number(struct fl_object *o, const char *field, s64 value)
{
#define FL_SET(path)							\
	if (!strcmp(field, #path)) {					\
		o->path = value;					\
		return 0;						\
	}
	/* A chain that was cut has no depths. */
	if (strstarts(field, "node->") && o->node != &fl_nodes[0])
		return -EINVAL;
	FL_NUMBERS(FL_SET)
#undef FL_SET
	return -EINVAL;
}

/* fl_set_rest: texts and pointers; -ENOENT when the field is neither. */
static int fl_set_rest(struct fl_object *o, const char *field, const char *value)
{
	struct fl_object *pointer;
	int err;

#define FL_SET(path)							\
	if (!strcmp(field, #path))					\
		return strscpy_pad(o->path, value) < 0 ? -EINVAL : 0;
	FL_TEXTS(FL_SET)
#undef FL_SET

	err = fl_object_find(value, &pointer);
	if (!strcmp(field, "label")) {
		char *label = fl_labels[o - fl_objects];

		o->label = label;
		if (!err)
			o->label = (const char *)pointer;
		else if (strscpy(label, value, sizeof(fl_labels[0])) < 0)
			return -EINVAL;
		return 0;
	}
	if (!strcmp(field, "next"))
		o->next = err ? o->next : pointer;
	else if (!strcmp(field, "opaque"))
		o->opaque = err ? o->opaque : pointer;
	else if (!strcmp(field, "node"))
		o->node = err ? o->node : (struct fl_node *)pointer;
	else
		return -ENOENT;
	return err;
}

int fl_object_set(char *line)
{
	char *value = strchr(line, '='), *field;
	struct fl_object *o;
	u64 number;
	int err;

	if (!strcmp(line, "reset")) {
		fl_objects_reset();
		return 0;
	}
	field = strchr(line, '.');
	if (!value || !field || field > value)
		return -EINVAL;
	*value++ = '\0';
	*field++ = '\0';

	err = fl_object_find(line, &o);
	if (err)
		return err;
	/* Only ours are written to, whatever number was given. */
	if (o < fl_objects || o >= fl_objects + FL_OBJECTS || strncmp(line, "obj", 3))
		return -EINVAL;

	err = fl_set_rest(o, field, value);
	if (err != -ENOENT)
		return err;
	if (value[0] == '-')
		err = kstrtos64(value, 0, (s64 *)&number);
	else
		err = kstrtou64(value, 0, &number);
	return err ?: fl_set_number(o, field, number);
}
