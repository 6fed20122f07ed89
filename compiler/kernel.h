/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - what the compiler asks about a kernel.
 *
 * The compiler has no access to a kernel. Its caller passes a struct fl_kernel,
 * a table of questions; runtime/ answers them from a live kernel (or from a
 * copy of its files below another root). Answers are facts only: sema.c and
 * plan.c draw the conclusions.
 *
 * Strings that an answer points to belong to the struct fl_kernel and live as
 * long as it does. Functions return 0 or -errno; -ENOENT is the ordinary "no".
 */
#ifndef FL_KERNEL_H
#define FL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "backend.h"

#include "names.h"

/* One type of one BTF object; 0 is void. Opaque outside of the answerer. */
typedef uint64_t fl_type_id;

/* A type with typedefs and qualifiers taken off. */
struct fl_type {
	enum fl_type_kind kind;
	uint32_t size;	  /* bytes; 0 where it has none */
	bool is_signed;	  /* INT and ENUM */
	const char *name; /* tag or name; "" where it has none */
	fl_type_id id;
	fl_type_id target; /* PTR: pointee, ARRAY: element */
	uint32_t nelems;   /* ARRAY */
	bool is_wide;	   /* aligned to 16 bytes, for a __int128 in it */
};

struct fl_member {
	const char *name;
	uint32_t bit_offset; /* from the start of the outermost type asked */
	uint32_t bit_size;   /* of a bit-field, otherwise 0 */
	struct fl_type type;
};

#define FL_MAX_PARAMS 12 /* MAX_BPF_FUNC_ARGS in include/linux/bpf.h */

struct fl_param {
	const char *name; /* "" where the prototype names none */
	struct fl_type type;
};

/* What is known about one function. */
struct fl_func {
	const char *name;
	const char *module; /* NULL: vmlinux itself */
	enum fl_tag tag;    /* from the injectable list */
	bool tag_guessed;   /* the list only has the name: tag is derived from the return type */
	bool in_btf;	    /* the fields below are known */
	uint32_t btf_id;    /* the FUNC's id inside its BTF object */
	bool variadic;
	/* Why BPF's trampolines (fmod_ret, fentry, fexit) cannot be on one in BTF; NONE: they can. */
	enum fl_why no_trampoline;
	unsigned int nparams;
	struct fl_param params[FL_MAX_PARAMS];
	struct fl_type ret;
};

/* What is attached to a function now, by us or by others. */
struct fl_attached {
	const char *func;
	const char *module; /* NULL: vmlinux itself */
	bool probe;	    /* gets its registers, and may return in its place */
	bool trampoline;    /* BPF's: fentry, fexit or fmod_ret */
};

/* Addresses from start up to, but not including, end. */
struct fl_range {
	uint64_t start;
	uint64_t end;
};

/* How complete the answers about injectable functions are. */
enum fl_list_state {
	FL_LIST_KNOWN,	    /* the list was read: absence means no */
	FL_LIST_NO_SUPPORT, /* this kernel has no function error injection */
	FL_LIST_HIDDEN,	    /* there may be a list, but no permission to read it */
};

#define FL_BUILD_ID 65 /* characters of one, the NUL included */

struct fl_kernel;

struct fl_kernel_ops {
	/*
	 * Find a function by name, in @module where that is not NULL
	 * ("vmlinux" for the kernel proper). -ENOENT: neither on the
	 * injectable list nor in BTF. -ENOTUNIQ: @module is NULL and several
	 * modules have one on the list; @out then describes the first.
	 */
	int (*find_func)(struct fl_kernel *k, const char *module, const char *name,
			 struct fl_func *out);

	/*
	 * Call @fn for every function on the injectable list, in the list's
	 * order, until it returns non-zero, which is then returned.
	 */
	int (*each_injectable)(struct fl_kernel *k,
			       int (*fn)(const char *name, const char *module, enum fl_tag tag,
					 void *arg),
			       void *arg);

	/*
	 * Call @fn for every function of vmlinux's BTF whose name starts with
	 * @prefix, likewise. Slow: for messages.
	 */
	int (*each_function)(struct fl_kernel *k, const char *prefix,
			     int (*fn)(const char *name, const char *module, enum fl_tag tag,
				       void *arg),
			     void *arg);

	/*
	 * Call @fn for every function that ftrace can trace, by the kernel's
	 * own list, likewise; @tag is NONE. A name may come more than once.
	 * -errno when the list cannot be read, -ENOENT without tracefs.
	 */
	int (*each_traceable)(struct fl_kernel *k,
			      int (*fn)(const char *name, const char *module, enum fl_tag tag,
					void *arg),
			      void *arg);

