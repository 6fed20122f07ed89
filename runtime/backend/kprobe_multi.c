/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kprobe_multi.c - one link for one program on many functions, by the kernel's fprobe. */
#include <errno.h>
#include <stdlib.h>

#include "ops.h"

/* Each function gets its number as cookie. */
static int attach(struct fl_attachment *a)
{
	size_t n = a->prog->nattaches;
	const char **names = malloc(n * sizeof(*names));
	__u64 *cookies = malloc(n * sizeof(*cookies));
	int err = -ENOMEM;

	for (size_t i = 0; names && cookies && i < n; i++) {
		names[i] = a->targets[i].func;
		cookies[i] = a->targets[i].cookie;
	}
	if (names && cookies) {
		LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = names, .cookies = cookies,
			    .cnt = n);

		a->link = bpf_program__attach_kprobe_multi_opts(a->bpf, NULL, &opts);
		err = a->link ? 0 : -errno;
	}
	free(names);
	free(cookies);
	return err;
}

/* Attached separately, some of the functions may use fmod_ret. */
static bool explain_load(struct fl_fault *fault, const struct fl_refused *r)
{
	if (!fl_kprobe_explain_load(fault, r))
		return false;
	fault->kind = FL_FAULT_REFUSED;
	return true;
}

const struct fl_backend_ops fl_kprobe_multi_ops = {
	.attach = attach,
	.explain_load = explain_load,
	.explain_attach = fl_explain_refusal,
};
