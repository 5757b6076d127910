/* Puts one object: segments, index blobs, and at last its rows. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One object, from its first byte to the row that makes it one.
 *
 *   begin    a fresh key, so that nonces may count segments from 0: an attempt
 *            that was given up never shares a key with the next one
 *   data     cut into segments. Only the last one says that it is the last,
 *            and which that is shows when no more comes; so a full segment
 *            waits in o.plain until a byte follows it
 *   blob     sealed at once, but kept aside: they follow the content, which
 *            then lies in one piece in its pack
 *   finish   the last segment, blob 0 (the head, known last, numbered first),
 *            and the rows, which wait in memory for their pack (writer.c)
 *
 * Until finish nothing refers to the bytes. To abort is to cut the pack back to
 * where the object began; what of it went out with an earlier pack is left
 * there, sealed under a key that nobody has any more.
 *
 * An object is marked as seen when it is finished, not when its rows are on
 * disk: if they are lost, so is the version that would have relied on them,
 * because writers are closed, which flushes them, before it is published.
 */
#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fs/store/object.h"
#include "fs/store/pad.h"
#include "fs/store/writer.h"

/* ---- begin and forget ---- */

static void object_reset(struct store_writer *w)
{
	struct writer_object *o = &w->o;

	key_free(STEAL(o->key));
	aead_free(STEAL(o->content));
	aead_free(STEAL(o->index));
	places_free(&o->at.at);
	places_free(&o->blobs.at);
	buf_clear(&o->path);
	buf_clear(&o->plain);
	buf_clear(&w->aside);
	w->naside = 0;
	o->at.size = o->segments = o->hashed = o->nblobs = 0;
	o->open = o->again = false;
}

void store_put_abort(struct store_writer *w)
{
	if (!w->o.open)
		return;
	w->pack.b.n = w->o.start;
	object_reset(w);
}

/* The salt is fresh per attempt, as the key of a content is: nonces of blobs
 * may then count from 0 also where a span set is made again. */
static int index_key(struct store_writer *w)
{
	struct store *s = w->i->s;
	struct writer_object *o = &w->o;

	random_bytes(o->blobs.salt, ROWS_SALT);
	return segment_index_key(s->pool, s->config.cipher, o->key, o->spanset,
				 o->blobs.salt, &o->index);
}

static int content_key(struct store_writer *w)
{
	struct store *s = w->i->s;
	struct writer_object *o = &w->o;

	o->key = key_random(s->pool);
	return o->key == NULL ? -ENOMEM
			      : segment_content_key(s->pool, s->config.cipher,
						    o->key, &o->content);
}

static int begin(struct store_writer *w, struct bytes path, uint64_t version,
		 uint32_t spanset)
{
	struct writer_object *o = &w->o;
	struct store *s = w->i->s;

	if (w->why.code != 0)
		return w->why.code;
	store_put_abort(w);
	inner_object_id(s, w->i->dataset, path, o->id);
	o->version = version;
	o->spanset = spanset;
	segment_bind(&o->content_bind, s->config.id, o->id, version,
		     s->config.cipher, SEGMENT_CONTENT, 0);
	segment_bind(&o->index_bind, s->config.id, o->id, version,
		     s->config.cipher, SEGMENT_INDEX, spanset);
	digest_begin(&o->digest, s->digest, false);
	o->start = w->pack.b.n;
	o->open = true;
	return buf_putb(&o->path, path);
}

int store_put_begin(struct store_writer *w, struct bytes path)
{
	int rc = begin(w, path, w->i->coming, WRITER_SPANSET);

	if (rc == 0)
		rc = content_key(w);
	if (rc == 0)
		rc = index_key(w);
	if (rc != 0)
		store_put_abort(w);
	return rc;
}

int store_put_again(struct store_writer *w, struct bytes path,
		    const struct store_entry *of)
{
	struct writer_object *o = &w->o;
	struct store_object *x = NULL;
	int rc = of->spanset == UINT32_MAX ? -EFBIG : 0;

	if (rc == 0)
		rc = begin(w, path, of->version, of->spanset + 1);
	if (rc == 0)
		rc = store_object_open(w->i->s, of->id, of->version,
				       of->spanset, &x, NULL);
	if (rc == 0) {
		o->key = STEAL(x->key);
		rc = index_key(w);
	}
	store_object_close(x);
	o->again = true;
	o->at.size = of->size;
	memcpy(o->content_hash, of->content, HASH_LEN);
	o->digest.whole = of->whole;
	if (rc != 0)
		store_put_abort(w);
	return rc;
}

/* ---- content ---- */

/* Add the sealed bytes [off, off + n) of the pack to the object's extents. */
static int extent_add(struct store_writer *w, size_t off, size_t n)
{
	struct places *at = &w->o.at.at;
	struct place *p = at->n > 0 ? &at->v[at->n - 1] : NULL;

	if (p != NULL && (size_t)p->off + p->len == off &&
	    memcmp(at->packs[p->pack], w->pack.name, BACKEND_NAME) == 0) {
		p->len += (uint32_t)n;
		return 0;
	}
	return places_add(at, w->pack.name, (uint32_t)off, (uint32_t)n,
			  w->o.segments);
}

static void digest_next(struct store_writer *w, struct bytes segments)
{
	digest_add(&w->o.digest, w->lanes, segments);
	w->o.hashed += segments.n / STORE_SEGMENT;
}

/* Segments that lie whole in data are hashed side by side: where data begins
 * one, and what waits before it is hashed. */
static void digest_ahead(struct store_writer *w, struct bytes data)
{
	size_t waits = w->o.plain.n;

	if (waits % STORE_SEGMENT == 0 &&
	    w->o.hashed == w->o.segments + waits / STORE_SEGMENT)
		digest_next(
			w, bytes_sub(data, 0, data.n - data.n % STORE_SEGMENT));
}

