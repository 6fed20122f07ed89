/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xml.h - a writer of XML 1.0. It escapes, indents and replaces what XML cannot
 * hold; the caller must close elements in order.
 */
#ifndef FL_XML_H
#define FL_XML_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct fl_xml {
	FILE *out;
	unsigned int depth;
	bool in_tag;   /* attributes may follow */
	bool has_text; /* white space would be text */
};

/* The declaration. */
void fl_xml_begin(struct fl_xml *x, FILE *out);
void fl_xml_open(struct fl_xml *x, const char *element);
/* Of the element that was opened last; before its text and children. */
void fl_xml_string(struct fl_xml *x, const char *attribute, const char *value);
void fl_xml_number(struct fl_xml *x, const char *attribute, uint64_t value);
/* With six places after the point. */
void fl_xml_decimal(struct fl_xml *x, const char *attribute, double value);
/* What is neither UTF-8 nor a character of XML becomes U+FFFD. */
void fl_xml_text(struct fl_xml *x, const char *text);
void fl_xml_close(struct fl_xml *x, const char *element);

#endif /* FL_XML_H */
