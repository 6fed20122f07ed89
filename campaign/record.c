/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record.c - records of a journal to lines of JSON and back. */
#include "record.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "json.h"

static const char *const type_names[] = {
	[FL_RECORD_CAMPAIGN] = "campaign", [FL_RECORD_START] = "start",
	[FL_RECORD_POINT] = "point",	   [FL_RECORD_REACHED] = "reached",
	[FL_RECORD_UNSTABLE] = "unstable", [FL_RECORD_BASELINE] = "baseline",
	[FL_RECORD_BEGIN] = "begin",	   [FL_RECORD_END] = "end",
	[FL_RECORD_FINDING] = "finding",   [FL_RECORD_BLAME] = "blame",
	[FL_RECORD_SCAN] = "scan",	   [FL_RECORD_DONE] = "done",
};

static const char *const outcome_names[] = {
	[FL_OUTCOME_NONE] = "none",	    [FL_OUTCOME_HANDLED] = "handled",
	[FL_OUTCOME_ABSORBED] = "absorbed", [FL_OUTCOME_MISSED] = "missed",
	[FL_OUTCOME_FINDING] = "finding",   [FL_OUTCOME_HANG] = "hang",
	[FL_OUTCOME_CRASH] = "crash",	    [FL_OUTCOME_CUT] = "cut",
};

static const char *const mode_names[] = {
	[FL_INJECT_ONCE] = "once",
	[FL_INJECT_ON] = "on",
	[FL_INJECT_ALL] = "all",
};

#define NTYPES (sizeof(type_names) / sizeof(type_names[0]))

const char *fl_outcome_kind_name(enum fl_outcome_kind kind)
{
	return outcome_names[kind];
}

const char *fl_inject_mode_name(enum fl_inject_mode mode)
{
	return mode_names[mode];
}

/* The index of @name, or -1. */
static int find(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++) {
		if (!strcmp(names[i], name))
			return (int)i;
	}
	return -1;
}

bool fl_inject_mode_parse(const char *name, enum fl_inject_mode *mode)
{
	int i = find(mode_names, FL_NINJECT, name);

	if (i >= 0)
		*mode = (enum fl_inject_mode)i;
	return i >= 0;
}

/* --- writing -------------------------------------------------------------- */

static void put_options(struct fl_json *j, const struct fl_record *r)
{
	fl_json_open(j, "options", '{');
	for (size_t i = 0; i < r->noptions; i++)
		fl_json_string(j, r->options[i].name, r->options[i].value);
	fl_json_close(j, '{');
}

static void put_strings(struct fl_json *j, const char *key, const char *const *list, size_t n)
{
	fl_json_open(j, key, '[');
	for (size_t i = 0; i < n; i++)
		fl_json_string(j, NULL, list[i]);
	fl_json_close(j, '[');
}

/* What is as most faults have it is left out: there may be a million of these. */
static void put_fault(struct fl_json *j, const struct fl_fault_at *f)
{
	fl_json_number(j, "point", f->point);
	if (f->has_value)
		fl_json_number(j, "value", f->value);
	if (f->occurrence != 1)
		fl_json_number(j, "occurrence", f->occurrence);
	if (f->mode != FL_INJECT_ONCE)
		fl_json_string(j, "mode", mode_names[f->mode]);
}

static void put_campaign(struct fl_json *j, const struct fl_record *r)
{
	fl_json_number(j, "v", r->version);
	fl_json_string(j, "faultline", r->faultline);
	fl_json_string(j, "script", r->script);
	fl_json_string(j, "kernel", r->kernel);
	fl_json_string(j, "build_id", r->build_id);
	put_strings(j, "argv", r->argv, r->nargv);
	put_options(j, r);
}

static void put_point(struct fl_json *j, const struct fl_record *r)
{
	fl_json_number(j, "id", r->id);
	fl_json_string(j, "key", r->key);
	fl_json_number(j, "rule", (int64_t)r->rule + 1);
	fl_json_string(j, "function", r->function);
	fl_json_string(j, "module", r->module);
	fl_json_string(j, "context", r->context);
	put_strings(j, "path", r->path, r->npath);
	fl_json_number(j, "trial", (int64_t)r->trial);
	fl_json_bool(j, "after", r->after);
	fl_json_number(j, "calls", (int64_t)r->calls);
}

static void put_further(struct fl_json *j, const char *key, const struct fl_fault_at *f)
{
	fl_json_open(j, key, '{');
	put_fault(j, f);
	fl_json_close(j, '{');
}

