/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result_form.h - the forms that results come in, in the order of the choices of -f. */
#ifndef FL_RESULT_FORM_H
#define FL_RESULT_FORM_H

#define FL_FORM_CHOICES "text|json"
#define FL_FORM_CHOICES_RUN FL_FORM_CHOICES "|tap|ktap|junit"
#define FL_FORM_CHOICES_REPORT FL_FORM_CHOICES_RUN "|html"

enum fl_form {
	FL_FORM_TEXT,
	FL_FORM_JSON,
	FL_FORM_TAP,
	FL_FORM_KTAP,
	FL_FORM_JUNIT,
	FL_FORM_HTML,
	FL_NFORMS
};

#endif /* FL_RESULT_FORM_H */
