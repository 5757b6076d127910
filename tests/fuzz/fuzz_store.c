/* Fuzzes store.yaml and the catalog's cells: one spelling for each thing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/hex.h"
#include "fs/store/config.h"
#include "fs/store/pad.h"
#include "fs/store/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* The input with its right checksum, which no fuzzer would find. */
static void config(struct bytes in)
{
	struct buf text = {0}, again = {0};
	char hex[2 * HASH_LEN + 1];
	uint8_t sum[HASH_LEN];
	struct config c;
	struct err e;

	hash_blake2b(sum, NULL, in);
	hex_encode(hex, bytes_of(sum, sizeof(sum)));
	must(buf_putb(&text, in) == 0);
	must(buf_printf(&text, "sum: %s\n", hex) == 0);
	if (config_parse(buf_bytes(&text), "x", &c, &e) == 0) {
		must(config_put(&again, &c) == 0);
		must(bytes_eq(buf_bytes(&text), buf_bytes(&again)));
	}
	buf_free(&text);
	buf_free(&again);
}

static void same(struct bytes in, struct buf *again)
{
	must(bytes_eq(in, buf_bytes(again)));
	buf_clear(again);
}

static void cells(struct bytes in)
{
	struct rows_content content;
	struct rows_version version;
	struct rows_entry entry;
	struct rows_spans spans;
	struct buf again = {0};

	if (rows_entry_get(in, &entry) == 0) {
		must(rows_entry_put(&again, &entry) == 0);
		same(in, &again);
	}
	if (rows_version_get(in, &version) == 0) {
		must(rows_version_put(&again, &version) == 0);
		same(in, &again);
	}
	if (rows_content_get(in, &content) == 0) {
		must(rows_content_put(&again, &content) == 0);
		same(in, &again);
		places_free(&content.at);
	}
	if (rows_spans_get(in, &spans) == 0) {
		must(rows_spans_put(&again, &spans) == 0);
		same(in, &again);
		places_free(&spans.at);
	}
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size), out;

	if (size == 0)
		return 0;
	config(in);
	cells(in);
	if (pad_strip(in, &out) == 0)
		must(pad_size(out.n) == size);
	return 0;
}
