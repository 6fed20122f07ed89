// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The targets' bodies. In a file without callers, so that no compiler can fit
 * the two to each other.
 */
#include <linux/delay.h>
#include <linux/error-injection.h>
#include <linux/irq_work.h>

#include "fl_functions.h"

/* The barrier keeps a function from being taken for a constant. */
#define FL_DEFINE(ret, name, params, kind, tag, form, call, answer)	\
	FL_TARGET ret name params					\
	{								\
		barrier();						\
		return answer;						\
	}								\
	FL_ALLOW_##tag(name)

#define FL_ALLOW_ERRNO(name) ALLOW_ERROR_INJECTION(name, ERRNO);
#define FL_ALLOW_ERRNO_NULL(name) ALLOW_ERROR_INJECTION(name, ERRNO_NULL);
#define FL_ALLOW_NULL(name) ALLOW_ERROR_INJECTION(name, NULL);
#define FL_ALLOW_TRUE(name) ALLOW_ERROR_INJECTION(name, TRUE);
#define FL_ALLOW_NONE(name)

FL_PLAIN(FL_DEFINE)

FL_TARGET void fl_void(int a)
{
	barrier();
}

/* What follows the call keeps it from becoming a jump, or a loop. */
FL_TARGET int fl_recurse(int depth)
{
	int answer;

	if (depth <= 0)
		return 1000;
	answer = fl_recurse(depth - 1);
	barrier();
	return answer < 0 ? answer : answer + 1;
}
ALLOW_ERROR_INJECTION(fl_recurse, ERRNO);

/* fl_outer() calls fl_middle() calls fl_inner(); fl_other() calls that too. */
FL_TARGET int fl_inner(int a)
{
	barrier();
	return 1000 + a;
}
ALLOW_ERROR_INJECTION(fl_inner, ERRNO);

FL_TARGET int fl_middle(int a)
{
	int answer = fl_inner(a);

	barrier();
	return answer < 0 ? answer : answer + 100;
}
ALLOW_ERROR_INJECTION(fl_middle, ERRNO);

FL_TARGET int fl_outer(int a)
{
	int answer = fl_middle(a);

	barrier();
	return answer < 0 ? answer : answer + 1000;
}
ALLOW_ERROR_INJECTION(fl_outer, ERRNO);

FL_TARGET int fl_other(int a)
{
	int answer = fl_inner(a);

	barrier();
	return answer < 0 ? answer : answer + 5000;
}
ALLOW_ERROR_INJECTION(fl_other, ERRNO);

/* In the source and nowhere else. */
static __always_inline int fl_vanishes(int a)
{
	return a + 7;
}

FL_TARGET int fl_uses_inline(int a)
{
	barrier();
	return 1000 + fl_vanishes(a);
}
ALLOW_ERROR_INJECTION(fl_uses_inline, ERRNO);

/* On the list, but without the entry that fentry and friends need. */
FL_TARGET notrace int fl_notrace(int a)
{
	barrier();
	return 1000 + a;
}
ALLOW_ERROR_INJECTION(fl_notrace, ERRNO);

FL_TARGET int fl_slow(unsigned int milliseconds)
{
	/* Longer is a mistake of the test's, and would hang it. */
	msleep(milliseconds < 10000 ? milliseconds : 10000);
	return 1000 + milliseconds;
}
ALLOW_ERROR_INJECTION(fl_slow, ERRNO);

FL_TARGET int fl_in_irq(int a)
{
	barrier();
	return 1000 + a + (in_hardirq() ? 1000 : 0);
}
ALLOW_ERROR_INJECTION(fl_in_irq, ERRNO);

struct fl_irq {
	struct irq_work work;
	int a;
	int answer;
};

static void fl_irq_run(struct irq_work *work)
{
	struct fl_irq *irq = container_of(work, struct fl_irq, work);

	irq->answer = fl_in_irq(irq->a);
}

int fl_call_in_irq(int a)
{
	struct fl_irq irq = { .a = a };

	irq.work = IRQ_WORK_INIT_HARD(fl_irq_run);
	irq_work_queue(&irq.work);
	irq_work_sync(&irq.work);
	return irq.answer;
}
