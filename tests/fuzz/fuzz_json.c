/* Fuzzes the JSON scanner, the escapes and the writer against each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Units cover the string's inside; its text comes back from quoting. */
static void string_check(struct bytes raw)
{
	CLEANUP(buf_free) struct buf text = {0};
	CLEANUP(buf_free) struct buf quoted = {0};
	CLEANUP(buf_free) struct buf again = {0};
	size_t at = 0, n;
	uint32_t cp;

	while ((n = json_escape_unit(raw, at, &cp)) > 0)
		at += n;
	must(at == raw.n);
	must(json_unescape(&text, raw) == 0);
	must(utf8_valid(buf_bytes(&text)));
	must(json_quote(&quoted, buf_bytes(&text), 1) == 0);
	must(json_unescape(&again, buf_bytes(&quoted)) == 0);
	must(bytes_eq(buf_bytes(&text), buf_bytes(&again)));
}

/* Skipping over a value ends where scanning it token by token ends. */
static void skip_check(struct bytes in, uint64_t start, uint64_t end)
{
	struct json_token t;
	struct json_scan s;
	uint64_t skipped;

	json_start(&s, in, start);
	if (json_next(&s, &t) == JSON_END)
		return;
	must(json_skip(&s, &t, &skipped) == 0);
	must(skipped == end);
}

static enum json_kind scan(struct bytes in, uint64_t from, uint64_t *end)
{
	struct json_token t;
	struct json_scan s;
	uint64_t last = from;

	json_start(&s, in, from);
	for (;;) {
		enum json_kind k = json_next(&s, &t);

		must(t.start >= last && t.start <= t.end && t.end <= in.n);
		last = t.end;
		if (k == JSON_STRING || k == JSON_KEY)
			string_check(bytes_sub(in, t.start + 1,
					       t.end - t.start - 2));
		if (k != JSON_BAD && k != JSON_END)
			continue;
		must((k == JSON_BAD) == (s.why != NULL));
		must(json_next(&s, &t) == k);
		*end = t.start;
		return k;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	uint64_t at = 0, end = 0;

	/* Value after value, as JSONL has them. */
	while (scan(in, at, &end) == JSON_END && end > at && at < in.n) {
		skip_check(in, at, end);
		at = end;
	}
	return 0;
}
