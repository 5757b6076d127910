/* One ingest run: what stands already, and the publishing of a version. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions. The newest published version of a data set is N. A run writes
 * entries whose first version is N+1; nobody who reads N sees them. Publishing
 *
 *   1. walks all entries that are not closed, in pages: where a path has a new
 *      entry, or is gone, the old one is closed: its last version becomes N,
 *      which changes nothing for readers of N;
 *   2. computes the manifest root on the way, in order of ids;
 *   3. in one transaction adds the signed version row and makes N+1 the newest.
 *
 * A crash before 3 leaves N as it was: the next run first reopens what 1 closed
 * (entries with last = N exist for no other reason), and finds the finished
 * objects of the run before as entries of N+1, so it need not put them again.
 */
#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fs/store/root.h"
#include "fs/store/writer.h"

#define PAGE 512

/* ---- begin ---- */

static int dataset_make(struct store_ingest *i, struct key *key)
{
	CLEANUP(buf_free) struct buf wrapped = {0};
	CLEANUP(buf_free) struct buf cell = {0};
	struct catalog_dataset row = {.id = i->dataset};
	struct store *s = i->s;
	struct ad ad;
	int rc;

	if (key == NULL)
		return -ENOMEM;
	rows_bind_dataset(&ad, "key", i->dataset);
	rc = root_wrap(s, &wrapped, &ad, key);
	rows_bind_dataset(&ad, "cell", i->dataset);
	if (rc == 0)
		rc = cell_seal(&cell, s->cells, &ad, buf_bytes(&i->name));
	if (rc != 0)
		return rc;
	row.key = buf_bytes(&wrapped);
	row.cell = buf_bytes(&cell);
	return catalog_dataset_put(s->catalog, &row);
}

static int dataset_find(struct store_ingest *i)
{
	struct store *s = i->s;
	CLEANUP(buf_free) struct buf wrapped = {0};
	CLEANUP(buf_free) struct buf cell = {0};
	CLEANUP(key_freep) struct key *key = NULL;
	int rc = catalog_dataset_get(s->catalog, i->dataset, &i->newest,
				     &wrapped, &cell);

	if (rc != -ENOENT)
		return rc;
	key = key_random(s->pool);
	rc = root_begin(s);
	i->none = true;
	return rc != 0 ? rc : catalog_end(s->catalog, dataset_make(i, key));
}

static int reopen(struct store_ingest *i)
{
	size_t n = 1;
	int rc = 0;

	while (rc == 0 && n > 0)
		rc = catalog_entry_reopen(i->s->catalog, i->dataset, i->newest,
					  INNER_BATCH, &n);
	return rc;
}

static struct store_ingest *ingest_new(struct store *s, const char *name,
				       struct bytes info)
{
	struct store_ingest *i = mem_new(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	i->s = s;
	i->name.secret = i->info.secret = true;
	pthread_mutex_init(&i->lock, NULL);
	if (buf_puts(&i->name, name) != 0 || buf_putb(&i->info, info) != 0 ||
	    buf_str(&i->name) == NULL) {
		store_ingest_free(i);
		return NULL;
	}
	inner_dataset_id(s, name, i->dataset);
	return i;
}

int store_ingest_begin(struct store *s, const char *name, struct bytes info,
		       struct store_ingest **out, struct err *e)
{
	struct store_ingest *i;
	int rc;

	*out = NULL;
	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "ingest needs the store's lock");
	i = ingest_new(s, name, info);
	if (i == NULL)
		return err_nomem(e);
	rc = dataset_find(i);
	if (rc == 0)
		rc = reopen(i);
	if (rc != 0) {
		store_ingest_free(i);
		return root_words(s, rc, e);
	}
	i->coming = i->newest + 1;
	*out = i;
	return 0;
}

void store_ingest_free(struct store_ingest *i)
{
	if (i == NULL)
		return;
	seen_free(&i->seen);
	seen_free(&i->gone);
	buf_free(&i->name);
	buf_free(&i->info);
	pthread_mutex_destroy(&i->lock);
	mem_free(i);
}

/* ---- what stands already ---- */

struct key *store_print_key(struct store *s)
{
	return key_derive(s->pool, s->digest, "carrel print");
}

struct probe {
	struct store *s;
	const uint8_t *stamp;
	bool same;
	struct store_entry found;
};

