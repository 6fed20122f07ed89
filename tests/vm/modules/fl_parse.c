// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a line for debugfs `call`; what one looks like: fl_call.c.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "fl_call.h"
#include "fl_functions.h"

/* next_word: cuts the next word off *rest; NULL when there is none. */
static char *next_word(char **rest)
{
	char *word = skip_spaces(*rest), *end;

	if (!*word)
		return NULL;
	if (*word == '"') {
		end = strchr(++word, '"');
		/* What is wrong with the text shows as one word too few. */
		if (!end)
			return NULL;
	} else {
		end = word + strcspn(word, " \t\n");
	}
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static int read_number(const char *word, u64 *number)
{
	if (!strcmp(word, "true") || !strcmp(word, "false")) {
		*number = word[0] == 't';
		return 0;
	}
	if (word[0] == '-')
		return kstrtos64(word, 0, (s64 *)number);
	return kstrtou64(word, 0, number);
}

/* put_user_text: a copy of the text where the calling program could have it. */
static int put_user_text(struct fl_call *c, const char *word, void **pointer)
{
	unsigned long page;

	/* One page is enough: no target has two such parameters. */
	page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(page))
		return (int)page;
	c->user = page;
	*pointer = (void *)page;
	if (copy_to_user((void __user *)page, word, strlen(word) + 1))
		return -EFAULT;
	return 0;
}

static bool is_text(const char *word)
{
	return strcmp(word, "null") && strcmp(word, "bad") &&
	       strncmp(word, "0x", 2);
}

static int read_argument(struct fl_call *c, int n, char form, char *word)
{
	struct fl_object *object;
	int err;

	if (form == 'i' || form == 'b')
		return read_number(word, &c->number[n]);
	if (form == 'u' && is_text(word))
		return put_user_text(c, word, &c->pointer[n]);
	if (form == 's' && is_text(word)) {
		c->pointer[n] = word;
		return 0;
	}
	err = fl_object_find(word, &object);
	if (!err)
		c->pointer[n] = object;
	return err;
}

const struct fl_target *fl_read_call(char *line, u64 *count, struct fl_call *c)
{
	char *word = next_word(&line);
	int i, n;

	*count = 1;
	if (word && word[0] == 'x') {
		if (kstrtou64(word + 1, 10, count))
			return NULL;
		word = next_word(&line);
	}
	if (!word)
		return NULL;
	for (i = 0; fl_targets[i].name; i++) {
		const struct fl_target *t = &fl_targets[i];

		if (strcmp(t->name, word))
			continue;
		for (n = 0; t->form[n]; n++) {
			word = next_word(&line);
			if (!word || read_argument(c, n, t->form[n], word))
				return NULL;
		}
		return *skip_spaces(line) ? NULL : t;
	}
	return NULL;
}
