/* Reads one object: any range of its content, and its index blobs. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An opened object holds its unwrapped key, the AEAD of its content (made at
 * the first read) and the places of its segments and blobs; nothing of its
 * content. Reads go one of two ways:
 *
 *   - runs of two or more whole segments are read up to CACHE_RUN at a time
 *     and opened straight into the caller's buffer: each byte is copied once;
 *   - a part of a segment, or a single one, goes through the store's cache, so
 *     that small sequential and repeated reads open a segment once.
 *
 * A segment that does not open gives -EBADMSG and nothing of it is shown; a
 * pack that is missing or too short gives -EUCLEAN. The place of the last such
 * failure is kept for store_object_why.
 */
#include <errno.h>

#include "base/hex.h"
#include "base/mem.h"
#include "fs/store/inner.h"
#include "fs/store/pad.h"

struct fault {
	int code;
	uint8_t pack[BACKEND_NAME];
	uint32_t off;
	char what[32]; /* "segment 7" */
};

struct store_object {
	struct store *s;
	uint8_t id[STORE_ID];
	uint64_t version;
	uint32_t spanset;
	struct key *key;
	struct rows_content content;
	struct rows_spans spans;
	struct segment_bind content_bind, index_bind;
	_Atomic(struct aead *) aead; /* of the content; made once */
	pthread_mutex_t lock;	     /* guards making aead, and fault */
	struct fault fault;
};

/* ---- opening ---- */

static int content_row(struct store_object *o, struct buf *wrapped,
		       uint8_t dataset[STORE_ID])
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf box = {0};
	struct bytes cell;
	struct ad ad;
	int rc = catalog_content_get(o->s->catalog, o->id, o->version, dataset,
				     wrapped, &box);

	if (rc != 0)
		return rc;
	rows_bind_content(&ad, "cell", o->id, o->version, dataset);
	rc = cell_open(&plain, o->s->cells, &ad, buf_bytes(&box), &cell);
	if (rc == 0)
		rc = rows_content_get(cell, &o->content);
	return inner_damaged(rc);
}

