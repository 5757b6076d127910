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
 *   one per data set and seat with the indexes of all its visible objects, so
 *   that twenty thousand small files are one cell and not twenty thousand.
 *
 * A cell's name is a digest of everything the index depends on (desk_digest),
 * so a stale one is never found: nothing is ever invalidated.
 */
#define KIND "view-index"
#define BIG 8

static int name_object(const struct desk *d, const struct desk_object *o,
		       uint8_t name[HASH_LEN])
{
	struct hasher h;
	int rc;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("view-index/1 object"));
	rc = desk_digest(d, o, &h);
	hasher_end(&h, name);
	return rc;
}

/* Objects of one data set stand together: [*i, end). */
static uint32_t set_end(const struct desk *d, uint32_t i)
{
	uint32_t set = d->objects[i].set;

	while (i < d->nobjects && d->objects[i].set == set)
		i++;
	return i;
}

static int name_set(const struct desk *d, uint32_t first, uint32_t end,
		    uint8_t name[HASH_LEN])
{
	struct hasher h;
	int rc = 0;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("view-index/1 set"));
	for (uint32_t i = first; rc == 0 && i < end; i++) {
		uint8_t one[HASH_LEN];

		rc = name_object(d, &d->objects[i], one);
		hasher_add(&h, bytes_of(one, sizeof(one)));
	}
	hasher_end(&h, name);
	return rc;
}

static int put_object(struct buf *b, const struct desk_object *o)
{
	const struct view_index x = {.size = o->view_size,
				     .visible = o->visible,
				     .nblocks = o->nblocks,
				     .marks = o->marks};
	struct buf CLEANUP(buf_free) one = {0};
	int rc = view_index_put(&one, &x);

	return rc == 0 ? cbor_put_bytes(b, buf_bytes(&one)) : rc;
}

/* -EPROTO: not an index of this object. */
static int get_object(struct desk *d, struct bytes in, struct desk_object *o)
{
	CLEANUP(view_index_free) struct view_index x = {0};
	size_t n = o->nblocks + (size_t)1;
	int rc = view_index_get(in, &x, NULL);

	if (rc != 0)
		return rc;
	if (x.nblocks != o->nblocks)
		return -EPROTO;
	o->marks = arena_array(d->arena, n, sizeof(*o->marks));
	if (o->marks == NULL)
		return -ENOMEM;
	memcpy(o->marks, x.marks, n * sizeof(*o->marks));
	o->view_size = x.size;
	o->visible = x.visible;
	return 0;
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
	int rc = cbor_get_array(&c) == end - first ? 0 : -EPROTO;

	for (uint32_t i = first; rc == 0 && i < end; i++)
		rc = get_object(d, cbor_get_bytes(&c), &d->objects[i]);
	return rc == 0 ? cbor_end(&c) : rc;
}

static int load_big(struct desk *d, struct desk_object *o)
{
	struct buf CLEANUP(buf_free) b = {0};
	uint8_t name[HASH_LEN];
	int rc;

	if (o->nblocks < BIG)
		return 0;
	rc = name_object(d, o, name);
	if (rc == 0)
		rc = get_cell(d, name, &b);
	return rc == 0 ? get_object(d, buf_bytes(&b), o) : rc;
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
	int rc = name_set(d, first, end, name);

	if (rc != 0)
		return rc;
	rc = get_cell(d, name, &b);
	if (rc == 0)
		rc = parse_set(d, first, end, buf_bytes(&b));
	if (rc == 0)
		return 0;
	rc = forgive(rc);
	for (uint32_t i = first; rc == 0 && i < end; i++) {
		d->objects[i].marks = NULL;
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

/* ---- saving ---- */

static int save_big(struct desk *d, const struct desk_object *o)
{
	const struct view_index x = {.size = o->view_size,
				     .visible = o->visible,
				     .nblocks = o->nblocks,
				     .marks = o->marks};
	struct buf CLEANUP(buf_free) b = {0};
	uint8_t name[HASH_LEN];
	int rc = name_object(d, o, name);

	if (rc == 0)
		rc = view_index_put(&b, &x);
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
	int rc = cbor_put_array(&b, end - first);

	for (uint32_t i = first; rc == 0 && i < end; i++) {
		/* What is absent now may be there tomorrow: not kept. */
		if (d->objects[i].absent)
			return 0;
		if (d->objects[i].nblocks >= BIG)
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
	int rc = store_cells_begin(d->store), last;

	if (rc != 0)
		return rc;
	for (uint32_t i = 0; rc == 0 && i < d->nobjects; i = end) {
		end = set_end(d, i);
		rc = save_set(d, i, end);
	}
	last = store_cells_end(d->store);
	return rc == 0 ? last : rc;
}

int sizes_save(struct desk *d, struct err *e)
{
	int rc = d->no_cache ? 0 : save_all(d);

	return rc == 0 ? 0 : err_set(e, rc, NULL, "cannot keep view indexes");
}
