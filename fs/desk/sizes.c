/* View indexes that were built before, kept as sealed cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/sizes.h"

#include <errno.h>

#include "base/cbor.h"
#include "base/hash.h"
#include "base/mem.h"

/*
 * Cells of kind "view-index", of two sorts:
 *
 *   one per object of BIG blocks or more, so that a data set that grows does
 *   not have its large files measured again;
 *   one per data set and seat with the indexes of all its visible objects, or
 *   of MOST of them, so that ten thousand small files are one cell and not ten
 *   thousand, and a million do not lie in memory at once.
 *
 * Beside the marks it keeps which records are visible, a bit each.
 *
 * A cell's name is a digest of everything the index depends on (desk_digest),
 * so a stale one is never found: nothing is ever invalidated.
 */
#define KIND "view-index"
#define BIG 8
#define MOST 16384 /* objects of one cell */

static int name_object(const struct desk *d, const struct desk_object *o,
		       uint8_t name[HASH_LEN])
{
	struct hasher h;
	int rc;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("view-index/3 object"));
	rc = desk_digest(d, o, &h);
	hasher_end(&h, name);
	return rc;
}

/* Objects of one data set stand together: those of one cell. */
static uint32_t set_end(const struct desk *d, uint32_t i)
{
	uint32_t set = d->objects[i].set, first = i;

	while (i < d->nobjects && d->objects[i].set == set && i - first < MOST)
		i++;
	return i;
}

static int name_set(const struct desk *d, uint32_t first, uint32_t end,
		    uint8_t name[HASH_LEN])
{
	struct hasher h;
	int rc = 0;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("view-index/3 set"));
	for (uint32_t i = first; rc == 0 && i < end; i++) {
		uint8_t one[HASH_LEN];

		if (!desk_measures(d, &d->objects[i]))
			continue;
		rc = name_object(d, &d->objects[i], one);
		hasher_add(&h, bytes_of(one, sizeof(one)));
	}
	hasher_end(&h, name);
	return rc;
}

/* How many of them have an index in this cell. */
static uint32_t count(const struct desk *d, uint32_t first, uint32_t end)
{
	uint32_t n = 0;

	for (uint32_t i = first; i < end; i++)
		n += desk_measures(d, &d->objects[i]);
	return n;
}

static int put_object(struct buf *b, const struct desk_object *o)
{
	struct view_mark small[2];
	const struct view_index x = {.size = o->view_size,
				     .visible = o->visible,
				     .nblocks = o->of->nblocks,
				     .marks = desk_marks(o, small)};
	struct buf CLEANUP(buf_free) one = {0};
	uint64_t nbits = o->bits == NULL ? 0 : o->of->nblocks;
	int rc = view_index_put(&one, &x);

	if (rc == 0)
		rc = cbor_put_bytes(b, buf_bytes(&one));
	if (rc == 0)
		rc = cbor_put_array(b, nbits);
	for (uint64_t i = 0; rc == 0 && i < nbits; i++)
		rc = cbor_put_bytes(b, o->bits[i]);
	return rc;
}

struct view_mark *desk_marks(const struct desk_object *o,
			     struct view_mark small[2])
{
	if (o->many)
		return o->marks;
	small[0] = (struct view_mark){.offset = o->prefix};
	small[1] = (struct view_mark){.offset = o->view_size - o->suffix,
				      .before = o->visible};
	return small;
}

int desk_marks_keep(struct desk *d, struct desk_object *o,
		    const struct view_mark *m)
{
	uint32_t n = o->of->nblocks;
	uint64_t suffix = o->view_size - m[n].offset;

	o->measured = true;
	if (n <= 1 && m[0].offset <= UINT32_MAX && suffix <= UINT32_MAX) {
		o->prefix = (uint32_t)m[0].offset;
		o->suffix = (uint32_t)suffix;
		return 0;
	}
	o->marks = arena_array(d->arena, n + (size_t)1, sizeof(*m));
	if (o->marks == NULL)
		return -ENOMEM;
	o->many = true;
	memcpy(o->marks, m, (n + (size_t)1) * sizeof(*m));
	return 0;
}

static int get_bits(struct desk *d, struct cbor *c, struct desk_object *o)
{
	uint64_t n = cbor_get_array(c);
	struct bytes *bits;
	int rc = 0;

	if (n == 0)
		return 0;
	if (n != o->of->nblocks || o->whole)
		return -EPROTO;
	bits = arena_array(d->arena, n, sizeof(*bits));
	if (bits == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; rc == 0 && i < n; i++)
		rc = arena_dup(d->arena, cbor_get_bytes(c), &bits[i]);
	if (rc == 0)
		o->bits = bits;
	return rc;
}

/* -EPROTO: not an index of this object. */
static int get_object(struct desk *d, struct cbor *c, struct desk_object *o)
{
	CLEANUP(view_index_free) struct view_index x = {0};
	int rc = view_index_get(cbor_get_bytes(c), &x, NULL);

	if (rc != 0)
		return rc;
	if (x.nblocks != o->of->nblocks)
		return -EPROTO;
	o->view_size = x.size;
	o->visible = x.visible;
	rc = desk_marks_keep(d, o, x.marks);
	return rc == 0 ? get_bits(d, c, o) : rc;
}

/* ---- loading ---- */

