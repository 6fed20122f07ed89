/* SPDX-License-Identifier: GPL-2.0-or-later */
/* points_impl.h - what points.c and points_text.c share. Internal to them. */
#ifndef FL_POINTS_IMPL_H
#define FL_POINTS_IMPL_H

#include "points.h"
#include "session_impl.h"
#include "symbols.h"

struct fl_points {
	struct fl_session *session;
	struct fl_symbols *symbols; /* of the kernel proper */
	int modules_fd;
	int frames_fd;
};

#endif /* FL_POINTS_IMPL_H */
