/* The one encoding of each sealed cell, and of manifest roots. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain bytes inside the sealed cells: maps with keys 0 to n-1, all of them
 * there, in that order. There is one encoding of each row, so a reader that
 * accepts anything else would accept what no carrel has written; a key out of
 * place is -EPROTO. New facts get new keys in a new format, not optional ones.
 *
 * The bindings beside them are the associated data of each cell, in the order
 * of doc/store-format.md. Everything that decides what a cell means is bound:
 * its table, its column and the whole of its row's key.
 */
#include "fs/store/rows.h"

#include <errno.h>

#include "base/cbor.h"

static int map(struct buf *b, uint64_t n)
{
	return cbor_put_map(b, n);
}

static int put_num(struct buf *b, uint64_t key, uint64_t v)
{
	int rc = cbor_put_uint(b, key);

	return rc == 0 ? cbor_put_uint(b, v) : rc;
}

static int put_mem(struct buf *b, uint64_t key, struct bytes v)
{
	int rc = cbor_put_uint(b, key);

	return rc == 0 ? cbor_put_bytes(b, v) : rc;
}

static void want(struct cbor *c, uint64_t key)
{
	if (cbor_get_uint(c) != key && c->err == 0)
		c->err = -EPROTO;
}

static uint64_t get_num(struct cbor *c, uint64_t key)
{
	want(c, key);
	return cbor_get_uint(c);
}

static struct bytes get_mem(struct cbor *c, uint64_t key, size_t n)
{
	struct bytes v;

	want(c, key);
	v = cbor_get_bytes(c);
	if (n != 0 && v.n != n && c->err == 0)
		c->err = -EPROTO;
	return v;
}

static struct cbor open_map(struct bytes in, uint64_t n)
{
	struct cbor c = {.in = in};

	if (cbor_get_map(&c) != n && c.err == 0)
		c.err = -EPROTO;
	return c;
}

/* ---- entry ---- */

int rows_entry_put(struct buf *b, const struct rows_entry *r)
{
	int rc = map(b, 6);

	if (rc == 0)
		rc = put_num(b, 0, r->size);
	if (rc == 0)
		rc = put_num(b, 1, r->blobs);
	if (rc == 0 && r->whole)
		rc = put_mem(b, 2, r->content);
	if (rc == 0)
		rc = put_mem(b, 3, r->stamp);
	if (rc == 0)
		rc = put_mem(b, 4, r->path);
	if (rc == 0)
		rc = put_mem(b, 5, r->summary);
	return rc == 0 && !r->whole ? put_mem(b, 6, r->content) : rc;
}

int rows_entry_get(struct bytes in, struct rows_entry *r)
{
	struct cbor c = open_map(in, 6);
	uint64_t blobs, key;

	r->size = get_num(&c, 0);
	blobs = get_num(&c, 1);
	r->blobs = (uint32_t)blobs;
	key = cbor_get_uint(&c);
	r->whole = key == 2;
	if (r->whole) {
		r->content = cbor_get_bytes(&c);
		key = cbor_get_uint(&c);
	}
	r->stamp = cbor_get_bytes(&c);
	if (key != 3 || r->stamp.n != HASH_LEN)
		return -EPROTO;
	r->path = get_mem(&c, 4, 0);
	r->summary = get_mem(&c, 5, 0);
	if (!r->whole)
		r->content = get_mem(&c, 6, HASH_LEN);
	if (r->content.n != HASH_LEN)
		return -EPROTO;
	return blobs > UINT32_MAX ? -EPROTO : cbor_end(&c);
}

/* ---- version ---- */

int rows_version_put(struct buf *b, const struct rows_version *r)
{
	int rc = map(b, 5);

	if (rc == 0)
		rc = cbor_put_uint(b, 0);
	if (rc == 0)
		rc = cbor_put_int(b, r->released_ns);
	if (rc == 0)
		rc = put_num(b, 1, r->objects);
	if (rc == 0)
		rc = put_mem(b, 2, r->root);
	if (rc == 0)
		rc = put_mem(b, 3, r->sig);
	return rc == 0 ? put_mem(b, 4, r->info) : rc;
}

int rows_version_get(struct bytes in, struct rows_version *r)
{
	struct cbor c = open_map(in, 5);

	want(&c, 0);
	r->released_ns = cbor_get_int(&c);
	r->objects = get_num(&c, 1);
	r->root = get_mem(&c, 2, HASH_LEN);
	r->sig = get_mem(&c, 3, SIGN_LEN);
	r->info = get_mem(&c, 4, 0);
	return cbor_end(&c);
}

/* ---- content, spans ---- */

int rows_content_put(struct buf *b, const struct rows_content *r)
{
	int rc = cbor_put_array(b, 3);

	if (rc == 0)
		rc = cbor_put_uint(b, r->size);
	return rc == 0 ? places_put(b, &r->at) : rc;
}

int rows_spans_put(struct buf *b, const struct rows_spans *r)
{
	int rc = cbor_put_array(b, 3);

	if (rc == 0)
		rc = cbor_put_bytes(b, bytes_of(r->salt, ROWS_SALT));
	return rc == 0 ? places_put(b, &r->at) : rc;
}

