/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - where a run's lines go: complete lines, written in one piece.
 * Nothing flushed is lost when faultline is killed, and a full disk never
 * leaves half a line. Slow readers do not block the run.
 */
#ifndef FL_OUTPUT_H
#define FL_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct fl_output {
	FILE *text; /* memory: lines are printed here */
	char *memory;
	size_t len;
	int fd;
	bool owned;  /* by a path */
	bool own_fd; /* to be closed */
	bool is_terminal;
	int error; /* errno of the first failed write; nothing is written after it */
	/*
	 * The reader is slow: wait for @fd, and handle urgent work meanwhile.
	 * False gives up, with error EAGAIN. NULL: wait.
	 */
	bool (*wait)(void *arg, int fd);
	void *arg;
};

/*
 * To @path, made empty, or where that is NULL to descriptor @fd. 0 or -errno;
 * release it in any case.
 */
int fl_output_open(struct fl_output *o, const char *path, int fd);
/* Write the buffer. False after any failed write. */
bool fl_output_flush(struct fl_output *o);
/* The same, but only when much has gathered: after each line of many. */
void fl_output_line(struct fl_output *o);
/* Flushes, and closes the file. False as above. */
bool fl_output_release(struct fl_output *o);

#endif /* FL_OUTPUT_H */
