/* SPDX-License-Identifier: GPL-2.0-or-later */
/* throttle.h - how many lines about events a terminal gets in a second. */
#ifndef FL_THROTTLE_H
#define FL_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#define FL_LINES_PER_SECOND 20

struct fl_throttle {
	uint64_t second; /* that the next ones count in */
	unsigned int shown;
	uint64_t hidden;
};

/*
 * Before each line and when time passes: how many lines were hidden, where at
 * @now (ns) another second has begun or it is the @last one; 0 otherwise.
 */
uint64_t fl_throttle_turn(struct fl_throttle *t, uint64_t now, bool last);
/* May one more line be shown? Otherwise it counts as hidden. */
bool fl_throttle_take(struct fl_throttle *t);

#endif /* FL_THROTTLE_H */
