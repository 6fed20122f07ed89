/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "klog.h"

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
	strcat(line, "\n");
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = write(fd, line, strlen(line));
	(void)n; /* a mark is all that is lost */
	close(fd);
}
