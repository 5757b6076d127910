/* Opens one object: its rows, its key, its places; tells what went wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/object.h"

#include <errno.h>

#include "base/hex.h"
#include "base/mem.h"

/* ---- opening ---- */

/* What never changes is taken once: others read it without a lock. */
static bool first_time(struct store_object *o)
{
	return atomic_load(&o->where) == NULL;
}

static int content_row(struct store_object *o, struct object_where *at,
		       struct bytes box, const uint8_t dataset[STORE_ID])
{
	struct rows_content row = {.size = 0};
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct bytes cell;
	struct ad ad;
	int rc;

	rows_bind_content(&ad, "cell", o->id, o->version, dataset);
	rc = cell_open(&plain, o->s->cells, &ad, box, &cell);
	if (rc == 0)
		rc = rows_content_get(cell, &row);
	at->content = row.at;
	if (first_time(o))
		o->size = row.size;
	return inner_damaged(rc);
}

static int spans_row(struct store_object *o, struct object_where *at,
		     struct bytes box)
{
	struct rows_spans row = {.salt = {0}};
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct bytes cell;
	struct ad ad;
	int rc;

	rows_bind_spans(&ad, o->id, o->version, o->spanset);
	rc = cell_open(&plain, o->s->cells, &ad, box, &cell);
	if (rc == 0)
		rc = rows_spans_get(cell, &row);
	at->spans = row.at;
	if (first_time(o))
		memcpy(o->salt, row.salt, ROWS_SALT);
	return inner_damaged(rc);
}

static int key_row(struct store_object *o, struct bytes wrapped,
		   const uint8_t dataset[STORE_ID])
{
	const struct key *parent;
	struct ad ad;
	int rc;

	if (wrapped.n == 0)
		return -ENOKEY; /* erased */
	rc = inner_dataset_key(o->s, dataset, &parent);
	if (rc != 0)
		return rc;
	rows_bind_content(&ad, "key", o->id, o->version, dataset);
	rc = keys_unwrap(o->s->pool, parent, &ad, wrapped, &o->key);
	return inner_damaged(rc);
}

/* Number the segments through the places; they must come out exactly. */
static int extents_number(uint64_t size, struct places *at)
{
	uint64_t nr = 0, count = segment_count(size);

	for (size_t i = 0; i < at->n; i++) {
		struct place *p = &at->v[i];
		uint64_t n = ((uint64_t)p->len + SEGMENT_SEALED - 1) /
			     SEGMENT_SEALED;
		uint64_t tail = p->len - (n - (n > 0)) * SEGMENT_SEALED;

		if (n == 0 || n > count - nr ||
		    tail != segment_plain(size, nr + n - 1) + AEAD_TAG)
			return -EUCLEAN;
		p->first = nr;
		nr += n;
	}
	return nr == count ? 0 : -EUCLEAN;
}

static void binds(struct store_object *o)
{
	enum aead_cipher cipher = o->s->config.cipher;
	const uint8_t *store = o->s->config.id;

	segment_bind(&o->content_bind, store, o->id, o->version, cipher,
		     SEGMENT_CONTENT, 0);
	segment_bind(&o->index_bind, store, o->id, o->version, cipher,
		     SEGMENT_INDEX, o->spanset);
}

static void where_free(struct object_where *at)
{
	while (at != NULL) {
		struct object_where *before = at->before;

		places_free(&at->content);
		places_free(&at->spans);
		mem_free(at);
		at = before;
	}
}

static int where_load(struct store_object *o, struct object_where *at)
{
	CLEANUP(buf_free) struct buf wrapped = {0};
	CLEANUP(buf_free) struct buf cell = {0};
	CLEANUP(buf_free) struct buf spans = {0};
	uint8_t dataset[STORE_ID];
	int rc =
		catalog_object_get(o->s->catalog, o->id, o->version, o->spanset,
				   dataset, &wrapped, &cell, &spans);

	if (rc == 0)
		rc = content_row(o, at, buf_bytes(&cell), dataset);
	if (rc == 0)
		rc = extents_number(o->size, &at->content);
	if (rc == 0 && first_time(o))
		rc = key_row(o, buf_bytes(&wrapped), dataset);
	if (rc == 0 && spans.n == 0)
		rc = -ENOENT;
	return rc == 0 ? spans_row(o, at, buf_bytes(&spans)) : rc;
}

static int object_load(struct store_object *o)
{
	struct object_where *at = mem_new(1, sizeof(*at));
	int rc = at == NULL ? -ENOMEM : where_load(o, at);

	atomic_store(&o->where, at);
	if (rc == 0)
		binds(o);
	return rc;
}

