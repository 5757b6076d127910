/* Fuzzes values in names: finding them in a path, and names as shown. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Up to the first newline the input is a path, the rest a file of text.
 * Promises: spans fit the path; every component is shown as one that can be:
 * not empty, no slash, not "." or ".."; a value that was replaced is not
 * copied.
 */
#include "policy/redact/detect.h"
#include "policy/redact/filename.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	(void)ctx, (void)nr, (void)k;
	return 0;
}

static void show(const struct index_summary *s, struct bytes path, size_t at,
		 size_t end)
{
	static const struct decision drop;
	static const struct standin none;
	CLEANUP(buf_free) struct buf b = {0};
	const struct filename_in in = {.name = bytes_sub(path, at, end - at),
				       .at = at,
				       .spans = s->names,
				       .nspans = s->nnames,
				       .decision = &drop,
				       .standin = &none};
	struct bytes name;

	if (filename_put(&in, in.name.n, &b) != 0)
		__builtin_trap();
	name = buf_bytes(&b);
	if (name.n == 0 || bytes_is(name, ".") || bytes_is(name, "..") ||
	    memchr(name.p, '/', name.n) != NULL || name.n > in.name.n + 1)
		__builtin_trap();
}

static int on_done(void *ctx, const struct index_head *h,
		   const struct index_summary *s)
{
	const struct bytes *path = ctx;

	(void)h;
	if (!s->named || !index_summary_fits(s, *path))
		__builtin_trap();
	for (size_t at = 0; at < path->n;) {
		const uint8_t *slash = memchr(path->p + at, '/', path->n - at);
		size_t end =
			slash == NULL ? path->n : (size_t)(slash - path->p);

		show(s, *path, at, end);
		at = end + 1;
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct file_rule rule = {.match = "**",
					      .format = FORMAT_TEXT};
	static const struct dataset_rules d = {
		.name = "d", .language = "en", .files = &rule, .nfiles = 1};
	const uint8_t *line = n == 0 ? NULL : memchr(data, '\n', n);
	size_t end = line == NULL ? n : (size_t)(line - data);
	struct bytes path = bytes_of(data, end);
	const struct source file = {
		.path = path, .data = bytes_sub(bytes_of(data, n), end + 1, n)};
	const struct detect_sink sink = {on_block, on_done, NULL, &path};
	struct recognizers *r = NULL;

	if (recognizers_new(&d, &r, NULL) != 0)
		__builtin_trap();
	if (detect_group(&d, r, &file, 1, &sink, NULL) != 0)
		__builtin_trap();
	recognizers_free(r);
	return 0;
}
