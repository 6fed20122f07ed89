/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are what an editor sends: each line is the body of a message, after
 * a first that opens a script; a line that begins with '!' is sent as it is,
 * without a header. The server answers and ends, whatever it was.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "facts.h"
#include "lsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char first[] =
	"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{}}";
static const char script[] =
	"{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{"
	"\"uri\":\"file:///a\",\"version\":1,\"text\":\"param rate = 3\\nlet s = {1, 2}\\n"
	"a: on security_file_open(f, g) if f->f_flags in s && rand < $rate { @x[tid]++ return "
	"-EPERM }\\nuse \\\"b\\\"\\nexpect a.injected > 0\"}}}";

static void put(FILE *out, const char *text, size_t len)
{
	if (len && *text == '!')
		fwrite(text + 1, 1, len - 1, out);
	else
		fprintf(out, "Content-Length: %zu\r\n\r\n%.*s", len, (int)len, text);
}

static void put_lines(FILE *out, const char *text, size_t size)
{
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t len = end ? (size_t)(end - text) : size;

		put(out, text, len);
		size -= len + (end != NULL);
		text += len + (end != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fl_kernel *kernel;
	static int null = -1;
	const char *root = getenv("FUZZ_ROOT");
	const struct fl_facts_opts facts = { .root = root ? root : "/nonexistent" };
	struct fl_lsp_opts opts = { .root = facts.root, .version = "fuzz" };
	char *text = strndup((const char *)data, size);
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	FILE *out = fdopen(dup(fd), "w");

	if (!kernel && fl_facts_open(&facts, &kernel))
		abort();
	if (null < 0)
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	put(out, first, sizeof(first) - 1);
	put(out, script, sizeof(script) - 1);
	put_lines(out, text, strlen(text));
	fclose(out);
	lseek(fd, 0, SEEK_SET);
	opts.kernel = kernel;
	opts.compile.sema.lenient = true;
	opts.in = fd;
	opts.out = null;
	fl_lsp_serve(&opts);
	close(fd);
	free(text);
	return 0;
}
