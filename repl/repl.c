/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repl.c - the loop: keys to readline, events to lines above the prompt, and a
 * heartbeat whatever happens.
 *
 * Signals come as a descriptor among others. A line goes to dispatch.c when its
 * first word is a command's, and is otherwise part of the language: it is kept
 * until it is complete and then armed.
 */
#include "repl.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <readline/readline.h>

#include "complete.h"
#include "repl_impl.h"

#define BEAT_MS 200

static const char prompt[] = "faultline> ";
static const char more_prompt[] = "      ...> ";

/* readline passes its handler no user argument. */
static struct fl_repl *repl;
/* Out of readline, when a signal is to be heard while it waits for a key. */
static sigjmp_buf on_signal;

/* --- lines ---------------------------------------------------------------- */

static char *trimmed(char *line)
{
	size_t len;

	while (isspace((unsigned char)*line))
		line++;
	len = strlen(line);
	while (len && isspace((unsigned char)line[len - 1]))
		line[--len] = '\0';
	return line;
}

static void first_word(const char *line, char *out, size_t size)
{
	size_t len = strcspn(line, " \t\n:");

	snprintf(out, size, "%.*s", (int)(len < size ? len : size - 1), line);
}

/* Rules are armed; definitions in the same line also apply to later rules. */
static void take_text(struct fl_repl *r, const char *text)
{
	const struct fl_source src = { "rule", text, strlen(text) };
	const struct fl_compile_opts own = { .read = NULL };
	struct fl_definitions defined;
	struct fl_entry *e;
	bool good;

	if (fl_definitions_read(&src, &own, &defined)) {
		fl_repl_error(r, FL_F_MEMORY, NULL);
		return;
	}
	if (defined.alone) {
		good = fl_repl_check_definitions(r, text);
	} else {
		e = fl_repl_arm(r, &(struct fl_rule_text){ .text = text, .source = "rule" });
		good = e != NULL;
		if (e)
			fl_repl_note_armed(r, e);
	}
	if (good && fl_definitions_add(&r->definitions, &defined))
		fl_repl_error(r, FL_F_MEMORY, NULL);
	fl_definitions_release(&defined);
}

/* One more line of a rule; true when it continues. */
static bool add_line(struct fl_repl *r, const char *line)
{
	size_t old = r->pending ? strlen(r->pending) : 0;
	char *text = malloc(old + strlen(line) + 2);
	struct fl_source src;

	if (!text)
		return false;
	snprintf(text, old + strlen(line) + 2, "%s%s\n", r->pending ? r->pending : "", line);
	free(r->pending);
	r->pending = text;
	src = (struct fl_source){ "rule", text, strlen(text) };
	/* an empty line ends what cannot end otherwise */
	return *line && fl_is_incomplete(&src);
}

static void language(struct fl_repl *r, char *line)
{
	char *text;

	if (add_line(r, line))
		return;
	text = r->pending;
	r->pending = NULL;
	if (text) {
		char *copy = strdup(trimmed(text));

		for (char *p = copy; p && *p; p++) {
			if (*p == '\n')
				*p = ' ';
		}
		if (copy)
			fl_repl_remember(copy);
		free(copy);
		take_text(r, trimmed(text));
	}
	free(text);
}

static void ask_to_leave(struct fl_repl *r)
{
	size_t n = fl_repl_count(r);

	if (!n || r->asked) {
		r->leaving = true;
		return;
	}
	printf("%zu rule%s armed: disarm and quit? [y/N] ", n, n == 1 ? " is" : "s are");
	fflush(stdout);
	r->asked = true;
}

static void take_line(struct fl_repl *r, char *line)
{
	char word[64];

	if (r->asked) {
		r->asked = false;
		if (*line == 'y' || *line == 'Y') {
			r->leaving = true;
			return;
		}
		if (!*line || *line == 'n' || *line == 'N')
			return;
	}
	if (r->pending) {
		language(r, line);
		return;
	}
	line = trimmed(line);
	if (!*line)
		return;
	first_word(line, word, sizeof(word));
	if (line[strlen(word)] != ':' && fl_repl_is_command(word)) {
		fl_repl_remember(line);
		fl_repl_command(r, line);
	} else {
		language(r, line);
	}
}

static void open_line(struct fl_repl *r);
static void close_line(struct fl_repl *r);
static void on_keys(void *arg);

static void on_line(char *line)
{
	struct fl_repl *r = repl;

	/* removed here, because a command may want the terminal for itself */
	close_line(r);
	if (!line) {
		ask_to_leave(r);
	} else {
		take_line(r, line);
	}
	free(line);
	if (!r->leaving)
		open_line(r);
}

/* Keys are the line's while it is open, and the command's otherwise. */
static void open_line(struct fl_repl *r)
{
	rl_callback_handler_install(r->asked ? "" : r->pending ? more_prompt : prompt, on_line);
	r->line_is_open = true;
	if (fl_engine_watch(r->engine, STDIN_FILENO, on_keys, r))
		r->leaving = true;
}

