/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "option.h"

#define MAX_ARGS 16

static struct fl_options options;
static char message[4096]; /* what the last parse() printed to standard error */

/* Parse words that a blank separates; '~' stands for a blank inside of one. */
static int parse(const char *line)
{
	static char text[512];
	static char *argv[MAX_ARGS + 1];
	int argc = 0, saved, status;
	FILE *file = tmpfile();
	size_t len;

	fl_options_release(&options);
	snprintf(text, sizeof(text), "faultline %s", line);
	for (char *p = text; *p && argc < MAX_ARGS;) {
		argv[argc++] = p;
		p += strcspn(p, " ");
		if (*p)
			*p++ = '\0';
	}
	argv[argc] = NULL;
	for (int i = 0; i < argc; i++) {
		for (char *p = argv[i]; *p; p++)
			*p = *p == '~' ? ' ' : *p;
	}
	assert_non_null(file);
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	status = fl_options_parse(&options, argc, argv);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(message, 1, sizeof(message) - 1, file);
	message[len] = '\0';
	fclose(file);
	return status;
}

static void test_rules_and_command(void **state)
{
	(void)state;
	assert_int_equal(parse("-e on~f~return~-EIO -v -- ip -e link"), 0);
	assert_int_equal(options.mode, FL_MODE_RUN);
	assert_string_equal(options.rules, "on f return -EIO");
	assert_true(options.verbose);
	/* the command's options are its own */
	assert_string_equal(options.command[0], "ip");
	assert_string_equal(options.command[1], "-e");
	assert_string_equal(options.command[2], "link");
	assert_null(options.command[3]);
	assert_int_equal(options.max_injections, -1);
	assert_string_equal(options.sysroot, "");
}

static void test_format_and_help(void **state)
{
	(void)state;
	assert_int_equal(parse("fmt a.fault - --check"), 0);
	assert_int_equal(options.mode, FL_MODE_FORMAT);
	assert_int_equal(options.nfiles, 2);
	assert_true(options.only_check);
	assert_int_equal(parse("fmt"), 0);
	assert_int_equal(options.nfiles, 0);
	assert_int_equal(parse("--check a.fault"), FL_EXIT_USAGE);
	assert_int_equal(parse("fmt a.fault -- true"), FL_EXIT_USAGE);
	/* of a script, and of nothing else that a word may be */
	assert_int_equal(parse("a.fault rate=20 --help"), 0);
	assert_int_equal(options.mode, FL_MODE_HELP);
	assert_int_equal(options.nfiles, 1);
	assert_string_equal(options.files[0], "a.fault");
	assert_int_equal(parse("--help explain f"), 0);
	assert_int_equal(options.mode, FL_MODE_HELP);
	assert_int_equal(options.nfiles, 0);
}

static void test_explain(void **state)
{
	(void)state;
	assert_int_equal(parse("explain mlx5_core:mlx5_cmd_exec"), 0);
	assert_int_equal(options.mode, FL_MODE_EXPLAIN);
	assert_false(fl_explains_rules(&options));
	assert_int_equal(parse("explain x.fault rate=20 --seed 1 -- true"), 0);
	assert_true(fl_explains_rules(&options));
	assert_int_equal(options.nfiles, 1);
	assert_int_equal(options.nsettings, 1);
	assert_non_null(options.command);
	assert_int_equal(parse("explain ./x"), 0);
	assert_true(fl_explains_rules(&options));
	assert_int_equal(parse("explain -"), 0);
	assert_true(fl_explains_rules(&options));
	assert_int_equal(parse("explain -e rules"), 0);
	assert_true(fl_explains_rules(&options));
	assert_int_equal(parse("explain"), FL_EXIT_USAGE);
	assert_int_equal(parse("explain f g"), FL_EXIT_USAGE);
	assert_int_equal(parse("explain f -- true"), FL_EXIT_USAGE);
	assert_int_equal(parse("explain f rate=20"), FL_EXIT_USAGE);
	assert_int_equal(parse("explain x.fault y.fault"), FL_EXIT_USAGE);
	assert_int_equal(parse("explain x.fault -e rules"), FL_EXIT_USAGE);
}

