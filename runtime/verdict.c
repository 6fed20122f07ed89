/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.c - the checks in order: is its module loaded; is it in the types or
 * on the list; has it a symbol, or several; can its return value be changed; by
 * which back end; what would make it injectable.
 */
#include "verdict.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "candidate.h"
#include "facts.h"
#include "file.h"
#include "ko.h"
#include "injectable.h"
#include "symbols.h"

struct trial {
	struct fl_kernel *k;
	const struct fl_verdict_opts *opts;
	const char *module; /* as requested */
	struct fl_func func;
	bool is_ambiguous;	    /* the list has several of that name */
	struct fl_symbols *symbols; /* NULL: not available */
	struct fl_verdict *v;
};

__attribute__((format(printf, 4, 5))) static struct fl_reason *because(struct fl_verdict *v,
								       enum fl_reason_id id,
								       bool fatal,
								       const char *format, ...)
{
	static struct fl_reason spare;
	struct fl_reason *r = v->nreasons < FL_MAX_REASONS ? &v->reasons[v->nreasons++] : &spare;
	va_list ap;

	r->id = id;
	r->fatal = fatal;
	r->hint[0] = '\0';
	va_start(ap, format);
	vsnprintf(r->text, sizeof(r->text), format, ap);
	va_end(ap);
	return r;
}

__attribute__((format(printf, 2, 3))) static void hint(struct fl_reason *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(r->hint, sizeof(r->hint), format, ap);
	va_end(ap);
}

static bool has_fatal(const struct fl_verdict *v)
{
	for (size_t i = 0; i < v->nreasons; i++) {
		if (v->reasons[i].fatal)
			return true;
	}
	return false;
}

/* --- a module that is not loaded -------------------------------------------- */

static void judge_file(struct trial *t, const char *path)
{
	struct fl_verdict *v = t->v;
	struct fl_ko *ko;
	int err = fl_ko_open(path, &ko);

	if (err) {
		because(v, FL_REASON_MODULE_NOT_LOADED, true,
			"module '%s' is not loaded, and reading its file %s failed: %s", t->module,
			path, strerror(-err));
		return;
	}
	fl_ko_read_types(ko, t->opts->root, t->k->release);
	v->exists = fl_ko_has_function(ko, v->name);
	fl_ko_proto(ko, v->name, v->proto, sizeof(v->proto));
	for (size_t i = 0; i < ko->nfuncs; i++) {
		if (strcmp(ko->funcs[i].name, v->name) != 0)
			continue;
		v->on_list = true;
		v->tag = ko->funcs[i].tag;
	}
	if (v->on_list) {
		hint(because(v, FL_REASON_MODULE_NOT_LOADED, true,
			     "module '%s' is not loaded; it has the function on its list",
			     t->module),
		     "modprobe %s", t->module);
	} else {
		because(v, FL_REASON_MODULE_NOT_LOADED, true, "module '%s' is not loaded",
			t->module);
		if (v->exists)
			because(v, FL_REASON_NOT_LISTED, true,
				"the module's list of injectable functions does not have it");
		else
			because(v, FL_REASON_NOT_IN_MODULE, true,
				"the module's file has no function of that name; it may have been "
				"inlined");
	}
	fl_ko_close(ko);
}

static void judge_unloaded(struct trial *t)
{
	char path[PATH_MAX];
	int err = fl_ko_find(t->opts->root, t->k->release, t->module, path, sizeof(path));

	if (!err)
		judge_file(t, path);
	else if (err == -EEXIST)
		hint(because(t->v, FL_REASON_NO_MODULE, true,
			     "'%s' is built into this kernel, not a module", t->module),
		     "use %s without a module", t->v->name);
	else
		hint(because(t->v, FL_REASON_NO_MODULE, true,
			     "module '%s' is not loaded, and /lib/modules/%s has no such module",
			     t->module, t->k->release),
		     "lsmod lists those that are loaded");
}

/* --- symbols ---------------------------------------------------------------- */

