/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "throttle.h"

#define NS_PER_S UINT64_C(1000000000)

bool fl_throttle_take(struct fl_throttle *t)
{
	if (t->shown == FL_LINES_PER_SECOND) {
		t->hidden++;
		return false;
	}
	t->shown++;
	return true;
}

uint64_t fl_throttle_turn(struct fl_throttle *t, uint64_t now, bool last)
{
	uint64_t hidden = t->hidden;

	if (t->second == now / NS_PER_S && !last)
		return 0;
	*t = (struct fl_throttle){ .second = now / NS_PER_S };
	return hidden;
}
