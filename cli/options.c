/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPT_ALLOW = 256,
	OPT_ALLOW_IDLE,
	OPT_BACKEND,
	OPT_CHECK,
	OPT_DEADLINE,
	OPT_EMIT,
	OPT_FORCE_RETURN,
	OPT_INCLUDE_INIT,
	OPT_INCLUDE_SELF,
	OPT_INCLUDE_EXEC,
	OPT_MAX_INJECTIONS,
	OPT_NO_RETURN,
	OPT_PROPAGATE,
	OPT_RATE_CAP,
	OPT_SEED,
	OPT_SET,
	OPT_SYSROOT,
	OPT_SYSTEM_WIDE,
	OPT_TRACEABLE,
	OPT_WAIT_FOR_MODULE,
};

static const char help[] =
	"usage: faultline -e 'RULES' [OPTION...] [-- COMMAND [ARG...]]\n"
	"       faultline SCRIPT.fault [NAME=VALUE...] [OPTION...] [-- COMMAND [ARG...]]\n"
	"       faultline check FILE...\n"
	"       faultline fmt [--check] [FILE...]\n"
	"       faultline -l [PATTERN | MODULE:PATTERN | FILE.ko]\n"
	"       faultline explain [MODULE:]FUNCTION | -e 'RULES' | SCRIPT.fault\n"
	"       faultline doctor\n"
	"\n"
	"Makes chosen kernel functions fail, by rules such as\n"
	"  on mlx5_cmd_exec if comm==\"ip\" && rand<10 return -EIO\n"
	"\n"
	"What to run\n"
	"  -e RULES              the rules themselves\n"
	"  -- COMMAND ARG...     run this while the rules are armed, then stop; rules that\n"
	"                        do not say which tasks they hit are limited to it\n"
	"  -c COMMAND            the same through the shell\n"
	"  -p PID                until that process ends; rules that do not say which tasks\n"
	"                        they hit are limited to it and what descends from it\n"
	"  check FILE...         compile only; needs no privileges (- is standard input)\n"
	"  fmt [FILE...]         write scripts in their canonical form, in place; without a\n"
	"                        file, or for -, standard input to standard output\n"
	"  fmt --check [FILE...] write nothing, and exit with 1 when one is not\n"
	"  SCRIPT.fault --help   what a script does, and its parameters\n"
	"  --emit c              print the C that the rules become, and stop\n"
	"\n"
	"What there is\n"
	"  -l [PATTERN]          functions that can be made to fail: name, module, tag, back\n"
	"                        end and prototype; of a module that is not loaded by its file\n"
	"  -l --traceable [PATTERN]  functions that rules without a return can be put on\n"
	"  explain FUNCTION      whether it can be made to fail, why not, and what to do\n"
	"  explain -e RULES, explain SCRIPT.fault\n"
	"                        what they become: back ends and why, the order of tests,\n"
	"                        sizes in the kernel, the C; nothing is attached or run\n"
	"  doctor                what this kernel allows, and how to get what is missing\n"
	"\n"
	"Limits\n"
	"  --deadline TIME       stop after that: 500ms, 30s, 5m, 1h\n"
	"  --max-injections N    stop after N injections over all rules\n"
	"  --rate-cap N          at most N injections in a second over all rules\n"
	"  --system-wide         hit every task: core functions too, and beside a command\n"
	"  --allow FUNCTION      let a function fail that is known to do great harm then\n"
	"  --include-init        process 1 is not exempt\n"
	"  --include-self        faultline and its ancestors are not exempt\n"
	"  --include-exec        the command's way from fork to exec counts, too\n"
	"  --force-return        allow any value to be returned\n"
	"  --no-return           count and report what would fail, but let nothing fail\n"
	"\n"
	"How\n"
	"  --backend NAME        fmod_ret or kprobe, instead of the best one per function\n"
	"  --wait-for-module     rules on modules that are not loaded wait for them\n"
	"  --set NAME=VALUE      set a parameter of the script, as NAME=VALUE behind its name\n"
	"  --seed N              make random draws repeatable\n"
	"  --sysroot DIR         check, -l, explain: read kernel facts below DIR\n"
	"\n"
	"Output\n"
	"  -f text|json          json: an object a line, docs/events.md\n"
	"  -o FILE               write injections and summary to FILE\n"
	"  -q                    no line per injection, no line of status\n"
	"  -v                    say which back end is used and why, and what the kernel said\n"
	"  --allow-idle          a run that injected nothing is no failure\n"
	"  --propagate           exit with the command's status\n"
	"  -h, --help            this text; with a script, the script's parameters\n"
	"  -V, --version         versions of faultline, Clang and libbpf\n"
	"\n"
	"Exit status: 0 as asked; 1 a finding; 2 bad usage or a script with errors;\n"
	"3 nothing was injected; 4 this kernel cannot; 5 not permitted.\n";