static bool same_places(const struct places *a, const struct places *b)
{
	if (a->n != b->n)
		return true; /* not what gc does */
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].off != b->v[i].off || a->v[i].len != b->v[i].len ||
		    memcmp(a->packs[a->v[i].pack], b->packs[b->v[i].pack],
			   BACKEND_NAME) != 0)
			return false;
	return true;
}

/* Places are moved whole, one by one, in their order; the size is bound to the
 * row. */
bool store_object_moved(struct store_object *o, const struct object_where *seen)
{
	struct object_where *at;
	bool moved = false;

	pthread_mutex_lock(&o->lock);
	if (atomic_load(&o->where) != seen) {
		pthread_mutex_unlock(&o->lock);
		return true; /* another thread has looked */
	}
	at = mem_new(1, sizeof(*at));
	if (at != NULL && where_load(o, at) == 0)
		moved = !same_places(&at->content, &seen->content) ||
			!same_places(&at->spans, &seen->spans);
	if (moved) {
		at->before = atomic_load(&o->where);
		atomic_store_explicit(&o->where, at, memory_order_release);
	} else {
		where_free(at);
	}
	pthread_mutex_unlock(&o->lock);
	return moved;
}

void store_object_close(struct store_object *o)
{
	if (o == NULL)
		return;
	aead_free(atomic_load(&o->aead));
	key_free(o->key);
	where_free(atomic_load(&o->where));
	pthread_mutex_destroy(&o->lock);
	mem_free(o);
}

static void object_closep(struct store_object **o)
{
	store_object_close(*o);
}

int store_object_open(struct store *s, const uint8_t id[STORE_ID],
		      uint64_t version, uint32_t spanset,
		      struct store_object **out, struct err *e)
{
	CLEANUP(object_closep)
	struct store_object *o = mem_new(1, sizeof(*o));
	int rc;

	*out = NULL;
	if (o == NULL)
		return err_nomem(e);
	o->s = s;
	memcpy(o->id, id, STORE_ID);
	o->version = version;
	o->spanset = spanset;
	atomic_init(&o->aead, NULL);
	atomic_init(&o->where, NULL);
	pthread_mutex_init(&o->lock, NULL);
	rc = object_load(o);
	if (rc != 0)
		return inner_object_words(e, rc, id, "its row in catalog.db");
	*out = STEAL(o);
	return 0;
}

uint64_t store_object_size(const struct store_object *o)
{
	return o->size;
}

static void places_each(const struct places *l,
			void (*fn)(void *ctx, const uint8_t *pack, uint64_t off,
				   uint64_t len),
			void *ctx)
{
	for (size_t i = 0; i < l->n; i++)
		fn(ctx, l->packs[l->v[i].pack], l->v[i].off, l->v[i].len);
}

void store_object_places(const struct store_object *o,
			 void (*fn)(void *ctx, const uint8_t *pack,
				    uint64_t off, uint64_t len),
			 void *ctx)
{
	const struct object_where *at = atomic_load(&o->where);

	places_each(&at->content, fn, ctx);
	places_each(&at->spans, fn, ctx);
}

/* ---- failures ---- */

int store_object_fault(struct store_object *o, int code, const char *kind,
		       uint64_t nr, const uint8_t *pack, uint32_t off)
{
	CLEANUP(buf_free) struct buf what = {0};

	if (code == -ENOENT)
		code = -EUCLEAN;
	pthread_mutex_lock(&o->lock);
	o->fault.code = code;
	o->fault.off = off;
	memcpy(o->fault.pack, pack, BACKEND_NAME);
	o->fault.what[0] = '\0';
	if (buf_printf(&what, "%s %llu", kind, (unsigned long long)nr) == 0 &&
	    what.n < sizeof(o->fault.what))
		memcpy(o->fault.what, buf_str(&what), what.n + 1);
	pthread_mutex_unlock(&o->lock);
	return code;
}

int store_object_why(struct store_object *o, struct err *e)
{
	char pack[2 * BACKEND_NAME + 1], id[2 * STORE_ID + 1];
	struct fault f;

	pthread_mutex_lock(&o->lock);
	f = o->fault;
	pthread_mutex_unlock(&o->lock);
	if (f.code == 0)
		return 0;
	hex_encode(pack, bytes_of(f.pack, BACKEND_NAME));
	hex_encode(id, bytes_of(o->id, STORE_ID));
	return err_set(e, f.code, pack,
		       "%s of object %s at byte %u of pack %s.pack: %s; run "
		       "`carrel fsck`, then restore the pack from a backup, or "
		       "ingest the data set again",
		       f.what, id, f.off, pack,
		       f.code == -EBADMSG   ? "not what was sealed"
		       : f.code == -EUCLEAN ? "the pack is missing or too short"
					    : strerror(-f.code));
}
