// SPDX-License-Identifier: GPL-2.0-or-later
/* One of two static functions named fl_twice(); the other: fl_twice_a.c. */
#include <linux/error-injection.h>

#include "fl_functions.h"

static FL_TARGET int fl_twice(int a)
{
	barrier();
	return 3000 + a;
}
ALLOW_ERROR_INJECTION(fl_twice, ERRNO);

FL_TARGET int fl_call_twice_b(int a)
{
	int answer = fl_twice(a);

	barrier();
	return answer;
}