static int segment_add(struct store_writer *w, bool last, struct bytes plain)
{
	size_t n = plain.n + AEAD_TAG, off;
	uint8_t *to;
	int rc = 0;

	if (w->o.hashed == w->o.segments)
		digest_next(w, plain);
	if (pack_full(&w->pack, w->aside.n + n))
		rc = writer_flush(w);
	if (rc != 0)
		return rc;
	off = w->pack.b.n;
	rc = pack_room(&w->pack, n, &to);
	if (rc == 0)
		rc = extent_add(w, off, n);
	if (rc != 0)
		return writer_fail(w, rc, "cannot seal");
	segment_seal(w->o.content, &w->o.content_bind, w->o.segments++, last,
		     plain, to);
	return 0;
}

/* Which segment is the last is known when no more comes: a full one waits. */
static int data_step(struct store_writer *w, struct bytes *data)
{
	struct buf *plain = &w->o.plain;
	size_t n = STORE_SEGMENT - plain->n;
	int rc;

	if (plain->n == 0 && data->n > STORE_SEGMENT) {
		rc = segment_add(w, false, bytes_sub(*data, 0, n));
	} else if (n == 0) {
		rc = segment_add(w, false, buf_bytes(plain));
		buf_clear(plain);
		return rc;
	} else {
		n = n < data->n ? n : data->n;
		rc = buf_put(plain, data->p, n);
	}
	*data = bytes_sub(*data, n, data->n);
	return rc;
}

int store_put_data(struct store_writer *w, struct bytes data)
{
	int rc = w->why.code;

	if (rc != 0)
		return rc;
	if (!w->o.open || w->o.again)
		return -EINVAL;
	digest_ahead(w, data);
	w->o.at.size += data.n;
	while (rc == 0 && data.n > 0)
		rc = data_step(w, &data);
	return rc;
}

/* ---- index blobs ---- */

static int lengths_room(struct store_writer *w)
{
	size_t cap = w->cap == 0 ? 16 : w->cap * 2;
	uint32_t *v;

	if (w->naside < w->cap)
		return 0;
	v = mem_grow(w->lengths, cap, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	w->lengths = v;
	w->cap = cap;
	return 0;
}

/* Seal blob nr behind those aside. */
static int blob_seal(struct store_writer *w, uint32_t nr, struct bytes blob)
{
	CLEANUP(buf_free) struct buf padded = {.secret = true};
	int rc = pad_put(&padded, blob);

	if (rc == 0)
		rc = lengths_room(w);
	if (rc == 0)
		rc = buf_reserve(&w->aside, padded.n + AEAD_TAG);
	if (rc != 0)
		return rc;
	segment_seal(w->o.index, &w->o.index_bind, nr, false,
		     buf_bytes(&padded), w->aside.p + w->aside.n);
	w->aside.n += padded.n + AEAD_TAG;
	w->lengths[w->naside++] = (uint32_t)(padded.n + AEAD_TAG);
	return 0;
}

static int blob_add(struct store_writer *w, uint32_t nr, struct bytes blob)
{
	int rc;

	if (blob.n > WRITER_BLOB || w->o.nblobs == UINT32_MAX - 1)
		return -EFBIG;
	if (pack_full(&w->pack, w->aside.n + pad_size(blob.n))) {
		rc = writer_flush(w);
		if (rc != 0)
			return rc;
	}
	return blob_seal(w, nr, blob);
}

int store_put_blob(struct store_writer *w, struct bytes blob)
{
	int rc = w->why.code;

	if (rc == 0 && !w->o.open)
		rc = -EINVAL;
	if (rc == 0)
		rc = blob_add(w, w->o.nblobs + 1, blob);
	if (rc == 0)
		w->o.nblobs++;
	return rc;
}

/* ---- finish ---- */

/* What still waits: the last segment, the head, the blobs aside. */
static int rest_seal(struct store_writer *w, struct bytes head)
{
	int rc = 0;

	if (w->o.plain.n > 0)
		rc = segment_add(w, true, buf_bytes(&w->o.plain));
	if (rc == 0)
		rc = blob_add(w, 0, head);
	return rc == 0 ? writer_aside(w) : rc;
}

static int mark_seen(struct store_ingest *i, const uint8_t *id)
{
	int rc;

	pthread_mutex_lock(&i->lock);
	rc = seen_add(&i->seen, id);
	pthread_mutex_unlock(&i->lock);
	return rc;
}

static bool due(const struct store_writer *w)
{
	return pack_full(&w->pack, 0) ||
	       clock_ns() - w->oldest_ns >= WRITER_WAIT_NS;
}

int store_put_finish(struct store_writer *w, struct bytes head,
		     struct bytes summary, const uint8_t stamp[32],
		     struct err *e)
{
	int rc = w->why.code;

	if (rc == 0 && !w->o.open)
		return err_set(e, -EINVAL, NULL, "no object was begun");
	if (rc == 0)
		rc = rest_seal(w, head);
	if (rc == 0)
		rc = writer_row_make(w, summary, stamp);
	if (rc == 0)
		rc = mark_seen(w->i, w->o.id);
	if (rc == 0)
		object_reset(w);
	else
		store_put_abort(w);
	if (rc == 0 && due(w))
		rc = writer_flush(w);
	if (rc == 0)
		return 0;
	if (w->why.code != 0 && e != NULL)
		*e = w->why;
	return w->why.code != 0
		       ? rc
		       : err_set(e, rc, NULL, "cannot seal an object: %s",
				 strerror(-rc));
}