static int get_cell(struct desk *d, const uint8_t name[HASH_LEN], struct buf *b)
{
	return store_cell_get(d->store, KIND, bytes_of(name, HASH_LEN), b);
}

static int parse_set(struct desk *d, uint32_t first, uint32_t end,
		     struct bytes in)
{
	struct cbor c = {.in = in};
	int rc = cbor_get_array(&c) == count(d, first, end) ? 0 : -EPROTO;

	for (uint32_t i = first; rc == 0 && i < end; i++)
		if (desk_measures(d, &d->objects[i]))
			rc = get_object(d, &c, &d->objects[i]);
	return rc == 0 ? cbor_end(&c) : rc;
}

static int load_big(struct desk *d, struct desk_object *o)
{
	struct buf CLEANUP(buf_free) b = {0};
	struct cbor c = {0};
	uint8_t name[HASH_LEN];
	int rc;

	if (o->of->nblocks < BIG)
		return 0;
	rc = name_object(d, o, name);
	if (rc == 0)
		rc = get_cell(d, name, &b);
	if (rc != 0)
		return rc;
	c.in = buf_bytes(&b);
	rc = get_object(d, &c, o);
	return rc == 0 ? cbor_end(&c) : rc;
}

/* A cell that is missing or makes no sense is no failure: we measure. */
static int forgive(int rc)
{
	return rc == -ENOENT || rc == -EPROTO ? 0 : rc;
}

static int load_set(struct desk *d, uint32_t first, uint32_t end)
{
	struct buf CLEANUP(buf_free) b = {0};
	uint8_t name[HASH_LEN];
	int rc;

	if (count(d, first, end) == 0)
		return 0;
	rc = name_set(d, first, end, name);
	if (rc != 0)
		return rc;
	rc = get_cell(d, name, &b);
	if (rc == 0)
		rc = parse_set(d, first, end, buf_bytes(&b));
	if (rc == 0)
		return 0;
	rc = forgive(rc);
	for (uint32_t i = first; rc == 0 && i < end; i++) {
		if (!desk_measures(d, &d->objects[i]))
			continue;
		d->objects[i].many = d->objects[i].measured = false;
		d->objects[i].bits = NULL;
		rc = forgive(load_big(d, &d->objects[i]));
	}
	return rc;
}

int sizes_load(struct desk *d, struct err *e)
{
	uint32_t end;
	int rc = 0;

	if (d->no_cache)
		return 0;
	for (uint32_t i = 0; rc == 0 && i < d->nobjects; i = end) {
		end = set_end(d, i);
		rc = load_set(d, i, end);
	}
	return rc == 0 ? 0 : err_set(e, rc, NULL, "cannot read view indexes");
}

int sizes_key(const struct desk *d, uint8_t key[HASH_LEN])
{
	struct hasher h;
	uint32_t end;
	int rc = 0;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("view-index/3 desk"));
	for (uint32_t i = 0; rc == 0 && i < d->nobjects; i = end) {
		uint8_t one[HASH_LEN];

		end = set_end(d, i);
		rc = name_set(d, i, end, one);
		hasher_add(&h, bytes_of(one, sizeof(one)));
	}
	hasher_end(&h, key);
	return rc;
}

/* ---- saving ---- */

static int save_big(struct desk *d, const struct desk_object *o)
{
	struct buf CLEANUP(buf_free) b = {0};
	uint8_t name[HASH_LEN];
	int rc = name_object(d, o, name);

	if (rc == 0)
		rc = put_object(&b, o);
	if (rc == 0)
		rc = store_cell_put(d->store, KIND,
				    bytes_of(name, sizeof(name)),
				    buf_bytes(&b));
	return rc;
}

static int save_set(struct desk *d, uint32_t first, uint32_t end)
{
	struct buf CLEANUP(buf_free) b = {0};
	uint8_t name[HASH_LEN];
	uint32_t n = count(d, first, end);
	int rc = cbor_put_array(&b, n);

	if (n == 0)
		return rc;
	for (uint32_t i = first; rc == 0 && i < end; i++) {
		if (!desk_measures(d, &d->objects[i]))
			continue;
		/* What is absent now may be there tomorrow: not kept. */
		if (d->objects[i].absent)
			return 0;
		if (d->objects[i].of->nblocks >= BIG)
			rc = save_big(d, &d->objects[i]);
		if (rc == 0)
			rc = put_object(&b, &d->objects[i]);
	}
	if (rc == 0)
		rc = name_set(d, first, end, name);
	if (rc == 0)
		rc = store_cell_put(d->store, KIND,
				    bytes_of(name, sizeof(name)),
				    buf_bytes(&b));
	return rc;
}

static int save_all(struct desk *d)
{
	uint32_t end;
	int rc = 0, last;

	for (uint32_t i = 0; rc == 0 && i < d->nobjects; i = end) {
		end = set_end(d, i);
		rc = store_cells_begin(d->store);
		if (rc != 0)
			break;
		rc = save_set(d, i, end);
		last = store_cells_end(d->store);
		rc = rc == 0 ? last : rc;
	}
	return rc;
}

int sizes_save(struct desk *d, struct err *e)
{
	int rc = d->no_cache ? 0 : save_all(d);

	return rc == 0 ? 0 : err_set(e, rc, NULL, "cannot keep view indexes");
}
