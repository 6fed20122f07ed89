/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fix_hint.c - from a diagnosis to lines for a shell: what helps at once, then a
 * kernel that has the missing options, as each distribution builds and installs
 * one.
 */
#include "fix_hint.h"

#include <stdbool.h>
#include <string.h>

#define STABLE "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git"
/* the branch of the running kernel's version, without its history */
#define CLONE \
	"git clone --depth 1 -b \"linux-$(uname -r | cut -d. -f1,2).y\" " STABLE "\ncd linux\n"
/* certificates of the distribution's own build */
#define NO_KEYS \
	"scripts/config --set-str SYSTEM_TRUSTED_KEYS '' --set-str SYSTEM_REVOCATION_KEYS ''\n"

static const struct way {
	const char *title;
	const char *before; /* to a source tree with .config in it */
	const char *merge;  /* before the fragment's path */
	const char *after;
} ways[] = {
	{ "Debian",
	  "sudo apt install linux-source build-essential bc bison flex libelf-dev libdw-dev \\\n"
	  "	libssl-dev dwarves rsync kmod cpio debhelper python3\n"
	  "tar -xf \"$(ls /usr/src/linux-source-*.tar.* | sort -V | tail -n 1)\"\n"
	  "cd linux-source-*/\n"
	  "cp \"/boot/config-$(uname -r)\" .config\n" NO_KEYS,
	  "scripts/kconfig/merge_config.sh .config ",
	  "make -j\"$(nproc)\" LOCALVERSION=-faultline bindeb-pkg\n"
	  "sudo apt install ../linux-image-*-faultline_*.deb\n" },
	{ "Fedora",
	  "sudo dnf install git gcc make bc bison flex elfutils-devel openssl openssl-devel \\\n"
	  "	dwarves rpm-build rsync perl python3 kmod\n" CLONE
	  "cp \"/boot/config-$(uname -r)\" .config\n" NO_KEYS,
	  "scripts/kconfig/merge_config.sh .config ",
	  "make -j\"$(nproc)\" LOCALVERSION=-faultline binrpm-pkg\n"
	  "sudo dnf install rpmbuild/RPMS/*/kernel-[0-9]*faultline*.rpm\n" },
	{ "Arch Linux, from Linux 6.11 on",
	  "sudo pacman -S --needed git base-devel bc cpio pahole python\n" CLONE
	  "zcat /proc/config.gz >.config\n",
	  "scripts/kconfig/merge_config.sh .config ",
	  "make -j\"$(nproc)\" LOCALVERSION=-faultline pacman-pkg\n"
	  "sudo pacman -U linux-upstream-[0-9]*.pkg.tar.zst\n" },
	{ "a kernel that you build yourself, in its source tree", "",
	  "scripts/kconfig/merge_config.sh .config ",
	  "make -j\"$(nproc)\"\n"
	  "sudo make modules_install install\n" },
	{ "a virtual machine, by virtme-ng, in a source tree", "", "vng --build --force --config ",
	  "vng -- faultline doctor\n" },
};

/* Commands that other checks have named, too, come once. */
static bool is_first(const struct fl_diagnosis *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (d->checks[i].kind == d->checks[n].kind &&
		    !strcmp(d->checks[i].remedy, d->checks[n].remedy))
			return false;
	}
	return true;
}

/* Of one kind, each line after @prefix. */
static bool put_remedies(FILE *out, const struct fl_diagnosis *d, enum fl_remedy_kind kind,
			 const char *title, const char *prefix)
{
	bool any = false;

	for (size_t i = 0; i < d->nchecks; i++) {
		if (d->checks[i].kind != kind || !is_first(d, i))
			continue;
		if (!any)
			fprintf(out, "# %s\n", title);
		fprintf(out, "%s%s\n", prefix, d->checks[i].remedy);
		any = true;
	}
	if (any)
		fputc('\n', out);
	return any;
}

static bool has_word(const char *list, const char *word, size_t len)
{
	while (*list) {
		size_t n = strcspn(list, " ");

		if (n == len && !strncmp(list, word, len))
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

/* The missing options of all checks, each once. */
static bool put_options(FILE *out, const struct fl_diagnosis *d)
{
	bool any = false;

	for (size_t i = 0; i < d->nchecks; i++) {
		for (const char *p = d->checks[i].missing; *p;) {
			size_t len = strcspn(p, " ");
			bool seen = false;

			for (size_t j = 0; j < i && !seen; j++)
				seen = has_word(d->checks[j].missing, p, len);
			if (!any)
				fputs("# a kernel with these options, which this one lacks:\n",
				      out);
			if (!seen)
				fprintf(out, "#	%.*s\n", (int)len, p);
			any = true;
			p += len + (p[len] == ' ');
		}
	}
	return any;
}

void fl_fix_hint(FILE *out, const struct fl_diagnosis *d, const char *fragment)
{
	bool any = put_remedies(out, d, FL_REMEDY_COMMAND, "now, until the next boot", "sudo ");

	any |= put_remedies(out, d, FL_REMEDY_RIGHTS, "rights", "# ");
	if (!put_options(out, d)) {
		if (!any)
			fputs("# nothing is missing\n", out);
		return;
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		fprintf(out, "\n# %s\n%s%s%s\n%s", ways[i].title, ways[i].before, ways[i].merge,
			fragment, ways[i].after);
}
