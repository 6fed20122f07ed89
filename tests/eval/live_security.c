/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * live_security.c - every feature of the language on kernels without error
 * injection, where security_* functions can still be made to fail: their
 * verifiers have to take what is emitted, and the rules have to hold.
 *
 * Each feature is a rule of its own, meant for one name of a directory: making
 * that directory fails with the errno that the rule has, when what it says is so.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live_main.h"

#define PLACE "/dev/fl-security"

static const char *const features[] = {
	"dentry->d_name.len == 3",
	"dentry->d_name.len in {1, 3} && dentry->d_name.len in 2..4",
	"(mode & 0o777) == 0o750",
	"str(dentry->d_name.name) like \"f[0-9][0-9]\"",
	"str(dentry->d_name.name) like \"f*\" && !(str(dentry->d_name.name) like \"*x\")",
	"str(((struct dentry *)arg1)->d_name.name) != \"other\"",
	"str(dentry->d_name.name) in {\"a\", \"b\"} || dentry->d_name.len == 3",
	"str(dir->i_sb->s_type->name) == \"devtmpfs\"",
	"str(dir->i_sb->s_type->name) == str(dir->i_sb->s_type->name)",
	"dir->i_sb->s_id != str(dentry->d_name.name)",
	"dir->i_sb->s_id == \"devtmpfs\"",
	"dir->i_sb->s_id like \"dev*fs\"",
	"dir->i_ino > 0 && dir->i_sb != NULL && dir != NULL",
	"*(u8 *)dentry->d_name.name == 102 && dentry->d_name.name[0] == 102",
	"!(ustr(dir) == \"x\")",
	"comm == \"eval-live\" && comm like \"eval*\" && comm in {\"x\", \"eval-live\"}",
	"pid == tid && ppid > 0 && uid == 0 && gid == 0",
	"cpu == 0 && node == 0 && cgroup > 0",
	"nsecs > 0 && elapsed >= 0 && elapsed < 1h",
	"!irq",
	"func == \"security_inode_mkdir\" && func like \"security_*\"",
	"caller(vfs_mkdir)",
	"within(vfs_mkdir) && !within(vfs_rmdir)",
	"within(vfs_* ) && caller(vfs_m*)",
	"within(vfs_mkdir if mode & 0o100)",
	"rand < 100 && random >= 0",
	"(dentry->d_name.len * 7 / 2 % 4 << 3 >> 2 | 1 ^ 2) > 0 && -dentry->d_name.len < 0",
	"(dir ? dentry->d_name.len : 0) == 3",
	"@mkdirs[str(dentry->d_name.name)] == 0 && @total >= 0 && @by[tid, comm] == 0",
	"$level == 3",
	"dir->i_mode & 0o40000 && (u16)dir->i_mode > 0",
	"cgroup(\"/\")",
};

/* Behind a condition that always holds. */
static const char *const endings[] = {
	"nth 1 return -%zu",
	"every 1 times 5 return -%zu",
	"after 0s for 1h return -%zu",
	"nth 1.. per tid return -%zu",
	"nth 1..9+2 per comm return -%zu",
	"nth 1 per str(dentry->d_name.name) return -%zu",
	"per dir->i_sb->s_id return -%zu",
	"{@total++; @by[tid, comm] += 2; @mkdirs[str(dentry->d_name.name)] = 1; return -%zu}",
	"{log \"%%s in %%s by %%s: %%d %%x %%p %%e\", str(dentry->d_name.name), dir->i_sb->s_id, comm, "
	"pid, mode, dir, -5; return -%zu}",
	"{stack; delay 20us; return -%zu}",
	"{delete @mkdirs[str(dentry->d_name.name)]; return -%zu}",
	"{signal SIGCONT; return -%zu}",
	"return -(mode & 0) - %zu",
	"return -%zu * ordinal",
	"return one of -%zu weight 3, -%1$zu",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NRULES (COUNT(features) + COUNT(endings))

/* The i'th rule; its errno is i + 30, its directory "fNN". */
static void write_rule(FILE *out, size_t i)
{
	size_t number = i + 30;

	fprintf(out, "on security_inode_mkdir if str(dentry->d_name.name) == \"f%02zu\" ", number);
	if (i < COUNT(features)) {
		fprintf(out, "&& (%s) return -%zu\n", features[i], number);
		return;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fprintf(out, endings[i - COUNT(features)], number);
#pragma GCC diagnostic pop
	fputs("\n", out);
}

static char *write_script(size_t first, size_t n)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	fputs("param level = 3\n", out);
	for (size_t i = first; i < first + n; i++)
		write_rule(out, i);
	/* what comes behind a return still sees calls that nothing ended */
	fputs("on exit security_inode_mkdir if retval < 0 && dentry->d_name.len == 3 {@failed++}\n",
	      out);
	fclose(out);
	return text;
}

static bool make(size_t i)
{
	char path[64];
	int err;

	snprintf(path, sizeof(path), PLACE "/f%02zu", i + 30);
	err = mkdir(path, 0750) ? errno : 0;
	if (!err)
		rmdir(path);
	if (err == (int)(i + 30))
		return true;
	printf("--- not ok: errno %d instead of %zu:\n", err, i + 30);
	write_rule(stdout, i);
	return false;
}

static size_t play(struct fl_kernel *k, size_t first, size_t n, enum fl_backend backend)
{
	const struct live_opts opts = { .backend = backend };
	char *text = write_script(first, n);
	size_t failed = 0;
	struct live l;

	if (live_open(&l, text, k, &opts)) {
		failed = n;
		printf("--- not ok: cannot be armed:\n%s", text);
	} else {
		for (size_t i = 0; i < l.obj->nrules; i++)
			live_enable(&l, i, true);
		for (size_t i = first; i < first + n; i++)
			failed += !make(i);
	}
	live_close(&l);
	free(text);
	return failed;
}

int live_security(struct fl_kernel *k, size_t most)
{
	size_t failed = 0;

	mkdir(PLACE, 0700);
	for (size_t i = 0; i < NRULES; i += most) {
		size_t n = NRULES - i < most ? NRULES - i : most;
		size_t bad = play(k, i, n, FL_BACKEND_AUTO);

		failed += bad;
		/* which of them is it? */
		for (size_t j = 0; bad == n && n > 1 && j < n; j++)
			play(k, i + j, 1, FL_BACKEND_AUTO);
	}
	printf("%zu rules, %zu failed\n", NRULES, failed);
	return failed != 0;
}
