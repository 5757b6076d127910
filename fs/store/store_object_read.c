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
 * A pack that is gone may have been rewritten by gc meanwhile: the catalog is
 * asked once more where things lie, and the read goes on there.
 *
 * A segment that does not open gives -EBADMSG and nothing of it is shown; a
 * pack that is missing or too short gives -EUCLEAN. The place of the last such
 * failure is kept for store_object_why.
 */
#include <errno.h>

#include "fs/store/object.h"
#include "fs/store/pad.h"

/* ---- content ---- */

static int content_aead(const struct store_object *o, struct aead **out)
{
	return segment_content_key(o->s->pool, o->s->config.cipher, o->key,
				   out);
}

/* The object's own, kept until it is closed. */
static int aead_keep(struct store_object *o, const struct aead **out)
{
	struct aead *a;
	int rc = 0;

	pthread_mutex_lock(&o->lock);
	a = atomic_load(&o->aead);
	if (a == NULL)
		rc = content_aead(o, &a);
	if (rc == 0)
		atomic_store_explicit(&o->aead, a, memory_order_release);
	pthread_mutex_unlock(&o->lock);
	*out = a;
	return rc;
}

/* It takes room in the key pool: where much of that is out, one is made for
 * this read alone, in *own. */
static int aead_get(struct store_object *o, const struct aead **out,
		    struct aead **own)
{
	int rc;

	*out = atomic_load_explicit(&o->aead, memory_order_acquire);
	if (*out != NULL)
		return 0;
	if (keypool_quarters(o->s->pool) == 0)
		return aead_keep(o, out);
	rc = content_aead(o, own);
	*out = *own;
	return rc;
}

/* What a read needs beyond the cache, got when it is first needed: what lies in
 * opened segments needs no key and no room. */
struct reading {
	struct store_object *o;
	const struct aead *a;
	struct aead *own;
	uint8_t *scratch;
	bool plain; /* its plain segment was used */
};

static int ready(struct reading *r)
{
	int rc = r->a != NULL ? 0 : aead_get(r->o, &r->a, &r->own);

	if (rc == 0 && r->scratch == NULL)
		r->scratch = cache_scratch(r->o->s->cache);
	return rc != 0 || r->scratch != NULL ? rc : -ENOMEM;
}

static void reading_done(struct reading *r)
{
	cache_scratch_free(r->o->s->cache, r->scratch, r->plain);
	aead_free(r->own);
}

/* Where segment nr lies; *left: segments of its extent from it on. */
static const uint8_t *locate(const struct object_where *at, uint64_t nr,
			     uint32_t *off, uint64_t *left)
{
	const struct place *p = places_find(&at->content, nr);
	uint64_t skip = (nr - p->first) * SEGMENT_SEALED;

	*off = p->off + (uint32_t)skip;
	*left = (p->len - skip + SEGMENT_SEALED - 1) / SEGMENT_SEALED;
	return at->content.packs[p->pack];
}

static const struct object_where *where(const struct store_object *o)
{
	return atomic_load_explicit(&o->where, memory_order_acquire);
}

/* The n sealed bytes at segment nr; where the pack is gone, from where gc put
 * what lay in it. *pack and *off tell a failure's place. */
static int fetch(struct store_object *o, uint64_t nr, uint8_t *sealed, size_t n,
		 const uint8_t **pack, uint32_t *off)
{
	const struct backend *b = &o->s->packs;
	const struct object_where *at;
	uint64_t left;
	int rc;

	do {
		at = where(o);
		*pack = locate(at, nr, off, &left);
		rc = b->get(b->self, *pack, *off, sealed, n);
	} while (rc == -ENOENT && store_object_moved(o, at));
	return rc;
}

/* Open k whole neighbouring segments of one extent, from nr on, into dst. */
static int run_open(struct reading *r, uint64_t nr, size_t k, uint8_t *dst)
{
	struct store_object *o = r->o;
	uint8_t *sealed = r->scratch;
	uint64_t last = segment_count(o->size) - 1;
	size_t plain, n = 0;
	const uint8_t *pack;
	uint32_t off;
	int rc;

	for (size_t i = 0; i < k; i++)
		n += segment_plain(o->size, nr + i) + AEAD_TAG;
	rc = fetch(o, nr, sealed, n, &pack, &off);
	if (rc != 0)
		return store_object_fault(o, rc, "segment", nr, pack, off);
	for (size_t i = 0; i < k; i++, nr++) {
		plain = segment_plain(o->size, nr);
		rc = segment_open(r->a, &o->content_bind, nr, nr == last,
				  bytes_of(sealed, plain + AEAD_TAG), dst);
		if (rc != 0)
			return store_object_fault(o, rc, "segment", nr, pack,
						  off);
		sealed += plain + AEAD_TAG;
		off += (uint32_t)plain + AEAD_TAG;
		dst += plain;
	}
	return 0;
}

