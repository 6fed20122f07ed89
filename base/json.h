/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - a writer of JSON. Commas and escapes are its business; that keys
 * stand in objects only, and that all is closed again, is its caller's.
 */
#ifndef FL_JSON_H
#define FL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct fl_json {
	FILE *out;
	bool comma;   /* something stands before in this object or array */
	bool in_page; /* of HTML: '<' is escaped, so that no element ends or begins */
};

/* @key is NULL in an array and at the top. @bracket is '{' or '['. */
void fl_json_open(struct fl_json *j, const char *key, char bracket);
void fl_json_close(struct fl_json *j, char bracket);
/* null for NULL; what is not UTF-8 becomes U+FFFD. */
void fl_json_string(struct fl_json *j, const char *key, const char *value);
void fl_json_number(struct fl_json *j, const char *key, int64_t value);
/* With six places behind the point. */
void fl_json_decimal(struct fl_json *j, const char *key, double value);
void fl_json_bool(struct fl_json *j, const char *key, bool value);
/* Text that is JSON already. */
void fl_json_raw(struct fl_json *j, const char *key, const char *value);
/* End a line of NDJSON. */
void fl_json_line(struct fl_json *j);

/*
 * A number as a reader of JSON has it, without its fraction: what an int64_t or
 * @max cannot hold becomes the nearest that it can.
 */
int64_t fl_json_integer(double number);
uint64_t fl_json_count(double number, uint64_t max);

#endif /* FL_JSON_H */
