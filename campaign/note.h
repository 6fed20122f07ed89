/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.h - a line for humans about what a campaign does. */
#ifndef FL_NOTE_H
#define FL_NOTE_H

typedef void (*fl_note_fn)(void *arg, const char *text);

/* @fn may be NULL. */
__attribute__((format(printf, 3, 4))) void fl_note(fl_note_fn fn, void *arg, const char *format,
						   ...);

#endif /* FL_NOTE_H */
