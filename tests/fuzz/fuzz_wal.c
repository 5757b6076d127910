/* Fuzzes WAL frames, entry bundles, entries and events inside them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fs/audit/entry.h"
#include "fs/audit/tile.h"
#include "fs/audit/wal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[16];

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Whatever is a plain entry of known fields has one encoding. */
static void entry(struct bytes raw)
{
	CLEANUP(buf_free) struct buf json = {0};
	struct json_out o;
	struct entry en;

	if (entry_parse(raw, &en) != 0)
		return;
	if (en.sealed) {
		must(en.head.n + en.text.n < raw.n);
		return;
	}
	json_open(&o, &json);
	event_json(&en.event, &o);
	must(o.err == 0);
}

static void body(struct bytes in)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct event e, again;

	if (event_unbody(in, &e) != 0)
		return;
	must(event_body(&e, &b) == 0);
	must(b.n <= in.n); /* unknown fields were skipped */
	must(event_unbody(buf_bytes(&b), &again) == 0);
	must(again.kind == e.kind && again.present == e.present);
}

static void bundle(struct bytes in)
{
	struct bytes raw;
	size_t at = 0;

	while (tile_entry(in, &at, &raw) == 1)
		entry(raw);
	must(at <= in.n);
}

/* As found, and as it would be with the right checksum. */
static void frame(struct bytes in)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct wal_header h;
	struct wal_frame f;

	if (in.n >= WAL_HEADER)
		(void)!wal_header_get(in, &h);
	must(wal_frame_get(in, key, &f) != 0 || f.n <= in.n);
	f = (struct wal_frame){.seq = 3, .synced = 2, .entry = in};
	if (wal_frame_put(&b, key, &f) != 0)
		return;
	must(wal_frame_get(buf_bytes(&b), key, &f) == 0);
	must(bytes_eq(f.entry, in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);

	frame(in);
	bundle(in);
	entry(in);
	body(in);
	return 0;
}
