/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVAL_LINUX_MMAN_H
#define EVAL_LINUX_MMAN_H

#include <sys/mman.h>

#endif
