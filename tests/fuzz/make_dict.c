/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints a dictionary for libFuzzer: each word and piece once. */
#include <stdio.h>

#include "words.h"

static void print(const char *word)
{
	putchar('"');
	for (const unsigned char *p = (const unsigned char *)word; *p; p++) {
		if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else if (*p < 0x20 || *p >= 0x7f)
			printf("\\x%02x", *p);
		else
			putchar(*p);
	}
	puts("\"");
}

int main(void)
{
	const char *const *words = fuzz_words();

	for (size_t i = 0; words[i]; i++)
		print(words[i]);
	for (size_t i = 0; fuzz_pieces[i]; i++)
		print(fuzz_pieces[i]);
	return 0;
}
