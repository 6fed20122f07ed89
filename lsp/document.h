/* SPDX-License-Identifier: GPL-2.0-or-later */
/* document.h - scripts that an editor has open, and places in them. */
#ifndef FL_DOCUMENT_H
#define FL_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "diag.h"

struct fl_index;

/* As the protocol counts: lines from 0, and in a line units of UTF-16. */
struct fl_position {
	uint32_t line;
	uint32_t character;
};

struct fl_document {
	struct fl_document *next;
	char *uri;
	char *path;		/* of the file; for another scheme, the URI */
	struct fl_source src;	/* name is path; text is ours */
	int64_t version;	/* of the text, by the client's count */
	bool is_dirty;		/* diagnostics are to be published */
	struct fl_index *index; /* of the current text, or NULL: not built yet */
};

struct fl_documents {
	struct fl_document *first;
};

/* NULL: none. */
struct fl_document *fl_document_find(const struct fl_documents *ds, const char *uri);
struct fl_document *fl_document_of_path(const struct fl_documents *ds, const char *path);
/* Open it, or replace its text; @uri and @text are copied. NULL: no memory. */
struct fl_document *fl_document_open(struct fl_documents *ds, const char *uri, const char *text,
				     int64_t version);
void fl_document_close(struct fl_documents *ds, struct fl_document *d);
void fl_documents_release(struct fl_documents *ds);
/*
 * A change as the client sends it: with a range, or of the whole text. 0;
 * -EINVAL when it is malformed; -ENOMEM.
 */
int fl_document_change(struct fl_document *d, const cJSON *change);
/* The text, or a file that it uses, is another one now. */
void fl_document_touch(struct fl_document *d);

/* A position of the protocol; false: it is not one. */
bool fl_position_read(const cJSON *v, struct fl_position *out);
/* Places beyond a line or the text are at its end, as the protocol wants it. */
uint32_t fl_offset_of(const struct fl_source *src, struct fl_position at);
struct fl_position fl_position_of(const struct fl_source *src, uint32_t off);

/* "file:///a%20b" and "/a b", malloc'd; another scheme's URI is its own path. */
char *fl_path_of_uri(const char *uri);
char *fl_uri_of_path(const char *path);

#endif /* FL_DOCUMENT_H */
