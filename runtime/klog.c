/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "klog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* LOG_LINE_MAX in kernel/printk/printk.c is 1024 less the prefix. */
#define LINE_MAX_BYTES 900

void fl_klog(const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	int fd, len;
	ssize_t n;

	/* <5>: notice */
	len = snprintf(line, sizeof(line), "<5>faultline[%d]: ", getpid());
	va_start(ap, format);
	vsnprintf(line + len, sizeof(line) - (size_t)len - 1, format, ap);
	va_end(ap);
	/* without it the kernel waits for the rest of the line and shows nothing */
	len = (int)strlen(line);
	line[len++] = '\n';
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = write(fd, line, (size_t)len);
	(void)n; /* a mark is all that is lost */
	close(fd);
}

int fl_klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

bool fl_is_splat(const char *line)
{
	/* what kernel/panic.c, lib/bug.c, mm/kasan, lib/ubsan.c and others begin with */
	static const char *const starts[] = {
		"WARNING: ",
		"BUG: ",
		"UBSAN: ",
		"Oops: ",
		"Oops - ",
		"kernel BUG at ",
		"general protection fault",
		"Unable to handle kernel ",
		"Kernel panic - ",
		"watchdog: BUG: ",
		"INFO: task ",
		"INFO: rcu",
		"rcu: INFO: ",
		"divide error: ",
		"stack segment: ",
		"KCSAN: ",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (!strncmp(line, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
}

/* Characters that do not print come as "\\x0a". */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		unsigned int c;
		int len = 0;

		if (text[0] == '\\' && text[1] == 'x' && sscanf(text + 2, "%2x%n", &c, &len) == 1 &&
		    len == 2 && c) {
			*to++ = (char)c;
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

static void each_line(char *text, void (*fn)(const char *line, void *arg), void *arg)
{
	char *end;

	while ((end = strchr(text, '\n'))) {
		*end = '\0';
		fn(text, arg);
		text = end + 1;
	}
	fn(text, arg);
}

void fl_klog_lines(int fd, void (*fn)(const char *line, void *arg), void *arg)
{
	char record[8192];
	ssize_t n;

	/* one record a read: "6,1234,5678,-;text\n KEY=value\n" (dev-kmsg ABI) */
	while (fd >= 0) {
		char *text;

		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue; /* EPIPE: overwritten before it was read */
		if (n <= 0)
			return;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		text++;
		text[strcspn(text, "\n")] = '\0';
		unescape(text);
		each_line(text, fn, arg);
	}
}

struct splat_filter {
	void (*fn)(const char *line, void *arg);
	void *arg;
};

static void pass_splat(const char *line, void *arg)
{
	const struct splat_filter *f = arg;

	if (fl_is_splat(line))
		f->fn(line, f->arg);
}

void fl_klog_splats(int fd, void (*fn)(const char *line, void *arg), void *arg)
{
	struct splat_filter f = { fn, arg };

	fl_klog_lines(fd, pass_splat, &f);
}