static void put_begin(struct fl_json *j, const struct fl_record *r)
{
	fl_json_number(j, "n", (int64_t)r->n);
	put_fault(j, &r->faults[0]);
	if (r->nfaults > 1)
		put_further(j, "second", &r->faults[1]);
	if (r->nfaults > 2)
		fl_json_open(j, "more", '[');
	for (size_t i = 2; i < r->nfaults; i++)
		put_further(j, NULL, &r->faults[i]);
	if (r->nfaults > 2)
		fl_json_close(j, '[');
	if (r->drawn)
		fl_json_bool(j, "drawn", true);
	if (r->again)
		fl_json_bool(j, "again", true);
}

static void put_end(struct fl_json *j, const struct fl_record *r)
{
	fl_json_number(j, "n", (int64_t)r->n);
	fl_json_string(j, "outcome", outcome_names[r->outcome]);
	if (r->status)
		fl_json_number(j, "status", r->status);
	if (r->injected != 1)
		fl_json_number(j, "injected", (int64_t)r->injected);
	if (r->dirty)
		fl_json_bool(j, "dirty", true);
	if (r->silent)
		fl_json_bool(j, "silent", true);
	fl_json_number(j, "us", (int64_t)r->us);
}

static void put_body(struct fl_json *j, const struct fl_record *r)
{
	switch (r->type) {
	case FL_RECORD_CAMPAIGN:
		put_campaign(j, r);
		break;
	case FL_RECORD_START:
		fl_json_string(j, "boot", r->boot);
		fl_json_number(j, "at", (int64_t)r->at_us);
		fl_json_number(j, "torn", (int64_t)r->torn);
		put_options(j, r);
		break;
	case FL_RECORD_POINT:
		put_point(j, r);
		break;
	case FL_RECORD_REACHED:
		fl_json_number(j, "id", r->id);
		fl_json_number(j, "calls", (int64_t)r->calls);
		break;
	case FL_RECORD_UNSTABLE:
		fl_json_number(j, "id", r->id);
		break;
	case FL_RECORD_BASELINE:
		fl_json_number(j, "us", (int64_t)r->us);
		fl_json_number(j, "matched", (int64_t)r->matched);
		fl_json_number(j, "points", (int64_t)r->points);
		break;
	case FL_RECORD_BEGIN:
		put_begin(j, r);
		break;
	case FL_RECORD_END:
		put_end(j, r);
		break;
	case FL_RECORD_FINDING:
		fl_json_number(j, "id", r->id);
		fl_json_string(j, "kind", r->kind);
		fl_json_string(j, "fingerprint", r->fingerprint);
		fl_json_string(j, "title", r->title);
		break;
	case FL_RECORD_BLAME:
		fl_json_number(j, "id", r->id);
		fl_json_number(j, "n", (int64_t)r->n);
		if (r->late)
			fl_json_bool(j, "late", true);
		break;
	case FL_RECORD_SCAN:
		fl_json_number(j, "n", (int64_t)r->n);
		fl_json_number(j, "us", (int64_t)r->us);
		break;
	case FL_RECORD_DONE:
		fl_json_number(j, "status", r->status);
		fl_json_string(j, "reason", r->reason);
		break;
	}
}

char *fl_record_text(const struct fl_record *r)
{
	struct fl_json j = { 0 };
	char *text = NULL;
	size_t len;
	bool bad;

	j.out = open_memstream(&text, &len);
	if (!j.out)
		return NULL;
	fl_json_open(&j, NULL, '{');
	fl_json_string(&j, "type", type_names[r->type]);
	put_body(&j, r);
	fl_json_close(&j, '{');
	fl_json_line(&j);
	bad = ferror(j.out);
	if (fclose(j.out) || bad) {
		free(text);
		return NULL;
	}
	return text;
}

/* --- reading -------------------------------------------------------------- */

struct fl_record_parser {
	cJSON *root;
	const char **strings; /* room for the members of a list */
	size_t nstrings;
	struct fl_record_option *options;
	size_t noptions;
};

struct fl_record_parser *fl_record_parser_new(void)
{
	return calloc(1, sizeof(struct fl_record_parser));
}

void fl_record_parser_free(struct fl_record_parser *p)
{
	if (!p)
		return;
	cJSON_Delete(p->root);
	free(p->strings);
	free(p->options);
	free(p);
}

