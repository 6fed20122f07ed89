/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVAL_LINUX_ERR_H
#define EVAL_LINUX_ERR_H

#define IS_ERR_VALUE(x) ((unsigned long)(x) >= (unsigned long)-4095)

#endif
