/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * completion_words.h - candidates that are looked up: in the kernel, in a
 * script, in a campaign's folder. They are printed as docs/completion.md says.
 * What cannot be read has no candidates; nothing is reported.
 */
#ifndef FL_COMPLETION_WORDS_H
#define FL_COMPLETION_WORDS_H

#include <stdbool.h>

/*
 * Print @word with @help (NULL: none) if it begins with @typed. Returns whether
 * it was printed.
 */
bool fl_offer(const char *typed, const char *word, const char *help);
/* Print what of the word being completed the candidates replace. */
void fl_offer_part(const char *typed);

/* What continues the rules @text; facts are read below @sysroot. */
void fl_offer_rules(const char *text, const char *sysroot);
/* Functions for `on`; traceable ones, too, when @traceable and two letters are known. */
void fl_offer_functions(const char *typed, const char *sysroot, bool traceable);
/* NAME= for each parameter of the script or object @path, or the default after NAME=. */
void fl_offer_params(const char *path, const char *typed);
/*
 * DIR/N of campaigns in the current folder, or in the one that @typed names. Returns whether
 * there were any.
 */
bool fl_offer_findings(const char *typed);
/* Numbers of processes, without the kernel's own threads. */
void fl_offer_processes(const char *typed);

#endif /* FL_COMPLETION_WORDS_H */