static int probe_row(void *ctx, const struct catalog_entry *e)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct probe *p = ctx;
	struct rows_entry r;
	struct bytes cell;
	struct ad ad;

	rows_bind_entry(&ad, e);
	if (cell_open(&plain, p->s->cells, &ad, e->cell, &cell) != 0 ||
	    rows_entry_get(cell, &r) != 0)
		return 0;
	p->same =
		p->stamp == NULL || memcmp(r.stamp.p, p->stamp, HASH_LEN) == 0;
	memcpy(p->found.id, e->id, STORE_ID);
	p->found.version = e->version;
	p->found.spanset = e->spanset;
	p->found.size = r.size;
	p->found.blobs = r.blobs;
	memcpy(p->found.content, r.content.p, sizeof(p->found.content));
	p->found.whole = r.whole;
	return 0;
}

bool store_ingest_has(struct store_ingest *i, struct bytes path,
		      const uint8_t stamp[32], struct store_entry *out)
{
	struct probe p = {.s = i->s, .stamp = stamp};
	uint8_t id[STORE_ID];
	int rc;

	inner_object_id(i->s, i->dataset, path, id);
	rc = i->none ? -ENOENT
		     : catalog_entry_live(i->s->catalog, i->dataset, id,
					  probe_row, &p);
	memcpy(p.found.id, id, STORE_ID);
	if (out != NULL)
		*out = p.found;
	if (rc != 0 || !p.same)
		return false;
	pthread_mutex_lock(&i->lock);
	rc = seen_add(&i->seen, id);
	pthread_mutex_unlock(&i->lock);
	return rc == 0;
}

int store_ingest_drop(struct store_ingest *i, const uint8_t id[STORE_ID])
{
	int rc;

	pthread_mutex_lock(&i->lock);
	rc = seen_add(&i->gone, id);
	pthread_mutex_unlock(&i->lock);
	return rc;
}

/* ---- publish ---- */

/* One live entry of a page. */
struct live {
	uint8_t id[STORE_ID], leaf[HASH_LEN];
	uint64_t first, version;
	uint32_t spanset;
};

struct publish {
	struct store_ingest *i;
	bool keep_unseen, changed;
	struct rows_root root;
	size_t n;
	struct live page[PAGE];
};

static int page_row(void *ctx, const struct catalog_entry *e)
{
	struct publish *p = ctx;
	struct live *l = &p->page[p->n++];

	memcpy(l->id, e->id, STORE_ID);
	memcpy(l->leaf, e->leaf, HASH_LEN);
	l->first = e->first;
	l->version = e->version;
	l->spanset = e->spanset;
	return 0;
}

static bool same_id(const struct live *a, const struct live *b)
{
	return memcmp(a->id, b->id, STORE_ID) == 0;
}

static int drop_pending(struct publish *p, const struct live *l)
{
	return writer_pending_drop(
		p->i, &(struct catalog_entry){.id = l->id,
					      .first = l->first,
					      .version = l->version,
					      .spanset = l->spanset});
}

static int let_go(struct publish *p, const struct live *l)
{
	if (l->first == p->i->coming)
		return drop_pending(p, l);
	p->changed = true;
	return catalog_entry_close(p->i->s->catalog, p->i->dataset, l->id,
				   l->first, p->i->newest);
}

/* The n live entries of one path, the newest last. What a run that was cut off
 * put, and this one did not find the same, is never published by the way. */
static int path_settle(struct publish *p, const struct live *v, size_t n)
{
	bool seen = seen_has(&p->i->seen, v[0].id), stays;
	int rc = 0;

	if (!seen && v[n - 1].first == p->i->coming)
		rc = drop_pending(p, &v[--n]);
	stays = n > 0 && (p->keep_unseen || seen) &&
		!seen_has(&p->i->gone, v[0].id);
	for (size_t k = 0; rc == 0 && k + stays < n; k++)
		rc = let_go(p, &v[k]);
	if (rc == 0 && stays) {
		rows_root_add(&p->root, v[n - 1].leaf);
		p->changed |= v[n - 1].first == p->i->coming;
	}
	return rc;
}

/* Of the page: what the run before put and did not publish. */
static int page_forget(struct publish *p, size_t n)
{
	struct catalog *c = p->i->s->catalog;
	int rc = catalog_begin(c);

	if (rc != 0)
		return rc;
	for (size_t at = 0; rc == 0 && at < n; at++) {
		if (p->page[at].first != p->i->coming)
			continue;
		p->changed = true;
		rc = drop_pending(p, &p->page[at]);
	}
	return catalog_end(c, rc);
}

/* Settle the first n entries of the page, whole paths. */
static int page_settle(struct publish *p, size_t n)
{
	struct catalog *c = p->i->s->catalog;
	int rc = catalog_begin(c);
	size_t at = 0;

	if (rc != 0)
		return rc;
	while (rc == 0 && at < n) {
		size_t k = 1;

		while (at + k < n && same_id(&p->page[at], &p->page[at + k]))
			k++;
		rc = path_settle(p, &p->page[at], k);
		at += k;
	}
	return catalog_end(c, rc);
}

