/* A field set in its cells: one per block, and one that says all are there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/cbor.h"
#include "fs/ingest/fieldset_in.h"

#define COMPLETE UINT32_MAX
#define CELLS_AT_ONCE 64 /* of one transaction */

static struct bytes cell_name(const struct fieldset *f, uint32_t nr,
			      uint8_t name[HASH_LEN + 4])
{
	memcpy(name, f->key, HASH_LEN);
	for (unsigned i = 0; i < 4; i++)
		name[HASH_LEN + i] = (uint8_t)(nr >> (24 - 8 * i));
	return bytes_of(name, HASH_LEN + 4);
}

bool fieldset_stands(const struct fieldset *f)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint8_t name[HASH_LEN + 4];

	return store_cell_get(f->store, "field-set",
			      cell_name(f, COMPLETE, name), &b) == 0;
}

static int write_some(const struct fieldset *f, uint32_t from, uint32_t to)
{
	uint8_t name[HASH_LEN + 4];
	int end, r = store_cells_begin(f->store);

	if (r != 0)
		return r;
	/* Blocks without cuts too: a cell that is missing later is damage. */
	for (uint32_t i = from; r == 0 && i < to; i++)
		r = store_cell_put(f->store, "field-set", cell_name(f, i, name),
				   buf_bytes(&f->blocks[i]));
	if (r == 0 && to == f->nblocks)
		r = store_cell_put(f->store, "field-set",
				   cell_name(f, COMPLETE, name),
				   bytes_str("1"));
	end = store_cells_end(f->store);
	return r != 0 ? r : end;
}

int fieldset_write(const struct fieldset *f)
{
	uint32_t from = 0, to;
	int r = 0;

	do {
		to = f->nblocks - from > CELLS_AT_ONCE ? from + CELLS_AT_ONCE
						       : f->nblocks;
		r = write_some(f, from, to);
		from = to;
	} while (r == 0 && from < f->nblocks);
	return r;
}

/* ---- reading ---- */

/* Both kinds in one row: how many there are of each. */
static void tally(struct bytes in, struct fieldset_part *out)
{
	struct cbor c = {.in = in};

	while (c.err == 0 && cbor_peek(&c) == CBOR_UINT) {
		(void)cbor_get_uint(&c);
		(void)cbor_get_uint(&c);
		if (cbor_peek(&c) == CBOR_UINT) {
			out->nplaces++;
			(void)cbor_get_uint(&c);
		} else {
			out->ncuts++;
			(void)cbor_get_bytes(&c);
		}
	}
}

static int decode(const struct fieldset *f, struct bytes in, struct arena *a,
		  struct fieldset_part *out)
{
	struct cbor c = {.in = in};
	struct cut *cut;
	struct place *place;
	int r = 0;

	tally(in, out);
	out->cuts = cut = arena_array(a, out->ncuts + 1, sizeof(*cut));
	out->places = place = arena_array(a, out->nplaces + 1, sizeof(*place));
	if (cut == NULL || place == NULL)
		return -ENOMEM;
	while (r == 0 && c.err == 0 && cbor_peek(&c) == CBOR_UINT) {
		uint64_t start = cbor_get_uint(&c), end = cbor_get_uint(&c);
		uint64_t want = 0;

		if (cbor_peek(&c) != CBOR_UINT) {
			*cut = (struct cut){.start = start, .end = end};
			r = arena_dup(a, cbor_get_bytes(&c), &(cut++)->lit);
			continue;
		}
		want = cbor_get_uint(&c);
		if (want >= f->nwants)
			return -EPROTO;
		*place = f->wants[want];
		place->start = start;
		(place++)->end = end;
	}
	return r == 0 ? cbor_end(&c) : r;
}

int fieldset_block(const struct fieldset *f, uint32_t nr, struct arena *a,
		   struct fieldset_part *out)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint8_t name[HASH_LEN + 4];
	int r;

	*out = (struct fieldset_part){0};
	if (nr >= f->nblocks)
		return 0;
	if (f->blocks != NULL)
		return decode(f, buf_bytes(&f->blocks[nr]), a, out);
	r = store_cell_get(f->store, "field-set", cell_name(f, nr, name), &b);
	if (r == -ENOENT)
		return -EIO; /* the set is complete: this is damage */
	return r == 0 ? decode(f, buf_bytes(&b), a, out) : r;
}
