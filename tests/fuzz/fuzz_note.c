/* Fuzzes notes, keys, checkpoints and tile paths: one spelling of each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fs/audit/note.h"
#include "fs/audit/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* What is taken as a vkey is written back the same. */
static void vkey(struct bytes in)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct note_key k;

	if (note_key_parse(in, &k) != 0)
		return;
	must(note_key_put(&b, &k) == 0);
	must(bytes_eq(buf_bytes(&b), in));
}

/* The same for a checkpoint's text. */
static void head(struct bytes in)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct note_head h;

	if (note_head_parse(in, &h) != 0)
		return;
	must(note_head_put(&b, &h) == 0);
	must(bytes_eq(buf_bytes(&b), in));
}

static void path(struct bytes in)
{
	char again[TILE_PATH];
	unsigned level, w;
	uint64_t n;

	if (tile_parse(in, &level, &n, &w) != 0)
		return;
	tile_path(again, level, n, w);
	must(bytes_is(in, again));
}

/* Nobody signed any of this: no line may verify. */
static void note(struct bytes in)
{
	static const uint8_t pub[SIGN_PUB] = {1};
	struct note n;
	struct note_key k;

	if (note_parse(in, &n) != 0)
		return;
	must(n.nsigs > 0 && n.text.n > 0);
	must(n.text.p[n.text.n - 1] == '\n');
	for (size_t i = 0; i < n.nsigs; i++) {
		must(note_name_ok(n.sigs[i].name));
		note_key_make(&k, n.sigs[i].name, pub);
		memcpy(k.id, n.sigs[i].id, sizeof(k.id));
		must(note_check(&n, &k) != 0);
	}
	head(n.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);

	note(in);
	vkey(in);
	head(in);
	path(in);
	return 0;
}
