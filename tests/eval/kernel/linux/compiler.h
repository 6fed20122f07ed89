/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVAL_LINUX_COMPILER_H
#define EVAL_LINUX_COMPILER_H

#define noinline __attribute__((__noinline__))
#define __user

#endif
