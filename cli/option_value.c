/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_value.c - arguments of options, checked and stored as their rows say. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "option.h"

static bool parse_number(const char *text, uint64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*out = strtoull(text, &end, 0);
	return !errno && !*end;
}

/* A number with the unit of time that the language has too; to ns. */
bool fl_option_duration(const char *text, uint64_t *out)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 },
		{ "us", 1000 },
		{ "ms", 1000000 },
		{ "s", 1000000000 },
		{ "m", 60 * 1000000000ULL },
		{ "h", 3600 * 1000000000ULL },
	};
	uint64_t number;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	for (size_t i = 0; !errno && i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(end, units[i].name))
			return number && !__builtin_mul_overflow(number, units[i].ns, out);
	}
	return false;
}

int fl_option_setting(struct fl_options *o, const char *arg)
{
	struct fl_param_setting *more;
	const char *sign = strchr(arg, '=');
	char *name;

	if (!sign || sign == arg)
		return fl_usage(o, FL_O_SETTING, arg);
	more = realloc(o->settings, (o->nsettings + 1) * sizeof(*more));
	name = strndup(arg, (size_t)(sign - arg));
	if (more)
		o->settings = more;
	if (!more || !name) {
		free(name);
		return fl_usage(o, FL_F_MEMORY);
	}
	o->settings[o->nsettings++] = (struct fl_param_setting){ name, sign + 1 };
	return 0;
}

static void *member(struct fl_options *o, size_t offset)
{
	return (char *)o + offset;
}

static void store_text(struct fl_options *o, const struct fl_option *opt, const char *text)
{
	memcpy(member(o, opt->field), &text, sizeof(text));
}

/* Into a member of whichever size; the value fits. */
static void store_number(struct fl_options *o, const struct fl_option *opt, uint64_t value)
{
	const uint32_t half = (uint32_t)value;
	const bool flag = value != 0;
	void *to = member(o, opt->field);

	if (opt->size == sizeof(value))
		memcpy(to, &value, sizeof(value));
	else if (opt->size == sizeof(half))
		memcpy(to, &half, sizeof(half));
	else
		memcpy(to, &flag, sizeof(flag));
	if (opt->given)
		*(bool *)member(o, opt->given) = true;
}

static int read_number(struct fl_options *o, const struct fl_option *opt, const char *name,
		       const char *arg)
{
	char least[24];
	uint64_t number;

	if (parse_number(arg, &number) && number >= opt->min && number <= opt->max) {
		store_number(o, opt, number);
		return 0;
	}
	if (!opt->min)
		return fl_usage(o, FL_O_NUMBER, name, arg);
	snprintf(least, sizeof(least), "%llu", (unsigned long long)opt->min);
	return fl_usage(o, FL_O_NUMBER_FROM, name, arg, least);
}

/* "a|b|c" as "a, b or c". */
static void list_choices(const char *choices, char *out, size_t size)
{
	size_t len = 0;

	while (*choices && len < size) {
		size_t n = strcspn(choices, "|");
		const char *next = choices + n + (choices[n] == '|');

		len += (size_t)snprintf(out + len, size - len, "%.*s%s", (int)n, choices,
					!*next		    ? ""
					: strchr(next, '|') ? ", "
							    : " or ");
		choices = next;
	}
}

static int read_choice(struct fl_options *o, const struct fl_option *opt, const char *name,
		       const char *arg)
{
	const char *choice = opt->choices;
	char known[128];

	for (uint64_t i = opt->min; *choice; i++) {
		size_t len = strcspn(choice, "|");

		if (len == strlen(arg) && !memcmp(choice, arg, len)) {
			store_number(o, opt, i);
			return 0;
		}
		choice += len + (choice[len] == '|');
	}
	list_choices(opt->choices, known, sizeof(known));
	return fl_usage(o, FL_O_CHOICE, name, arg, known);
}

int fl_option_apply(struct fl_options *o, const struct fl_option *opt, const char *arg)
{
	char name[FL_SPELLING];
	uint64_t number;

	fl_option_spelling(opt, name, sizeof(name));
	switch (opt->kind) {
	case FL_ARG_NONE:
		store_number(o, opt, true);
		return 0;
	case FL_ARG_RULES:
		if (o->rules)
			return fl_usage(o, FL_O_TWICE, name);
		store_text(o, opt, arg);
		return 0;
	case FL_ARG_PID:
		if (!parse_number(arg, &number) || !number || number > INT32_MAX)
			return fl_usage(o, FL_O_PID, name, arg);
		store_number(o, opt, number);
		return 0;
	case FL_ARG_NUMBER:
		return read_number(o, opt, name, arg);
	case FL_ARG_DURATION:
		if (!fl_option_duration(arg, &number))
			return fl_usage(o, FL_O_TIME, name, arg);
		store_number(o, opt, number);
		return 0;
	case FL_ARG_CHOICE:
		return read_choice(o, opt, name, arg);
	case FL_ARG_FUNCTION:
		o->allowed[o->nallowed++] = arg;
		return 0;
	case FL_ARG_SETTING:
		return fl_option_setting(o, arg);
	default:
		store_text(o, opt, arg);
		return 0;
	}
}