static void note_symbol(struct trial *t, const struct fl_symbol *sym)
{
	struct fl_verdict *v = t->v;

	if (!strcmp(sym->name, v->name)) {
		/* the first shows where it is, if nothing else did */
		if (!v->ncopies++ && sym->module && !*v->module)
			snprintf(v->module, sizeof(v->module), "%s", sym->module);
	} else if (v->nvariants < FL_MAX_VARIANTS) {
		snprintf(v->variants[v->nvariants++], sizeof(v->variants[0]), "%s", sym->name);
	}
}

/* "__ksymtab_NAME" is there when it is exported and all symbols are kept. */
static bool is_export_of(const struct fl_symbol *sym, const char *name)
{
	return !strncmp(sym->name, "__ksymtab_", 10) && !strcmp(sym->name + 10, name);
}

static void read_symbols(struct trial *t)
{
	size_t n;

	/* names are enough: addresses may be hidden */
	fl_facts_symbols(t->k, &t->symbols);
	n = t->symbols ? fl_symbols_count(t->symbols) : 0;
	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = fl_symbols_get(t->symbols, i);

		if (is_export_of(&sym, t->v->name))
			t->v->exported = true;
		else if (fl_symbol_is_text(&sym) && fl_symbol_matches(&sym, t->module, t->v->name))
			note_symbol(t, &sym);
	}
}

/* Where the copies are: "vmlinux, mlx5_core"; true: in several places. */
static bool places_text(const struct trial *t, char *out, size_t size)
{
	size_t n = fl_symbols_count(t->symbols), len = 0, places = 0;
	const char *last = NULL;

	*out = '\0';
	for (size_t i = 0; i < n && len < size; i++) {
		struct fl_symbol sym = fl_symbols_get(t->symbols, i);
		const char *in = sym.module ? sym.module : "vmlinux";

		if (!fl_symbol_is_text(&sym) || strcmp(sym.name, t->v->name) != 0 ||
		    !fl_symbol_matches(&sym, t->module, t->v->name) || (last && !strcmp(last, in)))
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%s", last ? ", " : "", in);
		last = in;
		places++;
	}
	return places > 1;
}

static void judge_copies(struct trial *t)
{
	char where[160];
	struct fl_reason *r;
	bool spread;

	/* the list may know of more than the symbols that could be read */
	if (t->v->ncopies < 2 && t->is_ambiguous)
		because(t->v, FL_REASON_DUPLICATE, true,
			"this kernel's list has several functions of that name, so it is "
			"ambiguous");
	if (t->v->ncopies < 2)
		return;
	spread = places_text(t, where, sizeof(where));
	r = because(t->v, FL_REASON_DUPLICATE, true,
		    "this kernel has %zu functions of that name (in %s), so it is ambiguous",
		    t->v->ncopies, where);
	if (spread)
		hint(r, "use MODULE:%s", t->v->name);
	else
		hint(r, "give them distinct names in the source");
}

/* An unloaded module that exports it: modules.symbols, by depmod. */
static bool find_exporter(const struct trial *t, char *module, size_t size)
{
	char path[PATH_MAX], alias[256], *text, *p;
	size_t len;

	snprintf(path, sizeof(path), "%s/lib/modules/%s/modules.symbols", t->opts->root,
		 t->k->release);
	text = fl_read_text(path, &len);
	if (!text) {
		t->k->out_of_memory |= errno == ENOMEM;
		return false;
	}
	snprintf(alias, sizeof(alias), "alias symbol:%s ", t->v->name);
	p = strstr(text, alias);
	if (p)
		snprintf(module, size, "%.*s", (int)strcspn(p + strlen(alias), "\n"),
			 p + strlen(alias));
	free(text);
	return p != NULL;
}

/* No symbol has exactly that name. */
static void judge_absent(struct trial *t)
{
	struct fl_verdict *v = t->v;
	char module[64];

	if (v->nvariants) {
		hint(because(v, FL_REASON_SUFFIX_ONLY, true,
			     "it exists only as '%s', a copy whose arguments or code the compiler "
			     "changed",
			     v->variants[0]),
		     "mark it noinline in the source, or use a caller of it");
	} else if (t->module) {
		hint(because(v, FL_REASON_NOT_IN_MODULE, true, "'%s' has no function of that name",
			     t->module),
		     "it may have been inlined into its callers, which noinline in the source "
		     "prevents");
	} else if (find_exporter(t, module, sizeof(module))) {
		hint(because(v, FL_REASON_MODULE_NOT_LOADED, true,
			     "it is a function of module '%s', which is not loaded", module),
		     "modprobe %s, or faultline explain %s:%s", module, module, v->name);
	} else {
		hint(because(v, FL_REASON_NO_SYMBOL, true,
			     "no symbol of this kernel has that name: it was inlined into its "
			     "callers, is configured out, is of a module that is not loaded, or "
			     "never existed"),
		     "if it was inlined, use a caller of it, or mark it noinline in the source");
	}
}