	/*
	 * Call @fn for every function that has something attached now,
	 * likewise. Unlike other answers this one changes from call to call.
	 * -errno when the kernel does not show it.
	 */
	int (*each_attached)(struct fl_kernel *k, int (*fn)(const struct fl_attached *a, void *arg),
			     void *arg);

	/*
	 * Call @fn for the injectable functions that a function calls, or with @callers
	 * that call it, directly or at a @distance of more calls; nearest first, likewise.
	 * Slow: for messages. -ENODATA when the kernel's code cannot be read.
	 */
	int (*each_neighbour)(struct fl_kernel *k, const char *module, const char *name,
			      bool callers,
			      int (*fn)(const char *name, const char *module, unsigned int distance,
					void *arg),
			      void *arg);

	/*
	 * The C prototype of a function of @module (NULL or "vmlinux": of the
	 * kernel proper), cut off at @size. -ENOENT: not in BTF; -E2BIG:
	 * truncated.
	 */
	int (*prototype)(struct fl_kernel *k, const char *module, const char *name, char *out,
			 size_t size);

	/*
	 * Addresses of the functions that match the glob @name, in @module
	 * where that is not NULL: sorted, neighbours joined. -ENOENT: none.
	 * -EACCES: there are, and the kernel hides their addresses. -ENODATA:
	 * its symbols cannot be read.
	 */
	int (*ranges)(struct fl_kernel *k, const char *module, const char *name,
		      const struct fl_range **out, size_t *n);

	/* The address of one symbol of vmlinux's, data or function. -ENOENT, -EACCES. */
	int (*address)(struct fl_kernel *k, const char *name, uint64_t *out);

	enum fl_list_state (*list_state)(struct fl_kernel *k);

	/*
	 * One lower-case clause without a full stop that says why the list is
	 * not known ("debugfs is not mounted at ..."); "" when it is.
	 */
	const char *(*list_problem)(struct fl_kernel *k);

	/* The same for the kernel's BTF: "" when it can be read. */
	const char *(*btf_problem)(struct fl_kernel *k);

	/* Describe a type; -ENOENT for an id that does not exist. */
	int (*type)(struct fl_kernel *k, fl_type_id id, struct fl_type *out);

	/*
	 * Find a member of a struct or union, looking into anonymous members;
	 * @out->bit_offset counts from the start of @id.
	 */
	int (*member)(struct fl_kernel *k, fl_type_id id, const char *name, struct fl_member *out);

	/* Call @fn for every named member, anonymous ones opened up. */
	int (*each_member)(struct fl_kernel *k, fl_type_id id,
			   int (*fn)(const struct fl_member *m, void *arg), void *arg);

	/*
	 * Find a type by kind and name: (FL_TYPE_STRUCT, "bio"); UNKNOWN is a
	 * typedef. In @module first where that is not NULL, then in vmlinux.
	 */
	int (*find_type)(struct fl_kernel *k, const char *module, enum fl_type_kind kind,
			 const char *name, struct fl_type *out);

	/* Find a constant of an enum by its name, likewise. */
	int (*find_enumerator)(struct fl_kernel *k, const char *module, const char *name,
			       int64_t *out);

	/* Whether a module of that name is loaded, or built in with a name. */
	bool (*has_module)(struct fl_kernel *k, const char *name);

	/*
	 * The setting CONFIG_@name: "y", "m", a number or string; NULL when it
	 * is not set. *known is false where the configuration cannot be read.
	 */
	const char *(*config)(struct fl_kernel *k, const char *name, bool *known);

	/*
	 * The build ID of the kernel proper, or of @module
	 * where that is not NULL, in hexadecimal. -ENOENT: it has none, or the
	 * kernel does not show it.
	 */
	int (*build_id)(struct fl_kernel *k, const char *module, char out[FL_BUILD_ID]);

	/* Id and depth below the root of a control group (version 2). -ENOENT. */
	int (*cgroup)(struct fl_kernel *k, const char *path, uint64_t *id, unsigned int *level);
};

/* The head of an answerer's own structure. */
struct fl_kernel {
	const struct fl_kernel_ops *ops;
	const char *release; /* as in uname -r, "" when unknown */
	const char *arch;    /* as in uname -m: "x86_64" */
	unsigned int ncpus;  /* possible CPUs, at least 1 */
	/* An answer did not find enough memory: none since then is to be believed. */
	bool out_of_memory;
};

#define FL_SECURITY "security_" /* what these hooks return is fmod_ret's to change, on no list */

static inline bool fl_is_hook(const char *func)
{
	return !strncmp(func, FL_SECURITY, sizeof(FL_SECURITY) - 1);
}

#endif /* FL_KERNEL_H */