static void test_script(void **state)
{
	(void)state;
	assert_int_equal(parse("x.fault -q -c true"), 0);
	assert_int_equal(options.nfiles, 1);
	assert_string_equal(options.files[0], "x.fault");
	assert_string_equal(options.shell_command, "true");
	/* a file that is called like an option's argument, and options behind it */
	assert_int_equal(parse("--seed 5 x.fault --backend kprobe --max-injections 7"), 0);
	assert_true(options.has_seed);
	assert_int_equal(options.seed, 5);
	assert_int_equal(options.backend, FL_BACKEND_KPROBE);
	assert_int_equal(options.max_injections, 7);
}

/* A letter that is another option there; names stay what they are. */
static void test_letter_of_two(void **state)
{
	(void)state;
	assert_int_equal(parse("annotate -p out a.c"), 0);
	assert_string_equal(options.build, "out");
	assert_int_equal(options.pid, 0);
	assert_int_equal(parse("annotate --build=out a.c"), 0);
	assert_string_equal(options.build, "out");
	assert_int_equal(parse("annotate --pid 3 a.c"), FL_EXIT_USAGE);
	assert_int_equal(parse("annotate --patch -s -o out a.c"), 0);
	assert_true(options.patch && options.signoff);
	assert_string_equal(options.output, "out");
	assert_int_equal(parse("-e rules --build 3"), FL_EXIT_USAGE);
	assert_int_equal(parse("-e rules -p 3"), 0);
	assert_int_equal(options.pid, 3);
	assert_null(options.build);
}

static void test_scope(void **state)
{
	(void)state;
	assert_int_equal(parse("-p 17 x.fault"), 0);
	assert_int_equal(options.pid, 17);
	assert_false(options.system_wide);
	assert_int_equal(parse("--system-wide x.fault -- true"), 0);
	assert_true(options.system_wide);
	assert_int_equal(options.pid, 0);
	assert_int_equal(parse("--allow sys_kill x.fault --allow=exit_mmap"), 0);
	assert_int_equal(options.nallowed, 2);
	assert_string_equal(options.allowed[0], "sys_kill");
	assert_string_equal(options.allowed[1], "exit_mmap");
	assert_int_equal(parse("--rate-cap 10 x.fault"), 0);
	assert_int_equal(options.rate_cap, 10);
	assert_int_equal(parse("x.fault"), 0);
	assert_int_equal(options.rate_cap, 0);
	assert_false(options.wait_for_module);
	assert_int_equal(options.form, FL_FORM_TEXT);
	assert_int_equal(parse("x.fault --wait-for-module -f json"), 0);
	assert_true(options.wait_for_module);
	assert_int_equal(options.form, FL_FORM_JSON);
	assert_int_equal(parse("x.fault -f text"), 0);
	assert_int_equal(options.form, FL_FORM_TEXT);
}

static void test_check(void **state)
{
	(void)state;
	assert_int_equal(parse("check a.fault b.fault --sysroot /x"), 0);
	assert_int_equal(options.mode, FL_MODE_CHECK);
	assert_int_equal(options.nfiles, 2);
	assert_string_equal(options.sysroot, "/x");
	assert_int_equal(parse("run x.fault -q -- run"), 0);
	assert_int_equal(options.mode, FL_MODE_RUN);
	assert_string_equal(options.files[0], "x.fault");
	/* the word is a subcommand only where it stands first */
	assert_int_equal(parse("./check -- check"), 0);
	assert_int_equal(options.mode, FL_MODE_RUN);
}