/* --- the function itself ----------------------------------------------------- */

static int is_it(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	const struct trial *t = arg;

	(void)tag;
	if (strcmp(name, t->v->name) != 0)
		return 0;
	return !*t->v->module ? !module : module && !strcmp(module, t->v->module);
}

static void find_traceable(struct trial *t)
{
	int found = t->k->ops->each_traceable(t->k, is_it, t);

	t->v->traceable = found == 1 ? FL_YES : !found ? FL_NO : FL_UNSURE;
}

/* Look it up; where only the symbols know its module, with their help. */
static int look_up(struct trial *t)
{
	struct fl_verdict *v = t->v;
	int err = t->k->ops->find_func(t->k, t->module, v->name, &t->func);

	if (err == -ENOENT && !t->module && *v->module)
		err = t->k->ops->find_func(t->k, v->module, v->name, &t->func);
	if (err == -ENOMEM)
		return err;
	t->is_ambiguous = err == -ENOTUNIQ;
	v->on_list = t->is_ambiguous || t->func.tag != FL_TAG_NONE;
	v->tag = t->func.tag;
	v->tag_guessed = t->func.tag_guessed;
	v->in_btf = !err && t->func.in_btf;
	v->exists = v->on_list || v->in_btf || v->ncopies;
	if (err && err != -ENOTUNIQ)
		t->func.name = v->name;
	/* the answer may point to the argument */
	if (t->func.module && t->func.module != v->module && strcmp(t->func.module, "vmlinux") != 0)
		snprintf(v->module, sizeof(v->module), "%s", t->func.module);
	t->k->ops->prototype(t->k, *v->module ? v->module : NULL, v->name, v->proto,
			     sizeof(v->proto));
	return 0;
}

static void judge_list(struct trial *t)
{
	enum fl_list_state state = t->k->ops->list_state(t->k);
	const char *problem = t->k->ops->list_problem(t->k);
	struct fl_verdict *v = t->v;

	if (v->on_list || v->is_hook)
		return;
	if (state == FL_LIST_KNOWN)
		because(v, FL_REASON_NOT_LISTED, true,
			"it is not on the kernel's list of injectable functions");
	else if (state == FL_LIST_NO_SUPPORT)
		hint(because(v, FL_REASON_NO_INJECTION, true, "%s", problem),
		     "only security_* functions are injectable on this kernel; faultline doctor "
		     "shows what others need");
	else
		hint(because(v, FL_REASON_LIST_HIDDEN, true,
			     "cannot determine whether it is injectable: %s", problem),
		     "run it as root with debugfs mounted; see faultline doctor");
}

static void judge_hook(struct trial *t)
{
	const char *problem = t->k->ops->btf_problem(t->k);
	struct fl_verdict *v = t->v;

	if (v->on_list || !v->is_hook)
		return;
	if (!v->in_btf)
		hint(because(v, FL_REASON_NOT_IN_BTF, true,
			     "security_* functions need fmod_ret, which needs the kernel's type "
			     "information: %s",
			     *problem ? problem : "it is missing"),
		     "%s", *problem ? "the kernel needs CONFIG_DEBUG_INFO_BTF" : "");
	else if (t->func.ret.kind != FL_TYPE_INT)
		because(v, FL_REASON_NO_ERROR_RETURN, true,
			"it does not return an int, so it cannot return an error");
	else
		v->tag = FL_TAG_ERRNO;
}

