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
#include <inttypes.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <readline/readline.h>

#include "complete.h"
#include "klog.h"
#include "render.h"
#include "repl_impl.h"
#include "syscall.h"

#define BEAT_MS 200
#define LINES_PER_SECOND 10
#define NS_PER_S UINT64_C(1000000000)

static const char prompt[] = "faultline> ";
static const char more_prompt[] = "      ...> ";

/* readline hands its handler nothing of ours. */
static struct fl_repl *repl;
/* Out of readline, when a signal is to be heard while it waits for a key. */
static sigjmp_buf on_signal;

const char *fl_repl_bold(const struct fl_repl *r)
{
	return r->color ? "\033[1m" : "";
}

const char *fl_repl_plain(const struct fl_repl *r)
{
	return r->color ? "\033[0m" : "";
}

void fl_repl_say(struct fl_repl *r, const char *format, ...)
{
	va_list ap;

	if (r->line_is_open)
		rl_clear_visible_line();
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	if (r->line_is_open)
		rl_forced_update_display();
	fflush(stdout);
}

/* --- events --------------------------------------------------------------- */

struct source {
	struct fl_repl *r;
	struct fl_entry *entry;
};

static const struct fl_symbols *symbols_of(struct fl_repl *r)
{
	if (!r->symbols_tried && fl_symbols_open("", &r->symbols)) {
		fl_symbols_free(r->symbols);
		r->symbols = NULL;
	}
	r->symbols_tried = true;
	return r->symbols;
}

static void put_stack(struct fl_repl *r, FILE *out, const struct fl_event *e)
{
	const uint64_t *frames;
	size_t n = fl_stack_frames(e, &frames);
	char text[256];

	for (size_t i = 0; i < n; i++) {
		fl_symbol_text(symbols_of(r), frames[i], text, sizeof(text));
		fprintf(out, "\n    %s", text);
	}
	fputc('\n', out);
}