static int parse_strings(struct fl_record_parser *p, const cJSON *v, const char *const **list,
			 size_t *n)
{
	size_t len = (size_t)cJSON_GetArraySize(v);
	const cJSON *item;

	if (len > p->nstrings) {
		const char **more = realloc(p->strings, len * sizeof(*more));

		if (!more)
			return -ENOMEM;
		p->strings = more;
		p->nstrings = len;
	}
	*n = 0;
	cJSON_ArrayForEach(item, v)
	{
		if (!cJSON_IsString(item))
			return -EINVAL;
		p->strings[(*n)++] = item->valuestring;
	}
	*list = p->strings;
	return 0;
}

static int parse_options(struct fl_record_parser *p, const cJSON *v, struct fl_record *r)
{
	size_t len = (size_t)cJSON_GetArraySize(v);
	const cJSON *item;

	if (len > p->noptions) {
		struct fl_record_option *more = realloc(p->options, len * sizeof(*more));

		if (!more)
			return -ENOMEM;
		p->options = more;
		p->noptions = len;
	}
	cJSON_ArrayForEach(item, v)
	{
		if (!cJSON_IsString(item))
			return -EINVAL;
		p->options[r->noptions++] =
			(struct fl_record_option){ item->string, item->valuestring };
	}
	r->options = p->options;
	return 0;
}

static uint32_t count32(double number)
{
	return (uint32_t)fl_json_count(number, UINT32_MAX);
}

static bool parse_fault_key(const cJSON *v, struct fl_fault_at *f)
{
	const char *key = v->string;

	if (!strcmp(key, "point"))
		f->point = count32(v->valuedouble);
	else if (!strcmp(key, "occurrence"))
		f->occurrence = count32(v->valuedouble);
	else if (!strcmp(key, "mode"))
		return cJSON_IsString(v) && fl_inject_mode_parse(v->valuestring, &f->mode);
	else if (!strcmp(key, "value")) {
		f->has_value = true;
		f->value = fl_json_integer(v->valuedouble);
	}
	return true;
}

/* One more fault of a trial. */
static int parse_fault(const cJSON *object, struct fl_record *r)
{
	struct fl_fault_at *f = &r->faults[r->nfaults];
	const cJSON *v;

	if (r->nfaults == FL_MAX_FAULTS)
		return -EINVAL;
	r->nfaults++;
	f->occurrence = 1;
	cJSON_ArrayForEach(v, object)
	{
		if (!parse_fault_key(v, f))
			return -EINVAL;
	}
	return 0;
}

static int parse_more(const cJSON *list, struct fl_record *r)
{
	const cJSON *object;
	int err = 0;

	cJSON_ArrayForEach(object, list)
	{
		err = err ? err : parse_fault(object, r);
	}
	return err;
}

/* Where the value of a key goes; keys of numbers and of strings differ. */
struct key {
	const char *name;
	size_t offset;
};

#define KEY(name, member)                                \
	{                                                \
		name, offsetof(struct fl_record, member) \
	}

