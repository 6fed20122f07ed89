/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"

/* --- names ----------------------------------------------------------------- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *fl_path_of_uri(const char *uri)
{
	char *path, *out;
	const char *p = uri;

	if (strncmp(uri, "file://", 7) != 0)
		return strdup(uri);
	/* past the host, which is this one */
	p += 7 + strcspn(uri + 7, "/");
	path = out = malloc(strlen(p) + 1);
	if (!path)
		return NULL;
	while (*p) {
		int high = *p == '%' ? hex(p[1]) : -1, low = high < 0 ? -1 : hex(p[2]);

		if (low >= 0 && (high || low)) {
			*out++ = (char)(high << 4 | low);
			p += 3;
		} else {
			*out++ = *p++;
		}
	}
	*out = '\0';
	return path;
}

char *fl_uri_of_path(const char *path)
{
	/* RFC 3986, what a path may have; the rest is escaped */
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/!$&'()*+,;=:@";
	size_t size = strlen(path) * 3 + sizeof("file://"), len = 7;
	char *uri;

	if (*path != '/')
		return strdup(path);
	uri = malloc(size);
	if (!uri)
		return NULL;
	memcpy(uri, "file://", len + 1);
	for (; *path; path++) {
		if (strchr(plain, *path))
			uri[len++] = *path;
		else
			len += (size_t)snprintf(uri + len, size - len, "%%%02X",
						(unsigned char)*path);
	}
	uri[len] = '\0';
	return uri;
}

/* --- places ---------------------------------------------------------------- */

/* How long the line end at @p is: "\n", "\r\n" or "\r"; 0: it is none. */
static size_t line_end(const char *p, const char *end)
{
	if (p < end && *p == '\r')
		return p + 1 < end && p[1] == '\n' ? 2 : 1;
	return p < end && *p == '\n';
}

static uint32_t units(uint32_t code)
{
	return code > 0xffff ? 2 : 1;
}

/* The first byte of the line after that of @p, or NULL when @p's is the last. */
static const char *next_line(const char *p, const char *end)
{
	const char *feed = memchr(p, '\n', (size_t)(end - p));
	const char *ret = memchr(p, '\r', (size_t)((feed ? feed : end) - p));
	const char *at = ret ? ret : feed;

	return at ? at + line_end(at, end) : NULL;
}

uint32_t fl_offset_of(const struct fl_source *src, struct fl_position at)
{
	const char *p = src->text, *end = p + src->len;
	uint32_t code, n = 0;

	for (; at.line && p; at.line--)
		p = next_line(p, end);
	if (!p)
		return (uint32_t)src->len;
	while (p < end && n < at.character && !line_end(p, end)) {
		size_t len = fl_utf8_decode(p, end, &code);

		n += units(code);
		if (n > at.character)
			break;
		p += len;
	}
	return (uint32_t)(p - src->text);
}

struct fl_position fl_position_of(const struct fl_source *src, uint32_t off)
{
	const char *p = src->text, *end = p + src->len, *next;
	const char *at = p + (off < src->len ? off : src->len);
	struct fl_position out = { 0, 0 };
	uint32_t code;

	while ((next = next_line(p, end)) && next <= at) {
		out.line++;
		p = next;
	}
	/* not between \r and \n */
	while (p < at && !line_end(p, end)) {
		p += fl_utf8_decode(p, end, &code);
		out.character += units(code);
	}
	return out;
}

/* --- documents ------------------------------------------------------------- */

struct fl_document *fl_document_find(const struct fl_documents *ds, const char *uri)
{
	struct fl_document *d = ds->first;

	while (d && strcmp(d->uri, uri) != 0)
		d = d->next;
	return d;
}

struct fl_document *fl_document_of_path(const struct fl_documents *ds, const char *path)
{
	struct fl_document *d = ds->first;

	while (d && strcmp(d->path, path) != 0)
		d = d->next;
	return d;
}

void fl_document_touch(struct fl_document *d)
{
	fl_index_free(d->index);
	d->index = NULL;
	d->is_dirty = true;
}

/* @text is the document's from now on. */
static void set_text(struct fl_document *d, char *text, size_t len)
{
	fl_document_touch(d);
	free((char *)d->src.text);
	d->src = (struct fl_source){ d->path, text, len };
}

static void free_document(struct fl_document *d)
{
	fl_index_free(d->index);
	free((char *)d->src.text);
	free(d->path);
	free(d->uri);
	free(d);
}

static struct fl_document *new_document(struct fl_documents *ds, const char *uri)
{
	struct fl_document *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->uri = strdup(uri);
	d->path = fl_path_of_uri(uri);
	if (!d->uri || !d->path) {
		free_document(d);
		return NULL;
	}
	d->next = ds->first;
	ds->first = d;
	return d;
}

struct fl_document *fl_document_open(struct fl_documents *ds, const char *uri, const char *text,
				     int64_t version)
{
	struct fl_document *d = fl_document_find(ds, uri);
	char *copy = strdup(text);

	if (copy && !d)
		d = new_document(ds, uri);
	if (!copy || !d) {
		free(copy);
		return NULL;
	}
	set_text(d, copy, strlen(copy));
	d->version = version;
	return d;
}

void fl_document_close(struct fl_documents *ds, struct fl_document *d)
{
	struct fl_document **link = &ds->first;

	while (*link != d)
		link = &(*link)->next;
	*link = d->next;
	free_document(d);
}

void fl_documents_release(struct fl_documents *ds)
{
	while (ds->first)
		fl_document_close(ds, ds->first);
}

bool fl_position_read(const cJSON *v, struct fl_position *out)
{
	const cJSON *line = cJSON_GetObjectItemCaseSensitive(v, "line");
	const cJSON *character = cJSON_GetObjectItemCaseSensitive(v, "character");

	if (!cJSON_IsNumber(line) || !cJSON_IsNumber(character) || line->valuedouble < 0 ||
	    character->valuedouble < 0)
		return false;
	/* valueint is held to the range of int by cJSON */
	*out = (struct fl_position){ (uint32_t)line->valueint, (uint32_t)character->valueint };
	return true;
}

/* In the place of the bytes from @from to @to. */
static int splice(struct fl_document *d, size_t from, size_t to, const char *text)
{
	size_t len = strlen(text), all = from + len + d->src.len - to;
	char *out = malloc(all + 1);

	if (!out)
		return -ENOMEM;
	memcpy(out, d->src.text, from);
	memcpy(out + from, text, len);
	memcpy(out + from + len, d->src.text + to, d->src.len - to);
	out[all] = '\0';
	set_text(d, out, all);
	return 0;
}

int fl_document_change(struct fl_document *d, const cJSON *change)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(change, "text");
	const cJSON *range = cJSON_GetObjectItemCaseSensitive(change, "range");
	struct fl_position start, end;
	uint32_t from, to;

	if (!cJSON_IsString(text))
		return -EINVAL;
	if (!range || cJSON_IsNull(range))
		return splice(d, 0, d->src.len, text->valuestring);
	if (!fl_position_read(cJSON_GetObjectItemCaseSensitive(range, "start"), &start) ||
	    !fl_position_read(cJSON_GetObjectItemCaseSensitive(range, "end"), &end))
		return -EINVAL;
	from = fl_offset_of(&d->src, start);
	to = fl_offset_of(&d->src, end);
	return from > to ? -EINVAL : splice(d, from, to, text->valuestring);
}