/* The places and the end; frees them on failure. */
static int places_rest(struct cbor *c, struct places *at)
{
	int rc = c->err != 0 ? c->err : places_get(c, at);

	if (rc == 0)
		rc = cbor_end(c);
	if (rc != 0)
		places_free(at);
	return rc;
}

int rows_content_get(struct bytes in, struct rows_content *r)
{
	struct cbor c = {.in = in};

	memset(r, 0, sizeof(*r));
	if (cbor_get_array(&c) != 3)
		return -EPROTO;
	r->size = cbor_get_uint(&c);
	return places_rest(&c, &r->at);
}

int rows_spans_get(struct bytes in, struct rows_spans *r)
{
	struct cbor c = {.in = in};
	struct bytes salt;

	memset(r, 0, sizeof(*r));
	if (cbor_get_array(&c) != 3)
		return -EPROTO;
	salt = cbor_get_bytes(&c);
	if (salt.n != ROWS_SALT)
		return -EPROTO;
	memcpy(r->salt, salt.p, ROWS_SALT);
	return places_rest(&c, &r->at);
}

/* ---- what they are bound to ---- */

void rows_bind_entry(struct ad *ad, const struct catalog_entry *e)
{
	ad_start(ad, "entry|cell");
	ad_put(ad, e->dataset, STORE_ID);
	ad_put(ad, e->id, STORE_ID);
	ad_u64(ad, e->first);
	ad_u64(ad, e->version);
	ad_u32(ad, e->spanset);
	ad_put(ad, e->leaf, CATALOG_HASH);
}

void rows_bind_content(struct ad *ad, const char *column, const uint8_t *id,
		       uint64_t version, const uint8_t *dataset)
{
	ad_start(ad, "content");
	ad_put(ad, column, strlen(column) + 1);
	ad_put(ad, id, STORE_ID);
	ad_u64(ad, version);
	ad_put(ad, dataset, STORE_ID);
}

void rows_bind_spans(struct ad *ad, const uint8_t *id, uint64_t version,
		     uint32_t spanset)
{
	ad_start(ad, "spans|cell");
	ad_put(ad, id, STORE_ID);
	ad_u64(ad, version);
	ad_u32(ad, spanset);
}

void rows_bind_dataset(struct ad *ad, const char *column, const uint8_t *id)
{
	ad_start(ad, "dataset");
	ad_put(ad, column, strlen(column) + 1);
	ad_put(ad, id, STORE_ID);
}

void rows_bind_version(struct ad *ad, const uint8_t *dataset, uint64_t v)
{
	ad_start(ad, "version|cell");
	ad_put(ad, dataset, STORE_ID);
	ad_u64(ad, v);
}

void rows_bind_key(struct ad *ad, enum catalog_key kind, struct bytes ref)
{
	ad_start(ad, "key|wrapped");
	ad_u32(ad, (uint32_t)kind);
	ad_put(ad, ref.p, ref.n);
}

/* ---- manifest root ---- */

void rows_leaf(uint8_t out[HASH_LEN], const uint8_t *id, uint64_t version,
	       uint32_t spanset, const struct rows_entry *r)
{
	uint8_t summary[HASH_LEN];
	struct ad m;

	hash_blake2b(summary, NULL, r->summary);
	ad_start(&m, "manifest leaf");
	ad_put(&m, id, STORE_ID);
	ad_u64(&m, version);
	ad_u32(&m, spanset);
	ad_u64(&m, r->size);
	ad_put(&m, r->content.p, r->content.n);
	ad_put(&m, summary, sizeof(summary));
	hash_blake2b(out, NULL, ad_bytes(&m));
}

void rows_root_start(struct rows_root *r, const uint8_t *store,
		     const uint8_t *dataset, uint64_t v)
{
	struct ad m;

	ad_start(&m, "manifest root");
	ad_put(&m, store, STORE_ID);
	ad_put(&m, dataset, STORE_ID);
	ad_u64(&m, v);
	hasher_blake2b(&r->h, NULL);
	hasher_add(&r->h, ad_bytes(&m));
	r->objects = 0;
}

void rows_root_add(struct rows_root *r, const uint8_t leaf[HASH_LEN])
{
	hasher_add(&r->h, bytes_of(leaf, HASH_LEN));
	r->objects++;
}

void rows_root_end(struct rows_root *r, uint8_t root[HASH_LEN])
{
	hasher_u64(&r->h, r->objects);
	hasher_end(&r->h, root);
}

void rows_signed(struct ad *ad, const uint8_t *store, const uint8_t *dataset,
		 uint64_t v, const struct rows_version *r)
{
	uint8_t info[HASH_LEN];

	hash_blake2b(info, NULL, r->info);
	ad_start(ad, "signed version");
	ad_put(ad, store, STORE_ID);
	ad_put(ad, dataset, STORE_ID);
	ad_u64(ad, v);
	ad_u64(ad, (uint64_t)r->released_ns);
	ad_u64(ad, r->objects);
	ad_put(ad, r->root.p, r->root.n);
	ad_put(ad, info, sizeof(info));
}