static const struct key *find_key(const struct key *keys, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		/* a million trials are read: most names differ in their first letter */
		if (keys[i].name[0] == name[0] && !strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

static void parse_number(const char *name, double number, struct fl_record *r)
{
	static const struct key keys[] = {
		KEY("n", n),	       KEY("us", us),
		KEY("at", at_us),      KEY("injected", injected),
		KEY("calls", calls),   KEY("trial", trial),
		KEY("torn", torn),     KEY("matched", matched),
		KEY("points", points),
	};
	const struct key *key = find_key(keys, sizeof(keys) / sizeof(keys[0]), name);
	const uint64_t n = fl_json_count(number, UINT64_MAX);

	if (key)
		*(uint64_t *)(void *)((char *)r + key->offset) = n;
	else if (!strcmp(name, "status"))
		r->status = (int)fl_json_count(number, INT_MAX);
	else if (!strcmp(name, "id"))
		r->id = count32(number);
	else if (!strcmp(name, "rule"))
		r->rule = n ? count32(number) - 1 : 0;
	else if (!strcmp(name, "v"))
		r->version = (int)fl_json_count(number, INT_MAX);
}

static int parse_string(const char *name, const char *value, struct fl_record *r)
{
	static const struct key keys[] = {
		KEY("faultline", faultline),
		KEY("script", script),
		KEY("kernel", kernel),
		KEY("build_id", build_id),
		KEY("boot", boot),
		KEY("key", key),
		KEY("function", function),
		KEY("module", module),
		KEY("context", context),
		KEY("kind", kind),
		KEY("fingerprint", fingerprint),
		KEY("title", title),
		KEY("reason", reason),
	};
	const struct key *key;
	int i;

	if (!strcmp(name, "outcome")) {
		i = find(outcome_names, FL_NOUTCOMES, value);
		r->outcome = i < 0 ? FL_OUTCOME_NONE : (enum fl_outcome_kind)i;
		return i < 0 ? -EINVAL : 0;
	}
	key = find_key(keys, sizeof(keys) / sizeof(keys[0]), name);
	if (key)
		*(const char **)(void *)((char *)r + key->offset) = value;
	return 0;
}

/* Keys that are not known are a newer version's. */
static int parse_key(struct fl_record_parser *p, const cJSON *v, struct fl_record *r)
{
	if (r->type == FL_RECORD_BEGIN && cJSON_IsNumber(v) && strcmp(v->string, "n"))
		return parse_fault_key(v, &r->faults[0]) ? 0 : -EINVAL;
	if (cJSON_IsNumber(v)) {
		parse_number(v->string, v->valuedouble, r);
		return 0;
	}
	if (cJSON_IsString(v) && !strcmp(v->string, "mode"))
		return parse_fault_key(v, &r->faults[0]) ? 0 : -EINVAL;
	if (cJSON_IsString(v))
		return parse_string(v->string, v->valuestring, r);
	if (cJSON_IsBool(v) && !strcmp(v->string, "after"))
		r->after = cJSON_IsTrue(v);
	else if (cJSON_IsBool(v) && !strcmp(v->string, "dirty"))
		r->dirty = cJSON_IsTrue(v);
	else if (cJSON_IsBool(v) && !strcmp(v->string, "silent"))
		r->silent = cJSON_IsTrue(v);
	else if (cJSON_IsBool(v) && !strcmp(v->string, "again"))
		r->again = cJSON_IsTrue(v);
	else if (cJSON_IsBool(v) && !strcmp(v->string, "late"))
		r->late = cJSON_IsTrue(v);
	else if (cJSON_IsBool(v) && !strcmp(v->string, "drawn"))
		r->drawn = cJSON_IsTrue(v);
	else if (cJSON_IsObject(v) && !strcmp(v->string, "second"))
		return parse_fault(v, r);
	else if (cJSON_IsArray(v) && !strcmp(v->string, "more"))
		return parse_more(v, r);
	else if (cJSON_IsObject(v) && !strcmp(v->string, "options"))
		return parse_options(p, v, r);
	else if (cJSON_IsArray(v) && !strcmp(v->string, "path"))
		return parse_strings(p, v, &r->path, &r->npath);
	else if (cJSON_IsArray(v) && !strcmp(v->string, "argv"))
		return parse_strings(p, v, &r->argv, &r->nargv);
	return 0;
}

static bool has_what_it_needs(const struct fl_record *r)
{
	switch (r->type) {
	case FL_RECORD_CAMPAIGN:
		return r->version && r->script && r->kernel;
	case FL_RECORD_START:
		return r->boot;
	case FL_RECORD_POINT:
		return r->key && r->function;
	case FL_RECORD_BEGIN:
	case FL_RECORD_END:
		return r->n;
	case FL_RECORD_FINDING:
		return r->id && r->kind && r->fingerprint && r->title;
	case FL_RECORD_BLAME:
		return r->id && r->n;
	default:
		return true;
	}
}

int fl_record_parse(struct fl_record_parser *p, const char *line, size_t len, struct fl_record *r,
		    const char **why)
{
	const cJSON *v;
	int type, err;

	cJSON_Delete(p->root);
	*r = (struct fl_record){ 0 };
	*why = "it is not an object of JSON";
	p->root = cJSON_ParseWithLength(line, len);
	v = p->root && cJSON_IsObject(p->root) ? p->root->child : NULL;
	if (!v)
		return -EINVAL;
	*why = "it does not begin with a type";
	if (strcmp(v->string, "type") || !cJSON_IsString(v))
		return -EINVAL;
	type = find(type_names, NTYPES, v->valuestring);
	if (type < 0)
		return -ENOENT;
	r->type = (enum fl_record_type)type;
	if (r->type == FL_RECORD_BEGIN) {
		r->nfaults = 1;
		r->faults[0].occurrence = 1;
	} else if (r->type == FL_RECORD_END) {
		r->injected = 1;
	}
	*why = "a value is not of the right kind";
	for (v = v->next; v; v = v->next) {
		err = parse_key(p, v, r);
		if (err)
			return err;
	}
	*why = "a key is missing";
	return has_what_it_needs(r) ? 0 : -EINVAL;
}