static void test_durations(void **state)
{
	static const struct {
		const char *line;
		uint64_t ns;
	} good[] = {
		{ "-e x --deadline 1ns", 1 },		{ "-e x --deadline 2us", 2000 },
		{ "-e x --deadline 500ms", 500000000 }, { "-e x --deadline 30s", 30000000000 },
		{ "-e x --deadline 5m", 300000000000 }, { "-e x --deadline 1h", 3600000000000 },
	};
	static const char *const bad[] = {
		"-e x --deadline 0s", "-e x --deadline -1s",  "-e x --deadline 5",
		"-e x --deadline s",  "-e x --deadline 1.5s", "-e x --deadline 99999999999999h",
		"-e x --deadline 1d", "-e x --deadline ~1s",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(parse(good[i].line), 0);
		assert_int_equal(options.deadline_ns, good[i].ns);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(parse(bad[i]), FL_EXIT_USAGE);
}

/* Every misuse ends in status 2 with a line that names what was wrong; every O_ tag is provoked. */
static void test_misuse(void **state)
{
	static const struct {
		const char *line;
		const char *said;
		enum fl_fault_tag tag;
	} bad[] = {
		{ "--no-such-option", "'--no-such-option'", FL_O_UNKNOWN },
		{ "--dead-line 3s", "did you mean '--deadline'?", FL_O_UNKNOWN },
		{ "-x", "'-x'", FL_O_UNKNOWN },
		{ "-e", "'-e'", FL_O_NO_VALUE },
		{ "-e x -e y", "-e", FL_O_TWICE },
		{ "-e x y.fault", "'y.fault'", FL_O_TWO_SOURCES },
		{ "a.fault b.fault", "'b.fault'", FL_O_TWO_SCRIPTS },
		{ "-e x --", "'--'", FL_O_NO_COMMAND },
		{ "-e x -c true -- true", "-c", FL_O_TWO_COMMANDS },
		{ "-e x --backend magic",
		  "invalid value 'magic' for --backend: use fmod_ret or kprobe", FL_O_CHOICE },
		{ "-e x --seed many", "'many'", FL_O_NUMBER },
		{ "-e x --seed -1", "'-1'", FL_O_NUMBER },
		{ "-e x --max-injections 99999999999999999999", "'99999999999999999999'",
		  FL_O_NUMBER },
		{ "-e x --deadline 5", "--deadline '5'", FL_O_TIME },
		{ "x.fault --set =5", "'=5'", FL_O_SETTING },
		{ "check", "check", FL_O_NO_FILE },
		{ "check a.fault -- true", "not for check", FL_O_NOT_HERE },
		{ "check a.fault -e x", "'a.fault'", FL_O_TWO_SOURCES },
		{ "fmt a.fault -e x", "-e is for runs, check, explain and sweep, not for fmt",
		  FL_O_NOT_HERE },
		{ "fmt a.fault --deadline 3s", "--deadline", FL_O_NOT_HERE },
		{ "-l --check", "--check is for fmt, not for -l", FL_O_NOT_HERE },
		{ "doctor x", "doctor does not take 'x'", FL_O_NO_WORDS },
		{ "explain", "explain", FL_O_NO_SUBJECT },
		{ "report", "report needs", FL_O_NO_FOLDER },
		{ "annotate --match x", "annotate needs", FL_O_NO_SOURCE },
		{ "annotate x.c --min-score 101", "'101'", FL_O_NUMBER },
		{ "annotate x.c --patch -f json", "--patch does not support -f json",
		  FL_O_NO_JSON },
		{ "annotate x.c -o out", "-o needs --patch", FL_O_NEEDS },
		{ "annotate x.c -s", "--signoff needs --patch", FL_O_NEEDS },
		{ "enable", "enable needs a function", FL_O_NO_FUNCTION },
		{ "enable f --undo", "--undo does not take 'f'", FL_O_NO_WORDS },
		{ "enable --undo -o x.ko", "-o needs a function", FL_O_NEEDS },
		{ "enable x.ko y.ko", "'y.ko'", FL_O_TOO_MANY },
		{ "enable f -f json", "-f is for", FL_O_NOT_HERE },
		{ "replay a/1 b/1", "'b/1'", FL_O_TOO_MANY },
		{ "merge a b", "merge needs an output", FL_O_NO_MERGED },
		{ "merge -o a", "merge needs the folder", FL_O_NO_FOLDER },
		{ "supervise -o d", "needs the command", FL_O_NO_MACHINE },
		{ "supervise d -- true", "supervise does not take 'd'", FL_O_NO_WORDS },
		{ "sweep -e x --each line -- true", "'line'", FL_O_CHOICE },
		{ "doctor --fix-hint -f json", "--fix-hint does not support -f json",
		  FL_O_NO_JSON },
		{ "completion", "completion needs bash", FL_O_NEEDS },
		{ "completion tcsh", "invalid value 'tcsh' for shell: use bash, zsh or fish",
		  FL_O_CHOICE },
		{ "completion zsh fish", "'fish'", FL_O_TOO_MANY },
		{ "completion zsh -- x", "does not take 'zsh'", FL_O_NO_WORDS },
		{ "explain f g", "'g'", FL_O_TOO_MANY },
		{ "-l f g", "'g'", FL_O_TOO_MANY },
		{ "explain f -- true", "explain does not run a command", FL_O_RUNS_NOTHING },
		{ "-e x --emit c -o y", "-o", FL_O_OUTPUT },
		{ "-e x --sysroot /x", "--sysroot", FL_O_SYSROOT },
		{ "-e x --emit object", "--emit object", FL_O_NO_OUTPUT },
		{ "-e x --emit object -o y.flo --wait-for-module", "wait", FL_O_OBJECT_WAITS },
		{ "run y.flo --force-return", "--force-return", FL_O_COMPILED_IN },
		{ "y.flo --allow f", "--allow has no effect on object 'y.flo'", FL_O_COMPILED_IN },
		{ "y.flo --backend kprobe", "--backend", FL_O_COMPILED_IN },
		{ "y.flo --system-wide", "--system-wide", FL_O_COMPILED_IN },
		{ "y.flo --wait-for-module", "--wait-for-module", FL_O_COMPILED_IN },
		{ "y.flo --emit c", "--emit", FL_O_COMPILED_IN },
		{ "-e x -p", "-p", FL_O_NO_VALUE },
		{ "-e x -p 0", "-p '0'", FL_O_PID },
		{ "-e x -p self", "-p 'self'", FL_O_PID },
		{ "-e x -p 4294967296", "-p '4294967296'", FL_O_PID },
		{ "-e x -p 1 -- true", "-p cannot be combined", FL_O_PID_COMMAND },
		{ "-e x --rate-cap 0", "--rate-cap '0'", FL_O_NUMBER_FROM },
		{ "-e x --rate-cap 4294967296", "--rate-cap '4294967296'", FL_O_NUMBER_FROM },
		{ "-e x --allow", "--allow", FL_O_NO_VALUE },
		{ "-e x -f xml", "xml", FL_O_CHOICE },
	};
	/* these two take more than options: tests/live/faults */
	bool provoked[FL_NFAULTS] = { [FL_O_NO_RULES] = true, [FL_O_TRACEABLE_FILE] = true };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(parse(bad[i].line), FL_EXIT_USAGE);
		if (strncmp(message, "faultline: error: ", 18) || !strstr(message, bad[i].said))
			fail_msg("'%s' is answered by: %s", bad[i].line, message);
		assert_string_equal(fl_fault_tag_name(options.fault.tag),
				    fl_fault_tag_name(bad[i].tag));
		provoked[bad[i].tag] = true;
	}
	for (int i = 1; i < FL_NFAULTS; i++) {
		const char *name = fl_fault_tag_name((enum fl_fault_tag)i);

		if (!strncmp(name, "O_", 2) && !provoked[i])
			fail_msg("no misuse provokes %s", name);
	}
}