/* Neither back end can attach where ftrace has no place (Documentation/trace/fprobe.rst). */
static void judge_traceable(struct trial *t)
{
	struct fl_verdict *v = t->v;

	if (v->traceable != FL_NO || !v->ncopies)
		return;
	hint(because(v, FL_REASON_NOTRACE, v->on_list || v->is_hook,
		     "it cannot be traced: it is not in available_filter_functions, perhaps "
		     "because of notrace in the source"),
	     "remove notrace from it, or use a caller of it");
}

/* --- back ends --------------------------------------------------------------- */

static void no_rights(struct fl_verdict *v)
{
	hint(because(v, FL_REASON_NOT_PERMITTED, false,
		     "this process may not load BPF programs, so nothing was probed"),
	     "run it as root, or with CAP_BPF and CAP_PERFMON");
}

static void find_facts(struct trial *t, struct fl_backend_facts *f)
{
	struct fl_func func = t->func;
	const struct fl_verdict *v = t->v;

	/* symbols and hooks say more than the lookup by name */
	func.name = v->name;
	func.module = *v->module ? v->module : NULL;
	fl_candidate(&func, true, f);
	f->on_list = v->on_list;
	f->in_btf = v->in_btf;
	f->copies = (unsigned int)v->ncopies;
	fl_candidate_attached(t->k, &func, f);
}

/* Choose; and again with what the running kernel says to the choice. */
static void choose(struct trial *t, struct fl_backend_facts *f, struct fl_probe *fmod_ret,
		   struct fl_backend_choice *c)
{
	enum fl_answer kprobe = FL_YES;

	fl_backend_choose(f, c);
	if (c->backend == FL_BACKEND_FMOD_RET && t->opts->probe) {
		fl_probe_fmod_ret(&t->func, fmod_ret);
		if (fmod_ret->answer == FL_NO)
			f->refused[FL_BACKEND_FMOD_RET] = fmod_ret->text;
		fl_backend_choose(f, c);
	}
	if (c->backend == FL_BACKEND_KPROBE && t->opts->probe) {
		kprobe = fl_candidate_probe(t->k, f);
		fl_backend_choose(f, c);
	}
	if (fmod_ret->answer == FL_DENIED || kprobe == FL_DENIED)
		no_rights(t->v);
}

/* No back end can: what keeps the last one from it. */
static void no_backend(struct fl_verdict *v, const struct fl_backend_choice *c)
{
	if (c->last.id == FL_WHY_TRAMPOLINED)
		hint(because(v, FL_REASON_UNDONE, true, "it needs a kprobe (%s), but %s",
			     c->against.text, c->last.text),
		     "detach the fentry, fexit or fmod_ret program on it");
	else if (c->last.id != FL_WHY_NOT_LISTED)
		hint(because(v, FL_REASON_NO_OVERRIDE, true, "it needs a kprobe (%s), and %s",
			     c->against.text, c->last.text),
		     "the kernel needs CONFIG_BPF_KPROBE_OVERRIDE");
}

static void choose_backend(struct trial *t)
{
	struct fl_probe fmod_ret = { .answer = FL_UNSURE };
	struct fl_verdict *v = t->v;
	struct fl_backend_facts f;
	struct fl_backend_choice c;

	find_facts(t, &f);
	choose(t, &f, &fmod_ret, &c);
	if (v->in_btf && c.against.id && c.against.id != FL_WHY_ZERO)
		because(v, FL_REASON_FMOD_RET_REFUSED, !v->on_list, "not by fmod_ret: %s",
			c.against.text);
	v->backend = c.backend;
	if (!c.backend)
		no_backend(v, &c);
	else
		snprintf(v->backend_reason, sizeof(v->backend_reason), "%s",
			 fmod_ret.answer == FL_YES ? fmod_ret.text : c.reason);
}

/* --- what would make it injectable --------------------------------------------- */

