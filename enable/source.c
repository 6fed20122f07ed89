/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>

#include "make.h"

/* FNV-1a */
static uint32_t add_text(uint32_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * 0x01000193u;
	while (*text++);
	return hash;
}

const char *fl_module_name(struct fl_arena *a, const struct fl_enable_targets *targets)
{
	uint32_t hash = 0x811c9dc5u;

	for (size_t i = 0; i < targets->n; i++) {
		hash = add_text(hash, targets->list[i].function);
		hash = add_text(hash, fl_tag_name(targets->list[i].tag));
	}
	return fl_arena_printf(a, FL_ENABLE_PREFIX "%08x", (unsigned int)hash);
}

/*
 * Symbols get other names in C: some header may declare the function, or the
 * compiler know it. ALLOW_ERROR_INJECTION() would take the C name for the symbol's.
 */
static void put_target(const struct fl_enable_target *t, size_t i, FILE *out)
{
	fprintf(out,
		"\nextern char target_%zu[] __asm__(\"%s\");\n"
		"static struct error_injection_entry entry_%zu __used\n"
		"\t__section(\"_error_injection_whitelist\") = {\n"
		"\t.addr = (unsigned long)target_%zu, .etype = EI_ETYPE_%s,\n"
		"};\n"
		"MODULE_INFO(faultline_enable, \"%s:%s\");\n",
		i, t->function, i, i, fl_tag_name(t->tag), t->function, fl_tag_name(t->tag));
	/* MODULE_IMPORT_NS() takes a word before Linux 6.13, and a string since */
	if (*t->space)
		fprintf(out, "MODULE_INFO(import_ns, \"%s\");\n", t->space);
}

void fl_module_text(const struct fl_enable_targets *targets, FILE *out)
{
	fputs("// SPDX-License-Identifier: GPL-2.0-or-later\n"
	      "/* Written by faultline enable: these functions go on the list of injectable ones. */\n"
	      "#include <linux/error-injection.h>\n"
	      "#include <linux/module.h>\n",
	      out);
	for (size_t i = 0; i < targets->n; i++)
		put_target(&targets->list[i], i, out);
	fputs("\nMODULE_DESCRIPTION(\"puts functions on the list of injectable ones\");\n"
	      "MODULE_LICENSE(\"GPL\");\n",
	      out);
}