const char *fl_options_help(void)
{
	return help;
}

__attribute__((format(printf, 1, 2))) static int usage(const char *format, ...)
{
	va_list ap;

	fputs("faultline: error: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputs("\nhint: faultline --help lists what there is\n", stderr);
	return FL_EXIT_USAGE;
}

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
static bool parse_duration(const char *text, uint64_t *out)
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

static int parse_backend(struct fl_options *o, const char *name)
{
	if (!strcmp(name, "fmod_ret"))
		o->backend = FL_BACKEND_FMOD_RET;
	else if (!strcmp(name, "kprobe"))
		o->backend = FL_BACKEND_KPROBE;
	else
		return usage("--backend '%s' is not known: it is fmod_ret or kprobe", name);
	return 0;
}

static int parse_format(struct fl_options *o, const char *name)
{
	o->json = !strcmp(name, "json");
	if (!o->json && strcmp(name, "text") != 0)
		return usage("-f '%s' is not known: it is text or json", name);
	return 0;
}

/* NAME=VALUE; the text is cut in two in a copy. */
static int add_setting(struct fl_options *o, const char *arg)
{
	struct fl_param_setting *more;
	const char *sign = strchr(arg, '=');
	char *name;

	if (!sign || sign == arg)
		return usage("'%s' is not NAME=VALUE", arg);
	more = realloc(o->settings, (o->nsettings + 1) * sizeof(*more));
	name = strndup(arg, (size_t)(sign - arg));
	if (more)
		o->settings = more;
	if (!more || !name) {
		free(name);
		return usage("out of memory");
	}
	o->settings[o->nsettings++] = (struct fl_param_setting){ name, sign + 1 };
	return 0;
}

/* Options that are on or off. */
static bool parse_flag(struct fl_options *o, int opt)
{
	const struct {
		int opt;
		bool *flag;
	} flags[] = {
		{ 'h', &o->help },
		{ OPT_CHECK, &o->only_check },
		{ 'q', &o->quiet },
		{ 'v', &o->verbose },
		{ OPT_ALLOW_IDLE, &o->allow_idle },
		{ OPT_FORCE_RETURN, &o->force_return },
		{ OPT_INCLUDE_INIT, &o->include_init },
		{ OPT_INCLUDE_SELF, &o->include_self },
		{ OPT_INCLUDE_EXEC, &o->include_exec },
		{ OPT_NO_RETURN, &o->no_return },
		{ OPT_PROPAGATE, &o->propagate },
		{ OPT_SYSTEM_WIDE, &o->system_wide },
		{ OPT_TRACEABLE, &o->traceable },
		{ OPT_WAIT_FOR_MODULE, &o->wait_for_module },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].opt == opt) {
			*flags[i].flag = true;
			return true;
		}
	}
	return false;
}

static int parse_option(struct fl_options *o, int opt, const char *arg)
{
	uint64_t number;

	if (parse_flag(o, opt))
		return 0;
	switch (opt) {
	case 'l':
		o->mode = FL_MODE_LIST;
		break;
	case 'V':
		o->mode = FL_MODE_VERSION;
		break;
	case 'p':
		if (!parse_number(arg, &number) || !number || number > INT32_MAX)
			return usage("-p '%s' is not the number of a process", arg);
		o->pid = (int)number;
		break;
	case 'c':
		o->shell_command = arg;
		break;
	case 'e':
		if (o->rules)
			return usage("-e was given twice; one text may hold several rules");
		o->rules = arg;
		break;
	case 'f':
		return parse_format(o, arg);
	case 'o':
		o->output = arg;
		break;
	case OPT_ALLOW:
		o->allowed[o->nallowed++] = arg;
		break;
	case OPT_BACKEND:
		return parse_backend(o, arg);
	case OPT_DEADLINE:
		if (!parse_duration(arg, &o->deadline_ns))
			return usage("--deadline '%s' is not a time such as 30s or 500ms", arg);
		break;
	case OPT_EMIT:
		if (strcmp(arg, "c"))
			return usage("--emit '%s' is not known: it is c", arg);
		o->emit_c = true;
		break;
	case OPT_MAX_INJECTIONS:
		if (!parse_number(arg, &number) || number > INT64_MAX)
			return usage("--max-injections '%s' is not a number", arg);
		o->max_injections = (int64_t)number;
		break;
	case OPT_RATE_CAP:
		if (!parse_number(arg, &number) || !number || number > UINT32_MAX)
			return usage("--rate-cap '%s' is not a number from 1", arg);
		o->rate_cap = (uint32_t)number;
		break;
	case OPT_SEED:
		if (!parse_number(arg, &o->seed))
			return usage("--seed '%s' is not a number", arg);
		o->has_seed = true;
		break;
	case OPT_SET:
		return add_setting(o, arg);
	case OPT_SYSROOT:
		o->sysroot = arg;
		break;
	case ':':
		return usage("option '%s' needs a value", arg);
	default:
		return usage("unknown option '%s'", arg);
	}
	return 0;
}

