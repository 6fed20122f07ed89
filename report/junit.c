/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * junit.c - a suite in the XML that GitLab and Jenkins read, a testsuite for each
 * group: elements and attributes that both docs.gitlab.com/ci/testing/unit_test_reports
 * and junit-10.xsd of Jenkins' xunit-plugin have. tests/report/junit.xsd lists them.
 */
#include "suite.h"
#include "xml.h"

static uint64_t sum_us(const struct fl_suite *s, size_t first, size_t n)
{
	uint64_t us = 0;

	for (size_t i = first; i < first + n; i++)
		us += s->cases[i].us;
	return us;
}

static void put_counts(struct fl_xml *x, const struct fl_suite *s, size_t first, size_t n)
{
	size_t count[FL_NCASE_RESULTS] = { 0 };

	for (size_t i = first; i < first + n; i++)
		count[s->cases[i].result]++;
	fl_xml_number(x, "tests", s->skipped ? 1 : n);
	fl_xml_number(x, "failures", count[FL_CASE_FAIL]);
	fl_xml_number(x, "errors", count[FL_CASE_ERROR]);
	fl_xml_decimal(x, "time", (double)sum_us(s, first, n) / 1e6);
}

static void put_numbers(struct fl_xml *x, const struct fl_suite *s)
{
	char value[24];

	if (!s->nnumbers)
		return;
	fl_xml_open(x, "properties");
	for (size_t i = 0; i < s->nnumbers; i++) {
		snprintf(value, sizeof(value), "%llu", (unsigned long long)s->numbers[i].value);
		fl_xml_open(x, "property");
		fl_xml_string(x, "name", s->numbers[i].key);
		fl_xml_string(x, "value", value);
		fl_xml_close(x, "property");
	}
	fl_xml_close(x, "properties");
}

static void put_trouble(struct fl_xml *x, const struct fl_case *c)
{
	const char *element = c->result == FL_CASE_FAIL ? "failure" : "error";

	fl_xml_open(x, element);
	fl_xml_string(x, "message", c->message ? c->message : "");
	fl_xml_string(x, "type", c->kind ? c->kind : element);
	/* again, because GitLab shows the text alone */
	fl_xml_text(x, c->message ? c->message : "");
	fl_xml_text(x, "\n");
	if (c->detail)
		fl_xml_text(x, c->detail);
	fl_xml_close(x, element);
}

static void put_case(struct fl_xml *x, const struct fl_case *c)
{
	fl_xml_open(x, "testcase");
	fl_xml_string(x, "classname", c->group);
	fl_xml_string(x, "name", c->name);
	fl_xml_decimal(x, "time", (double)c->us / 1e6);
	if (c->result != FL_CASE_PASS) {
		put_trouble(x, c);
	} else if (c->detail) {
		fl_xml_open(x, "system-out");
		fl_xml_text(x, c->detail);
		fl_xml_close(x, "system-out");
	}
	fl_xml_close(x, "testcase");
}

static void put_skipped(struct fl_xml *x, const struct fl_suite *s)
{
	fl_xml_open(x, "testcase");
	fl_xml_string(x, "classname", "faultline");
	fl_xml_string(x, "name", s->name);
	fl_xml_open(x, "skipped");
	fl_xml_string(x, "message", s->skipped);
	fl_xml_close(x, "skipped");
	fl_xml_close(x, "testcase");
}

/* The first suite has the numbers: not all readers accept properties in testsuites. */
static void put_suite(struct fl_xml *x, const struct fl_suite *s, const char *name, size_t first,
		      size_t n)
{
	fl_xml_open(x, "testsuite");
	fl_xml_string(x, "name", name);
	put_counts(x, s, first, n);
	fl_xml_number(x, "skipped", s->skipped != NULL);
	if (!first)
		put_numbers(x, s);
	if (s->skipped)
		put_skipped(x, s);
	for (size_t i = first; i < first + n; i++)
		put_case(x, &s->cases[i]);
	fl_xml_close(x, "testsuite");
}

void fl_suite_junit(FILE *out, const struct fl_suite *s)
{
	struct fl_xml x;
	size_t n;

	fl_xml_begin(&x, out);
	fl_xml_open(&x, "testsuites");
	fl_xml_string(&x, "name", s->name);
	put_counts(&x, s, 0, s->ncases);
	if (!s->ncases)
		put_suite(&x, s, s->name, 0, 0);
	for (size_t i = 0; i < s->ncases; i += n) {
		n = fl_suite_group(s, i);
		put_suite(&x, s, s->cases[i].group, i, n);
	}
	fl_xml_close(&x, "testsuites");
}
