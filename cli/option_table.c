/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "option.h"

#define MEMBER(m) \
	.field = offsetof(struct fl_options, m), .size = sizeof(((struct fl_options *)0)->m)

#define FLAG(m) .kind = FL_ARG_NONE, MEMBER(m)
#define MODE(words, id) .kind = FL_ARG_MODE, .arg = words, .mode = FL_MODE_##id
#define RULES(words, m) .kind = FL_ARG_RULES, .arg = words, MEMBER(m)
#define COMMAND(words) .kind = FL_ARG_COMMAND, .arg = words
#define TEXT(words, m) .kind = FL_ARG_TEXT, .arg = words, MEMBER(m)
#define PID(words, m) .kind = FL_ARG_PID, .arg = words, MEMBER(m)
#define NUMBER(words, m, least, most) \
	.kind = FL_ARG_NUMBER, .arg = words, MEMBER(m), .min = least, .max = most
#define NUMBER_GIVEN(words, m, flag, least, most) \
	NUMBER(words, m, least, most), .given = offsetof(struct fl_options, flag)
#define DURATION(words, m) .kind = FL_ARG_DURATION, .arg = words, MEMBER(m)
#define CHOICE(list, first, m) .kind = FL_ARG_CHOICE, .choices = list, .min = first, MEMBER(m)
#define FUNCTION(words, m) .kind = FL_ARG_FUNCTION, .arg = words, MEMBER(m)
#define SETTING(words, m) .kind = FL_ARG_SETTING, .arg = words, MEMBER(m)
#define FILE(words, m) .kind = FL_ARG_FILE, .arg = words, MEMBER(m)
#define DIRECTORY(words, m) .kind = FL_ARG_DIRECTORY, .arg = words, MEMBER(m)

/* clang-format off */
const struct fl_option fl_options_table[] = {
#define FL_OPTION(short_name, long_name, argument, where, title, text, rest) \
	{ .letter = short_name, .name = long_name, argument, .modes = where, \
	  .section = FL_SECTION_##title, .help = text, .more = rest },
#include "option.def"
#undef FL_OPTION
};
/* clang-format on */

const size_t fl_noptions = sizeof(fl_options_table) / sizeof(fl_options_table[0]);

const struct fl_mode_info fl_modes[FL_NMODES] = {
#define FL_MODE(id, word, kind, words, help, more) \
	[FL_MODE_##id] = { word, FL_ARG_##kind, words, help, more },
#include "mode.def"
#undef FL_MODE
};

const char *const fl_section_titles[FL_NSECTIONS] = {
	[FL_SECTION_WHAT] = "What to run", [FL_SECTION_INSPECT] = "Inspection",
	[FL_SECTION_LIMITS] = "Limits",	   [FL_SECTION_HOW] = "How",
	[FL_SECTION_OUTPUT] = "Output",
};

void fl_option_spelling(const struct fl_option *opt, char *out, size_t size)
{
	if (opt->letter)
		snprintf(out, size, "-%c", opt->letter);
	else
		snprintf(out, size, "--%s", opt->name);
}

const char *fl_mode_name(enum fl_mode mode)
{
	switch (mode) {
	case FL_MODE_RUN:
		return "runs";
	case FL_MODE_LIST:
		return "-l";
	default:
		return fl_modes[mode].word;
	}
}