static void write_macro(struct trial *t)
{
	struct fl_verdict *v = t->v;
	enum fl_tag tag = FL_TAG_NONE;
	const char *note = "";

	if (!v->exists || v->on_list || v->is_hook || v->nvariants > v->ncopies)
		return;
	switch (t->func.ret.kind) {
	case FL_TYPE_INT:
	case FL_TYPE_ENUM:
		tag = FL_TAG_ERRNO;
		if (!t->func.ret.is_signed)
			note = "its return type is unsigned: make sure that callers treat -EIO as an "
			       "error";
		break;
	case FL_TYPE_BOOL:
		tag = FL_TAG_TRUE;
		note = "TRUE is for functions that return true on failure; do not mark it if true "
		       "means success";
		break;
	case FL_TYPE_PTR:
		tag = FL_TAG_NULL;
		note = "NULL where callers test for NULL, ERRNO where they use IS_ERR(), ERRNO_NULL "
		       "where they do both";
		break;
	case FL_TYPE_UNKNOWN:
		tag = FL_TAG_ERRNO;
		note = "its type is unknown: ERRNO if it returns an int";
		break;
	default:
		because(v, FL_REASON_NO_ERROR_RETURN, false,
			"it returns neither an integer, a bool nor a pointer, so it cannot return "
			"an error");
		return;
	}
	snprintf(v->macro, sizeof(v->macro), "ALLOW_ERROR_INJECTION(%s, %s);", v->name,
		 fl_tag_name(tag));
	v->macro_tag = tag;
	snprintf(v->macro_note, sizeof(v->macro_note), "%s", note);
}

static void judge(struct trial *t)
{
	struct fl_verdict *v = t->v;

	if (t->symbols && !v->ncopies && !v->on_list && !v->in_btf) {
		judge_absent(t);
		/* a kernel that lets nothing fail may well have left it out */
		if (t->k->ops->list_state(t->k) == FL_LIST_NO_SUPPORT)
			judge_list(t);
		return;
	}
	/* BTF keeps functions whose symbols the compiler renamed */
	if (t->symbols && !v->ncopies && v->nvariants)
		judge_absent(t);
	else if (!t->symbols && !v->exists)
		because(v, FL_REASON_NO_SYMBOL, true,
			"neither the list nor the types of this kernel have it, and /proc/kallsyms "
			"is not readable");
	judge_list(t);
	judge_hook(t);
	if (v->on_list || v->is_hook)
		judge_copies(t);
	judge_traceable(t);
	if (!has_fatal(v))
		choose_backend(t);
	write_macro(t);
	v->injectable = !has_fatal(v) && v->backend != FL_BACKEND_AUTO;
}

int fl_verdict(struct fl_kernel *k, const struct fl_verdict_opts *opts, const char *module,
	       const char *name, struct fl_verdict *out)
{
	struct trial t = { .k = k, .opts = opts, .module = module, .v = out };
	int err;

	memset(out, 0, sizeof(*out));
	out->name = name;
	out->traceable = FL_UNSURE;
	out->is_hook = fl_is_hook(name);
	if (module && strcmp(module, "vmlinux") != 0)
		snprintf(out->module, sizeof(out->module), "%s", module);
	if (module && !k->ops->has_module(k, module)) {
		judge_unloaded(&t);
		return 0;
	}
	read_symbols(&t);
	err = look_up(&t);
	if (!err) {
		find_traceable(&t);
		judge(&t);
	}
	return err;
}

const char *fl_reason_name(enum fl_reason_id id)
{
	static const char *const names[] = {
		[FL_REASON_NOT_LISTED] = "not-listed",
		[FL_REASON_NO_SYMBOL] = "no-symbol",
		[FL_REASON_SUFFIX_ONLY] = "suffix-only",
		[FL_REASON_MODULE_NOT_LOADED] = "module-not-loaded",
		[FL_REASON_NO_MODULE] = "no-module",
		[FL_REASON_NOT_IN_MODULE] = "not-in-module",
		[FL_REASON_NO_INJECTION] = "no-error-injection",
		[FL_REASON_LIST_HIDDEN] = "list-hidden",
		[FL_REASON_NOT_IN_BTF] = "not-in-btf",
		[FL_REASON_DUPLICATE] = "duplicate",
		[FL_REASON_NOTRACE] = "notrace",
		[FL_REASON_NO_OVERRIDE] = "no-override",
		[FL_REASON_UNDONE] = "undone",
		[FL_REASON_FMOD_RET_REFUSED] = "fmod-ret-refused",
		[FL_REASON_NO_ERROR_RETURN] = "no-error-return",
		[FL_REASON_NOT_PERMITTED] = "not-permitted",
	};

	return names[id];
}