static int spans_row(struct store_object *o)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf box = {0};
	struct bytes cell;
	struct ad ad;
	int rc = catalog_spans_get(o->s->catalog, o->id, o->version, o->spanset,
				   &box);

	if (rc != 0)
		return rc;
	rows_bind_spans(&ad, o->id, o->version, o->spanset);
	rc = cell_open(&plain, o->s->cells, &ad, buf_bytes(&box), &cell);
	if (rc == 0)
		rc = rows_spans_get(cell, &o->spans);
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
static int extents_number(struct rows_content *c)
{
	uint64_t nr = 0, count = segment_count(c->size);

	for (size_t i = 0; i < c->at.n; i++) {
		struct place *p = &c->at.v[i];
		uint64_t n = ((uint64_t)p->len + SEGMENT_SEALED - 1) /
			     SEGMENT_SEALED;
		uint64_t tail = p->len - (n - (n > 0)) * SEGMENT_SEALED;

		if (n == 0 || n > count - nr ||
		    tail != segment_plain(c->size, nr + n - 1) + AEAD_TAG)
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

static int object_load(struct store_object *o)
{
	CLEANUP(buf_free) struct buf wrapped = {0};
	uint8_t dataset[STORE_ID];
	int rc = content_row(o, &wrapped, dataset);

	if (rc == 0)
		rc = extents_number(&o->content);
	if (rc == 0)
		rc = key_row(o, buf_bytes(&wrapped), dataset);
	if (rc == 0)
		rc = spans_row(o);
	if (rc == 0)
		binds(o);
	return rc;
}

void store_object_close(struct store_object *o)
{
	if (o == NULL)
		return;
	aead_free(atomic_load(&o->aead));
	key_free(o->key);
	places_free(&o->content.at);
	places_free(&o->spans.at);
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
	pthread_mutex_init(&o->lock, NULL);
	rc = object_load(o);
	if (rc != 0)
		return inner_object_words(e, rc, id, "its row in catalog.db");
	*out = STEAL(o);
	return 0;
}

uint64_t store_object_size(const struct store_object *o)
{
	return o->content.size;
}

/* ---- failures ---- */

static int fault_set(struct store_object *o, int code, const char *kind,
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

/* ---- content ---- */

static int aead_get(struct store_object *o, const struct aead **out)
{
	struct aead *a = atomic_load_explicit(&o->aead, memory_order_acquire);
	int rc = 0;

	if (a == NULL) {
		pthread_mutex_lock(&o->lock);
		a = atomic_load(&o->aead);
		if (a == NULL)
			rc = segment_content_key(
				o->s->pool, o->s->config.cipher, o->key, &a);
		if (rc == 0)
			atomic_store_explicit(&o->aead, a,
					      memory_order_release);
		pthread_mutex_unlock(&o->lock);
	}
	*out = a;
	return rc;
}

/* Where segment nr lies; *left: segments of its extent from it on. */
static const uint8_t *locate(const struct store_object *o, uint64_t nr,
			     uint32_t *off, uint64_t *left)
{
	const struct place *p = places_find(&o->content.at, nr);
	uint64_t skip = (nr - p->first) * SEGMENT_SEALED;

	*off = p->off + (uint32_t)skip;
	*left = (p->len - skip + SEGMENT_SEALED - 1) / SEGMENT_SEALED;
	return o->content.at.packs[p->pack];
}

/* Open k whole neighbouring segments of one extent, from nr on, into dst. */
static int run_open(struct store_object *o, const struct aead *a, uint64_t nr,
		    size_t k, uint8_t *sealed, uint8_t *dst)
{
	const struct backend *b = &o->s->packs;
	uint64_t last = segment_count(o->content.size) - 1, left;
	size_t plain, n = 0;
	const uint8_t *pack;
	uint32_t off;
	int rc;

	for (size_t i = 0; i < k; i++)
		n += segment_plain(o->content.size, nr + i) + AEAD_TAG;
	pack = locate(o, nr, &off, &left);
	rc = b->get(b->self, pack, off, sealed, n);
	if (rc != 0)
		return fault_set(o, rc, "segment", nr, pack, off);
	for (size_t i = 0; i < k; i++, nr++) {
		plain = segment_plain(o->content.size, nr);
		rc = segment_open(a, &o->content_bind, nr, nr == last,
				  bytes_of(sealed, plain + AEAD_TAG), dst);
		if (rc != 0)
			return fault_set(o, rc, "segment", nr, pack, off);
		sealed += plain + AEAD_TAG;
		off += (uint32_t)plain + AEAD_TAG;
		dst += plain;
	}
	return 0;
}

/* n bytes at in of segment nr, by way of the cache. */
static int part_read(struct store_object *o, const struct aead *a, uint64_t nr,
		     size_t in, uint8_t *scratch, uint8_t *dst, size_t n)
{
	uint8_t *plain = scratch + (size_t)CACHE_RUN * SEGMENT_SEALED;
	struct cache_name name = {.version = o->version, .nr = nr};
	size_t size = segment_plain(o->content.size, nr);
	int rc;

	memcpy(name.object, o->id, STORE_ID);
	if (cache_get(o->s->cache, &name, in, dst, n))
		return 0;
	if (n == size)
		plain = dst;
	rc = run_open(o, a, nr, 1, scratch, plain);
	if (rc != 0)
		return rc;
	cache_put(o->s->cache, &name, bytes_of(plain, size));
	if (plain != dst)
		memcpy(dst, plain + in, n);
	return 0;
}

/* Whole segments from nr on that n bytes hold, at most a run of one extent. */
static size_t run_length(const struct store_object *o, uint64_t nr, size_t n)
{
	uint64_t left;
	uint32_t off;
	size_t k = 0;

	(void)locate(o, nr, &off, &left);
	while (k < CACHE_RUN && k < left) {
		size_t plain = segment_plain(o->content.size, nr + k);

		if (plain > n)
			break;
		n -= plain;
		k++;
	}
	return k;
}

/* The bytes at off that one step can give; *done says how many. */
static int read_step(struct store_object *o, const struct aead *a, uint64_t off,
		     uint8_t *scratch, uint8_t *dst, size_t n, size_t *done)
{
	uint64_t nr = off / STORE_SEGMENT;
	size_t in = (size_t)(off % STORE_SEGMENT);
	size_t have = segment_plain(o->content.size, nr) - in;
	size_t k = in == 0 ? run_length(o, nr, n) : 0;

	*done = n < have ? n : have;
	if (k < 2)
		return part_read(o, a, nr, in, scratch, dst, *done);
	*done = 0;
	for (size_t i = 0; i < k; i++)
		*done += segment_plain(o->content.size, nr + i);
	return run_open(o, a, nr, k, scratch, dst);
}

int store_object_read(struct store_object *o, uint64_t off, void *dst, size_t n)
{
	const struct aead *a;
	uint8_t *scratch;
	size_t at = 0, done;
	int rc;

	if (off > o->content.size || n > o->content.size - off)
		return -EINVAL;
	if (n == 0)
		return 0;
	rc = aead_get(o, &a);
	if (rc != 0)
		return rc;
	scratch = cache_scratch(o->s->cache);
	if (scratch == NULL)
		return -ENOMEM;
	while (rc == 0 && at < n) {
		rc = read_step(o, a, off + at, scratch, (uint8_t *)dst + at,
			       n - at, &done);
		at += done;
	}
	cache_scratch_free(o->s->cache, scratch);
	if (rc != 0)
		secret_wipe(dst, n);
	return rc;
}

/* ---- index blobs ---- */

static int blob_open(struct store_object *o, uint32_t nr, struct bytes sealed,
		     uint8_t *out)
{
	struct aead *a;
	int rc = segment_index_key(o->s->pool, o->s->config.cipher, o->key,
				   o->spanset, o->spans.salt, &a);

	if (rc != 0)
		return rc;
	rc = segment_open(a, &o->index_bind, nr, false, sealed, out);
	aead_free(a);
	return rc;
}

int store_object_blob(struct store_object *o, uint32_t nr, struct buf *b)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf sealed = {0};
	const struct backend *be = &o->s->packs;
	const uint8_t *pack;
	struct bytes text;
	struct place *p;
	int rc;

	if (nr >= o->spans.at.n)
		return -ENOENT;
	p = &o->spans.at.v[nr];
	pack = o->spans.at.packs[p->pack];
	if (p->len < AEAD_TAG || buf_reserve(&sealed, p->len) != 0 ||
	    buf_reserve(&plain, p->len) != 0)
		return p->len < AEAD_TAG ? -EUCLEAN : -ENOMEM;
	rc = be->get(be->self, pack, p->off, sealed.p, p->len);
	if (rc == 0)
		rc = blob_open(o, nr, bytes_of(sealed.p, p->len), plain.p);
	if (rc == 0)
		rc = pad_strip(bytes_of(plain.p, p->len - AEAD_TAG), &text);
	if (rc == -EPROTO)
		rc = -EBADMSG;
	if (rc == -ENOMEM)
		return rc;
	if (rc != 0)
		return fault_set(o, rc, "index blob", nr, pack, p->off);
	return buf_putb(b, text);
}
