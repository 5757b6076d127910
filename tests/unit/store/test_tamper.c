/* A changed byte anywhere: refused or harmless, never other data. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/store/inner.h"
#include "tests/unit/store/fixture.h"

#define OBJECTS 6
#define SEED 31

struct file {
	char path[200];
	struct buf bytes;
};

static void file_load(struct file *f, const char *path)
{
	snprintf(f->path, sizeof(f->path), "%s", path);
	buf_clear(&f->bytes);
	assert_int_equal(file_read(AT_FDCWD, path, 100u << 20, &f->bytes), 0);
}

static void file_store(const struct file *f, size_t n)
{
	int fd = open(f->path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_full(fd, bytes_of(f->bytes.p, n)), 0);
	close(fd);
}

static void found(void *ctx, const char *path)
{
	struct file *f = ctx;

	if (strstr(path, ".pack") != NULL)
		file_load(f, path);
}

static void filled(struct fixture *f)
{
	struct store *s = fixture_writer(f);

	fixture_ingest(s, "d", OBJECTS, SEED, false);
	store_close(s);
}

static void test_yaml(void **state)
{
	struct fixture *f = *state;
	struct file y = {0};
	struct store *s;
	char path[100];

	snprintf(path, sizeof(path), "%s/store.yaml", f->store);
	file_load(&y, path);
	for (size_t i = 0; i < y.bytes.n; i++) {
		y.bytes.p[i] ^= 4;
		file_store(&y, y.bytes.n);
		assert_int_equal(
			store_open(f->store, f->pool, &f->cred, &s, &f->e),
			-EUCLEAN);
		y.bytes.p[i] ^= 4;
	}
	assert_non_null(strstr(f->e.text, "restore this one file"));
	file_store(&y, y.bytes.n / 2);
	assert_int_equal(store_open(f->store, f->pool, &f->cred, &s, &f->e),
			 -EUCLEAN);
	file_store(&y, y.bytes.n);
	store_close(fixture_open(f));
	buf_free(&y.bytes);
}

struct reading {
	struct store *s;
	bool rows_whole;
	unsigned bad, good;
	struct err why;
};

static int read_all(void *ctx, const struct store_entry *e)
{
	struct reading *r = ctx;
	struct store_object *o;
	struct buf b = {0};
	int rc = store_object_open(r->s, e->id, e->version, e->spanset, &o,
				   &r->why);

	if (rc != 0) {
		assert_false(r->rows_whole);
		r->bad++;
		return 0;
	}
	assert_int_equal(buf_reserve(&b, e->size), 0);
	rc = store_object_read(o, 0, b.p, e->size);
	for (uint32_t k = 0; rc == 0 && k < e->blobs; k++)
		rc = store_object_blob(o, k, &b);
	if (rc != 0) {
		assert_true(rc == -EBADMSG || rc == -EUCLEAN);
		assert_int_equal(store_object_why(o, &r->why), rc);
	}
	r->bad += rc != 0;
	r->good += rc == 0;
	store_object_close(o);
	buf_free(&b);
	return 0;
}

static struct reading read_store(struct fixture *f)
{
	struct reading r = {.s = fixture_open(f), .rows_whole = true};
	struct store_dataset d;

	assert_int_equal(store_dataset_get(r.s, "d", 0, &d, &f->e), 0);
	assert_int_equal(store_entries(r.s, &d, read_all, &r), 0);
	store_dataset_free(&d);
	store_close(r.s);
	return r;
}

/* Any byte of a pack: one object is refused, the others stay. */
static void test_pack_bytes(void **state)
{
	struct fixture *f = *state;
	struct file p = {0};
	unsigned refused = 0;

	filled(f);
	fixture_each_file(f->store, found, &p);
	assert_memory_equal(p.bytes.p, "carrelpk", 8);
	for (size_t i = 16; i < p.bytes.n; i += 997) {
		struct reading r;

		p.bytes.p[i] ^= 0x40;
		file_store(&p, p.bytes.n);
		r = read_store(f);
		p.bytes.p[i] ^= 0x40;
		assert_true(r.bad <= 1); /* 0 in the padding */
		assert_int_equal(r.bad + r.good, OBJECTS);
		refused += r.bad;
		if (r.bad > 0) {
			assert_non_null(strstr(r.why.text, ".pack"));
			assert_non_null(strstr(r.why.text, "restore"));
		}
	}
	assert_true(refused * 997 + 3 * 4096 > p.bytes.n);
	p.bytes.p[1000] ^= 1;
	file_store(&p, p.bytes.n);
	fixture_damaged(f, true, "not what was sealed");
	p.bytes.p[1000] ^= 1;
	p.bytes.p[2] ^= 1;
	file_store(&p, p.bytes.n);
	fixture_damaged(f, false, "header is damaged");
	buf_free(&p.bytes);
}

static void test_pack_cut(void **state)
{
	struct fixture *f = *state;
	struct file p = {0};
	struct reading r;

	filled(f);
	fixture_each_file(f->store, found, &p);
	file_store(&p, p.bytes.n / 3);
	r = read_store(f);
	assert_true(r.bad > 0 && r.bad < OBJECTS);
	fixture_damaged(f, false, "too short");
	file_store(&p, 0);
	assert_int_equal(read_store(f).bad, OBJECTS);
	fixture_damaged(f, false, "too short");
	unlink(p.path);
	r = read_store(f);
	assert_int_equal(r.bad, OBJECTS);
	assert_non_null(strstr(r.why.text, "missing"));
	fixture_damaged(f, false, "is missing");
	buf_free(&p.bytes);
}