/* A function's name has no slash; a script's ends in .fault, or has one. NULL is neither. */
static bool is_script(const char *name)
{
	static const char suffix[] = ".fault";
	size_t len = name ? strlen(name) : 0;

	if (!len)
		return false;
	return !strcmp(name, "-") || strchr(name, '/') ||
	       (len >= strlen(suffix) && !strcmp(name + len - strlen(suffix), suffix));
}

bool fl_explains_rules(const struct fl_options *o)
{
	return o->rules || is_script(o->files[0]);
}

/* May NAME=VALUE be a parameter's? */
static bool follows_script(const struct fl_options *o)
{
	return (o->mode == FL_MODE_RUN && o->nfiles) ||
	       (o->mode == FL_MODE_EXPLAIN && is_script(o->files[0]));
}

static int check_one_script(const struct fl_options *o)
{
	if (o->rules && o->nfiles)
		return usage("rules were given by -e and by file '%s'", o->files[0]);
	if (o->nfiles > 1)
		return usage("'%s' is one script too many", o->files[1]);
	if (o->pid && (o->command || o->shell_command))
		return usage("-p is for a process that runs already, and a command was given");
	if (o->command && o->shell_command)
		return usage("a command was given by -c and behind --");
	return 0;
}

/* The modes that only tell. */
static int check_inspection(const struct fl_options *o)
{
	const char *mode = o->mode == FL_MODE_LIST     ? "-l"
			   : o->mode == FL_MODE_DOCTOR ? "doctor"
						       : "explain";

	if (o->mode == FL_MODE_EXPLAIN && fl_explains_rules(o))
		return check_one_script(o);
	if (o->rules || o->command || o->shell_command)
		return usage("%s runs nothing", mode);
	if (o->mode == FL_MODE_DOCTOR && o->nfiles)
		return usage("doctor takes no '%s'", o->files[0]);
	if (o->mode == FL_MODE_DOCTOR && *o->sysroot)
		return usage("doctor examines the running kernel, and none below --sysroot");
	if (o->mode == FL_MODE_EXPLAIN && !o->nfiles)
		return usage("explain needs the name of a function, a script, or -e RULES");
	if (o->nfiles > 1)
		return usage("'%s' is one too many for %s", o->files[1], mode);
	return 0;
}

/* What is wrong with the combination, after all options were read. */
static int check_combination(const struct fl_options *o)
{
	if (o->mode == FL_MODE_HELP || o->mode == FL_MODE_VERSION)
		return 0;
	if (o->only_check && o->mode != FL_MODE_FORMAT)
		return usage("--check is for fmt");
	if (o->traceable && o->mode != FL_MODE_LIST)
		return usage("--traceable is for -l");
	if (o->output && (o->mode != FL_MODE_RUN || o->emit_c))
		return usage("-o is for the report of a run; > takes standard output");
	if (o->mode == FL_MODE_DOCTOR || o->mode == FL_MODE_EXPLAIN || o->mode == FL_MODE_LIST)
		return check_inspection(o);
	if (o->mode == FL_MODE_CHECK) {
		if (!o->nfiles)
			return usage("check needs a file; - is standard input");
		if (o->rules || o->command || o->shell_command)
			return usage("check compiles files and runs nothing");
		return 0;
	}
	if (o->mode == FL_MODE_FORMAT) {
		if (o->rules || o->command || o->shell_command)
			return usage("fmt formats files and runs nothing");
		return 0;
	}
	if (*o->sysroot && !o->emit_c)
		return usage(
			"--sysroot is for check, -l, explain and --emit: rules are armed in the running kernel");
	return check_one_script(o);
}

