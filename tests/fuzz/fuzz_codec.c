/* Fuzzes names of packed files and of the members of archives. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promises: what a member may be called is a path that leads nowhere else: no
 * component is empty, "." or "..", none is too long, none holds a zero byte;
 * what may be said may be said again, and is the same; a refused name leaves
 * nothing. What is left of a packed file's name is its name but for the ending.
 */
#include "policy/redact/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_path(struct bytes path)
{
	for (size_t at = 0, end; path.n > 0 && at <= path.n; at = end + 1) {
		const uint8_t *slash = memchr(path.p + at, '/', path.n - at);
		struct bytes name;

		end = slash == NULL ? path.n : (size_t)(slash - path.p);
		name = bytes_sub(path, at, end - at);
		if (name.n == 0 || name.n > 255 || bytes_is(name, ".") ||
		    bytes_is(name, "..") || memchr(name.p, 0, name.n) != NULL)
			__builtin_trap();
	}
	if (path.n > 1024)
		__builtin_trap();
}

static void check_member(struct bytes raw)
{
	CLEANUP(buf_free) struct buf b = {0}, again = {0};

	if (codec_member(raw, &b) != NULL) {
		if (b.n != 0)
			__builtin_trap();
		return;
	}
	check_path(buf_bytes(&b));
	if (b.n > raw.n || codec_member(buf_bytes(&b), &again) != NULL ||
	    !bytes_eq(buf_bytes(&b), buf_bytes(&again)))
		__builtin_trap();
}

static void check_name(struct bytes path)
{
	CLEANUP(buf_free) struct buf b = {0}, clean = {0};
	enum codec c = codec_of(path);
	size_t n;

	if (codec_name(path, c, &b) != 0)
		__builtin_trap();
	n = c == CODEC_SOUND ? b.n - 4 : b.n;
	if (n > path.n || memcmp(b.p, path.p, n) != 0 ||
	    (path.n > 0) != (n > 0))
		__builtin_trap();
	/* Of a path that may be, what is left may be. */
	if (codec_member(path, &clean) == NULL &&
	    bytes_eq(buf_bytes(&clean), path) && b.n <= 1024)
		check_path(buf_bytes(&b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check_member(bytes_of(data, n));
	if (n > 0)
		check_name(bytes_of(data, n));
	return 0;
}