/* Two segments exchanged: each opens only in its own place. */
static void test_segments_swapped(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct buf b = {0};
	struct file p = {0};
	struct store_ingest *i;
	struct store_writer *w;
	uint8_t root[32], *x, *y;
	uint64_t v;

	fixture_bytes(&b, 8, (size_t)3 * STORE_SEGMENT);
	assert_int_equal(store_ingest_begin(s, "d", S(""), &i, &f->e), 0);
	assert_int_equal(store_writer_new(i, &w), 0);
	assert_int_equal(fixture_put(w, "o", buf_bytes(&b)), 0);
	assert_int_equal(store_writer_close(w, &f->e), 0);
	assert_int_equal(store_ingest_publish(i, true, &v, root, &f->e), 0);
	store_ingest_free(i);
	store_close(s);
	fixture_each_file(f->store, found, &p);
	x = p.bytes.p + 16;
	y = x + STORE_SEGMENT + AEAD_TAG;
	buf_clear(&b);
	assert_int_equal(buf_put(&b, x, STORE_SEGMENT + AEAD_TAG), 0);
	memcpy(x, y, STORE_SEGMENT + AEAD_TAG);
	memcpy(y, b.p, STORE_SEGMENT + AEAD_TAG);
	file_store(&p, p.bytes.n);
	assert_int_equal(read_store(f).bad, 1);
	buf_free(&b), buf_free(&p.bytes);
}

/* ---- the catalog ---- */

/* What a reader gets from a catalog with a changed byte. */
static int try_all(struct fixture *f)
{
	struct reading r = {0};
	struct store_dataset d = {0};
	int rc = store_open(f->store, f->pool, &f->cred, &r.s, &f->e);

	if (rc == 0)
		rc = store_dataset_get(r.s, "d", 0, &d, &f->e);
	if (rc == 0)
		rc = d.objects == OBJECTS ? 0 : -ERANGE;
	store_close(r.s);
	store_dataset_free(&d);
	return rc;
}

static void no_wal(struct fixture *f)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/catalog.db-wal", f->store);
	unlink(path);
	snprintf(path, sizeof(path), "%s/catalog.db-shm", f->store);
	unlink(path);
}

/* With a changed byte objects may be refused, but never differ. */
static void data_same_or_refused(struct fixture *f)
{
	struct store *s = fixture_open(f);
	struct store_dataset d;
	struct reading r = {.s = s};
	struct store_fsck out;

	assert_int_equal(store_dataset_get(s, "d", 0, &d, &f->e), 0);
	if (store_entries(s, &d, read_all, &r) == 0 && r.bad == 0 &&
	    store_fsck(s, false, NULL, NULL, NULL, &out, &f->e) == 0)
		fixture_check(s, "d", 0, OBJECTS, SEED);
	store_dataset_free(&d);
	store_close(s);
}

static void test_catalog_bytes(void **state)
{
	struct fixture *f = *state;
	struct file c = {0};
	char path[100];
	unsigned refused = 0, tries = 0;

	filled(f);
	snprintf(path, sizeof(path), "%s/catalog.db", f->store);
	file_load(&c, path);
	for (size_t i = 0; i < c.bytes.n; i += 211) {
		c.bytes.p[i] ^= 0x10;
		file_store(&c, c.bytes.n);
		no_wal(f);
		tries++;
		if (try_all(f) == 0)
			data_same_or_refused(f);
		else
			refused++;
		c.bytes.p[i] ^= 0x10;
	}
	assert_true(refused > 0 && refused < tries);
	file_store(&c, c.bytes.n / 2);
	no_wal(f);
	assert_int_equal(try_all(f), -EUCLEAN);
	assert_non_null(strstr(f->e.text, "restore"));
	file_store(&c, 0);
	assert_int_equal(try_all(f), -EUCLEAN);
	unlink(c.path);
	assert_int_equal(try_all(f), -EUCLEAN);
	assert_non_null(strstr(f->e.text, "missing"));
	buf_free(&c.bytes);
}

static int first_row(void *ctx, const uint8_t *id, uint64_t version, bool spans,
		     uint32_t spanset)
{
	struct store *s = ctx;

	(void)spanset;
	if (!spans)
		return 0;
	return catalog_spans_del(s->catalog, id, version) == 0 ? 1 : -EIO;
}

/* An entry whose object has no rows any more is no good store. */
static void test_rows_gone(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	filled(f);
	s = fixture_writer(f);
	assert_int_equal(catalog_object_each(s->catalog, first_row, s), 1);
	store_close(s);
	for (int deep = 0; deep < 2; deep++) {
		struct store_fsck out;

		s = fixture_open(f);
		assert_int_equal(
			store_fsck(s, deep != 0, NULL, NULL, NULL, &out, &f->e),
			-EUCLEAN);
		assert_int_equal(out.bad, 1);
		store_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_yaml),	       T(test_pack_bytes),
		T(test_pack_cut),      T(test_segments_swapped),
		T(test_catalog_bytes), T(test_rows_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