/* A path at the end of a full page may go on in the next: leave it there. */
static size_t page_whole(const struct publish *p)
{
	size_t n = p->n;

	if (n < PAGE)
		return n;
	while (n > 1 && same_id(&p->page[n - 2], &p->page[PAGE - 1]))
		n--;
	return n - 1;
}

static int pages(struct publish *p, int (*fn)(struct publish *p, size_t n))
{
	struct catalog *c = p->i->s->catalog;
	uint8_t after[STORE_ID] = {0};
	bool begun = false;
	size_t count, n;
	int rc = 0;

	do {
		p->n = 0;
		rc = catalog_entry_page(c, p->i->dataset, begun ? after : NULL,
					PAGE, page_row, p, &count);
		n = page_whole(p);
		if (rc == 0 && n == 0 && p->n > 0)
			rc = -EUCLEAN; /* PAGE live entries of one path */
		if (rc != 0 || n == 0)
			return rc;
		memcpy(after, p->page[n - 1].id, STORE_ID);
		begun = true;
		rc = fn(p, n);
	} while (rc == 0);
	return rc;
}

int store_ingest_forget(struct store_ingest *i, struct err *e)
{
	CLEANUP(mem_freep) struct publish *p = mem_new(1, sizeof(*p));
	int rc;

	if (p == NULL)
		return err_nomem(e);
	p->i = i;
	rc = pages(p, page_forget);
	if (rc == 0 && p->changed)
		rc = catalog_truncate(i->s->catalog);
	return root_words(i->s, rc == -EBUSY ? 0 : rc, e);
}

static int version_seal(struct store_ingest *i, const uint8_t root[HASH_LEN],
			uint64_t objects, struct buf *cell)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	uint8_t sig[SIGN_LEN];
	struct rows_version r = {.released_ns = clock_wall_ns(),
				 .objects = objects,
				 .root = bytes_of(root, HASH_LEN),
				 .sig = bytes_of(sig, SIGN_LEN),
				 .info = buf_bytes(&i->info)};
	struct store *s = i->s;
	struct ad ad;
	int rc;

	rows_signed(&ad, s->config.id, i->dataset, i->coming, &r);
	rc = sign_make(s->pool, s->sign, ad_bytes(&ad), sig);
	if (rc == 0)
		rc = rows_version_put(&plain, &r);
	rows_bind_version(&ad, i->dataset, i->coming);
	return rc != 0 ? rc : cell_seal(cell, s->cells, &ad, buf_bytes(&plain));
}

static int version_commit(struct store_ingest *i, const uint8_t *root,
			  uint64_t objects)
{
	CLEANUP(buf_free) struct buf cell = {0};
	struct catalog *c = i->s->catalog;
	int rc = version_seal(i, root, objects, &cell);

	if (rc == 0)
		rc = catalog_begin(c);
	if (rc != 0)
		return rc;
	rc = catalog_version_put(c, i->dataset, i->coming, buf_bytes(&cell));
	if (rc == 0)
		rc = catalog_dataset_newest(c, i->dataset, i->coming);
	return catalog_end(c, rc);
}

/* Nothing changed: tell the version that stands. *same is set. */
static int standing(struct store_ingest *i, uint64_t *version, uint8_t root[32],
		    bool *same, struct err *e)
{
	struct store_dataset d;
	int rc;

	*same = false;
	if (i->newest == 0)
		return 0;
	rc = store_dataset_get(i->s, buf_str(&i->name), i->newest, &d, e);
	if (rc != 0)
		return rc;
	*same = bytes_eq(buf_bytes(&d.info), buf_bytes(&i->info));
	*version = d.version;
	memcpy(root, d.root, HASH_LEN);
	store_dataset_free(&d);
	return 0;
}

int store_ingest_publish(struct store_ingest *i, bool keep_unseen,
			 uint64_t *version, uint8_t root[32], struct err *e)
{
	CLEANUP(mem_freep) struct publish *p = mem_new(1, sizeof(*p));
	struct store *s = i->s;
	bool same = false;
	int rc;

	if (p == NULL)
		return err_nomem(e);
	p->i = i;
	p->keep_unseen = keep_unseen;
	rows_root_start(&p->root, s->config.id, i->dataset, i->coming);
	rc = pages(p, page_settle);
	if (rc != 0)
		return catalog_words(s->catalog, rc, e);
	if (!p->changed) {
		rc = standing(i, version, root, &same, e);
		if (rc != 0 || same)
			return rc;
	}
	rows_root_end(&p->root, root);
	rc = version_commit(i, root, p->root.objects);
	if (rc != 0)
		return catalog_words(s->catalog, rc, e);
	*version = i->newest = i->coming++;
	return 0;
}