/* For programs, a mistake is an event too. */
static void test_misuse_as_event(void **state)
{
	(void)state;
	assert_int_equal(parse("-f json --no-such -- true"), FL_EXIT_USAGE);
	assert_non_null(strstr(message, "\"type\":\"error\",\"severity\":\"error\",\"tag\":"
					"\"O_UNKNOWN\""));
	assert_int_equal(parse("-f text --no-such -- true"), FL_EXIT_USAGE);
	assert_null(strstr(message, "O_UNKNOWN"));
}

static char *help_of(enum fl_mode mode)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fl_options_help(mode, out);
	fclose(out);
	return text;
}

static void test_help_lists_every_option(void **state)
{
	char *run = help_of(FL_MODE_RUN);

	(void)state;
	for (size_t i = 0; i < fl_noptions; i++) {
		const struct fl_option *opt = &fl_options_table[i];
		char spelling[FL_SPELLING];

		fl_option_spelling(opt, spelling, sizeof(spelling));
		for (int mode = 0; mode < FL_NMODES; mode++) {
			bool is_listed;
			char *text;

			if (!fl_modes[mode].word)
				continue;
			text = mode == FL_MODE_RUN ? run : help_of((enum fl_mode)mode);
			is_listed = strstr(strchr(text, '\n'), spelling);
			if ((opt->modes & 1u << mode) && !is_listed)
				fail_msg("%s is not in the help of %s", spelling,
					 fl_modes[mode].word);
			if (text != run)
				free(text);
		}
	}
	for (int mode = 0; mode < FL_NMODES; mode++)
		assert_true(!fl_modes[mode].word || strstr(run, fl_modes[mode].word));
	for (const char *line = run; *line; line += strcspn(line, "\n") + 1)
		assert_in_range(strcspn(line, "\n"), 0, 80);
	free(run);
	assert_int_equal(parse("-h"), 0);
	assert_int_equal(options.mode, FL_MODE_HELP);
	assert_int_equal(options.topic, FL_MODE_RUN);
	assert_int_equal(parse("fmt --help"), 0);
	assert_int_equal(options.mode, FL_MODE_HELP);
	assert_int_equal(options.topic, FL_MODE_FORMAT);
	assert_int_equal(parse("--version"), 0);
	assert_int_equal(options.mode, FL_MODE_VERSION);
}

