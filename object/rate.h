/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rate.h - per cents to thresholds. Used by the compiler for numbers in a
 * script and by the runtime for those that change while it runs.
 */
#ifndef FL_RATE_H
#define FL_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_abi.h"

/*
 * How many of the 2^32 draws are below (with @inclusive: or at) so many per
 * cent: @value, in units of 1e-9 where @is_fraction. rand takes the values
 * draw * 100 / 2^32.
 */
static inline uint64_t fl_rate(int64_t value, bool is_fraction, bool inclusive)
{
	const uint64_t nano = 1000000000;
	uint64_t units = (uint64_t)value;
	unsigned __int128 scaled;

	if (value < 0)
		return 0;
	if (!is_fraction) {
		if (value >= 100)
			return FL_RATE_ALWAYS;
		units *= nano;
	}
	if (units >= 100 * nano)
		return FL_RATE_ALWAYS;
	scaled = (unsigned __int128)units * FL_RATE_ALWAYS;
	/* draws strictly below: round up; below or equal: round down, plus one */
	if (inclusive)
		return (uint64_t)(scaled / (100 * nano)) + 1;
	return (uint64_t)((scaled + 100 * nano - 1) / (100 * nano));
}

#endif /* FL_RATE_H */