static char *event_text(struct fl_repl *r, const struct fl_entry *entry, const struct fl_event *e)
{
	const struct fl_obj_attach *a = &entry->obj->attaches[entry->obj->slots[e->slot].attach];
	uint64_t armed = fl_session_armed_ns(entry->session);
	uint64_t since = e->time_ns > armed ? e->time_ns - armed : 0;
	char text[FL_MAX_LOG], comm[FL_COMM_LEN + 1] = "", *result = NULL;
	size_t len;
	FILE *out = open_memstream(&result, &len);

	if (!out)
		return NULL;
	memcpy(comm, e->comm, FL_COMM_LEN);
	for (char *p = comm; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
	fprintf(out, "%4" PRIu64 ".%06" PRIu64 "  %s", since / NS_PER_S, since % NS_PER_S / 1000,
		a->shown);
	if (e->kind == FL_EVENT_LOG) {
		fl_log_text(entry->obj, e, symbols_of(r), text, sizeof(text));
		fprintf(out, ": %s", text);
	} else if (e->kind == FL_EVENT_INJECTED) {
		fprintf(out, " = %s", fl_value_name(a, e->value, text, sizeof(text)));
	}
	if (e->kind != FL_EVENT_LOG)
		fprintf(out, "  %s %u/%u  cpu %u", comm, e->pid, e->tid, e->cpu);
	if (e->kind == FL_EVENT_STACK)
		put_stack(r, out, e);
	fclose(out);
	return result;
}

/* What a storm has hidden, once its second is over. */
static void tell_hidden(struct fl_repl *r)
{
	uint64_t second = fl_now_ns() / NS_PER_S;

	if (second == r->second)
		return;
	if (r->hidden && !r->quiet)
		fl_repl_say(r, "  ... and %" PRIu64 " more\n", r->hidden);
	r->second = second;
	r->shown = 0;
	r->hidden = 0;
}

static void on_event(const struct fl_event *e, void *arg)
{
	struct source *source = arg;
	struct fl_repl *r = source->r;
	const struct fl_entry *entry = source->entry;
	struct fl_seen *seen = &r->events[r->nevents % FL_MAX_EVENTS];
	char *text;

	if (e->slot >= entry->obj->nslots)
		return;
	tell_hidden(r);
	/* a storm is counted, and costs no more than that */
	if (r->shown >= LINES_PER_SECOND && e->kind != FL_EVENT_STACK) {
		r->hidden++;
		return;
	}
	text = event_text(r, entry, e);
	if (!text)
		return;
	free(seen->text);
	seen->text = text;
	seen->number = ++r->nevents;
	snprintf(seen->name, sizeof(seen->name), "%s",
		 entry->rules[entry->obj->slots[e->slot].rule].name);
	r->shown++;
	if (!r->quiet)
		fl_repl_say(r, "%.*s\n", (int)strcspn(text, "\n"), text);
}

static void on_splat(const char *line, void *arg)
{
	struct fl_repl *r = arg;

	fl_repl_say(r, "the kernel: %s\n", line);
}

static void take_rate(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_counts c;
	uint64_t now;

	(void)r;
	(void)arg;
	fl_session_rule_counts(ref.entry->session, ref.rule, &c);
	now = c.injected + c.fired;
	memmove(rule->history, rule->history + 1, (FL_HISTORY - 1) * sizeof(rule->history[0]));
	rule->history[FL_HISTORY - 1] = (uint32_t)(now - rule->last);
	rule->last = now;
}

static void beat(void *arg)
{
	struct fl_repl *r = arg;

	for (size_t i = 0; i < r->nentries; i++)
		fl_session_beat(r->entries[i]->session);
}

void fl_repl_pump(struct fl_repl *r)
{
	uint64_t second = fl_now_ns() / NS_PER_S;

	beat(r);
	for (size_t i = 0; i < r->nentries; i++) {
		struct source source = { r, r->entries[i] };

		fl_session_events(r->entries[i]->session, on_event, &source);
	}
	fl_klog_splats(r->klog_fd, on_splat, r);
	tell_hidden(r);
	if (second != r->ticked)
		fl_repl_each(r, take_rate, NULL);
	r->ticked = second;
}

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

/* Rules are armed; what is defined beside them is known to the rules that follow, too. */
static void take_text(struct fl_repl *r, const char *text)
{
	const struct fl_source src = { "rule", text, strlen(text) };
	const struct fl_compile_opts own = { .read = NULL };
	struct fl_definitions defined;
	bool good;

	if (fl_definitions_read(&src, &own, &defined)) {
		fl_repl_say(r, "error: out of memory\n");
		return;
	}
	if (defined.alone)
		good = fl_repl_check_definitions(r, text);
	else
		good = !fl_repl_arm(r, &(struct fl_arming){ .text = text, .source = "rule" });
	if (good && fl_definitions_add(&r->definitions, &defined))
		fl_repl_say(r, "error: out of memory\n");
	fl_definitions_release(&defined);
}

/* One more line of a rule; true when it goes on. */
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
	printf("%zu rule%s armed: disarm and leave? [y/N] ", n, n == 1 ? " is" : "s are");
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

static void on_line(char *line)
{
	struct fl_repl *r = repl;

	/* removed here, because a command may want the terminal for itself */
	fl_repl_close_line(r);
	if (!line) {
		ask_to_leave(r);
	} else {
		take_line(r, line);
	}
	free(line);
	if (!r->leaving)
		fl_repl_open_line(r);
}

void fl_repl_open_line(struct fl_repl *r)
{
	rl_callback_handler_install(r->asked ? "" : r->pending ? more_prompt : prompt, on_line);
	r->line_is_open = true;
}

void fl_repl_close_line(struct fl_repl *r)
{
	if (r->line_is_open)
		rl_callback_handler_remove();
	r->line_is_open = false;
}

/* --- the loop ------------------------------------------------------------- */

/* Ctrl-C gives up the line, and the lines before it of the same rule. */
static void cancel_line(struct fl_repl *r)
{
	free(r->pending);
	r->pending = NULL;
	r->asked = false;
	if (!r->line_is_open)
		return;
	rl_free_line_state();
	rl_callback_sigcleanup();
	fl_repl_close_line(r);
	puts("^C");
	fl_repl_open_line(r);
}

void fl_repl_signals(struct fl_repl *r)
{
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
 * A key may be announced and be gone when it is read: Ctrl-C throws away what
 * was typed before it. readline would wait for the next one, deaf and without
 * a heartbeat; and it waits so for the second key of a sequence.
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
		beat(repl);
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

static void loop(struct fl_repl *r)
{
	struct epoll_event ready[16];

	while (!r->leaving) {
		int n = epoll_wait(r->epoll, ready, 16, BEAT_MS);
		bool keys = false;

		for (int i = 0; i < n; i++)
			keys |= ready[i].data.u64 == 1;
		fl_repl_signals(r);
		fl_repl_pump(r);
		if (keys && !r->leaving)
			read_key();
	}
}

static int open_descriptors(struct fl_repl *r, sigset_t *old)
{
	struct epoll_event keys = { .events = EPOLLIN, .data.u64 = 1 };
	struct epoll_event other = { .events = EPOLLIN };
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
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->klog_fd = fl_klog_open();
	/* a description of our own, so that not to wait is not asked of others too */
	r->key_fd = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (r->key_fd < 0)
		r->key_fd = dup(STDIN_FILENO);
	if (r->signal_fd < 0 || r->epoll < 0 || r->key_fd < 0 ||
	    epoll_ctl(r->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &keys) ||
	    epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->signal_fd, &other))
		return -errno;
	if (r->klog_fd >= 0)
		epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->klog_fd, &other);
	return 0;
}

static void release(struct fl_repl *r)
{
	fl_repl_disarm_all(r);
	fl_server_stop(&r->server);
	fl_symbols_free(r->symbols);
	for (size_t i = 0; i < FL_MAX_EVENTS; i++)
		free(r->events[i].text);
	while (r->nundos)
		fl_undo_release(&r->undos[--r->nundos]);
	fl_definitions_release(&r->definitions);
	free(r->pending);
	if (r->klog_fd >= 0)
		close(r->klog_fd);
	if (r->key_fd >= 0)
		close(r->key_fd);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	if (r->epoll >= 0)
		close(r->epoll);
	free(r);
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
	r->epoll = r->signal_fd = r->klog_fd = r->key_fd = -1;
	r->color = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
		   !(no_color && *no_color);
	fl_server_init(&r->server, beat, r);
	err = open_descriptors(r, &old);
	if (!err) {
		repl = r;
		fl_repl_line_init(r);
		rl_getc_function = next_key;
		printf("Rules are armed as they are typed. 'help' lists commands, Tab completes.\n");
		fl_repl_open_line(r);
		fl_server_warm(&r->server, fl_arch_find(opts->kernel->arch)->target);
		loop(r);
		fl_repl_close_line(r);
		fl_repl_line_done(r);
		repl = NULL;
	}
	release(r);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}
