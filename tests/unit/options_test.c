/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"

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
	assert_false(options.json);
	assert_int_equal(parse("x.fault --wait-for-module -f json"), 0);
	assert_true(options.wait_for_module);
	assert_true(options.json);
	assert_int_equal(parse("x.fault -f text"), 0);
	assert_false(options.json);
}

static void test_check(void **state)
{
	(void)state;
	assert_int_equal(parse("check a.fault b.fault --sysroot /x"), 0);
	assert_int_equal(options.mode, FL_MODE_CHECK);
	assert_int_equal(options.nfiles, 2);
	assert_string_equal(options.sysroot, "/x");
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

/* Every misuse ends in status 2 with a line that names what was wrong. */
static void test_misuse(void **state)
{
	static const struct {
		const char *line;
		const char *said;
	} bad[] = {
		{ "--no-such-option", "'--no-such-option'" },
		{ "-x", "'-x'" },
		{ "-e", "'-e'" },
		{ "-e x -e y", "-e" },
		{ "-e x y.fault", "'y.fault'" },
		{ "a.fault b.fault", "'b.fault'" },
		{ "-e x --", "'--'" },
		{ "-e x -c true -- true", "-c" },
		{ "-e x --backend magic", "'magic'" },
		{ "-e x --seed many", "'many'" },
		{ "-e x --seed -1", "'-1'" },
		{ "-e x --max-injections 99999999999999999999", "'99999999999999999999'" },
		{ "check", "check" },
		{ "check a.fault -- true", "check" },
		{ "-e x --sysroot /x", "--sysroot" },
		{ "-e x -p", "-p" },
		{ "-e x -p 0", "-p '0'" },
		{ "-e x -p self", "-p 'self'" },
		{ "-e x -p 4294967296", "-p '4294967296'" },
		{ "-e x -p 1 -- true", "runs already" },
		{ "-e x --rate-cap 0", "--rate-cap '0'" },
		{ "-e x --rate-cap 4294967296", "--rate-cap '4294967296'" },
		{ "-e x --allow", "--allow" },
		{ "-e x -f xml", "xml" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(parse(bad[i].line), FL_EXIT_USAGE);
		if (strncmp(message, "faultline: error: ", 18) || !strstr(message, bad[i].said))
			fail_msg("'%s' is answered by: %s", bad[i].line, message);
	}
}

static void test_help_lists_every_option(void **state)
{
	static const char *const known[] = {
		"-e ",
		"-c ",
		"-o ",
		"-q ",
		"-v ",
		"-h,",
		"-V,",
		"--backend",
		"--seed",
		"--deadline",
		"--max-injections",
		"--emit",
		"--sysroot",
		"--system-wide",
		"--force-return",
		"--no-return",
		"--propagate",
		"--allow-idle",
		"--include-init",
		"--include-self",
		"-p ",
		"-f ",
		"--allow ",
		"--rate-cap",
		"--wait-for-module",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		assert_non_null(strstr(fl_options_help(), known[i]));
	assert_int_equal(parse("-h"), 0);
	assert_int_equal(options.mode, FL_MODE_HELP);
	assert_int_equal(parse("--version"), 0);
	assert_int_equal(options.mode, FL_MODE_VERSION);
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
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_help_lists_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
