/* Files of which something was erased, known again when they come unchanged. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever asks for a record or a value to go does not want the next ingest of
 * the same folder to bring it back. Stamps alone do not see to that: they
 * change with the manifest, the recognizers and the other files of a group. So
 * a cell by object keeps the digest of the file as it was, [digest, gone,
 * version that has the rest]; what comes with this digest is not taken. A file
 * that was changed is a new one. A digest of what is gone could confirm a guess
 * at it; it is sealed, and the stamps of objects are no less.
 *
 * The cell is written before the version is current. Where that never happens
 * the object is as long as the file, or still there, and the cell says nothing.
 */
#include "fs/ingest/source.h"

#include <errno.h>

#include "base/cbor.h"

#define CELL "source"
#define PART (1u << 20)

struct mark {
	uint8_t hash[HASH_LEN];
	bool gone;
	uint64_t version;
};

static int mark_get(struct store *s, const uint8_t *id, struct mark *m)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = store_cell_get(s, CELL, bytes_of(id, STORE_ID), &b);
	struct cbor c = {.in = buf_bytes(&b)};
	struct bytes hash;

	if (rc != 0)
		return rc;
	if (cbor_get_array(&c) != 3)
		return -EUCLEAN;
	hash = cbor_get_bytes(&c);
	m->gone = cbor_get_bool(&c);
	m->version = cbor_get_uint(&c);
	if (cbor_end(&c) != 0 || hash.n != HASH_LEN)
		return -EUCLEAN;
	memcpy(m->hash, hash.p, HASH_LEN);
	return 0;
}

static int mark_set(struct store *s, const uint8_t *id, const struct mark *m)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = cbor_put_array(&b, 3);

	if (rc == 0)
		rc = cbor_put_bytes(&b, bytes_of(m->hash, HASH_LEN));
	if (rc == 0)
		rc = cbor_put_bool(&b, m->gone);
	if (rc == 0)
		rc = cbor_put_uint(&b, m->version);
	return rc == 0 ? store_cell_put(s, CELL, bytes_of(id, STORE_ID),
					buf_bytes(&b))
		       : rc;
}

static int hash_content(struct store *s, const struct store_entry *of,
			uint8_t hash[HASH_LEN])
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	struct store_object *o = NULL;
	struct hasher h;
	int rc = store_object_open(s, of->id, of->version, of->spanset, &o,
				   NULL);

	hasher_blake2b(&h, NULL);
	if (rc == 0)
		rc = buf_reserve(&b, PART);
	for (uint64_t at = 0; rc == 0 && at < of->size; at += b.n) {
		b.n = of->size - at < PART ? (size_t)(of->size - at) : PART;
		rc = store_object_read(o, at, b.p, b.n);
		hasher_add(&h, buf_bytes(&b));
	}
	hasher_end(&h, hash);
	store_object_close(o);
	return rc;
}

/* Erased before, its content is less than the file was: that is known. */
int source_put(struct store *s, const struct store_entry *of, uint64_t coming,
	       bool gone)
{
	struct mark m;
	int rc = mark_get(s, of->id, &m);

	if (rc == -ENOENT || (rc == 0 && of->version > m.version))
		rc = hash_content(s, of, m.hash);
	m.gone = gone;
	m.version = coming;
	return rc == 0 ? mark_set(s, of->id, &m) : rc;
}

enum source_state source_state(struct store_ingest *i, struct store *s,
			       struct bytes path, uint64_t size,
			       const uint8_t hash[HASH_LEN],
			       struct store_entry *stood)
{
	bool live = store_ingest_has(i, path, NULL, stood);
	struct mark m;

	if (mark_get(s, stood->id, &m) != 0 ||
	    memcmp(m.hash, hash, HASH_LEN) != 0)
		return SOURCE_NEW;
	if (live)
		return stood->size < size ? SOURCE_PART : SOURCE_NEW;
	return m.gone ? SOURCE_GONE : SOURCE_NEW;
}

static int one(void *ctx, struct bytes value)
{
	(void)value;
	*(bool *)ctx = true;
	return 1;
}

bool source_any(struct store *s)
{
	bool any = false;

	(void)!store_cell_each(s, CELL, one, &any);
	return any;
}