/* A first word that says what to do. */
static bool parse_subcommand(struct fl_options *o, const char *word)
{
	static const struct {
		const char *word;
		enum fl_mode mode;
	} words[] = {
		{ "check", FL_MODE_CHECK },
		{ "doctor", FL_MODE_DOCTOR },
		{ "explain", FL_MODE_EXPLAIN },
		{ "fmt", FL_MODE_FORMAT },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(word, words[i].word)) {
			o->mode = words[i].mode;
			return true;
		}
	}
	return false;
}

int fl_options_parse(struct fl_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "allow", required_argument, NULL, OPT_ALLOW },
		{ "allow-idle", no_argument, NULL, OPT_ALLOW_IDLE },
		{ "backend", required_argument, NULL, OPT_BACKEND },
		{ "check", no_argument, NULL, OPT_CHECK },
		{ "deadline", required_argument, NULL, OPT_DEADLINE },
		{ "emit", required_argument, NULL, OPT_EMIT },
		{ "force-return", no_argument, NULL, OPT_FORCE_RETURN },
		{ "format", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "include-init", no_argument, NULL, OPT_INCLUDE_INIT },
		{ "include-self", no_argument, NULL, OPT_INCLUDE_SELF },
		{ "include-exec", no_argument, NULL, OPT_INCLUDE_EXEC },
		{ "list", no_argument, NULL, 'l' },
		{ "max-injections", required_argument, NULL, OPT_MAX_INJECTIONS },
		{ "no-return", no_argument, NULL, OPT_NO_RETURN },
		{ "output", required_argument, NULL, 'o' },
		{ "pid", required_argument, NULL, 'p' },
		{ "propagate", no_argument, NULL, OPT_PROPAGATE },
		{ "quiet", no_argument, NULL, 'q' },
		{ "rate-cap", required_argument, NULL, OPT_RATE_CAP },
		{ "seed", required_argument, NULL, OPT_SEED },
		{ "set", required_argument, NULL, OPT_SET },
		{ "sysroot", required_argument, NULL, OPT_SYSROOT },
		{ "system-wide", no_argument, NULL, OPT_SYSTEM_WIDE },
		{ "traceable", no_argument, NULL, OPT_TRACEABLE },
		{ "verbose", no_argument, NULL, 'v' },
		{ "wait-for-module", no_argument, NULL, OPT_WAIT_FOR_MODULE },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int end, opt, err;

	memset(o, 0, sizeof(*o));
	o->sysroot = "";
	o->max_injections = -1;
	o->files = calloc((size_t)argc + 1, sizeof(o->files[0]));
	o->allowed = calloc((size_t)argc + 1, sizeof(o->allowed[0]));
	if (!o->files || !o->allowed)
		return usage("out of memory");
	/* What stands behind "--" is the command's, options and all. */
	for (end = 1; end < argc && strcmp(argv[end], "--"); end++)
		;
	if (end < argc) {
		if (end + 1 == argc)
			return usage("'--' has no command behind it");
		o->command = &argv[end + 1];
	}
	optind = 0; /* and not 1: GNU forgets an earlier command line */
	opterr = 0;
	/* "-": words that are no options come as the value of option 1 */
	while ((opt = getopt_long(end, argv, "-:c:e:f:hlo:p:qvV", longs, NULL)) != -1) {
		if (opt == 1 && !o->nfiles && o->mode == FL_MODE_RUN && parse_subcommand(o, optarg))
			continue;
		if (opt == 1 && follows_script(o) && strchr(optarg, '=')) {
			err = add_setting(o, optarg);
			if (err)
				return err;
			continue;
		}
		if (opt == 1) {
			o->files[o->nfiles++] = optarg;
			continue;
		}
		/* optind stays where it was inside of "-zq" */
		if (opt == '?' && optopt > ' ' && optopt < 0x7f) {
			char letter[] = { '-', (char)optopt, '\0' };

			return parse_option(o, opt, letter);
		}
		if (opt == '?' || opt == ':')
			optarg = argv[optind - 1];
		err = parse_option(o, opt, optarg);
		if (err)
			return err;
	}
	if (o->help) {
		/* of what else words are, there is nothing to tell */
		if (o->mode != FL_MODE_RUN && o->mode != FL_MODE_CHECK)
			o->nfiles = 0;
		o->mode = FL_MODE_HELP;
	}
	return check_combination(o);
}

void fl_options_release(struct fl_options *o)
{
	free(o->files);
	o->files = NULL;
	free(o->allowed);
	o->allowed = NULL;
	for (size_t i = 0; i < o->nsettings; i++)
		free((char *)o->settings[i].name);
	free(o->settings);
	o->settings = NULL;
}
