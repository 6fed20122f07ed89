/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words.h - what scripts are made of, for the mutator and for dictionaries. */
#ifndef FUZZ_WORDS_H
#define FUZZ_WORDS_H

/* Keywords, builtins, names of the fake kernel, errnos, numbers; NULL ends. */
const char *const *fuzz_words(void);

/* Larger pieces: conditions, schedules, actions, rules; NULL ends. */
extern const char *const fuzz_pieces[];

#endif /* FUZZ_WORDS_H */
