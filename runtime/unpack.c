/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unpack.h"

#include <errno.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "file.h"

/* What is unpacked so far. */
struct sink {
	unsigned char *data;
	size_t len;
	size_t cap;
	size_t most;
};

/* Make room after @len, and one byte for the final NUL. */
static int grow(struct sink *s)
{
	size_t cap = s->cap ? s->cap * 2 : 1 << 16;
	unsigned char *bigger;

	if (s->len > s->most)
		return -EFBIG;
	bigger = realloc(s->data, cap + 1);
	if (!bigger)
		return -ENOMEM;
	s->data = bigger;
	s->cap = cap;
	return 0;
}

static int from_gzip(struct sink *s, const unsigned char *in, size_t len)
{
	z_stream z = { .next_in = (unsigned char *)in, .avail_in = (uInt)len };
	int err = 0, state = Z_OK;

	if (len > UINT32_MAX)
		return -EFBIG;
	if (inflateInit2(&z, 15 + 16) != Z_OK) /* the gzip format */
		return -ENOMEM;
	while (!err && state == Z_OK) {
		if (s->len == s->cap)
			err = grow(s);
		if (err)
			break;
		z.next_out = s->data + s->len;
		z.avail_out = (uInt)(s->cap - s->len);
		state = inflate(&z, Z_NO_FLUSH);
		s->len = s->cap - z.avail_out;
	}
	inflateEnd(&z);
	if (err)
		return err;
	return state == Z_STREAM_END ? 0 : -EBADMSG;
}

static int from_xz(struct sink *s, const unsigned char *in, size_t len)
{
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_ret state;
	int err = 0;

	if (lzma_stream_decoder(&z, (uint64_t)1 << 30, 0) != LZMA_OK)
		return -ENOMEM;
	z.next_in = in;
	z.avail_in = len;
	do {
		if (s->len == s->cap)
			err = grow(s);
		if (err)
			break;
		z.next_out = s->data + s->len;
		z.avail_out = s->cap - s->len;
		state = lzma_code(&z, LZMA_FINISH);
		s->len = s->cap - z.avail_out;
		if (state != LZMA_OK && state != LZMA_STREAM_END)
			err = -EBADMSG;
	} while (!err && state == LZMA_OK);
	lzma_end(&z);
	return err;
}

static int from_zstd(struct sink *s, const unsigned char *in, size_t len)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	ZSTD_inBuffer src = { in, len, 0 };
	size_t more = 1;
	int err = z ? 0 : -ENOMEM;

	while (!err && more) {
		ZSTD_outBuffer dst;
		size_t before = src.pos;

		if (s->len == s->cap)
			err = grow(s);
		if (err)
			break;
		dst = (ZSTD_outBuffer){ s->data, s->cap, s->len };
		more = ZSTD_decompressStream(z, &dst, &src);
		/* no step forward: it is cut off */
		if (ZSTD_isError(more) || (more && dst.pos == s->len && src.pos == before))
			err = -EBADMSG;
		s->len = dst.pos;
	}
	ZSTD_freeDCtx(z);
	return err;
}

int fl_unpack_file(const char *path, size_t most, unsigned char **data, size_t *len)
{
	static const struct {
		const char *magic;
		size_t len;
		int (*unpack)(struct sink *s, const unsigned char *in, size_t len);
	} formats[] = {
		{ "\x1f\x8b", 2, from_gzip },
		{ "\xfd"
		  "7zXZ",
		  6, from_xz }, /* with its NUL */
		{ "\x28\xb5\x2f\xfd", 4, from_zstd },
	};
	struct sink s = { .most = most };
	size_t packed_len;
	char *packed = fl_read_text(path, &packed_len);
	int err;

	*data = NULL;
	if (!packed)
		return -errno;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (packed_len < formats[i].len ||
		    memcmp(packed, formats[i].magic, formats[i].len) != 0)
			continue;
		err = formats[i].unpack(&s, (const unsigned char *)packed, packed_len);
		free(packed);
		if (!err && s.len > most)
			err = -EFBIG;
		if (err) {
			free(s.data);
			return err;
		}
		s.data[s.len] = '\0';
		*data = s.data;
		*len = s.len;
		return 0;
	}
	*data = (unsigned char *)packed;
	*len = packed_len;
	return 0;
}
