/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell.h - text to be pasted into a shell. */
#ifndef FL_SHELL_H
#define FL_SHELL_H

#include <stdio.h>

/* @word so that a shell reads it as one word: as it is where that does, else quoted. */
void fl_shell_word(FILE *out, const char *word);

#endif /* FL_SHELL_H */