static void close_line(struct fl_repl *r)
{
	if (!r->line_is_open)
		return;
	rl_callback_handler_remove();
	fl_engine_unwatch(r->engine, STDIN_FILENO);
	r->line_is_open = false;
}

/* --- the loop ------------------------------------------------------------- */

/* Ctrl-C discards the line, and earlier lines of the same rule. */
static void cancel_line(struct fl_repl *r)
{
	free(r->pending);
	r->pending = NULL;
	r->asked = false;
	if (!r->line_is_open)
		return;
	rl_free_line_state();
	rl_callback_sigcleanup();
	close_line(r);
	puts("^C");
	open_line(r);
}

static void on_signals(void *arg)
{
	struct fl_repl *r = arg;
	struct signalfd_siginfo info;

	while (read(r->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGINT:
			cancel_line(r);
			break;
		case SIGWINCH:
			if (r->line_is_open)
				rl_resize_terminal();
			else
				rl_reset_screen_size();
			break;
		case SIGCHLD:
			break;
		default:
			r->leaving = true;
		}
	}
}

/*
 * A key may be announced but gone when it is read: Ctrl-C discards the input
 * before it. readline would block for the next one, without signals and
 * heartbeat; likewise for the second key of a sequence.
 */
static int next_key(FILE *in)
{
	struct pollfd fds[] = { { .fd = repl->key_fd, .events = POLLIN },
				{ .fd = repl->signal_fd, .events = POLLIN } };
	unsigned char c;
	ssize_t n;

	(void)in;
	for (;;) {
		fds[0].revents = fds[1].revents = 0;
		poll(fds, 2, BEAT_MS);
		if (fds[0].revents) {
			n = read(repl->key_fd, &c, 1);
			if (n == 1)
				return c;
			if (n == 0 || (errno != EINTR && errno != EAGAIN))
				return EOF;
		}
		if (fds[1].revents)
			siglongjmp(on_signal, 1);
		fl_engine_beat(repl->engine);
	}
}

static void read_key(void)
{
	const unsigned long state = rl_readline_state;

	if (sigsetjmp(on_signal, 0))
		rl_readline_state = state;
	else
		rl_callback_read_char();
}

static void on_keys(void *arg)
{
	struct fl_repl *r = arg;

	/* Ctrl-C first: it discards the input before it */
	on_signals(r);
	if (!r->leaving)
		read_key();
}

static void loop(struct fl_repl *r)
{
	while (!r->leaving) {
		if (fl_engine_step(r->engine, -1))
			r->leaving = true;
		fl_repl_tick(r);
	}
}

static int open_descriptors(struct fl_repl *r, sigset_t *old)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGWINCH);
	sigprocmask(SIG_BLOCK, &mask, old);
	/* after a command had the terminal we take it back from the background */
	signal(SIGTTOU, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	r->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	/*
	 * our own file description, so that O_NONBLOCK does not affect others
	 */
	r->key_fd = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (r->key_fd < 0)
		r->key_fd = dup(STDIN_FILENO);
	if (r->signal_fd < 0 || r->key_fd < 0)
		return -errno;
	return fl_engine_watch(r->engine, r->signal_fd, on_signals, r);
}

static int open_engine(struct fl_repl *r)
{
	const struct fl_engine_opts opts = {
		.facts = r->opts->facts,
		.sink = {
			.arg = r,
			.diags = fl_repl_on_diags,
			.fault = fl_repl_on_fault,
			.event = fl_repl_on_event,
			.splat = fl_repl_on_splat,
		},
	};

	return fl_engine_new(&opts, &r->engine);
}

static void release(struct fl_repl *r)
{
	fl_repl_disarm_all(r);
	fl_repl_forget_events(r);
	fl_engine_free(r->engine);
	while (r->nundos)
		fl_undo_release(&r->undos[--r->nundos]);
	fl_definitions_release(&r->definitions);
	free(r->pending);
	if (r->key_fd >= 0)
		close(r->key_fd);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	free(r);
}

static void converse(struct fl_repl *r)
{
	repl = r;
	fl_repl_line_init(r);
	rl_getc_function = next_key;
	printf("Rules are armed as they are typed. 'help' lists commands, Tab completes.\n");
	open_line(r);
	fl_engine_warm(r->engine);
	loop(r);
	close_line(r);
	fl_repl_line_done(r);
	repl = NULL;
}

int fl_repl(const struct fl_repl_opts *opts)
{
	struct fl_repl *r = calloc(1, sizeof(*r));
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	sigset_t old;
	int err;

	if (!r)
		return -ENOMEM;
	r->opts = opts;
	r->signal_fd = r->key_fd = -1;
	r->color = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
		   !(no_color && *no_color);
	sigprocmask(SIG_SETMASK, NULL, &old);
	err = open_engine(r);
	if (!err)
		err = open_descriptors(r, &old);
	if (!err)
		converse(r);
	release(r);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}