/* n bytes at in of segment nr, by way of the cache. */
static int part_read(struct reading *r, uint64_t nr, size_t in, uint8_t *dst,
		     size_t n)
{
	struct store_object *o = r->o;
	struct cache_name name = {.version = o->version, .nr = nr};
	size_t size = segment_plain(o->size, nr);
	uint8_t *plain;
	int rc;

	memcpy(name.object, o->id, STORE_ID);
	if (cache_get(o->s->cache, &name, in, dst, n))
		return 0;
	rc = ready(r);
	if (rc != 0)
		return rc;
	plain = n == size ? dst
			  : r->scratch + (size_t)CACHE_RUN * SEGMENT_SEALED;
	r->plain = r->plain || plain != dst;
	rc = run_open(r, nr, 1, plain);
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

	(void)locate(where(o), nr, &off, &left);
	while (k < CACHE_RUN && k < left) {
		size_t plain = segment_plain(o->size, nr + k);

		if (plain > n)
			break;
		n -= plain;
		k++;
	}
	return k;
}

/* The bytes at off that one step can give; *done says how many. */
static int read_step(struct reading *r, uint64_t off, uint8_t *dst, size_t n,
		     size_t *done)
{
	struct store_object *o = r->o;
	uint64_t nr = off / STORE_SEGMENT;
	size_t in = (size_t)(off % STORE_SEGMENT);
	size_t have = segment_plain(o->size, nr) - in;
	size_t k = in == 0 ? run_length(o, nr, n) : 0;
	int rc;

	*done = n < have ? n : have;
	if (k < 2)
		return part_read(r, nr, in, dst, *done);
	*done = 0;
	for (size_t i = 0; i < k; i++)
		*done += segment_plain(o->size, nr + i);
	rc = ready(r);
	return rc == 0 ? run_open(r, nr, k, dst) : rc;
}

int store_object_read(struct store_object *o, uint64_t off, void *dst, size_t n)
{
	CLEANUP(reading_done) struct reading r = {.o = o};
	size_t at = 0, done;
	int rc = 0;

	if (off > o->size || n > o->size - off)
		return -EINVAL;
	while (rc == 0 && at < n) {
		rc = read_step(&r, off + at, (uint8_t *)dst + at, n - at,
			       &done);
		at += done;
	}
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
				   o->spanset, o->salt, &a);

	if (rc != 0)
		return rc;
	rc = segment_open(a, &o->index_bind, nr, false, sealed, out);
	aead_free(a);
	return rc;
}

/* The sealed bytes of blob nr, wherever they lie now; *p is its place. */
static int blob_fetch(struct store_object *o, uint32_t nr, struct buf *sealed,
		      struct place *p, const uint8_t **pack)
{
	const struct backend *b = &o->s->packs;
	const struct object_where *at;
	int rc;

	do {
		at = where(o);
		if (nr >= at->spans.n)
			return -EUCLEAN;
		*p = at->spans.v[nr];
		*pack = at->spans.packs[p->pack];
		if (p->len < AEAD_TAG)
			return -EUCLEAN;
		if (buf_reserve(sealed, p->len) != 0)
			return -ENOMEM;
		rc = b->get(b->self, *pack, p->off, sealed->p, p->len);
	} while (rc == -ENOENT && store_object_moved(o, at));
	return rc;
}

int store_object_blob(struct store_object *o, uint32_t nr, struct buf *b)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf sealed = {0};
	struct place p = {.off = 0};
	const uint8_t *pack = NULL;
	struct bytes text;
	int rc;

	if (nr >= where(o)->spans.n)
		return -ENOENT;
	rc = blob_fetch(o, nr, &sealed, &p, &pack);
	if (rc == 0 && buf_reserve(&plain, p.len) != 0)
		rc = -ENOMEM;
	if (rc == 0)
		rc = blob_open(o, nr, bytes_of(sealed.p, p.len), plain.p);
	if (rc == 0)
		rc = pad_strip(bytes_of(plain.p, p.len - AEAD_TAG), &text);
	if (rc == -EPROTO)
		rc = -EBADMSG;
	if (rc == -ENOMEM || (rc != 0 && pack == NULL))
		return rc;
	if (rc != 0)
		return store_object_fault(o, rc, "index blob", nr, pack, p.off);
	return buf_putb(b, text);
}
