/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

static char dir[64];

static int enter_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/fl-file-XXXXXX");
	return mkdtemp(dir) && !chdir(dir) ? 0 : -1;
}

/* With all that is in it; false when there was none. */
static int leave_dir(void **state)
{
	DIR *d = opendir(".");

	(void)state;
	for (struct dirent *e; d && (e = readdir(d));) {
		if (unlinkat(dirfd(d), e->d_name, 0))
			unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	if (d)
		closedir(d);
	return chdir("/") || rmdir(dir) ? -1 : 0;
}

static int replace(const char *path, const char *text)
{
	return fl_replace_file(path, 0666, text, strlen(text));
}

static void expect_text(const char *path, const char *text)
{
	char *got;
	size_t len;

	assert_int_equal(fl_read_file(path, 100, &got, &len), 0);
	assert_int_equal(len, strlen(text));
	assert_string_equal(got, text);
	free(got);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

/* Entries of the directory: what is written on the way must not stay. */
static int count_entries(void)
{
	DIR *d = opendir(".");
	int n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void test_new_file(void **state)
{
	mode_t before = umask(027);

	(void)state;
	assert_int_equal(replace("new", "text\n"), 0);
	umask(before);
	expect_text("new", "text\n");
	assert_int_equal(mode_of("new") & 07777, 0640);
	assert_int_equal(fl_replace_file("secret", 0600, "", 0), 0);
	assert_int_equal(mode_of("secret") & 07777, 0600);
	expect_text("secret", "");
	assert_int_equal(count_entries(), 2);
}

static void test_mode_and_owner(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(replace("tool", "old"), 0);
	assert_int_equal(chmod("tool", 04751), 0);
	assert_int_equal(replace("tool", "new"), 0);
	expect_text("tool", "new");
	assert_int_equal(mode_of("tool") & 07777, 04751);
	if (geteuid())
		return;
	assert_int_equal(chown("tool", 12, 34), 0);
	assert_int_equal(chmod("tool", 04600), 0);
	assert_int_equal(replace("tool", "newer"), 0);
	assert_int_equal(stat("tool", &st), 0);
	assert_int_equal(st.st_uid, 12);
	assert_int_equal(st.st_gid, 34);
	assert_int_equal(st.st_mode & 07777, 04600);
}

static void test_own_links(void **state)
{
	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	assert_int_equal(symlink("second", "first"), 0);
	assert_int_equal(symlink("sub/../file", "second"), 0);
	assert_int_equal(replace("first", "through"), 0);
	assert_true(S_ISLNK(mode_of("first")));
	assert_true(S_ISREG(mode_of("file")));
	expect_text("file", "through");
	assert_int_equal(symlink("b", "a"), 0);
	assert_int_equal(symlink("a", "b"), 0);
	assert_int_equal(replace("a", "in a circle"), -ELOOP);
}

/* What an attacker in /tmp does to root. */
static void test_links_of_others(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(replace("victim", "precious"), 0);
	assert_int_equal(symlink("victim", "trap"), 0);
	assert_int_equal(lchown("trap", 12, 34), 0);
	assert_int_equal(replace("trap", "overwritten"), -ELOOP);
	expect_text("victim", "precious");
	/* names that can be guessed are not used on the way */
	assert_int_equal(symlink("victim", "script.part"), 0);
	assert_int_equal(replace("script", "rules"), 0);
	expect_text("victim", "precious");
	expect_text("script", "rules");
	assert_int_equal(count_entries(), 4);
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(replace("sub", "x"), -EISDIR);
	assert_int_equal(replace("sub/", "x"), -EISDIR);
	assert_int_equal(replace(".", "x"), -EISDIR);
	assert_int_equal(replace("", "x"), -ENOENT);
	assert_int_equal(replace("pipe", "x"), -EINVAL);
	assert_int_equal(replace("nowhere/file", "x"), -ENOENT);
	assert_int_equal(replace("pipe/file", "x"), -ENOTDIR);
	assert_int_equal(count_entries(), 2);
	assert_string_equal(fl_file_error(-EISDIR), "it is a directory");
	assert_string_equal(fl_file_error(-ENOENT), strerror(ENOENT));
}

static void test_folders(void **state)
{
	(void)state;
	assert_int_equal(fl_make_folder("a/b/c"), 0);
	assert_int_equal(fl_make_folder("a/b/c"), 0);
	assert_int_equal(fl_make_folder("a/d/"), 0);
	assert_int_equal(replace("a/d/file", "x"), 0);
	assert_int_equal(fl_make_folder("a/d/file"), -ENOTDIR);
	assert_int_equal(fl_make_folder("a/d/file/more"), -ENOTDIR);
	assert_int_equal(fl_make_folder(""), -ENOENT);
	assert_int_equal(fl_make_folder("/"), 0);
	assert_int_equal(count_entries(), 1);
	assert_int_equal(unlink("a/d/file") | rmdir("a/d") | rmdir("a/b/c") | rmdir("a/b"), 0);
}

/* The old text survives when there is no room for the new one. */
static void test_no_room(void **state)
{
	const struct rlimit small = { 8, 8 };
	int status = -1;
	pid_t pid;

	(void)state;
	assert_int_equal(replace("file", "old"), 0);
	pid = fork();
	if (!pid) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		_exit(replace("file", "longer than eight bytes") == -EFBIG ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	expect_text("file", "old");
	assert_int_equal(count_entries(), 1);
}

static void test_limit(void **state)
{
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(replace("file", "0123456789"), 0);
	assert_int_equal(fl_read_file("file", 10, &text, &len), 0);
	assert_int_equal(len, 10);
	free(text);
	assert_int_equal(fl_read_file("file", 4, &text, &len), 0);
	assert_true(len > 4);
	free(text);
	assert_int_equal(fl_read_file("nothing", 4, &text, &len), -ENOENT);
	assert_null(text);
	assert_int_equal(fl_read_file(".", 4, &text, &len), -EISDIR);
	assert_null(text);
}

/* More than a socket takes at once, in both directions. */
static void test_sockets(void **state)
{
	static char out[1 << 20], in[sizeof(out)];
	int fds[2], status = -1;
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 7);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		_exit(fl_write_all(fds[1], out, sizeof(out)) ? 1 : 0);
	}
	close(fds[1]);
	assert_int_equal(fl_read_all(fds[0], in, sizeof(in)), 0);
	assert_memory_equal(in, out, sizeof(in));
	assert_int_equal(fl_read_all(fds[0], in, 1), -EPIPE);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* and no SIGPIPE */
	assert_int_equal(fl_write_all(fds[0], out, 1), -EPIPE);
	close(fds[0]);
	assert_int_equal(fl_write_all(fds[0], out, 1), -EBADF);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, enter_dir, leave_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(test_new_file),		IN_DIR(test_mode_and_owner),
		IN_DIR(test_own_links),		IN_DIR(test_links_of_others),
		IN_DIR(test_refused),		IN_DIR(test_no_room),
		IN_DIR(test_folders),		IN_DIR(test_limit),
		cmocka_unit_test(test_sockets),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