static void test_help_of_one_command(void **state)
{
	char *text = help_of(FL_MODE_FORMAT);

	(void)state;
	assert_non_null(strstr(text, "usage: faultline fmt [--check] [FILE...]\n"));
	assert_non_null(strstr(text, "  --check  "));
	assert_null(strstr(text, "--seed"));
	assert_null(strstr(text, "doctor"));
	free(text);
}

/* What getopt and completion rely on. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < fl_noptions; i++) {
		const struct fl_option *a = &fl_options_table[i];

		assert_true(a->letter || a->name);
		assert_true(a->modes);
		assert_true(a->kind != FL_ARG_CHOICE || a->choices);
		for (size_t j = 0; j < i; j++) {
			const struct fl_option *b = &fl_options_table[j];
			bool same_name = a->name && b->name && !strcmp(a->name, b->name);
			bool same_letter = a->letter && a->letter == b->letter;

			if (!same_name && !same_letter)
				continue;
			/* rows of one option: for other modes, and read alike */
			assert_int_equal(a->modes & b->modes, 0);
			assert_int_equal(a->letter, b->letter);
			assert_int_equal(!a->name, !b->name);
			assert_int_equal(fl_option_has_arg(a), fl_option_has_arg(b));
		}
	}
}

static int teardown(void **state)
{
	(void)state;
	fl_options_release(&options);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_and_command),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_format_and_help),
		cmocka_unit_test(test_letter_of_two),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_misuse_as_event),
		cmocka_unit_test(test_help_lists_every_option),
		cmocka_unit_test(test_help_of_one_command),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
