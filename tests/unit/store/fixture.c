/* What the store's tests share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static int init(struct fixture *f)
{
	struct store_init i = {.dir = f->store,
			       .pool = f->pool,
			       .cred = &f->cred,
			       .owner_uid = 1234};

	return store_init(&i, &f->e);
}

int fixture_setup(void **state)
{
	struct fixture *f = mem_new(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	if (f == NULL)
		return -1;
	*state = f;
	snprintf(f->dir, sizeof(f->dir), "%.40s/storeXXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(f->dir) == NULL || keypool_new(&f->pool, &f->e) != 0)
		return -1;
	snprintf(f->store, sizeof(f->store), "%s/store", f->dir);
	f->key = key_random(f->pool);
	f->cred.key = f->key;
	return init(f);
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	key_free(f->key);
	keypool_free(f->pool);
	mem_free(f);
	return 0;
}

struct store *fixture_open(struct fixture *f)
{
	struct store *s = NULL;
	int rc = store_open(f->store, f->pool, &f->cred, &s, &f->e);

	if (rc != 0)
		fail_msg("open: %s: %s", f->e.place, f->e.text);
	return s;
}

struct store *fixture_writer(struct fixture *f)
{
	struct store *s = fixture_open(f);

	if (store_lock(s, &f->e) != 0)
		fail_msg("lock: %s: %s", f->e.place, f->e.text);
	return s;
}

uint64_t fixture_next(uint64_t *seed)
{
	uint64_t x = *seed == 0 ? 88172645463325252u : *seed;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*seed = x;
	return x;
}

void fixture_bytes(struct buf *b, uint64_t seed, size_t n)
{
	buf_clear(b);
	assert_int_equal(buf_reserve(b, n + 8), 0);
	for (b->n = 0; b->n < n; b->n += 8) {
		uint64_t v = fixture_next(&seed);

		memcpy(b->p + b->n, &v, 8);
	}
	b->n = n;
}

void fixture_stamp(uint8_t out[32], struct bytes content)
{
	hash_blake2b(out, NULL, content);
}

int fixture_put(struct store_writer *w, const char *path, struct bytes content)
{
	char text[4][256];
	static const char *const what[4] = {"head", "sum", "blob1", "blob2"};
	uint8_t stamp[32];
	int rc;

	for (size_t k = 0; k < 4; k++)
		snprintf(text[k], sizeof(text[k]), "%s:%s", what[k], path);
	fixture_stamp(stamp, content);
	rc = store_put_begin(w, bytes_str(path));
	if (rc == 0)
		rc = store_put_blob(w, bytes_str(text[2]));
	for (size_t at = 0; rc == 0 && at < content.n; at += 50000)
		rc = store_put_data(w, bytes_sub(content, at, 50000));
	if (rc == 0)
		rc = store_put_blob(w, bytes_str(text[3]));
	if (rc != 0) {
		store_put_abort(w);
		return rc;
	}
	return store_put_finish(w, bytes_str(text[0]), bytes_str(text[1]),
				stamp, NULL);
}

struct wanted {
	const char *path;
	struct store_entry *out;
	bool found;
};

static int find_one(void *ctx, const struct store_entry *o)
{
	struct wanted *w = ctx;

	if (!bytes_is(o->path, w->path))
		return 0;
	*w->out = *o;
	w->out->path = w->out->summary = bytes_of(NULL, 0);
	w->found = true;
	return 0;
}

int fixture_find(struct store *s, const char *dataset, uint64_t version,
		 const char *path, struct store_entry *out)
{
	struct wanted w = {.path = path, .out = out};
	struct store_dataset d;
	int rc = store_dataset_get(s, dataset, version, &d, NULL);

	if (rc != 0)
		return rc;
	rc = store_entries(s, &d, find_one, &w);
	store_dataset_free(&d);
	if (rc != 0)
		return rc;
	return w.found ? 0 : -ENOENT;
}

static void blob_same(struct store_object *o, uint32_t nr, const char *what,
		      const char *path)
{
	struct buf b = {0}, want = {0};

	assert_int_equal(buf_printf(&want, "%s:%s", what, path), 0);
	assert_int_equal(store_object_blob(o, nr, &b), 0);
	assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&want)));
	buf_free(&b);
	buf_free(&want);
}

void fixture_same(struct store *s, const struct store_entry *e,
		  const char *path, struct bytes content)
{
	struct store_object *o = NULL;
	struct buf got = {0};

	assert_int_equal(e->size, content.n);
	assert_int_equal(e->blobs, 3);
	assert_int_equal(
		store_object_open(s, e->id, e->version, e->spanset, &o, NULL),
		0);
	assert_int_equal(store_object_size(o), content.n);
	assert_int_equal(buf_reserve(&got, content.n), 0);
	assert_int_equal(store_object_read(o, 0, got.p, content.n), 0);
	if (content.n > 0)
		assert_memory_equal(got.p, content.p, content.n);
	blob_same(o, 0, "head", path);
	blob_same(o, 1, "blob1", path);
	blob_same(o, 2, "blob2", path);
	store_object_close(o);
	buf_free(&got);
}

void fixture_numbered(size_t k, uint64_t seed, char path[32], struct buf *b)
{
	uint64_t own = seed * 1000003 + k;

	snprintf(path, 32, "dir/%05zu.json", k);
	fixture_bytes(b, own, (size_t)(fixture_next(&own) % 40000));
}

uint64_t fixture_ingest(struct store *s, const char *dataset, size_t n,
			uint64_t seed, bool keep)
{
	struct store_ingest *i;
	struct store_writer *w;
	struct buf b = {0};
	struct err e = {0};
	uint64_t version = 0;
	uint8_t root[32], stamp[32];
	char path[32];

	assert_int_equal(store_ingest_begin(s, dataset, S("info"), &i, &e), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	for (size_t k = 0; k < n; k++) {
		fixture_numbered(k, seed, path, &b);
		fixture_stamp(stamp, buf_bytes(&b));
		if (!store_ingest_has(i, bytes_str(path), stamp, NULL))
			assert_int_equal(fixture_put(w, path, buf_bytes(&b)),
					 0);
	}
	assert_int_equal(store_writer_close(w, &e), 0);
	assert_int_equal(store_ingest_publish(i, keep, &version, root, &e), 0);
	store_ingest_free(i);
	buf_free(&b);
	return version;
}

struct check {
	struct store *s;
	size_t at;
	uint64_t seed;
	struct buf b;
};

static int check_one(void *ctx, const struct store_entry *o)
{
	struct check *c = ctx;
	char path[32], sum[64];

	fixture_numbered(c->at++, c->seed, path, &c->b);
	assert_true(bytes_is(o->path, path));
	snprintf(sum, sizeof(sum), "sum:%s", path);
	assert_true(bytes_is(o->summary, sum));
	fixture_same(c->s, o, path, buf_bytes(&c->b));
	return 0;
}

void fixture_check(struct store *s, const char *dataset, uint64_t version,
		   size_t n, uint64_t seed)
{
	struct check c = {.s = s, .seed = seed};
	struct store_dataset d;

	assert_int_equal(store_dataset_get(s, dataset, version, &d, NULL), 0);
	assert_int_equal(d.objects, n);
	assert_int_equal(store_entries(s, &d, check_one, &c), 0);
	assert_int_equal(c.at, n);
	store_dataset_free(&d);
	buf_free(&c.b);
}

struct words {
	unsigned n;
	char last[600];
};

static void bad_words(void *ctx, const char *text)
{
	struct words *w = ctx;

	w->n++;
	snprintf(w->last, sizeof(w->last), "%s", text);
}

void fixture_damaged(struct fixture *f, bool deep, const char *text)
{
	struct store *s = fixture_open(f);
	struct words w = {0};
	struct store_fsck out;

	assert_int_equal(store_fsck(s, deep, NULL, bad_words, &w, &out, &f->e),
			 -EUCLEAN);
	assert_true(w.n > 0);
	assert_int_equal(out.bad, w.n);
	if (strstr(w.last, text) == NULL)
		fail_msg("fsck said: %s", w.last);
	store_close(s);
}

/* nftw has no context argument: kept here for the time of one walk. */
static struct {
	void (*fn)(void *ctx, const char *path);
	void *ctx;
} walk;

static int walk_one(const char *path, const struct stat *st, int flag,
		    struct FTW *ftw)
{
	(void)ftw;
	if (flag == FTW_F && S_ISREG(st->st_mode))
		walk.fn(walk.ctx, path);
	return 0;
}

void fixture_each_file(const char *dir, void (*fn)(void *ctx, const char *path),
		       void *ctx)
{
	walk.fn = fn;
	walk.ctx = ctx;
	assert_int_equal(nftw(dir, walk_one, 16, FTW_PHYS), 0);
}
