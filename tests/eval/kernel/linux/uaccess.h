/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVAL_LINUX_UACCESS_H
#define EVAL_LINUX_UACCESS_H

#define copy_to_user(to, from, size) (memcpy(to, from, size), 0)

#endif
