// SPDX-License-Identifier: GPL-2.0-or-later
/* unparsed.c - a header that would have been generated is missing. */
#include "generated-by-a-build.h"

int never(void)
{
	return -1;
}
