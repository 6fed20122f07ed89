/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_targets: functions made to be injected into, of every shape that a rule
 * may meet. How they are called: fl_call.c. Which there are: fl_functions.h.
 */
#ifndef FL_TARGETS_H
#define FL_TARGETS_H

#include <linux/compiler.h>
#include <linux/types.h>

/*
 * GCC may neither inline, clone (.isra, .constprop) nor learn anything about a
 * target, or a caller would not see what was injected.
 */
#define FL_TARGET noinline __attribute__((__noipa__))

enum fl_color {
	FL_RED = 1,
	FL_GREEN = 5,
	FL_BLUE = -3,
};

struct fl_pair {
	u64 first;
	u64 second;
};

union fl_union {
	u32 word;
	u16 half[2];
	u8 byte[4];
	struct {
		u16 low;
		u16 high;
	} parts;
};

struct fl_inner {
	s32 number;
	char tag[8];
	union fl_union u;
};

/* Bit-fields on both sides of byte borders, signed and unsigned. */
struct fl_bits {
	u32 low : 3;
	u32 cross : 11;
	s32 sign : 5;
	u32 top : 13;
	s64 wide : 37;
	u64 rest : 27;
	bool flag : 1;
	enum fl_color color : 4;
};

struct fl_node {
	int depth;
	struct fl_node *next;
	struct fl_object *owner;
};

struct fl_object {
	s8 v_s8;
	u8 v_u8;
	s16 v_s16;
	u16 v_u16;
	s32 v_s32;
	u32 v_u32;
	s64 v_s64;
	u64 v_u64;
	bool v_bool;
	enum fl_color v_color;
	char name[16];
	int numbers[4];
	struct fl_inner inner;
	struct fl_inner inners[3];
	struct fl_bits bits;
	union {
		u32 anon_word;
		u8 anon_byte[4];
	};
	struct {
		s32 anon_first;
		s32 anon_second;
	};
	struct fl_object *next;
	struct fl_node *node;
	const char *label;
	void *opaque;
};

#define FL_OBJECTS 3
extern struct fl_object fl_objects[FL_OBJECTS];

/* An address of the kernel's half where nothing is mapped. */
#define FL_BAD_POINTER ((void *)0xffffdead00000000UL)

void fl_objects_reset(void);
/* fl_object_find: obj0..., null, bad, or a number, into *object. */
int fl_object_find(const char *text, struct fl_object **object);
/* fl_object_set: one line for debugfs `set`; changes the line. */
int fl_object_set(char *line);

/* Where the static functions of the same name are reached from. */
int fl_call_twice_a(int a);
int fl_call_twice_b(int a);

#endif
